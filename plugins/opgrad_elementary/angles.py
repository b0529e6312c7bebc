"""Angles in degrees and radians, and those of complex numbers: made of ops."""

from __future__ import annotations

import math

import numpy as np

from opgrad import Raw


def radians(x: Raw, /) -> Raw:
    """From degrees to radians."""
    return x * (math.pi / 180)


def degrees(x: Raw, /) -> Raw:
    """From radians to degrees."""
    return x * (180 / math.pi)


def angle(z: Raw, deg: bool = False) -> Raw:
    """np.angle: of a real number, 0 or pi."""
    found = np.arctan2(np.imag(z), np.real(z)) if np.iscomplexobj(z) else np.arctan2(0, z)
    return degrees(found) if deg else found
