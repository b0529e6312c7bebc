"""For ops that compare their inputs: rules that are flat somewhere, and no complex numbers.

Python numbers are compared and chosen without NumPy, which would round large integers.
"""

from __future__ import annotations

import numpy as np

from opgrad.operation import Raw


def zero_where(flat: Raw, g: Raw) -> Raw:
    """The cotangent ``g``, but 0 where ``flat`` holds: the rule of an op that is flat there.

    Not the product ``g * ~flat``, which is NaN where ``g`` is infinite.

    Args:
        flat: booleans, that broadcast with ``g``.
        g: the cotangent, or what the rule made of it.

    Example:
        >>> og.zero_where(np.array([True, False]), np.array([np.inf, 2.0]))
        array([0., 2.])
    """
    if isinstance(flat, int) and isinstance(g, int | float):
        return type(g)(0) if flat else g
    return np.where(flat, 0, g)


def ordered(x: Raw) -> Raw:
    """The same, if it is real: for the inputs or the result of a forward that compares.

    Raises:
        TypeError: it is complex. NumPy compares real parts first, which has no derivative.
    """
    if x.__class__ is not float and np.iscomplexobj(x):
        raise TypeError("complex numbers have no order: this op takes real ones")
    return x
