"""A function of another framework as one of Values: an op for each form that it is called in.

What a bridge to a framework needs, and no framework is known here. An op has one output, so several
results go through it as one vector, and are taken apart by indexing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from math import prod
from typing import Any, Protocol

import numpy as np

from opgrad.containers import flatten_in_order, is_leaf
from opgrad.crossing import Spec, filled, frozen_form
from opgrad.define import OpN, op
from opgrad.errors import InputError
from opgrad.node import Node


class Framework(Protocol):
    """What a bridge says of its framework."""

    def taken(self, x: Any) -> Any:
        """An argument; as NumPy's array, if it is one of the framework's.

        Raises:
            InputError: the framework wants its gradient.
        """

    def call(self, f: Callable[..., Any], inputs: Sequence[Any]) -> tuple[list[Any], Any]:
        """The leaves of what ``f`` returns, as NumPy's arrays, and what rebuilds it of leaves.

        Inputs are NumPy's arrays, or Python's numbers.
        """

    def pullback(
        self, f: Callable[..., Any], moving: tuple[int, ...], live: tuple[int, ...]
    ) -> Callable[..., Any]:
        """The framework's function of ``(*inputs, *cotangents)``: those of inputs at ``moving``.

        There is a cotangent of each leaf at ``live`` of what ``f`` returns.
        """


class Foreign:
    """A framework's function, called on Values and raw data.

    Args:
        f: the function, pure.
        framework: whose it is.
    """

    def __init__(self, f: Callable[..., Any], framework: Framework) -> None:
        self.f = f
        self._framework = framework
        self.__name__ = self.__qualname__ = getattr(f, "__name__", type(f).__name__)
        self.__doc__ = f.__doc__
        self._forms: dict[Hashable, _Form] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns: Values, or arrays if no argument is a Value.

        Raises:
            InputError: an argument is one of the framework's arrays, with a gradient there; or the
                shapes of several results are others than before, for arguments of the same shapes.
        """
        leaves, structure = flatten_in_order((args, kwargs))
        leaves = [x if is_leaf(x) else self._framework.taken(x) for x in leaves]
        dynamic = tuple(i for i, x in enumerate(leaves) if is_leaf(x) and not isinstance(x, int))
        static = [None if i in dynamic else x for i, x in enumerate(leaves)]
        key = (structure, dynamic, frozen_form(static))
        form = self._forms.get(key)
        if form is None:

            def flat(*inputs: Any) -> Any:
                args, kwargs = structure.unflatten(filled(static, dynamic, inputs))
                return self.f(*args, **kwargs)

            flat.__name__ = self.__name__
            form = self._forms[key] = _Form(flat, self._framework, self.__name__)
        results, rebuild = form([leaves[i] for i in dynamic])
        return rebuild(results)

    def __repr__(self) -> str:
        return f"<{self.__name__} on Values>"


class _Form:
    """A framework's function of a flat list of inputs, and the op that calls it."""

    def __init__(self, f: Callable[..., Any], framework: Framework, name: str) -> None:
        self._f, self._framework, self._name = f, framework, name
        self._returned: dict[Hashable, tuple[list[Spec], Any]] = {}
        self._pullbacks: dict[Hashable, _Form] = {}
        self._op: OpN = op(name=name)(self._forward)
        self._op.vjp(self._vjp)

    def __call__(self, inputs: Sequence[Any]) -> tuple[list[Any], Any]:
        """The leaves of the result, and what rebuilds it."""
        if any(isinstance(x, Node) for x in inputs):
            packed: Any = self._op(*inputs)
        else:
            packed = self._forward(*inputs)
        specs, rebuild = self._returned[_key(inputs)]
        return list(_unpacked(packed, specs)), rebuild

    def _forward(self, *inputs: Any) -> Any:
        given = [x if isinstance(x, float | complex) else np.asarray(x) for x in inputs]
        results, rebuild = self._framework.call(self._f, given)
        key, specs = _key(inputs), [(x.shape, x.dtype) for x in results]
        before, _ = self._returned.get(key, (specs, None))
        if len({len(before), len(specs), 1}) > 1 and _shapes(before) != _shapes(specs):
            # By them the cotangent of the earlier results is taken apart, which may be to come.
            raise InputError(
                f"{self._name} returned arrays of shapes {_shapes(specs)}, and before, for "
                f"arguments of the same shapes, {_shapes(before)}; the shapes of several results "
                f"may not depend on numbers"
            )
        self._returned[key] = specs, rebuild
        return _packed(results)

    def _vjp(self, g: Any, out: Any, *inputs: Any) -> tuple[Any, ...]:
        specs, _ = self._returned[_key(inputs)]
        moving = tuple(i for i, x in enumerate(inputs) if _dtype(x).kind in "fc")
        live = tuple(i for i, (_, dtype) in enumerate(specs) if dtype.kind in "fc")
        if not live:
            return (None,) * len(inputs)
        if (moving, live) not in self._pullbacks:
            f = self._framework.pullback(self._f, moving, live)
            self._pullbacks[moving, live] = _Form(f, self._framework, f"{self._name}_vjp")
        cts = list(_unpacked(g, specs))
        pulled, _ = self._pullbacks[moving, live]([*inputs, *(cts[i] for i in live)])
        found: dict[int, Any] = dict.fromkeys(range(len(inputs)))
        for i, ct in zip(moving, pulled, strict=True):
            found[i] = _as(ct, _dtype(inputs[i]))
        return tuple(found.values())


def _packed(results: Sequence[Any]) -> Any:
    if len(results) == 1:
        return results[0]
    return np.concatenate([np.ravel(x) for x in results]) if results else np.zeros(0)


def _unpacked(packed: Any, specs: Sequence[Spec]) -> Iterator[Any]:
    if len(specs) == 1:
        yield packed
        return
    start = 0
    for shape, dtype in specs:
        part = packed[start : start + prod(shape)]
        start += prod(shape)
        yield _as(np.reshape(part, shape) if shape else part[0], dtype)


def _shapes(specs: Sequence[Spec]) -> list[tuple[int, ...]]:
    return [shape for shape, _ in specs]


def _as(x: Any, dtype: np.dtype[Any]) -> Any:
    """In that dtype; of a complex number the real part, where that is real."""
    given = _dtype(x)
    if given == dtype:
        return x
    return (np.real(x) if given.kind == "c" and dtype.kind != "c" else x).astype(dtype)


def _dtype(x: Any) -> np.dtype[Any]:
    data = x.data if isinstance(x, Node) else x
    return np.dtype(type(data)) if isinstance(data, float | complex) else data.dtype


def _key(inputs: Sequence[Any]) -> Hashable:
    return tuple((np.shape(x.data if isinstance(x, Node) else x), _dtype(x)) for x in inputs)
