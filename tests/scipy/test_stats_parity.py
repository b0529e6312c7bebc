"""Distributions: SciPy's values at the edges of supports, and of parameters out of their range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats as scipys

import opgrad as og
from opgrad_scipy import stats

NAN, INF = np.nan, np.inf
X = np.array([-INF, -1.0, 0.0, 0.5, 1.0, 2.0, INF, NAN])
SHAPES: dict[str, list[tuple[float, ...]]] = {
    **{name: [()] for name in ("norm", "expon", "uniform", "laplace", "logistic")},
    "lognorm": [(0.8,), (0.0,), (-1.0,), (NAN,)],
    "gamma": [(0.5,), (1.0,), (2.3,), (0.0,), (-1.0,), (NAN,)],
    "chi2": [(1.0,), (2.0,), (5.0,), (0.0,), (-1.0,), (NAN,)],
    "beta": [(0.5, 0.5), (1.0, 1.0), (2.0, 3.0), (0.0, 1.0), (1.0, -1.0), (NAN, 1.0)],
    "t": [(4.5,), (INF,), (0.0,), (-1.0,), (NAN,)],
}
FAMILIES = {name for name, x in vars(stats).items() if isinstance(x, stats.Continuous)}
METHODS = [
    name for name, x in vars(stats.Continuous).items() if callable(x) and not name.startswith("_")
]
LOC_AND_SCALE = [(0.0, 1.0), (0.3, 2.0), (0.0, -1.0), (0.0, 0.0), (NAN, 1.0), (0.0, INF)]
quiet = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def test_every_family_is_tried() -> None:
    """A new one fails here until it has shape parameters to be tried with."""
    assert set(SHAPES) == FAMILIES


@quiet
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", sorted(SHAPES))
def test_values_dtypes_and_shapes_are_scipy_s(name: str, method: str) -> None:
    """At infinity, NaN, the ends of the support; of parameters in and out of their range."""
    ours, theirs = (getattr(getattr(module, name), method) for module in (stats, scipys))
    for shapes in SHAPES[name]:
        for loc_and_scale in LOC_AND_SCALE:
            expected = theirs(X, *shapes, *loc_and_scale)
            for found in (
                ours(X, *shapes, *loc_and_scale),
                ours(og.Value(X), *shapes, *loc_and_scale),
            ):
                found = found.data if isinstance(found, og.Value) else found
                np.testing.assert_allclose(
                    found, expected, rtol=1e-12, err_msg=f"{shapes} {loc_and_scale}"
                )
                assert found.dtype == expected.dtype


DATA: list[Any] = [
    0.5,
    1,
    True,
    np.float32(0.5),
    np.array(0.5),
    np.array([0, 1, 2]),
    np.array([True, False]),
    np.array([0.25, 0.5], np.float32),
    np.zeros((0, 3)),
    np.asfortranarray(np.linspace(0.1, 0.9, 6).reshape(2, 3)),
]


@quiet
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_kind_of_data(name: str, method: str) -> None:
    """Numbers, integers, booleans, float32, empty, of one axis or none: in double precision."""
    ours, theirs = (getattr(getattr(module, name), method) for module in (stats, scipys))
    shapes = SHAPES[name][0]
    for x in DATA:
        found, expected = ours(og.Value(x), *shapes).data, theirs(x, *shapes)
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        assert np.result_type(found) == expected.dtype
        assert np.shape(found) == np.shape(expected)


@quiet
@pytest.mark.parametrize("mu", [2.0, 0.0, -1.0, NAN])
def test_poisson_s_edges(mu: float) -> None:
    """Of numbers that are no natural ones, and of a mean that is none."""
    k = np.array([0.0, 1, 1.5, NAN, INF, -1])
    for method in ("logpmf", "pmf"):
        found = getattr(stats.poisson, method)(og.Value(k), mu).data
        np.testing.assert_allclose(found, getattr(scipys.poisson, method)(k, mu))


def test_lognormal_density_at_0() -> None:
    """Minus infinity, not NaN."""
    assert stats.lognorm.logpdf(og.Value(0.0), 1.0).data == -INF


@pytest.mark.parametrize("scale", [-1.0, 0.0, NAN])
def test_a_parameter_out_of_its_range_has_nan_for_a_derivative(scale: float) -> None:
    """As its value is NaN."""
    with np.errstate(all="ignore"):
        value, slope = og.value_and_grad(lambda s: stats.norm.logpdf(0.3, 0.0, s))(scale)
    assert np.isnan(value)
    assert np.isnan(slope)


def test_parameters_by_name() -> None:
    """As SciPy takes them."""
    expected = scipys.beta.logpdf(0.3, 2.0, b=1.5, loc=-0.1, scale=2.0)
    found = stats.beta.logpdf(og.Value(0.3), 2.0, b=1.5, loc=-0.1, scale=2.0)
    np.testing.assert_allclose(found.data, expected)


@pytest.mark.parametrize(
    "call",
    [
        lambda module: module.gamma.logpdf(0.5),
        lambda module: module.norm.logpdf(0.5, 0.0, 1.0, 2.0),
        lambda module: module.norm.logpdf(0.5, typo=2.0),
        lambda module: module.gamma.logpdf(0.5, 2.0, a=2.0),
        lambda module: module.poisson.logpmf(1),
    ],
)
def test_wrong_arguments_are_the_errors_of_scipy(call: Any) -> None:
    """TypeErrors."""
    for module in (scipys, stats):
        with pytest.raises(TypeError):
            call(module)


def test_large_degrees_of_freedom() -> None:
    """No digits are lost: the density of t is then nearly the normal one."""
    found = stats.t.logpdf(0.7, 1e12)
    np.testing.assert_allclose(found, scipys.norm.logpdf(0.7), rtol=1e-11)
