"""Discrete Fourier transforms: linear, and nearly their own derivatives.

As everywhere in OpGrad, no rule conjugates: the cotangent of a complex z = x + iy is d/dx - i d/dy,
as in JAX.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.axes import along
from opgrad_arrays.rules import Functions, run
from opgrad_arrays.shaping import MATRIX

Norm: TypeAlias = Literal["backward", "ortho", "forward"] | None

_COMPLEX = MATRIX + 1j * MATRIX[::-1, ::-1]
_LINES = [
    og.Sample(_COMPLEX),
    og.Sample(MATRIX, axis=0, norm="ortho"),
    og.Sample(MATRIX, axis=1, norm="forward"),
    og.Sample(np.ones((0, 3))),
    og.Sample(MATRIX.astype(np.float32)),
]


@og.op(linear=True, samples=_LINES)
def fft(x: Raw, *, axis: int = -1, norm: Norm = None) -> Raw:
    """The discrete Fourier transform along an axis.

    Derivative: the same transform; its matrix is symmetric.
    """
    return np.fft.fft(x, axis=axis, norm=norm)


@fft.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: int = -1, norm: Norm = None) -> Raw:
    return _like(x, np.fft.fft(g, axis=axis, norm=norm))


@og.op(linear=True, samples=_LINES)
def ifft(x: Raw, *, axis: int = -1, norm: Norm = None) -> Raw:
    """The inverse of the discrete Fourier transform along an axis.

    Derivative: the same inverse; its matrix is symmetric.
    """
    return np.fft.ifft(x, axis=axis, norm=norm)


@ifft.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: int = -1, norm: Norm = None) -> Raw:
    return _like(x, np.fft.ifft(g, axis=axis, norm=norm))


@og.op(linear=True, samples=_LINES[1:])
def rfft(x: Raw, *, axis: int = -1, norm: Norm = None) -> Raw:
    """The first half of the transform of real numbers, which tells the other half.

    Derivative: the real part of the transform of the cotangent with zeros for its other half.
    """
    return np.fft.rfft(x, axis=axis, norm=norm)


@rfft.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: int = -1, norm: Norm = None) -> Raw:
    return np.real(np.fft.fft(g, np.shape(x)[axis], axis, norm))


@og.op(
    linear=True,
    samples=[
        og.Sample(_COMPLEX, n=4),
        og.Sample(_COMPLEX, n=5, norm="ortho"),
        og.Sample(_COMPLEX, n=2, axis=0, norm="forward"),
        og.Sample(MATRIX, n=4),
        og.Sample(_COMPLEX.astype(np.complex64), n=4),
    ],
)
def irfft(x: Raw, *, n: int, axis: int = -1, norm: Norm = None) -> Raw:
    """The inverse of rfft: n real numbers, of the n // 2 + 1 that are half of their transform.

    Derivative: the same half of the inverse transform of the cotangent; twice, where it stands for
    another one in the other half.
    """
    return np.fft.irfft(x, n, axis, norm)


@irfft.vjp
def _(g: Raw, out: Raw, x: Raw, *, n: int, axis: int = -1, norm: Norm = None) -> Raw:
    half = n // 2 + 1
    times = np.full(half, 2, np.int8)
    times[0] = 1
    times[(n + 1) // 2 :] = 1  # the middle one, of an even number
    times = np.reshape(times, (-1,) + (1,) * (np.ndim(x) - 1 - axis % np.ndim(x)))
    ct = along(np.fft.ifft(g, axis=axis, norm=norm), axis, slice(0, half)) * times
    return _like(x, ct)


@og.op(
    selects=True,
    linear=True,
    samples=[
        og.Sample(MATRIX, n=2),
        og.Sample(MATRIX, n=5),
        og.Sample(MATRIX, n=3, axis=0),
        og.Sample(np.ones((0, 3)), n=2, axis=0),
        og.Sample(MATRIX.astype(np.float32), n=4),
    ],
)
def resize(x: Raw, *, n: int, axis: int = -1) -> Raw:
    """The first n elements along an axis, and zeros if there are fewer.

    Derivative: the resizing back.
    """
    old = np.shape(x)[axis]
    if n <= old:
        return along(x, axis, slice(0, n))
    widths = [(0, 0)] * np.ndim(x)
    widths[axis] = (0, n - old)
    return np.pad(x, widths)


@resize.vjp
def _(g: Raw, out: Raw, x: Raw, *, n: int, axis: int = -1) -> Raw:
    return run(resize, g, n=np.shape(x)[axis], axis=axis)


def _like(x: Raw, ct: Raw) -> Raw:
    """A real cotangent for a real input."""
    return ct if np.iscomplexobj(x) else np.real(ct)


def _fitted(a: Raw, n: int | None, axis: int) -> Raw:
    if n is not None and n < 1:
        raise ValueError(f"Invalid number of FFT data points ({n}) specified.")
    return a if n is None or n == np.shape(a)[axis] else run(resize, a, n=n, axis=axis)


def _one(op: og.Op) -> Callable[..., Raw]:
    """np.fft.fft and the like: the op of what has been cut or filled to n elements."""

    def transform(a: Raw, n: int | None = None, axis: int = -1, norm: Norm = None) -> Raw:
        return run(op, _fitted(a, n, axis), axis=axis, norm=norm)

    return transform


def _irfft(a: Raw, n: int | None = None, axis: int = -1, norm: Norm = None) -> Raw:
    n = 2 * (np.shape(a)[axis] - 1) if n is None else n
    return run(irfft, _fitted(a, n // 2 + 1, axis), n=n, axis=axis, norm=norm)


def _several(transform: Callable[..., Raw], default: Sequence[int] | None) -> Callable[..., Raw]:
    """np.fft.fftn and the like: one axis after the other, the last one first."""

    def transforms(
        a: Raw,
        s: Sequence[int] | None = None,
        axes: Sequence[int] | None = default,
        norm: Norm = None,
    ) -> Raw:
        if axes is None:
            axes = range(-np.ndim(a) if s is None else -len(s), 0)
        lengths: Sequence[int | None] = [None] * len(axes) if s is None else s
        for n, axis in reversed(list(zip(lengths, axes, strict=True))):
            a = transform(a, np.shape(a)[axis] if n == -1 else n, axis, norm)
        return a

    return transforms


def _real_first(
    a: Raw,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: Norm = None,
) -> Raw:
    """np.fft.rfftn: rfft along the last axis, then fft along the others."""
    axes, lengths = _fitting(a, s, axes)
    a = np.fft.rfft(a, lengths[-1], axes[-1], norm)
    for n, axis in zip(lengths[:-1], axes[:-1], strict=True):
        a = np.fft.fft(a, n, axis, norm)
    return a


def _real_last(
    a: Raw,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: Norm = None,
) -> Raw:
    """np.fft.irfftn: ifft along all axes but the last, then irfft."""
    axes, lengths = _fitting(a, s, axes)
    for n, axis in zip(lengths[:-1], axes[:-1], strict=True):
        a = np.fft.ifft(a, n, axis, norm)
    return np.fft.irfft(a, None if s is None else lengths[-1], axes[-1], norm)


def _fitting(
    a: Raw, s: Sequence[int] | None, axes: Sequence[int] | None
) -> tuple[list[int], list[int]]:
    """The axes to transform over, and how many elements along each."""
    if axes is None:
        axes = range(-np.ndim(a) if s is None else -len(s), 0)
    given = [-1] * len(axes) if s is None else s
    lengths = [np.shape(a)[axis] if n == -1 else n for n, axis in zip(given, axes, strict=True)]
    return list(axes), lengths


_TURNED: dict[Norm, Norm] = {
    None: "forward",
    "backward": "forward",
    "forward": "backward",
    "ortho": "ortho",
}
"""The norm of the transform in the other direction."""


def _hfft(a: Raw, n: int | None = None, axis: int = -1, norm: Norm = None) -> Raw:
    """np.fft.hfft: the transform, real, of what has conjugate halves."""
    return np.fft.irfft(np.conjugate(a), n, axis, _TURNED[norm])


def _ihfft(a: Raw, n: int | None = None, axis: int = -1, norm: Norm = None) -> Raw:
    """np.fft.ihfft, the inverse of hfft."""
    return np.conjugate(np.fft.rfft(a, n, axis, _TURNED[norm]))


def _rolled(sign: int) -> Callable[..., Raw]:
    """np.fft.fftshift and its inverse: every axis rolled by half of its length, there or back."""

    def rolled(x: Raw, axes: int | Sequence[int] | None = None) -> Raw:
        axes = range(np.ndim(x)) if axes is None else [axes] if isinstance(axes, int) else axes
        return np.roll(x, tuple(sign * (np.shape(x)[a] // 2) for a in axes), tuple(axes))

    return rolled


OPS = (fft, ifft, rfft, irfft, resize)
FUNCTIONS: Functions = {
    np.fft.fft: _one(fft),
    np.fft.ifft: _one(ifft),
    np.fft.rfft: _one(rfft),
    np.fft.irfft: _irfft,
    np.fft.fft2: _several(np.fft.fft, (-2, -1)),
    np.fft.ifft2: _several(np.fft.ifft, (-2, -1)),
    np.fft.fftn: _several(np.fft.fft, None),
    np.fft.ifftn: _several(np.fft.ifft, None),
    np.fft.rfft2: lambda a, s=None, axes=(-2, -1), norm=None: _real_first(a, s, axes, norm),
    np.fft.irfft2: lambda a, s=None, axes=(-2, -1), norm=None: _real_last(a, s, axes, norm),
    np.fft.rfftn: _real_first,
    np.fft.irfftn: _real_last,
    np.fft.hfft: _hfft,
    np.fft.ihfft: _ihfft,
    np.fft.fftshift: _rolled(1),
    np.fft.ifftshift: _rolled(-1),
}
