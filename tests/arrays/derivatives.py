"""Checks derivatives of functions of arrays, first and second ones, against central differences.

By a complex z = x + iy the derivative of a real L is dL/dx - i dL/dy, which is what VJPs give.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from tests.arrays.differences import differences, paired

TOLERANCE = 2e-7


def assert_derivatives_are_right(f: Callable[..., Any], *args: Any, second: bool = True) -> None:
    """Fail unless VJPs of f, and of its VJPs, are those that differences give.

    The value on Values must be that on plain data, too. Cotangents are arbitrary, so that a rule
    that ignores or mixes up their elements is caught.

    Raises:
        AssertionError: names what differs.
    """
    out, pull = og.vjp(f, *args)
    expected_out = f(*args)
    np.testing.assert_allclose(out, expected_out, rtol=1e-12, atol=1e-12)
    assert np.shape(out) == np.shape(expected_out)
    cotangent = arbitrary(out)
    pulled = pull(cotangent)
    for k, ct in enumerate(pulled):
        expected = differences(lambda *xs: paired(cotangent, f(*xs)), args, k)
        assert np.shape(ct) == np.shape(args[k])
        np.testing.assert_allclose(ct, expected, rtol=TOLERANCE, atol=TOLERANCE)
    if second:
        weights = [arbitrary(ct) for ct in pulled]

        def directional(*xs: Any) -> Any:
            cts = og.vjp(f, *xs)[1](cotangent)
            return sum(np.sum(w * ct) for w, ct in zip(weights, cts, strict=True))

        for k, ct in enumerate(og.vjp(directional, *args)[1](1.0)):
            expected = differences(directional, args, k)
            np.testing.assert_allclose(ct, expected, rtol=1e-6, atol=1e-6)


def arbitrary(like: Any) -> Any:
    """A number or array of that shape and kind, none of whose elements are equal."""
    numbers = np.linspace(-1.1, 0.9, np.size(like) + 1)[:-1].reshape(np.shape(like))
    return (numbers + 1j * (0.3 + numbers**2) if np.iscomplexobj(like) else numbers)[()]
