"""Elements moved around, mirrored, or padded."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.indexing import scatter
from opgrad_arrays.rules import Functions, plain
from opgrad_arrays.shaping import CUBE, EMPTY, MATRIX, SINGLE


@og.op(
    linear=True,
    implements=np.roll,
    samples=[
        og.Sample(MATRIX, shift=2),
        og.Sample(MATRIX, shift=-1, axis=1),
        og.Sample(CUBE, shift=(1, 2), axis=(0, -1)),
        og.Sample(EMPTY, shift=1, axis=0),
        og.Sample(SINGLE, shift=1),
    ],
)
def roll(x: Raw, *, shift: Any, axis: Any = None) -> Raw:
    """The elements shifted along axes; those that leave at one end come back at the other.

    Derivative: its VJP shifts back.
    """
    return np.roll(x, shift, axis)


@roll.vjp
def _(g: Raw, out: Raw, x: Raw, *, shift: Any, axis: Any = None) -> Raw:
    back = tuple(-s for s in shift) if isinstance(shift, tuple | list) else -shift
    return np.roll(g, back, axis)


@og.op(
    linear=True,
    implements=np.flip,
    samples=[
        og.Sample(MATRIX),
        og.Sample(CUBE, axis=-1),
        og.Sample(CUBE, axis=(0, 2)),
        og.Sample(EMPTY, axis=0),
        og.Sample(SINGLE, axis=1),
    ],
)
def flip(x: Raw, *, axis: Any = None) -> Raw:
    """The elements in reverse order along an axis, several, or all.

    Derivative: its VJP reverses again.
    """
    return np.flip(x, axis)


@flip.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None) -> Raw:
    return np.flip(g, axis)


def _rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    np.rot90(np.empty((1,) * np.ndim(m)), k, axes)  # checks the axes
    first, second = axes
    k %= 4
    if k == 2:
        return np.flip(m, (first, second))
    if k == 1:
        return np.swapaxes(np.flip(m, second), first, second)
    return np.flip(np.swapaxes(m, first, second), second) if k else m


GATHERING = ("edge", "wrap", "reflect", "symmetric")
"""The modes in which padding repeats elements."""


def _pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    shape = np.shape(array)
    widths = _widths(plain(pad_width), len(shape))
    if not widths:
        return array
    if mode == "constant" and set(options) <= {"constant_values"}:
        index = tuple(slice(b, b + n) for (b, _), n in zip(widths, shape, strict=True))
        total = tuple(b + n + a for (b, a), n in zip(widths, shape, strict=True))
        padded = scatter(array, index=index, shape=total)
        fill = options.get("constant_values", 0)
        if isinstance(fill, int | float) and fill == 0:
            return padded
        blank = np.zeros(shape, np.result_type(array))
        return padded + np.pad(blank, widths, constant_values=fill)
    if mode in GATHERING and (
        not options or (mode in ("reflect", "symmetric") and options == {"reflect_type": "even"})
    ):
        for axis, width in enumerate(widths):
            if any(width):
                array = np.take(array, np.pad(np.arange(shape[axis]), width, mode), axis)
        return array
    raise og.errors.InputError(
        f"pad is differentiated in the modes constant, {', '.join(GATHERING)}; given {mode!r}"
        + "".join(f", {name}={value!r}" for name, value in options.items())
    )


def _widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """How many elements go before and after, for each axis."""
    if isinstance(pad_width, dict):
        pairs = np.zeros((ndim, 2), int)
        for axis, width in pad_width.items():
            pairs[axis] = width
    else:
        pairs = np.broadcast_to(np.asarray(pad_width), (ndim, 2))
    if pairs.dtype.kind not in "iu":
        raise TypeError(f"pad widths are integers; given {pad_width!r}")
    if (pairs < 0).any():
        raise ValueError(f"pad widths cannot be negative; given {pad_width!r}")
    return [(int(before), int(after)) for before, after in pairs]


FUNCTIONS: Functions = {
    np.fliplr: lambda m: np.flip(m, 1),
    np.flipud: lambda m: np.flip(m, 0),
    np.rot90: _rot90,
    np.pad: _pad,
}
