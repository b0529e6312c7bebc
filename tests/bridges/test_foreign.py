"""Functions of another framework as functions of Values; here, the framework is NumPy itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import opgrad as og
from opgrad.foreign import Foreign


class Numpys:
    """NumPy as a framework: OpGrad differentiates its functions, and says how often it called."""

    def __init__(self) -> None:
        self.calls = 0

    def call(self, f: Callable[..., Any], inputs: Sequence[Any]) -> tuple[list[Any], Any]:
        self.calls += 1
        returned = f(*inputs)
        if isinstance(returned, tuple):
            return [np.asarray(x) for x in returned], tuple
        return [np.asarray(returned)], lambda leaves: leaves[0]

    def pullback(
        self, f: Callable[..., Any], moving: tuple[int, ...], live: tuple[int, ...]
    ) -> Callable[..., Any]:
        def pull(*given: Any) -> Any:
            inputs, cts = list(given[: len(given) - len(live)]), given[len(given) - len(live) :]

            def varying(*primals: Any) -> tuple[Any, ...]:
                for i, x in zip(moving, primals, strict=True):
                    inputs[i] = x
                returned = f(*inputs)
                leaves = returned if isinstance(returned, tuple) else (returned,)
                return tuple(leaves[i] for i in live)

            return og.vjp(varying, *(inputs[i] for i in moving))[1](tuple(cts))

        return pull


def test_one_call_forward_and_one_back() -> None:
    """Nothing is run twice, but for what the framework itself does."""
    framework = Numpys()
    f = Foreign(lambda x: np.sin(x), framework)
    v = og.Value(np.array([0.5, 1.0]))
    out = f(v)
    assert framework.calls == 1
    out.backward(np.ones(2))
    assert framework.calls == 2
    np.testing.assert_allclose(v.grad, np.cos(v.data))


def test_several_results_of_different_shapes() -> None:
    """They keep shapes and dtypes, and each passes its cotangent on."""
    f = Foreign(lambda x, y: (x.sum(), x[:, None] * y, x > 0), Numpys())
    x, y = np.array([1.0, -2.0], np.float32), np.array([3.0, 4.0, 5.0])
    total, outer, positive = f(x, y)
    assert (total.dtype, outer.shape, positive.dtype) == (np.float32, (2, 3), np.bool_)

    def loss(x: Any, y: Any) -> Any:
        total, outer, _ = f(x, y)
        return 2 * total + np.sum(outer)

    gx, gy = og.grad(loss, argnums=(0, 1))(x, y)
    assert gx.dtype == np.float32
    np.testing.assert_allclose(gx, [14, 14])
    np.testing.assert_allclose(gy, [-1, -1, -1])


def test_a_result_without_derivative() -> None:
    """Nothing flows through it."""
    f = Foreign(lambda x: x > 0, Numpys())
    v = og.Value(np.array([1.0, -1.0]))
    assert v not in og.backward(f(v), np.ones(2))


def test_it_is_called_what_the_function_is() -> None:
    """Name and docstring are the function's."""

    def double(x: Any) -> Any:
        """Twice as much."""
        return 2 * x

    f = Foreign(double, Numpys())
    assert (f.__name__, f.__doc__, repr(f)) == ("double", "Twice as much.", "<double on Values>")
