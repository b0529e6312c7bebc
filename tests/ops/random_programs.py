"""Random programs over all built-in ops, kept in the ops' domains and away from kinks.

A program runs on Values, and on dual numbers made of the independent references: there each op's
derivative is a difference quotient of that one op, so that neither the ops' forwards nor their
rules, nor the order of a backward pass, take part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from attrs import frozen
from hypothesis import strategies as st

from tests.ops.every_op import OPS
from tests.ops.references import REFERENCES

Call: TypeAlias = Callable[..., Any]
"""Applies an op: ``call(name, *inputs, **params)``."""

INPUTS = 3
SHAPES: list[tuple[int, ...]] = [(), (), (3,), (2, 3), (2, 1)]
STEP = 1e-6
MARGIN = 1e-4
"""How far along its direction an op is smooth: more than any test goes."""
LIMIT = 100.0
"""Larger results and tangents are not gone on with."""


@frozen
class Step:
    """One op, and which of the earlier results it takes."""

    name: str
    positions: tuple[int, ...]
    params: Mapping[str, Any]


@frozen
class Dual:
    """A number or array, its derivative along a direction, and whether it is smooth there."""

    primal: Any
    tangent: Any
    calm: bool = True


def dual_call(name: str, *inputs: Any, **params: Any) -> Dual:
    """The reference of an op, with its derivative as a central difference."""
    duals = [x if isinstance(x, Dual) else Dual(x, 0.0) for x in inputs]

    def at(step: float) -> Any:
        moved = [d.primal + step * d.tangent for d in duals]
        return np.asarray(REFERENCES[name](*moved, **params), np.float64)

    here = at(0.0)
    tangent = (at(STEP) - at(-STEP)) / (2 * STEP)
    bend = np.max(np.abs(at(MARGIN) - 2 * here + at(-MARGIN)))
    speed = max(float(np.max(np.abs(d.tangent))) for d in duals)
    is_small = np.max(np.abs(here)) < LIMIT and np.max(np.abs(tangent)) < LIMIT
    calm = all(d.calm for d in duals) and bool(is_small and bend <= MARGIN**2 * 100 * speed)
    return Dual(here, tangent, calm)


def value_call(name: str, *inputs: Any, **params: Any) -> Any:
    """The op itself."""
    return OPS[name](*inputs, **params)


def run(program: Sequence[Step], inputs: Sequence[Any], call: Call) -> list[Any]:
    """Every result of the program, the inputs first."""
    results = list(inputs)
    for step in program:
        results.append(_apply(step, results, call))
    return results


@st.composite
def programs(draw: st.DrawFn, name: str, more: int = 6) -> tuple[list[Step], list[Dual]]:
    """A program of any ops, one of them ``name``; and its inputs, with a direction to move in."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    results = []
    for shape in draw(st.lists(st.sampled_from(SHAPES), min_size=INPUTS, max_size=INPUTS)):
        x, d = rng.uniform(-1.5, 1.5, shape), rng.uniform(-1, 1, shape)
        results.append(Dual(x, d) if shape else Dual(float(x), float(d)))
    inputs, program = list(results), []
    names = draw(st.lists(st.sampled_from(sorted(OPS)), max_size=more))
    for each in [*names, name]:
        op = OPS[each]
        position = st.integers(0, len(results) - 1)
        positions = tuple(draw(position) for _ in range(op.arity or 0))
        params = draw(st.sampled_from([sample.params for sample in op.samples]))
        step = Step(each, positions, params)
        result = _apply(step, results, dual_call)
        if result.calm:
            program.append(step)
            results.append(result)
    return program, inputs


def _apply(step: Step, results: Sequence[Any], call: Call) -> Any:
    name = step.name
    inputs = [results[i] for i in step.positions]
    into_domain = _DOMAINS.get(name.rpartition(".")[2])
    taken = into_domain(call, *inputs) if into_domain else inputs
    result = call(name, *taken, **step.params)
    if name in _COMPARISONS:  # gives booleans, which have no minus
        return call("arithmetic.where", result, *inputs)
    return result


# -- domains: what leads from any numbers to those that an op takes ------------------------------

_COMPARISONS = {f"arithmetic.{name}" for name in ("less", "less_equal", "greater", "greater_equal")}
_COMPARISONS |= {"arithmetic.equal", "arithmetic.not_equal"}


def _positive(call: Call, x: Any) -> tuple[Any, ...]:
    return (call("arithmetic.add", call("elementary.square", x), 0.5),)


def _above_one(call: Call, x: Any) -> tuple[Any, ...]:
    return (call("arithmetic.add", call("elementary.square", x), 1.5),)


def _within_one(call: Call, x: Any) -> tuple[Any, ...]:
    return (call("arithmetic.mul", call("elementary.tanh", x), 0.8),)


def _second_positive(call: Call, x: Any, y: Any) -> tuple[Any, ...]:
    return (x, *_positive(call, y))


def _first_positive(call: Call, x: Any, y: Any) -> tuple[Any, ...]:
    return (*_positive(call, x), *_within_one(call, y))


def _first_boolean(call: Call, condition: Any, x: Any, y: Any) -> tuple[Any, ...]:
    return call("arithmetic.greater", condition, 0.1), x, y


def _second_larger(call: Call, x: Any, y: Any) -> tuple[Any, ...]:
    return (call("arithmetic.add", *_within_one(call, x), 1.0), *_above_two(call, y))


def _above_two(call: Call, x: Any) -> tuple[Any, ...]:
    return (call("arithmetic.add", call("elementary.square", x), 2.5),)


_DOMAINS: dict[str, Callable[..., tuple[Any, ...]]] = {
    **dict.fromkeys(["log", "log2", "log10", "log1p", "sqrt", "cbrt", "reciprocal"], _positive),
    **dict.fromkeys(["asin", "acos", "atanh"], _within_one),
    **dict.fromkeys(["exp", "exp2", "expm1", "sinh", "cosh", "tan"], _within_one),  # stay small
    **dict.fromkeys(["div", "atan2", "hypot"], _second_positive),
    **dict.fromkeys(["floordiv", "mod", "fmod"], _second_larger),  # away from the jumps
    "acosh": _above_one,
    "pow": _first_positive,
    "where": _first_boolean,
}
