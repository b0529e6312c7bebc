"""Built-in plugin: SciPy's special functions as ops; its densities, and more, made of these.

The ufuncs of ``scipy.special`` work on Values as they are. Functions of SciPy that are no ufuncs
cannot be reached by NumPy's dispatch. Some of them are here, called as SciPy's are:
:mod:`opgrad_scipy.stats`, :mod:`opgrad_scipy.linalg`, :mod:`opgrad_scipy.signal` and
:mod:`opgrad_scipy.integrate`.

Needs SciPy: ``pip install "opgrad[scipy]"``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

import opgrad as og

if find_spec("scipy") is None:
    raise og.MissingExtra("it needs SciPy: pip install 'opgrad[scipy]'")

from opgrad_scipy.bessel import bessel_of_order as bessel_of_order
from opgrad_scipy.bessel import i0 as i0
from opgrad_scipy.bessel import i0e as i0e
from opgrad_scipy.bessel import i1 as i1
from opgrad_scipy.bessel import i1e as i1e
from opgrad_scipy.bessel import j0 as j0
from opgrad_scipy.bessel import j1 as j1
from opgrad_scipy.bessel import scaled_bessel as scaled_bessel
from opgrad_scipy.bessel import y0 as y0
from opgrad_scipy.bessel import y1 as y1
from opgrad_scipy.entropies import entr as entr
from opgrad_scipy.entropies import kl_div as kl_div
from opgrad_scipy.entropies import log_ratio as log_ratio
from opgrad_scipy.entropies import ratio as ratio
from opgrad_scipy.entropies import rel_entr as rel_entr
from opgrad_scipy.entropies import xlog1py as xlog1py
from opgrad_scipy.entropies import xlogy as xlogy
from opgrad_scipy.exponentials import times_exp as times_exp
from opgrad_scipy.gammas import beta as beta
from opgrad_scipy.gammas import betainc as betainc
from opgrad_scipy.gammas import betaln as betaln
from opgrad_scipy.gammas import gamma as gamma
from opgrad_scipy.gammas import gammainc as gammainc
from opgrad_scipy.gammas import gammaincc as gammaincc
from opgrad_scipy.gammas import gammaln as gammaln
from opgrad_scipy.gammas import polygamma as polygamma
from opgrad_scipy.gammas import polygamma_step as polygamma_step
from opgrad_scipy.gammas import psi as psi
from opgrad_scipy.gammas import stdtr as stdtr
from opgrad_scipy.gaussian import erf as erf
from opgrad_scipy.gaussian import erfc as erfc
from opgrad_scipy.gaussian import erfcinv as erfcinv
from opgrad_scipy.gaussian import erfinv as erfinv
from opgrad_scipy.gaussian import log_ndtr as log_ndtr
from opgrad_scipy.gaussian import mills as mills
from opgrad_scipy.gaussian import ndtr as ndtr
from opgrad_scipy.gaussian import ndtri as ndtri
from opgrad_scipy.integrate import ode_solution as ode_solution
from opgrad_scipy.linalg import expm as expm
from opgrad_scipy.linalg import solve_sylvester as solve_sylvester
from opgrad_scipy.linalg import solve_triangular as solve_triangular
from opgrad_scipy.linalg import sqrtm as sqrtm
from opgrad_scipy.logistic import expit as expit
from opgrad_scipy.logistic import log_expit as log_expit
from opgrad_scipy.logistic import logistic_density as logistic_density
from opgrad_scipy.logistic import logit as logit
from opgrad_scipy.signal import convolution as convolution


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    bessel: list[og.Op] = [j0, j1, y0, y1, i0, i0e, i1, i1e, bessel_of_order, scaled_bessel]
    entropies: list[og.Op] = [xlogy, xlog1py, entr, rel_entr, kl_div, ratio, log_ratio, times_exp]
    gammas: list[og.Op] = [
        *(gamma, gammaln, psi, polygamma, polygamma_step, beta, betaln),
        *(gammainc, gammaincc, betainc, stdtr),
    ]
    gaussian: list[og.Op] = [erf, erfc, erfinv, erfcinv, ndtr, ndtri, log_ndtr, mills]
    logistic = [expit, logistic_density, logit, log_expit]
    arrays: list[og.Op] = [
        solve_triangular,
        solve_sylvester,
        sqrtm,
        expm,
        convolution,
        ode_solution,
    ]
    return [*bessel, *entropies, *gammas, *gaussian, *logistic, *arrays]


@og.hookimpl.opgrad_functions
def opgrad_functions() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """NumPy functions made of these ops."""
    return {np.i0: i0}
