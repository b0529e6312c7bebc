"""Functions of another framework as functions of Values; here, the framework is NumPy itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import InputError
from opgrad.foreign import Foreign


class Theirs:
    """An array of the framework's own, which is no data to OpGrad."""

    def __init__(self, held: list[float]) -> None:
        self.held = held


class Numpys:
    """NumPy as a framework: OpGrad differentiates its functions, and says how often it called."""

    def __init__(self) -> None:
        self.calls = 0

    def taken(self, x: Any) -> Any:
        return np.asarray(x.held) if isinstance(x, Theirs) else x

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


def test_the_frameworks_own_arrays_are_inputs() -> None:
    """No static ones: one form of call serves them all, and they have no gradient."""
    f = Foreign(lambda x, y: x * y, Numpys())
    for held in ([1.0, 2.0], [3.0, 4.0]):
        np.testing.assert_array_equal(
            og.grad(lambda v, y=held: f(v, Theirs(y)).sum())(np.ones(2)), held
        )
    assert len(f._forms) == 1


def test_shapes_of_several_results_that_depend_on_numbers() -> None:
    """Refused: the cotangent of the call before would be taken apart in the wrong places."""
    f = Foreign(lambda x, n: (x[: int(n)], x[int(n) :]), Numpys())
    f(np.arange(3.0), 1.0)
    with pytest.raises(InputError, match=r"shapes of several results may not depend on numbers"):
        f(np.arange(3.0), 2.0)


def test_the_shape_of_one_result_may_depend_on_numbers() -> None:
    """Its cotangent needs not be taken apart."""
    f = Foreign(lambda x: x[x > 0], Numpys())
    for given in ([1.0, 2.0], [-1.0, 2.0]):
        gradient = og.grad(lambda v: f(v).sum())(np.array(given))
        np.testing.assert_array_equal(gradient, np.array(given) > 0)
