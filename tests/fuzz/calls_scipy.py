"""Calls of SciPy: the ufuncs of ``scipy.special``, and OpGrad's own of the other modules."""

from __future__ import annotations

import numpy as np

from tests.fuzz.arguments import (
    FULL,
    MATRIX,
    VECTOR,
    axis,
    bounded,
    like,
    near,
    one_of,
    rhs,
    shaped,
    square,
)
from tests.fuzz.table import Table

CALLS = Table()
FLAG = one_of(True, False)

CALLS.add("special.erf special.erfc special.ndtr special.expit special.log_expit", bounded(-2, 2))
CALLS.add("special.i0 special.i0e special.i1 special.i1e special.j0 special.j1", bounded(-3, 3))
CALLS.add("special.log_ndtr", bounded(-5, 2))
CALLS.add("special.y0 special.y1 special.gamma special.gammaln special.psi", bounded(0.4, 4))
CALLS.add("special.erfinv", bounded(-0.8, 0.8))
CALLS.add("special.erfcinv", bounded(0.2, 1.8))
CALLS.add("special.logit special.ndtri special.entr", bounded(0.1, 0.9))
CALLS.add(
    "special.xlogy special.rel_entr special.kl_div special.beta special.betaln",
    bounded(0.3, 3),
    near(0.3, 3),
)
CALLS.add("special.xlog1py", bounded(-2, 2), near(-0.5, 2))
CALLS.add("special.gammainc special.gammaincc", one_of(0.5, 2.0, 1.5), bounded(0.3, 3))
CALLS.add("special.betainc", one_of(0.5, 2.0), one_of(1.5, 3.0), bounded(0.1, 0.9))
CALLS.add("special.stdtr", one_of(1.5, 3.0), bounded(-2, 2))
CALLS.add("og_special.logsumexp", FULL, axis=axis, keepdims=FLAG)
CALLS.add(
    "og_special.logsumexp", FULL, need={"b": like(low=0.3, high=2, dtypes=[np.float64])}, axis=axis
)
CALLS.add("og_special.softmax og_special.log_softmax", FULL, axis=axis)

CALLS.add(
    "linalg.solve_triangular",
    square("triangular"),
    rhs,
    need={"lower": one_of(True)},
    trans=one_of(0, 1, 2, "N", "T"),
    unit_diagonal=FLAG,
)
CALLS.add("linalg.sqrtm", square("positive"))
CALLS.add("linalg.expm", square("real"))
CALLS.add(
    "linalg.solve_sylvester",
    square("triangular"),
    like(dtypes=[np.float64], low=-0.3, high=0.3),
    like(dtypes=[np.float64]),
)
CALLS.add("signal.convolve", VECTOR, VECTOR, mode=one_of("full", "same", "valid"))
CALLS.add("signal.convolve", MATRIX, shaped(2, 2), mode=one_of("full", "same"))

STANDARD = "norm laplace logistic"
for _name in STANDARD.split():
    CALLS.add(
        f"stats.{_name}.logpdf stats.{_name}.pdf stats.{_name}.cdf",
        bounded(-2, 2),
        loc=near(-1, 1),
        scale=near(0.5, 2),
    )
for _name in ("expon", "uniform"):
    CALLS.add(
        f"stats.{_name}.logpdf stats.{_name}.pdf stats.{_name}.cdf",
        bounded(-0.5, 2),
        scale=near(0.5, 2),
    )
for _name in ("lognorm", "gamma", "chi2"):
    CALLS.add(
        f"stats.{_name}.logpdf stats.{_name}.pdf", bounded(0.3, 3), near(0.7, 2), scale=near(0.5, 2)
    )
    CALLS.add(f"stats.{_name}.cdf", bounded(0.3, 3), one_of(0.7, 2.0))
CALLS.add("stats.beta.logpdf stats.beta.pdf", bounded(0.1, 0.9), near(0.7, 2), near(0.7, 2))
CALLS.add("stats.beta.cdf", bounded(0.1, 0.9), one_of(0.7), one_of(2.0))
CALLS.add("stats.t.logpdf stats.t.pdf", bounded(-2, 2), near(1, 4))
CALLS.add("stats.t.cdf", bounded(-2, 2), one_of(2.5))
CALLS.add(
    "stats.poisson.logpmf stats.poisson.pmf", one_of(2, 3.0, np.array([0, 1, 2])), bounded(0.5, 3)
)
