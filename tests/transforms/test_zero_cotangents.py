"""An exact zero cotangent stays zero through a rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og

X = np.array([0.0, 4.0])
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def root(x: Any) -> Any:
    """The classic trap: its root is not chosen at 0, where its derivative is infinite."""
    return np.where(x > 0, np.sqrt(x), 0)


def test_grad() -> None:
    """Arrays and Python numbers."""
    np.testing.assert_array_equal(og.grad(lambda x: np.sum(root(x)))(X), [0, 0.25])
    assert og.grad(root)(0.0) == 0.0
    assert og.grad(lambda x: np.where(x > 0, 1 / x**0.5, 0))(4.0) == -0.0625


def test_jvp_and_second_derivatives() -> None:
    """Forward, and in recorded passes."""
    np.testing.assert_array_equal(og.jvp(root, (X,), (np.ones(2),))[1], [0, 0.25])
    np.testing.assert_allclose(og.hvp(lambda x: np.sum(root(x)), (X,), (np.ones(2),)), [0, -1 / 32])


@pytest.mark.parametrize("scheduler", ["sequential", "threaded"])
def test_backward_has_a_switch(scheduler: str) -> None:
    """`og.exact_zeros`, for its block, whatever the scheduler."""
    x = og.Value(X)
    y = root(x)
    with og.exact_zeros():
        g = og.backward(y, np.ones(2), wrt=[x], scheduler=scheduler)[x]
    np.testing.assert_array_equal(g, [0, 0.25])
    assert np.isnan(og.backward(y, np.ones(2), wrt=[x])[x][0])


def test_other_nans_stay() -> None:
    """Where the cotangent is not zero, a NaN is told."""
    assert np.isnan(og.grad(lambda x: np.sum(np.sqrt(x) * 0 * np.inf))(X)).any()
    with pytest.raises(ZeroDivisionError):
        og.grad(lambda x: 1 / x)(0.0)
