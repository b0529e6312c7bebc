"""Ops and functions of arrays: SciPy's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.signal

import opgrad as og
from opgrad_scipy import linalg, signal

LINALG = ["expm", "solve_sylvester", "solve_triangular", "sqrtm"]


@pytest.mark.parametrize("name", LINALG)
def test_values_are_scipy_s(name: str) -> None:
    """Of each sample."""
    op: Any = getattr(linalg, name)
    for sample in op.samples:
        expected = getattr(scipy.linalg, name)(*sample.inputs, **sample.params)
        np.testing.assert_allclose(op(*sample.inputs, **sample.params).data, expected, rtol=1e-6)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [((7,), (3,)), ((3,), (8,)), ((4, 5), (2, 3))])
def test_convolve_is_scipy_s(mode: Any, n: tuple[int, ...], m: tuple[int, ...]) -> None:
    """In each mode, whichever array is larger."""
    x, y = np.arange(np.prod(n)).reshape(n) + 0.5, np.arange(np.prod(m)).reshape(m) - 1.5
    found = signal.convolve(og.Value(x), og.Value(y), mode)
    np.testing.assert_allclose(found.data, scipy.signal.convolve(x, y, mode), rtol=1e-12)


def test_convolve_with_neither_inside_the_other() -> None:
    """mode="valid" has no result then."""
    with pytest.raises(og.OpgradError, match="must fit in the other"):
        signal.convolve(og.Value(np.ones((2, 3))), np.ones((3, 2)), "valid")


def test_convolve_with_an_unknown_mode() -> None:
    """It says which there are."""
    mode: Any = "circular"
    with pytest.raises(og.OpgradError, match="full, valid or same"):
        signal.convolve(og.Value(np.ones(3)), np.ones(2), mode)


def test_complex_square_root_of_a_real_matrix() -> None:
    """It has a value; its gradient is refused."""
    a = og.Value(np.diag([-1.0, 4.0]))
    root = linalg.sqrtm(a)
    np.testing.assert_allclose(root.data, np.diag([1j, 2]))
    with pytest.raises(og.NotDifferentiable):
        og.backward(root, np.ones((2, 2), complex), [a])
