"""Example inputs that several ops of this plugin share, by the domain they lie in."""

from __future__ import annotations

import numpy as np

from opgrad import Raw

Samples = list[tuple[Raw, ...]]

ANYWHERE: Samples = [
    (0.7,),
    (-1.3,),
    (np.array([[0.2, -0.8, 1.9], [-2.4, 0.6, 1.1]]),),
    (np.array([0.4, -1.2], np.float32),),
]
POSITIVE: Samples = [
    (0.7,),
    (2.5,),
    (np.array([[0.2, 0.8, 1.9], [2.4, 0.6, 1.1]]),),
    (np.array([0.4, 1.6], np.float32),),
]
WITHIN_ONE: Samples = [
    (0.7,),
    (-0.3,),
    (np.array([[0.2, -0.8, 0.9], [-0.4, 0.6, 0.1]]),),
    (np.array([0.4, -0.6], np.float32),),
]
PROBABILITIES: Samples = [
    (0.7,),
    (0.2,),
    (np.array([[0.3, 0.8, 0.9], [0.4, 0.6, 0.15]]),),
    (np.array([0.4, 0.6], np.float32),),
]
POSITIVE_PAIRS: Samples = [
    (1.5, 2.0),
    (np.array([1.0, 2.0, 0.5]), 3.0),
    (np.array([1.0, 2.0, 0.5]), np.array([[0.3, 1.7, 0.9], [2.2, 1.1, 1.4]])),
    (np.array([[1.2], [0.6]]), np.array([0.4, 2.1, 1.3])),
    (np.array([1.5, 0.5], np.float32), np.array([[2.5], [0.75]], np.float32)),
]
TRIPLES: Samples = [
    (1.5, 2.0, 0.3),
    (np.array([1.0, 2.0, 0.5]), 3.0, np.array([[0.2, 0.7, 0.4], [0.6, 0.35, 0.8]])),
    (np.array([[1.2], [0.6]]), np.array([0.4, 2.1, 1.3]), 0.45),
    (np.array([1.5, 0.5], np.float32), np.array([[2.5], [0.75]], np.float32), np.float32(0.3)),
]
