"""First and second derivatives far out in the tails, and near 0, against mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import opgrad as og

Exact = Callable[..., Any]

TINY = [1e-300, 1e-150, 1e-20, 1e-8, 1e-3]
MIDDLE = [0.3, 1.0, 2.5, 7.9, 8.1]
LARGE = [29.0, 31.0, 300.0, 1e5, 1e10]
HUGE = [1e100, 1e300]
RTOL = 1e-10


def _normal(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def _hazard(x: Any) -> Any:
    return _normal(x) / (mp.erfc(-x / mp.sqrt(2)) / 2)


def _logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def _scaled(n: int, order: int) -> Exact:
    """A derivative of exp(-x) besseli(n, x), for x > 0: half a second difference, repeatedly."""

    def exact(x: Any) -> Any:
        terms = range(2 * order + 1)
        weights = [(-1) ** j * mp.binomial(2 * order, j) / mpf(2) ** order for j in terms]
        return mp.exp(-x) * sum(w * mp.besseli(n + order - j, x) for j, w in enumerate(weights))

    return exact


def _inverse(f: Exact, slope: Exact, curve: Exact) -> tuple[Exact, Exact]:
    return lambda p: slope(f(p)), lambda p: curve(f(p)) * slope(f(p)) ** 2


ROOT_PI = mp.sqrt(mp.pi)
DERIVATIVES: dict[str, tuple[Exact, Exact, list[float]]] = {
    "j0": (
        lambda x: -mp.besselj(1, x),
        lambda x: (mp.besselj(2, x) - mp.besselj(0, x)) / 2,
        MIDDLE,
    ),
    "j1": (
        lambda x: (mp.besselj(0, x) - mp.besselj(2, x)) / 2,
        lambda x: (mp.besselj(3, x) - 3 * mp.besselj(1, x)) / 4,
        [*TINY, *MIDDLE, 29.0],
    ),
    "y0": (
        lambda x: -mp.bessely(1, x),
        lambda x: (mp.bessely(2, x) - mp.bessely(0, x)) / 2,
        MIDDLE,
    ),
    "y1": (
        lambda x: (mp.bessely(0, x) - mp.bessely(2, x)) / 2,
        lambda x: (mp.bessely(3, x) - 3 * mp.bessely(1, x)) / 4,
        [1e-20, 1e-3, *MIDDLE],
    ),
    "i0": (lambda x: mp.besseli(1, x), lambda x: (mp.besseli(2, x) + mp.besseli(0, x)) / 2, MIDDLE),
    "i1": (
        lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2,
        lambda x: (mp.besseli(3, x) + 3 * mp.besseli(1, x)) / 4,
        [1e-20, 1e-8, 1e-3, *MIDDLE, 300.0],
    ),
    "i0e": (_scaled(0, 1), _scaled(0, 2), [1e-3, *MIDDLE, *LARGE]),
    "i1e": (_scaled(1, 1), _scaled(1, 2), [1e-3, *MIDDLE, *LARGE]),
    "gamma": (
        lambda x: mp.gamma(x) * mp.psi(0, x),
        lambda x: mp.gamma(x) * (mp.psi(0, x) ** 2 + mp.psi(1, x)),
        [1e-80, 1e-20, 1e-3, *MIDDLE, 150.0],
    ),
    "gammaln": (
        lambda x: mp.psi(0, x),
        lambda x: mp.psi(1, x),
        [1e-150, 1e-20, 1e-3, *MIDDLE, *LARGE, 1e100],
    ),
    "psi": (
        lambda x: mp.psi(1, x),
        lambda x: mp.psi(2, x),
        [1e-100, 1e-20, 1e-3, *MIDDLE, *LARGE, 1e100],
    ),
    "erf": (
        lambda x: 2 / ROOT_PI * mp.exp(-x * x),
        lambda x: -4 * x / ROOT_PI * mp.exp(-x * x),
        [*TINY, *MIDDLE, 20.0],
    ),
    "erfc": (
        lambda x: -2 / ROOT_PI * mp.exp(-x * x),
        lambda x: 4 * x / ROOT_PI * mp.exp(-x * x),
        [*TINY, *MIDDLE, 20.0, -20.0],
    ),
    "ndtr": (_normal, lambda x: -x * _normal(x), [*TINY, *MIDDLE, 30.0, -30.0]),
    "log_ndtr": (
        _hazard,
        lambda x: -_hazard(x) * (x + _hazard(x)),
        [*TINY, *MIDDLE, 30.0, *(-x for x in [*TINY, *MIDDLE, *LARGE, 1e20])],
    ),
    "erfinv": (
        *_inverse(mp.erfinv, lambda x: ROOT_PI / 2 * mp.exp(x * x), lambda x: 2 * x),
        [*TINY, 0.3, -0.9, 0.999],
    ),
    "ndtri": (
        *_inverse(
            lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1), lambda x: 1 / _normal(x), lambda x: x
        ),
        [1e-10, 1e-3, 0.3, 0.999],
    ),
    "erfcinv": (
        *_inverse(
            lambda p: mp.erfinv(1 - p), lambda x: -ROOT_PI / 2 * mp.exp(x * x), lambda x: 2 * x
        ),
        [1e-10, 1e-3, 0.3, 1.9],
    ),
    "expit": (
        lambda x: _logistic(x) * _logistic(-x),
        lambda x: _logistic(x) * _logistic(-x) * mp.tanh(-x / 2),
        [*TINY, *MIDDLE, 29.0, 700.0, -30.0, -700.0],
    ),
    "logistic_density": (
        lambda x: _logistic(x) * _logistic(-x) * mp.tanh(-x / 2),
        lambda x: _logistic(x) * _logistic(-x) * (1 - 6 * _logistic(x) * _logistic(-x)),
        [*TINY, *MIDDLE, 29.0, 700.0, -30.0, -700.0],
    ),
    "log_expit": (
        lambda x: _logistic(-x),
        lambda x: -_logistic(x) * _logistic(-x),
        [*TINY, *MIDDLE, 29.0, 700.0, -30.0, -700.0],
    ),
    "logit": (
        lambda p: 1 / (p * (1 - p)),
        lambda p: (2 * p - 1) / (p * (1 - p)) ** 2,
        [1e-150, 1e-20, 1e-3, 0.3, 0.75, 1 - 1e-10],
    ),
    "entr": (lambda x: -mp.log(x) - 1, lambda x: -1 / x, [*TINY, *MIDDLE, *LARGE, *HUGE]),
}
ONE_INPUT = {
    name
    for name in og.default_registry().ops
    if name.startswith("scipy.")
    and og.ops[name].elementwise
    and og.ops[name].arity == 1
    and not og.ops[name].param_names
}


def test_every_function_of_one_number_has_a_reference() -> None:
    """A new one fails here until mpmath tells its derivatives."""
    assert {f"scipy.{name}" for name in DERIVATIVES} == ONE_INPUT


@pytest.mark.parametrize("name", sorted(DERIVATIVES))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_first_and_second_derivatives(name: str) -> None:
    """To ten digits, also where numbers overflow."""
    first, second, points = DERIVATIVES[name]
    op = og.ops[f"scipy.{name}"]
    with mpmath.workdps(120):
        for order, exact in ((1, first), (2, second)):
            expected = [float(exact(mpf(x))) for x in points]
            f = og.elementwise_grad(op)
            found = (f if order == 1 else og.elementwise_grad(f))(np.array(points))
            np.testing.assert_allclose(found, expected, rtol=RTOL, err_msg=f"order {order}")


def test_second_derivative_of_log_ndtr_far_out() -> None:
    """About -1, where its parts are as large as 10**10."""
    slope = og.grad(og.grad(og.ops.log_ndtr))
    for x in (-1e3, -1e5, -1e10, -1e20):
        assert slope(x) == pytest.approx(-1, rel=2e-6)


PAIRS = [(1e10, 1.0), (1e10, 1e-3), (1e100, 2.0), (1e-20, 1.0), (1e-100, 1e-90), (0.3, 1e-12)]


@pytest.mark.parametrize(
    ("a", "b"), [*PAIRS, *((b, a) for a, b in PAIRS), (2.0, 3.0), (15.0, 14.0)]
)
def test_betaln(a: float, b: float) -> None:
    """Differences of the digamma function, and of its derivative, for unequal numbers."""

    def exact(n: int, at: Any) -> Any:
        return mp.psi(n, at) - mp.psi(n, mpf(a) + mpf(b))

    f = og.ops.betaln
    with mpmath.workdps(250):
        by_a, by_b = og.grad(f, (0, 1))(a, b)
        np.testing.assert_allclose(by_a, float(exact(0, mpf(a))), rtol=RTOL)
        np.testing.assert_allclose(by_b, float(exact(0, mpf(b))), rtol=RTOL)
        twice = og.grad(og.grad(f))(a, b)
        np.testing.assert_allclose(twice, float(exact(1, mpf(a))), rtol=RTOL)


NEAR = [
    (1e-300, 1e300),
    (1e300, 1e-300),
    (1.0, 1 + 1e-12),
    (3.0, 3.0),
    (2.0, 5.0),
]


@pytest.mark.parametrize("name", ["rel_entr", "kl_div"])
@pytest.mark.parametrize(("x", "y"), NEAR)
def test_relative_entropies(name: str, x: float, y: float) -> None:
    """Of numbers close to each other, and far from it."""
    with mpmath.workdps(60):
        log, quotient = mp.log(mpf(x) / mpf(y)), mpf(x) / mpf(y)
        expected = (log + 1, -quotient) if name == "rel_entr" else (log, 1 - quotient)
    with np.errstate(all="ignore"):
        found = og.grad(og.ops[f"scipy.{name}"], (0, 1))(x, y)
    np.testing.assert_allclose(found, [float(e) for e in expected], rtol=1e-13)


AT_ZERO: dict[str, list[float]] = {
    "j0": [0, -1 / 2, 0, 3 / 8],
    "j1": [1 / 2, 0, -3 / 8, 0],
    "i0": [0, 1 / 2, 0, 3 / 8],
    "i1": [1 / 2, 0, 3 / 8, 0],
    "i1e": [1 / 2, -1, 15 / 8, -7 / 2],
}


@pytest.mark.parametrize("name", AT_ZERO)
def test_four_derivatives_of_bessel_functions_at_0(name: str) -> None:
    """Those of their power series; from the right, where there is a kink."""
    f: Any = og.ops[f"scipy.{name}"]
    for expected in AT_ZERO[name]:
        f = og.grad(f)
        np.testing.assert_allclose(f(0.0), expected, rtol=1e-13, atol=1e-300)


def test_derivatives_at_the_kink_of_i0e() -> None:
    """The first is 0, as that of abs; the second is 3/2 on both sides."""
    assert og.grad(og.ops.i0e)(0.0) == 0.0
    assert og.grad(og.grad(og.ops.i0e))(0.0) == pytest.approx(1.5)
