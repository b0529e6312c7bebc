"""Discrete Fourier transforms, by real and by complex numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

REAL = np.sin(np.arange(24.0) ** 2).reshape(4, 3, 2)
COMPLEX = REAL + 1j * np.cos(np.arange(24.0) ** 2).reshape(4, 3, 2)

EACH_NORM = pytest.mark.parametrize("norm", [None, "backward", "ortho", "forward"])
EACH_LENGTH = pytest.mark.parametrize(
    ("n", "axis"), [(None, -1), (None, 0), (2, 0), (5, 0), (1, 1), (4, 1), (3, -2)]
)
EACH_PLANE = pytest.mark.parametrize(
    ("s", "axes"), [(None, (0, 1)), ((2, 5), (0, 1)), ((3, 2), (-1, 0)), (None, (1, 1))]
)


@pytest.mark.parametrize("x", [REAL, COMPLEX], ids=["real", "complex"])
@pytest.mark.parametrize("function", [np.fft.fft, np.fft.ifft], ids=lambda f: f.__name__)
@EACH_LENGTH
@EACH_NORM
def test_fft_and_ifft(
    function: Callable[..., Any], x: Any, n: int | None, axis: int, norm: Any
) -> None:
    """Transforms of any length along any axis, of real and complex numbers."""
    assert_derivatives_are_right(lambda x: function(x, n, axis, norm), x)


@EACH_LENGTH
@EACH_NORM
def test_rfft(n: int | None, axis: int, norm: Any) -> None:
    """The half of a transform of real numbers, of even and odd lengths."""
    assert_derivatives_are_right(lambda x: np.fft.rfft(x, n, axis, norm), REAL)


@pytest.mark.parametrize("x", [REAL, COMPLEX], ids=["real", "complex"])
@pytest.mark.parametrize(
    ("n", "axis"), [(None, -1), (None, 0), (2, 0), (5, 0), (7, 0), (8, 0), (1, 1), (4, 1)]
)
@EACH_NORM
def test_irfft(x: Any, n: int | None, axis: int, norm: Any) -> None:
    """Back to real numbers, of even and odd lengths: imaginary parts that are ignored have none."""
    assert_derivatives_are_right(lambda x: np.fft.irfft(x, n, axis, norm), x)


@pytest.mark.parametrize("function", [np.fft.fft2, np.fft.ifft2], ids=lambda f: f.__name__)
@EACH_PLANE
@EACH_NORM
def test_fft2_and_ifft2(
    function: Callable[..., Any], s: Any, axes: tuple[int, int], norm: Any
) -> None:
    """Transforms along two axes."""
    assert_derivatives_are_right(lambda x: function(x, s, axes, norm), COMPLEX)


@pytest.mark.parametrize("function", [np.fft.fftn, np.fft.ifftn], ids=lambda f: f.__name__)
@pytest.mark.parametrize("axes", [None, (0,), (2, 0)])
def test_fftn_and_ifftn(function: Callable[..., Any], axes: Any) -> None:
    """Transforms along several axes, or all."""
    assert_derivatives_are_right(lambda x: function(x, axes=axes), REAL)


@pytest.mark.parametrize("function", [np.fft.rfft2, np.fft.irfft2], ids=lambda f: f.__name__)
@EACH_PLANE
@EACH_NORM
def test_rfft2_and_irfft2(
    function: Callable[..., Any], s: Any, axes: tuple[int, int], norm: Any
) -> None:
    """Between real numbers and half of their transforms along two axes."""
    if axes == (1, 1) and function is np.fft.irfft2:
        axes = (0, 0)
    assert_derivatives_are_right(lambda x: function(x, s, axes, norm), REAL)


@pytest.mark.parametrize("function", [np.fft.rfftn, np.fft.irfftn], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "params", [{}, {"axes": (0,)}, {"axes": (2, 0)}, {"s": (3, 4), "axes": (2, 1)}], ids=str
)
def test_rfftn_and_irfftn(function: Callable[..., Any], params: dict[str, Any]) -> None:
    """Between real numbers and half of their transforms along several axes, or all."""
    assert_derivatives_are_right(lambda x: function(x, **params), REAL)


@pytest.mark.parametrize(("n", "axis"), [(None, 0), (5, 0), (4, 1)])
@EACH_NORM
def test_hfft_and_ihfft(n: int | None, axis: int, norm: Any) -> None:
    """Transforms that are real, or of which half is known; of complex numbers, and of real ones."""
    assert_derivatives_are_right(lambda x: np.fft.hfft(x, n, axis, norm), COMPLEX, second=False)
    assert_derivatives_are_right(lambda x: np.fft.hfft(x, n, axis, norm), REAL)
    assert_derivatives_are_right(lambda x: np.fft.ihfft(x, n, axis, norm), REAL)


@pytest.mark.parametrize("function", [np.fft.fftshift, np.fft.ifftshift], ids=lambda f: f.__name__)
@pytest.mark.parametrize("axes", [None, 1, (0, 1)])
def test_shifts(function: Callable[..., Any], axes: Any) -> None:
    """The zero frequency moved to the middle, and back."""
    assert_derivatives_are_right(lambda x: function(x, axes) ** 2, REAL)


def test_second_derivative_through_a_convolution() -> None:
    """Transformed, multiplied, and transformed back: real again, with right second derivatives."""

    def convolved(x: Any) -> Any:
        return np.fft.irfft(np.fft.rfft(x, 7) * np.fft.rfft(x**2, 7), 7)

    assert_derivatives_are_right(convolved, REAL[:, 0, 0])


def test_push_forward() -> None:
    """The transform of a tangent is the tangent of the transform."""
    tangent = np.cos(REAL)
    _, pushed = og.jvp(np.fft.rfft, (REAL,), (tangent,))
    np.testing.assert_allclose(pushed, np.fft.rfft(tangent), atol=1e-14)


def test_single_precision_stays() -> None:
    """Single precision in, single precision out, and back."""
    out, pull = og.vjp(lambda x: np.fft.rfft(x, 5), REAL.astype(np.float32))
    assert out.dtype == np.complex64
    assert pull(out)[0].dtype == np.float32


def test_nothing_to_transform() -> None:
    """No lines, no transforms, no gradients."""
    assert og.vjp(np.fft.fft, np.ones((0, 3)))[1](np.ones((0, 3)))[0].shape == (0, 3)
