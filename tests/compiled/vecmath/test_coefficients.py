"""The tables of polynomials."""

from __future__ import annotations

import pytest

from opgrad_llvm.vecmath import coefficients
from tests.compiled.vecmath.fits import FITS, Precision

BITS: dict[Precision, float] = {"double": 52.5, "float": 24.0}


@pytest.mark.parametrize("precision", BITS)
@pytest.mark.parametrize("name", sorted(FITS.keys() - {"CBRT"}))
def test_polynomials_are_as_good_as_the_precision(name: str, precision: Precision) -> None:
    """The largest error of the result that they are a part of is below that of a rounding."""
    error = FITS[name].error(precision, getattr(coefficients, name)[precision])
    assert error < 2.0 ** -BITS[precision]


def test_cube_root_starts_close() -> None:
    """Its steps of Newton make 2**-14 much less than a rounding."""
    for precision in BITS:
        assert FITS["CBRT"].error(precision, coefficients.CBRT[precision]) < 2.0**-14


@pytest.mark.parametrize("name", FITS)
def test_polynomials_are_what_the_exchange_gives(name: str) -> None:
    """To some digits, as the last one may change with the version of mpmath."""
    expected = FITS[name].coefficients("float")
    assert getattr(coefficients, name)["float"] == pytest.approx(expected, rel=1e-5)
