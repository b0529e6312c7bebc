"""Random functions of numbers and arrays: steps of NumPy and Python, decisions, loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from attrs import frozen
from hypothesis import strategies as st

SHAPES: list[tuple[int, ...] | None] = [None, (), (3,), (2, 3), (2, 1), (1, 3)]
"""``None``: a Python number. All broadcast with each other."""


def _decide(x: Any, y: Any) -> Any:
    return x * 2 if np.sum(x) > np.sum(y) else y - x


def _shrink(x: Any, y: Any) -> Any:
    steps = 0
    while np.max(np.abs(x)) > 1 and steps < 5:
        x, steps = x / 2, steps + 1
    return x + y * steps


def _pick(x: Any, y: Any) -> Any:
    size = np.max(np.abs(np.tanh(y)))
    return [x, y, x - y][sum(1 for bound in (0.4, 0.8) if size > bound)]


def _halves(x: Any, y: Any) -> Any:
    if not np.shape(x):
        return x
    return x[..., :2] * 2 if np.shape(x)[-1] == 1 else x[..., ::-1]


def _accumulate(x: Any, y: Any) -> Any:
    total = 0.0
    for k in range(3):
        total = total + x * k
        total = total + y
    return total


def _inner(x: Any, y: Any) -> Any:
    return np.sum(x * y, axis=-1, keepdims=True) if np.shape(x + y) else x * y


STEPS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / (1 + y * y),
    "negate": lambda x, y: -x,
    "square": lambda x, y: x**2,
    "cube": lambda x, y: x**3,
    "one": lambda x, y: x * 1 + 0,
    "zero": lambda x, y: x * 0 - y,
    "exp": lambda x, y: np.exp(-np.abs(x)),
    "tanh": lambda x, y: np.tanh(x),
    "sin": lambda x, y: np.sin(x) + np.cos(y),
    "log": lambda x, y: np.log1p(x * x),
    "sqrt": lambda x, y: np.sqrt(1 + x * x),
    "where": lambda x, y: np.where(x > y, x, 0.5 * y),
    "maximum": lambda x, y: np.maximum(x, y),
    "clip": lambda x, y: np.clip(x, -0.7, 0.9),
    "sum": lambda x, y: np.sum(x) * y,
    "sum_last": _inner,
    "mean": lambda x, y: x - np.mean(x),
    "max": lambda x, y: x - np.max(x),
    "transpose": lambda x, y: np.transpose(np.transpose(x) * 2) - y,
    "sort": lambda x, y: np.sort(x) if np.shape(x) else x,
    "cumsum": lambda x, y: np.cumsum(x, axis=-1) if np.shape(x) else x,
    "halves": _halves,
    "decide": _decide,
    "shrink": _shrink,
    "pick": _pick,
    "larger": lambda x, y: max(np.sum(x), np.sum(y)) + x,
    "accumulate": _accumulate,
}


@frozen
class Step:
    """One step, and which of the results so far it takes."""

    name: str
    x: int
    y: int


Program: TypeAlias = Sequence[Step]


def function_of(program: Program) -> Callable[[dict[str, Any]], Any]:
    """A function of a dict of inputs; a dict of its last result, one from the middle, and a sum."""

    def function(inputs: dict[str, Any]) -> Any:
        results = list(inputs.values())
        for step in program:
            x, y = results[step.x % len(results)], results[step.y % len(results)]
            results.append(STEPS[step.name](x, y))
        return {
            "last": results[-1],
            "middle": [results[len(results) // 2]],
            "sum": np.sum(results[-1] * 1.0),
        }

    return function


def tolerance_of(lot: dict[str, Any]) -> float:
    """How far the results of some steps may be apart, given the least precise of the inputs."""
    return 1e-4 if any(getattr(x, "dtype", None) == np.float32 for x in lot.values()) else 1e-9


@st.composite
def programs(draw: st.DrawFn, longest: int = 8) -> Program:
    """Any steps, on any earlier results."""
    position = st.integers(0, longest + 2)
    steps = st.builds(Step, st.sampled_from(sorted(STEPS)), position, position)
    return draw(st.lists(steps, min_size=1, max_size=longest))


@st.composite
def inputs(draw: st.DrawFn, count: int = 3) -> list[dict[str, Any]]:
    """Several lots of inputs of the same shapes and dtypes, with other values."""
    kinds = [
        (draw(st.sampled_from(SHAPES)), draw(st.sampled_from([np.float64, np.float32])))
        for _ in range(draw(st.integers(1, 3)))
    ]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lots = []
    for _ in range(count):
        lot = {}
        for i, (shape, dtype) in enumerate(kinds):
            x = rng.normal(scale=2, size=shape or ())
            lot[f"x{i}"] = (
                float(x) if shape is None else dtype(x) if shape else np.asarray(x, dtype)
            )
        lots.append(lot)
    return lots
