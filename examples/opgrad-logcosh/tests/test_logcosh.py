"""The op, everything that an op should have, and that OpGrad finds it."""

from __future__ import annotations

import math

import pytest

import opgrad as og
from opgrad.testing import op_tests
from opgrad_logcosh import logcosh

test_op = op_tests("opgrad_logcosh")


@pytest.mark.parametrize("x", [-3.0, -0.1, 0.0, 0.5, 20.0])
def test_forward_is_the_logarithm_of_cosh(x: float) -> None:
    """Where cosh does not overflow, the definition itself gives the same."""
    assert logcosh(x).data == pytest.approx(math.log(math.cosh(x)), abs=1e-15)


def test_forward_does_not_overflow() -> None:
    """cosh(1000) is no float; log(cosh(1000)) = 1000 - log 2 is."""
    assert logcosh(-1000.0).data == pytest.approx(1000 - math.log(2))


def test_opgrad_finds_the_installed_plugin() -> None:
    """The entry point leads to this very op, under its short and its qualified name."""
    assert og.ops.logcosh is logcosh
    assert og.ops["logcosh.logcosh"] is logcosh
