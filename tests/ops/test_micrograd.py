"""The expressions of micrograd's own test suite: known values; gradients by differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import opgrad as og
from tests.ops.central_differences import differences
from tests.ops.micrograd_expressions import more_ops, sanity_check

Expression = Callable[..., Any]


CASES: list[tuple[Expression, tuple[float, ...], float]] = [
    (sanity_check, (-4.0,), -20.0),
    (more_ops, (-4.0, 2.0), 24.70408163265306),
]


@pytest.mark.parametrize(("f", "point", "value"), CASES)
def test_value(f: Expression, point: tuple[float, ...], value: float) -> None:
    """On Values the expression has the value that it has on numbers."""
    assert f(*point) == pytest.approx(value, rel=1e-15)
    assert f(*map(og.Value, point)).data == f(*point)


@pytest.mark.parametrize(("f", "point", "value"), CASES)
def test_gradients(f: Expression, point: tuple[float, ...], value: float) -> None:
    """backward() gives the gradients that differences give."""
    inputs = [og.Value(x) for x in point]
    f(*inputs).backward()
    expected = [float(differences(f, point, i)) for i in range(len(point))]
    assert [x.grad for x in inputs] == pytest.approx(expected, rel=1e-7)


def test_known_gradients() -> None:
    """The gradients that micrograd's README and tests show."""
    x = og.Value(-4.0)
    sanity_check(x).backward()
    a, b = og.Value(-4.0), og.Value(2.0)
    more_ops(a, b).backward()
    assert x.grad == 46.0
    assert (a.grad, b.grad) == pytest.approx((138.83381924198252, 645.5772594752186), rel=1e-14)
