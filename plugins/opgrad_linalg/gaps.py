"""Division by gaps between eigenvalues or singular values, where they are not too small.

The derivative of a vector is a sum over the others, each over the gap between the two values. In a
function that does not depend on the choice of vectors of equal values, the numerator vanishes with
the gap; its rounding errors do not, and are divided, too. Where values are equal it is 0 / 0. What
the limit is depends on what else the function does: through the sum of w[k] V[:, k] V[:, k]' for
equal w = 0 no cotangent arrives at V at all, and the limit is not 0.

How small is too small is asked relative to the values, and to how much of all that is divided is
divided by this gap: rounding errors may take two thirds of the digits. In a rule that is recorded,
to be differentiated again, a gap will be squared.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw


def differences(values: Raw) -> Raw:
    """``values[j] - values[i]`` at i, j; infinite on the diagonal, where nothing is divided."""
    return _between_others(values[..., None, :] - values[..., :, None])


def sums(values: Raw) -> Raw:
    """``values[j] + values[i]`` at i, j; infinite on the diagonal, where nothing is divided."""
    return _between_others(values[..., None, :] + values[..., :, None])


def _between_others(gaps: Raw) -> Raw:
    return np.where(np.eye(np.shape(gaps)[-1], dtype=bool), np.inf, gaps)


def too_small(gaps: Raw, values: Raw, recorded: bool, share: Any = 1.0) -> Raw:
    """Where nothing precise can be had by dividing by these gaps.

    Args:
        gaps: of pairs of values; or the values themselves, where these are divided by.
        values: the eigenvalues or singular values of each matrix, in a row: ``[..., None, :]``.
        recorded: whether the quotient may be differentiated.
        share: how large what is divided is, in comparison with all that is divided: at most 1.
    """
    gaps, values = np.abs(og.stop_gradient(gaps)), np.abs(og.stop_gradient(values))
    scale = np.max(values, axis=-1, initial=0, keepdims=True)
    lost = np.finfo(values.dtype).eps ** (2 / 3) * share
    return gaps <= scale * (np.sqrt(lost) if recorded else lost)


def shares(*cotangents: Raw) -> Raw:
    """The size of the columns of these matrices, relative to the largest: one row."""
    columns = [np.max(np.abs(og.stop_gradient(g)), axis=-2, initial=0) for g in cotangents]
    size = np.max(np.stack(columns), axis=0)[..., None, :]
    largest = np.max(size, axis=-1, initial=0, keepdims=True)
    return size / np.where(largest == 0, 1, largest)


def of_pairs(share: Raw) -> Raw:
    """The larger share of each two."""
    return np.maximum(share, np.swapaxes(share, -1, -2))


def refuse(*are_small: Raw) -> None:
    """Refuse a gradient that would have to be divided by gaps that are too small.

    Raises:
        NotDifferentiable: there is one.
    """
    if any(np.any(each) for each in are_small):
        raise og.NotDifferentiable(
            "vectors that belong to equal values have no derivative, nor have some that belong to "
            "a singular value of 0 (but for rounding). A function that does not depend on the "
            "choice of vectors may have one: write it without them, with np.linalg.inv, solve, "
            "pinv or det, or with opgrad_scipy.linalg"
        )


def divided(x: Raw, gaps: Raw, small: Raw | None = None, instead: float = 0.0) -> Raw:
    """``x / gaps``; where these are too small, or 0 if nothing else is said, what is put instead.

    A gradient at vectors of equal values is refused before. So there is nothing to divide then.
    """
    small = og.stop_gradient(gaps) == 0 if small is None else small
    return np.where(small, instead, x / np.where(small, 1, gaps))
