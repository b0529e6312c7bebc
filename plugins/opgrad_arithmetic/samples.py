"""Example inputs that several ops of this plugin share: no ties, no zeros."""

from __future__ import annotations

import numpy as np

from opgrad import Raw

SINGLES: list[tuple[Raw, ...]] = [
    (1.5,),
    (-2,),
    (np.array([[0.3, -1.2, 2.0]]),),
    (np.array([0.5, -1.5], np.float32),),
]

PAIRS: list[tuple[Raw, ...]] = [
    (1.5, -2.0),
    (3, 2),
    (np.array([1.0, -2.0, 0.5]), 3.0),
    (np.array([1.0, -2.0, 0.5]), np.array([[0.3, 1.7, -0.9], [2.2, -1.1, 1.4]])),
    (np.array([[1.2], [-0.6]]), np.array([0.4, 2.1, -1.3])),
    (np.array([1.5, -0.5], np.float32), np.array([[2.5], [0.5]], np.float32)),
]
