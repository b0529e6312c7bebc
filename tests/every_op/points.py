"""Every op of every built-in plugin, at each of its samples, as a function of what can vary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from attrs import frozen

import opgrad as og
from opgrad.define import OpN
from tests.scipy.test_every_scipy_op import NOT_KNOWN

_BUILTIN = {plugin.name for plugin in og.default_registry().plugins if plugin.builtin}
ALL = [name for name in og.default_registry().ops if name.partition(".")[0] in _BUILTIN]
"""The qualified names of all ops."""

OPS = {name: og.ops[name] for name in ALL if name != "linalg.eigenvectors"}
"""By qualified name. The one that is not there has no derivative by any input."""


def each_op(ops: Iterable[OpN] = OPS.values()) -> pytest.MarkDecorator:
    """A test for each op, which goes over the samples itself."""
    names = {op: name for name, op in OPS.items()}
    return pytest.mark.parametrize("op", [pytest.param(op, id=names[op]) for op in ops])


EACH_OP = each_op()
EACH_TRANSPARENT_OP = each_op(op for op in OPS.values() if not op.opaque)


@frozen(eq=False)
class Point:
    """An op at one of its samples, in double precision, unless said otherwise.

    Attributes:
        op: the op.
        inputs: all of its inputs.
        params: its params.
        positions: of the inputs that it can be differentiated by.
    """

    op: OpN
    inputs: tuple[Any, ...]
    params: dict[str, Any]
    positions: tuple[int, ...]

    @property
    def rtol(self) -> float:
        """How closely two ways to the same derivative agree."""
        return 1e-6 if self.op.name == "ode_solution" else 1e-11  # steps are chosen for each

    @property
    def primals(self) -> tuple[Any, ...]:
        """The inputs that vary."""
        return tuple(self.inputs[i] for i in self.positions)

    @property
    def f(self) -> Callable[..., Any]:
        """The op as a function of these."""
        return self.varying(self.positions)

    def varying(self, positions: Iterable[int]) -> Callable[..., Any]:
        """The op as a function of the inputs at ``positions``, the others being raw constants."""
        positions = tuple(positions)

        def f(*primals: Any) -> Any:
            inputs = list(self.inputs)
            for i, x in zip(positions, primals, strict=True):
                inputs[i] = x
            return self.op(*inputs, **self.params)

        return f

    def __str__(self) -> str:
        return f"{self.op.name}{self.inputs} {self.params}"


def points(op: OpN) -> Iterator[Point]:
    """Its samples with an input to differentiate by, in double precision."""
    for sample in op.samples:
        yield from at(op, [in_double(x) for x in sample.inputs], sample)


def points_as_given(op: OpN) -> Iterator[Point]:
    """The same in the precision of the sample; integers, which cannot vary, as floats."""
    for sample in op.samples:
        yield from at(op, [float(x) if type(x) is int else x for x in sample.inputs], sample)


def at(op: OpN, inputs: Iterable[Any], sample: og.Sample) -> Iterator[Point]:
    """The point with these inputs; none, if there is nothing to differentiate by."""
    inputs = tuple(inputs)
    known = (i for i in range(len(inputs)) if i not in NOT_KNOWN.get(op.name, ()))
    positions = tuple(i for i in known if np.result_type(inputs[i]).kind in "fc")
    if positions:
        yield Point(op, inputs, dict(sample.params), positions)


def in_double(x: Any) -> Any:
    """The same numbers in double precision; booleans as they are."""
    kind = np.result_type(x).kind
    dtype = {"b": np.bool_, "c": np.complex128}.get(kind, np.float64)
    return np.asarray(x, dtype)[()]


def arbitrary(like: Any, seed: int) -> Any:
    """Numbers of both signs, in the shape and of the kind of ``like``."""
    like, rng = np.asarray(og.stop_gradient(like)), np.random.default_rng(seed)
    numbers = rng.uniform(0.3, 1.3, like.shape) * rng.choice([-1.0, 1.0], like.shape)
    if like.dtype.kind == "c":
        numbers = numbers + 1j * rng.uniform(-0.7, 0.9, like.shape)
    return numbers.astype(like.dtype if like.dtype.kind in "fc" else np.float64)[()]


def along(f: Callable[..., Any], point: tuple[Any, ...], direction: tuple[Any, ...]) -> Any:
    """The derivative of ``f`` at the point along the direction, by central differences."""
    step = 1e-5
    above = f(*(x + step * t for x, t in zip(point, direction, strict=True)))
    below = f(*(x - step * t for x, t in zip(point, direction, strict=True)))
    return (above - below) / (2 * step)
