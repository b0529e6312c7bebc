"""Example inputs that the ops of this plugin share: away from their kinks at 0, -1, 1, -3 and 3."""

from __future__ import annotations

import numpy as np

from opgrad import Raw

ANYWHERE: list[tuple[Raw, ...]] = [
    (0.7,),
    (-1.3,),
    (2,),
    (np.array([[0.2, -0.8, 1.9], [-4.2, 0.6, 3.3]]),),
    (np.array([0.4, -1.6], np.float32),),
]
