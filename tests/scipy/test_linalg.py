"""SciPy's functions of matrices: every argument, stacks, and complex numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import opgrad as og
from opgrad_scipy import linalg
from tests.arrays.derivatives import assert_derivatives_are_right
from tests.arrays.differences import differences as slopes

RNG = np.random.default_rng(5)
REAL = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
COMPLEX = REAL + 1j * RNG.normal(size=(3, 3))
STACK = np.stack([COMPLEX, COMPLEX.T + 1])
RIGHT = RNG.normal(size=(3, 2))


def _plain(op: Any, **params: Any) -> Any:
    """The op on Values, SciPy's own function on plain data."""

    def f(*xs: Any) -> Any:
        on_values = any(isinstance(x, og.Value) for x in xs)
        return (op if on_values else getattr(scipy.linalg, op.name))(*xs, **params)

    return f


@pytest.mark.parametrize("trans", [0, 1, 2, "N", "T", "C"])
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("unit_diagonal", [False, True])
def test_solve_triangular_of_every_kind(trans: Any, lower: bool, unit_diagonal: bool) -> None:
    """SciPy's values and the gradients of differences: real, complex, mixed, stacks, vectors."""
    f = _plain(linalg.solve_triangular, trans=trans, lower=lower, unit_diagonal=unit_diagonal)
    for a, b in (
        (REAL, RIGHT),
        (COMPLEX, RIGHT + 1j),
        (REAL, RIGHT[:, 0] + 1j),
        (COMPLEX, RIGHT),
        (STACK, RIGHT[:, 0]),
        (REAL, np.stack([RIGHT, RIGHT + 1])),
    ):
        assert_derivatives_are_right(f, a, b, second=False)
    assert_derivatives_are_right(f, REAL, RIGHT)


@pytest.mark.parametrize("a", [REAL, COMPLEX, STACK, STACK[:, None].real])
@pytest.mark.parametrize("name", ["expm", "sqrtm", "solve_sylvester"])
def test_stacks_and_complex_matrices(name: str, a: Any) -> None:
    """SciPy's values and the gradients of differences."""
    a = a @ a + 9 * np.eye(3) if name == "sqrtm" else a / 3
    args = (a, REAL.astype(a.dtype), a) if name == "solve_sylvester" else (a,)
    f = _plain(getattr(linalg, name))
    assert_derivatives_are_right(f, *args, second=not np.iscomplexobj(a))


def test_sylvester_s_equation_of_real_and_complex_matrices() -> None:
    """SciPy's own does not solve it."""
    rotation = np.array([[0.0, -1.0], [1.0, 0.0]])
    a, q = np.array([[2.0 + 1j, 0.3], [0.1j, 1.5]]), np.ones((2, 2)) + 0j
    x = linalg.solve_sylvester(a, rotation, q).data
    np.testing.assert_allclose(a @ x + x @ rotation, q, rtol=1e-13)
    found = og.grad(lambda b: np.real(np.sum(linalg.solve_sylvester(a, b, q))))(rotation)
    expected = slopes(
        lambda b: float(np.real(np.sum(linalg.solve_sylvester(a, b, q).data))), [rotation], 0
    )
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_an_argument_that_scipy_has_no_more_is_refused_by_name() -> None:
    """Nothing is dropped in silence."""
    with pytest.raises(og.OpgradError, match="blocksize"):
        linalg.sqrtm(REAL, blocksize=64)  # type: ignore[call-arg]


@pytest.mark.parametrize("a", [np.diag([1.0, 0.0]), np.zeros((2, 2))])
@pytest.mark.filterwarnings("ignore:Matrix is singular")
def test_square_root_of_a_singular_matrix_has_no_derivative(a: Any) -> None:
    """SciPy gives the root; its derivative is infinite."""
    with pytest.raises(og.NotDifferentiable, match="singular"):
        og.grad(lambda x: np.sum(linalg.sqrtm(x)))(a)


def test_expm_of_a_number() -> None:
    """SciPy gives a matrix of one element."""
    value, pull = og.vjp(linalg.expm, np.array(0.3))
    np.testing.assert_allclose(value, [[np.exp(0.3)]])
    np.testing.assert_allclose(pull(np.ones((1, 1)))[0], np.exp(0.3))


def test_the_other_triangle_gets_no_gradient_even_of_infinity() -> None:
    """It is cut, not multiplied by zero."""
    a = np.array([[1e-320, 0.0], [1.0, 1.0]])
    with np.errstate(all="ignore"):
        found = og.grad(
            lambda x: np.sum(linalg.solve_triangular(x, np.ones(2), lower=True, check_finite=False))
        )(a)
    assert found[0, 1] == 0
