"""Checkpoints: the same derivatives, less memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og

X = np.array([0.5, -1.0, 2.0])


def layers(x: Any, count: int) -> Any:
    """A chain."""
    for _ in range(count):
        x = np.tanh(x)
    return x


def test_the_same_result_and_gradient() -> None:
    """As without it; nested, too."""
    inner = og.checkpoint(lambda x: layers(x, 2))
    nested = og.checkpoint(lambda x: inner(inner(x)) * 2)
    np.testing.assert_array_equal(nested(X), layers(X, 4) * 2)
    expected = og.grad(lambda x: np.sum(layers(x, 4) * 2))(X)
    np.testing.assert_allclose(og.grad(lambda x: np.sum(nested(x)))(X), expected)


def test_second_derivatives() -> None:
    """The recomputation is itself recorded."""
    f: Callable[[Any], Any] = og.checkpoint(lambda x: np.sin(x) * x)
    assert np.isclose(og.grad(og.grad(f))(0.7), 2 * np.cos(0.7) - 0.7 * np.sin(0.7))
    assert np.isclose(og.jvp(og.grad(f), (0.7,), (1.0,))[1], 2 * np.cos(0.7) - 0.7 * np.sin(0.7))


def test_captured_values() -> None:
    """Gradients flow to Values from outside; none is counted twice."""

    def f(w: Any) -> Any:
        v = w * w
        return og.checkpoint(lambda x: x * w * v)(v)

    assert og.grad(f)(2.0) == 5 * 2.0**4
    assert og.grad(og.grad(f))(2.0) == 20 * 2.0**3


def test_containers_and_keywords() -> None:
    """Any arguments and results; what is no Value is passed on."""

    @og.checkpoint
    def f(p: Any, *, mode: str, scale: float) -> Any:
        assert mode == "fast"
        return {"a": p["x"] * scale, "b": [p["x"] * p["y"], p["y"], 7]}

    def total(x: Any) -> Any:
        out = f({"x": x, "y": x}, mode="fast", scale=3.0)
        return out["a"] + out["b"][0] + out["b"][1] + out["b"][2]

    assert og.grad(total)(2.0) == 3 + 4 + 1


def test_raw_in_raw_out() -> None:
    """Without a Value, it is just the function."""
    assert og.checkpoint(lambda x: x * x)(3.0) == 9.0


def test_memory_falls() -> None:
    """A chain of 64 in 8 segments needs far less than half of the memory."""
    x = np.linspace(0, 1, 20_000)
    segment = og.checkpoint(lambda x: layers(x, 8))

    def in_segments(x: Any) -> Any:
        for _ in range(8):
            x = segment(x)
        return np.sum(x)

    def peak(f: Any) -> int:
        tracemalloc.start()
        og.grad(f)(x)
        _, top = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return top

    peak(in_segments)  # whatever is made once
    assert peak(in_segments) < 0.5 * peak(lambda x: np.sum(layers(x, 64)))


@pytest.mark.parametrize(
    "later",
    [
        lambda x: np.ones(3) * x,
        lambda x: np.float32(2) * x.astype(np.float32),
        lambda x: None,
        lambda x: 5.0,
        lambda x: x,
        lambda x: (),
        lambda x: x * np.float64(2.001),
    ],
    ids=["shape", "dtype", "nothing", "plain", "argument", "none of them", "numbers"],
)
@pytest.mark.parametrize("forward", [False, True], ids=["vjp", "jvp"])
def test_another_result_the_second_time(later: Callable[[Any], Any], forward: bool) -> None:
    """A function that returns something else when it is run again is refused, by name."""
    runs = iter([lambda x: x * np.float64(2), later])

    def fickle(x: Any) -> Any:
        return next(runs)(x)

    if forward:
        with pytest.raises(og.errors.ChangedError, match=r"fickle, a checkpoint, was run again"):
            og.jvp(og.checkpoint(fickle), (np.float64(1),), (np.float64(1),))
    else:
        with pytest.raises(og.errors.ChangedError, match=r"fickle, a checkpoint, was run again"):
            og.grad(og.checkpoint(fickle))(np.float64(1))


def test_a_buffer_that_changes_before_the_backward_pass() -> None:
    """What the segment takes from outside is another when it runs again: told, and not computed."""
    buffer = np.ones(3)

    def f(x: Any) -> Any:
        y = np.sum(og.checkpoint(lambda z: z * buffer)(x))
        buffer[:] = 9.0
        return y

    with pytest.raises(og.errors.ChangedError, match="of other numbers"):
        og.grad(f)(np.ones(3))


def test_random_numbers_inside() -> None:
    """They are others the second time."""
    rng = np.random.default_rng(0)
    with pytest.raises(og.errors.ChangedError, match="draws at random"):
        og.grad(lambda x: np.sum(og.checkpoint(lambda z: z * rng.normal(size=3))(x)))(np.ones(3))


@pytest.mark.parametrize(
    "x", [np.array([0.0, np.inf]), np.array([np.nan]), np.zeros((0, 2)), 2, 1j]
)
def test_the_same_result_the_second_time(x: Any) -> None:
    """Infinities, NaN, nothing at all, whole and complex numbers are no other numbers."""
    block = og.checkpoint(lambda z: z * 2.0)
    og.Value(block(og.Value(x)).data)
    og.backward(block(og.Value(x)), np.ones(np.shape(x)) if np.shape(x) else 1.0)
