"""GELU and the normal distribution: vector code where the ops ask Python for each number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same

X = np.array([-40.0, -9.0, -1.5, -0.0, 0.0, 1e-300, 0.5, 3.0, 30.0, np.inf, -np.inf, np.nan])


@EACH_BACKEND
@pytest.mark.parametrize("name", ["gelu", "normal_cdf"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_same_as_the_op(name: str, dtype: Any, backend: str) -> None:
    """With its gradient; in both tails, at infinities and at NaN."""
    op = og.ops[name]
    x = X.astype(dtype)

    def both(x: Any) -> Any:
        return op(x).data, og.elementwise_grad(op)(x)

    fast = og.compile(both, backend=backend)
    fast(x)
    assert_same(fast(x), both(x))


@EACH_BACKEND
def test_of_a_number(backend: str) -> None:
    """A Python number stays one."""
    fast = og.compile(og.value_and_grad(og.ops.gelu), backend=backend)
    fast(0.5)
    assert_same(fast(-1.25), og.value_and_grad(og.ops.gelu)(-1.25))


def test_no_python_for_each_number() -> None:
    """The whole gradient is native code."""
    fast = og.compile(og.grad(lambda x: np.sum(og.ops.gelu(x))), backend="llvm")
    fast(X[:5])
    assert "called back" not in fast.explain()
