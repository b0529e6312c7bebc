"""Example inputs that several ops of this plugin share, by the domain they lie in."""

from __future__ import annotations

import numpy as np

from opgrad import Raw

OFF_THE_GRID: list[tuple[Raw, ...]] = [
    (0.7,),
    (-1.3,),
    (np.array([[0.2, -0.8, 1.9], [-2.4, 0.6, 1.1]]),),
    (np.array([0.4, -1.2], np.float32),),
]

ANYWHERE: list[tuple[Raw, ...]] = [*OFF_THE_GRID, (2,)]

POSITIVE: list[tuple[Raw, ...]] = [
    (0.7,),
    (2,),
    (np.array([[0.2, 0.8, 1.9], [2.4, 0.6, 1.1]]),),
    (np.array([0.4, 1.6], np.float32),),
]

ABOVE_ONE: list[tuple[Raw, ...]] = [
    (1.7,),
    (2,),
    (np.array([[1.2, 1.8, 2.9], [3.4, 1.6, 2.1]]),),
    (np.array([1.4, 2.6], np.float32),),
]

WITHIN_ONE: list[tuple[Raw, ...]] = [
    (0.7,),
    (-0.3,),
    (np.array([[0.2, -0.8, 0.9], [-0.4, 0.6, 0.1]]),),
    (np.array([0.4, -0.6], np.float32),),
]

PAIRS: list[tuple[Raw, ...]] = [
    (1.5, -2.0),
    (3, 2),
    (np.array([1.0, -2.0, 0.5]), 3.0),
    (np.array([1.0, -2.0, 0.5]), np.array([[0.3, 1.7, -0.9], [2.2, -1.1, 1.4]])),
    (np.array([[1.2], [-0.6]]), np.array([0.4, 2.1, -1.3])),
    (np.array([1.5, -0.5], np.float32), np.array([[2.5], [0.5]], np.float32)),
]
