"""Arrays of small integers and booleans: rules compute in floating point, and do not overflow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.ops.every_op import EACH_OP

NUMBERS: dict[str, list[int]] = {
    "bool": [0, 1],
    "int8": [-128, -100, -3, 0, 1, 2, 100, 127],
    "uint8": [0, 1, 2, 100, 200, 255],
    "int32": [-(2**31), -50_000, -3, 0, 1, 2, 50_000, 2**31 - 1],
    "int64": [-50_000, -3, 0, 1, 2, 50_000],
}
"""By dtype: its ends, and some between."""


@EACH_OP
@pytest.mark.parametrize("dtype", NUMBERS)
def test_gradients_are_those_of_floats(op: OpN, dtype: str) -> None:
    """Where the forward gives what it gives in double precision, so do the rules.

    It need not: NumPy's own results overflow, in the dtype of the input or in half precision.
    """
    x = np.array(NUMBERS[dtype], dtype)
    inputs = [x, *[np.full_like(x, 3)] * ((op.arity or 0) - 1)]
    exact, expected = _gradients(op, [x.astype(np.float64) for x in inputs])
    try:
        with np.errstate(all="ignore"):
            out = op.forward(*inputs)
    except TypeError:
        assert (op.name, dtype) in {("sub", "bool"), ("neg", "bool"), ("sign", "bool")}
        return
    _, found = _gradients(op, inputs)
    precision = 1e-2 if out.dtype == np.float16 else 1e-4 if out.dtype == np.float32 else 1e-12
    same = np.isclose(out, exact, rtol=precision, atol=precision, equal_nan=True)
    np.testing.assert_array_equal(same, _fits(exact, out.dtype))
    for a, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(a[same], e[same], rtol=2 * precision, atol=1e-3 * precision)


@pytest.mark.parametrize(
    ("x", "y", "dtype"), [(2, 30, np.int32), (2, 6, np.int8), (2, 7, np.uint8), (3, 10, np.int16)]
)
def test_slope_of_a_power(x: int, y: int, dtype: Any) -> None:
    """y * x**(y - 1), by a number and by an array, also where that is too large for the dtype."""
    for exponent in (y, np.array([y], dtype)):
        base = og.Value(np.array([x], dtype))
        assert og.backward(base**exponent, np.ones(1))[base] == [y * x ** (y - 1)]


def test_sigmoid_of_unsigned_integers() -> None:
    """-2 is no unsigned integer, and yet sigmoid(2) is right."""
    for dtype in (np.uint8, np.int8, np.int64):
        out = og.ops.sigmoid(np.array([2], dtype)).data
        np.testing.assert_allclose(out, 1 / (1 + np.exp(-2.0)), rtol=1e-15)


def _fits(exact: Any, dtype: Any) -> Any:
    """Where the dtype has a number for the result, and the result is not cut to a whole one."""
    if dtype.kind == "b":
        low, high = 0.0, 1.0
    else:
        info: Any = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
        low, high = float(info.min), float(info.max)
    in_range = (exact >= low) & (exact <= high)
    if dtype.kind in "biu":
        return in_range & (exact == np.rint(exact))
    return ~np.isfinite(exact) | in_range


def _gradients(op: OpN, inputs: list[Any]) -> tuple[Any, list[Any]]:
    """The result, and by each input the derivatives; zeros where no gradient flows."""
    values = [og.Value(x) for x in inputs]
    with np.errstate(all="ignore"):
        out = op(*values)
        gradients = og.backward(out, np.full(np.shape(out.data), 0.5))
    return out.data, [gradients.get(x, np.zeros(np.shape(x.data))) for x in values]
