"""Derivatives of functions: of ordinary code in, of ordinary numbers and arrays out.

Every transform does the same: give the arguments fresh nodes, call the function, run a backward
pass. Where the arguments are Values, or the function uses Values from outside, the pass is recorded,
and the result is a Value: so transforms nest in any order. Fresh nodes are what keeps nested ones
apart.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from opgrad.containers import flatten, is_leaf
from opgrad.data import say
from opgrad.errors import InputError
from opgrad.node import Constant, Node
from opgrad.registry import default
from opgrad.schedule import cotangents_from
from opgrad.value import Value, apply

Argnums: TypeAlias = int | Sequence[int]


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """``f(*primals)``, and the function from its cotangent to those of the primals.

    Args:
        f: takes and returns numbers, arrays, and containers of them.
        primals: its arguments.
        has_aux: ``f`` returns a pair, of which the second is not differentiated.

    Returns:
        ``(out, pull)``, or with ``has_aux`` ``(out, pull, aux)``. ``pull(ct)`` takes a cotangent in
        the form of ``out`` and returns a tuple with one in the form of each primal; zero where
        ``out`` does not depend on it. It can be called many times.

    Raises:
        InputError: a primal holds something that cannot be differentiated with respect to.
    """
    run = _Run(f, primals, {}, range(len(primals)), has_aux)

    def pull(ct: Any) -> tuple[Any, ...]:
        return tuple(run.pull(ct))

    return (run.out, pull, run.aux) if has_aux else (run.out, pull)


def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns ``f``'s result together with its gradient.

    Args:
        f: returns a real scalar.
        argnums: which positional arguments to differentiate with respect to.
        has_aux: ``f`` returns a pair ``(scalar, aux)``; then so is the first of what is returned.

    Returns:
        A function of ``f``'s arguments; the gradient has the form of the argument, or is a tuple of
        such if ``argnums`` is several.

    Raises:
        InputError: when called: the result is no real scalar, or an argument is none to
            differentiate with respect to.
    """

    @functools.wraps(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        run = _Run(f, args, kwargs, _positions(argnums, len(args)), has_aux)
        run.require_scalar()
        gradients = run.pull(None)
        result = (run.out, run.aux) if has_aux else run.out
        return result, gradients[0] if isinstance(argnums, int) else tuple(gradients)

    return differentiated


def grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns ``f``'s gradient; see :func:`value_and_grad`.

    With ``has_aux`` it returns ``(gradient, aux)``.
    """
    both = value_and_grad(f, argnums, has_aux=has_aux)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, g = both(*args, **kwargs)
        return (g, value[1]) if has_aux else g

    return gradient


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """``f(*primals)``, and its derivative along ``tangents``.

    The VJP is linear in its cotangent; the VJP of that is the JVP. So no op needs a rule for it.

    Args:
        f: takes and returns numbers, arrays, and containers of them.
        primals: its arguments.
        tangents: the direction, in the form of ``primals``.

    Returns:
        ``(out, tangent_out)``, both in the form of what ``f`` returns.
    """
    run = _Run(f, primals, {}, range(len(primals)), False)
    return run.out, run.push(flatten(tuple(tangents))[0])


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of a scalar ``f`` times a vector: forward over reverse, never the whole matrix.

    Returns:
        In the form of the first primal.
    """
    return jvp(grad(f), primals, tangents)[1]


def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The derivative of each element of ``f``'s result by the same element of its argument.

    For functions that work element by element; for others it is the gradient of the sum of all.
    """

    @functools.wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        run = _Run(f, args, kwargs, _positions(argnums, len(args)), False)
        gradients = run.pull(np.ones(np.shape(_raw(run.out))) if np.shape(_raw(run.out)) else 1.0)
        return gradients[0] if isinstance(argnums, int) else tuple(gradients)

    return derivative


def jacobian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The function that returns all derivatives of an array-valued ``f`` by one array argument.

    Its shape is that of the result followed by that of the argument. One backward pass per element
    of the result: a sparse pattern is not made use of.
    """

    @functools.wraps(f)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        run = _Run(f, args, kwargs, [argnum], False)
        out_shape, in_shape = np.shape(_raw(run.out)), np.shape(_raw(args[argnum]))
        rows = []
        for index in np.ndindex(*out_shape):
            ct = np.zeros(out_shape)
            ct[index] = 1.0
            rows.append(run.pull(ct if out_shape else 1.0)[0])
        if any(isinstance(row, Value) for row in rows):
            return np.reshape(np.stack(rows), (*out_shape, *in_shape))
        return np.reshape(np.array(rows), (*out_shape, *in_shape))

    return matrix


def hessian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The function that returns all second derivatives of a scalar ``f`` by one array argument."""
    return jacobian(grad(f, argnum), argnum)


def stop_gradient(x: Any) -> Any:
    """The same data, through which no gradient flows; leaves of containers likewise."""
    leaves, rebuild = flatten(x)
    return rebuild([leaf.data if isinstance(leaf, Value) else leaf for leaf in leaves])


class _Run:
    """One call of a function on fresh nodes, and the passes back through it."""

    def __init__(
        self,
        f: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        positions: Sequence[int],
        has_aux: bool,
    ) -> None:
        self._name = getattr(f, "__name__", repr(f))
        self._groups = []  # per differentiated argument: its fresh nodes, and how to rebuild it
        called = list(args)
        from_outside = False
        for position in positions:
            leaves, rebuild = flatten(args[position])
            for leaf in leaves:
                self._check_leaf(leaf, position)
                from_outside = from_outside or isinstance(leaf, Value)
            fresh = [_fresh(leaf) for leaf in leaves]
            called[position] = rebuild(fresh)
            self._groups.append((fresh, rebuild))
        self._fresh = frozenset(node for fresh, _ in self._groups for node in fresh)
        returned = f(*called, **kwargs)
        aux = None
        if has_aux:
            returned, aux = returned
        self._roots, self._rebuild_out = flatten(returned)
        self._nested = from_outside or _reaches_others(self._roots, self._fresh)
        self.out = self._given_back(returned)
        self.aux = self._given_back(aux)

    def require_scalar(self) -> None:
        """Refuse a result that has no gradient.

        Raises:
            InputError: it is a container, an array, complex, or no number at all.
        """
        raw = [_raw(root) for root in self._roots]
        if len(raw) != 1 or np.shape(raw[0]) or np.iscomplexobj(raw[0]) or not is_leaf(raw[0]):
            given = say(raw[0]) if len(raw) == 1 else f"{len(raw)} results"
            raise InputError(
                f"grad differentiates functions that return one real number; {self._name} returned "
                f"{given}. For arrays see jacobian, vjp and elementwise_grad."
            )

    def pull(self, ct: Any) -> list[Any]:
        """The cotangents of the differentiated arguments, given that of the result."""
        cts = [None] * len(self._roots) if ct is None else flatten(ct)[0]
        sums = self._pull_flat(cts, record=self._nested or any(isinstance(c, Node) for c in cts))
        return [
            rebuild([_or_zero(sums.get(node), node) for node in fresh])
            for fresh, rebuild in self._groups
        ]

    def push(self, tangents: Sequence[Any]) -> Any:
        """The tangent of the result, given those of the arguments' leaves."""
        probes = [_fresh(np.ones_like(_raw(root))) for root in self._roots]
        pulled = self._pull_flat(probes, record=True)
        record = self._nested or any(isinstance(t, Node) for t in tangents)
        out: dict[Node, Any] = {}
        nodes = [node for fresh, _ in self._groups for node in fresh]
        for node, tangent in zip(nodes, tangents, strict=True):
            if isinstance(ct := pulled.get(node), Node):
                found = cotangents_from(ct, tangent, frozenset(probes), record=record)
                _add_up(out, found, probes)
        return self._rebuild_out(
            [
                _or_zero(out.get(probe), root)
                for probe, root in zip(probes, self._roots, strict=True)
            ]
        )

    def _pull_flat(self, cts: Sequence[Any], *, record: bool) -> dict[Node, Any]:
        sums: dict[Node, Any] = {}
        for root, ct in zip(self._roots, cts, strict=True):
            if isinstance(root, Node):
                found = cotangents_from(root, ct, self._fresh, record=record)
                _add_up(sums, found, self._fresh)
        return sums

    def _given_back(self, tree: Any) -> Any:
        """What the caller sees: raw data, unless Values from outside take part."""
        if self._nested:
            return tree
        leaves, rebuild = flatten(tree)
        return rebuild([_raw(leaf) for leaf in leaves])

    def _check_leaf(self, leaf: Any, position: int) -> None:
        raw = _raw(leaf)
        if not is_leaf(raw) or np.result_type(raw).kind not in "fc":
            raise InputError(
                f"argument {position} of {self._name} is or holds {say(raw)}; derivatives are by "
                f"floating-point numbers and arrays. Make it one, or leave it out of argnums."
            )


def _fresh(leaf: Any) -> Value[Any]:
    """A new node for an argument: an identity of a Value, a leaf of raw data."""
    if isinstance(leaf, Value):
        return apply(default().lookup("arithmetic.identity"), (leaf,))
    return Value.leaf(leaf)


def _reaches_others(roots: Sequence[Any], fresh: frozenset[Node]) -> bool:
    """Whether results depend on leaves that are not ``fresh``: Values from outside."""
    seen = {root for root in roots if isinstance(root, Node)}
    stack = list(seen)
    while stack:
        node = stack.pop()
        if node.op is None and node not in fresh and not isinstance(node, Constant):
            return True
        for parent in node.inputs:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return False


def _add_up(sums: dict[Node, Any], found: Mapping[Node, Any], nodes: Iterable[Node]) -> None:
    for node in nodes:
        if (ct := found.get(node)) is not None:
            sums[node] = sums[node] + ct if node in sums else ct


def _or_zero(ct: Any, like: Any) -> Any:
    """A zero of the form of the primal, where no gradient arrived."""
    return ct if ct is not None else 0.0 * _raw(like)


def _raw(x: Any) -> Any:
    return x.data if isinstance(x, Node) else x


def _positions(argnums: Argnums, count: int) -> list[int]:
    positions = [argnums] if isinstance(argnums, int) else list(argnums)
    for position in positions:
        if not -count <= position < count:
            raise InputError(f"argnums names argument {position}; the call has {count} of them")
    return [position % count for position in positions]
