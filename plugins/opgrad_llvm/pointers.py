"""How native code finds an array's elements.

A program's frame holds the addresses of array *objects*, which is what ``id`` gives in CPython,
and native code reads the address of the elements from the object: NumPy guarantees its layout
(``PyArrayObject``). Asking NumPy from Python takes ten times as long. Where this does not hold,
the frame has the addresses of the elements.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

import numpy as np


def _holds(offset: int) -> bool:
    if sys.implementation.name != "cpython":
        return False
    arrays = (np.zeros(3), np.zeros((2, 3), np.float32)[1:], np.ones(5)[::-1])
    return all(ctypes.c_void_p.from_address(id(x) + offset).value == x.ctypes.data for x in arrays)


def _elements(x: np.ndarray[Any, Any]) -> int:
    return x.ctypes.data


_AFTER_HEADER = object.__basicsize__

OFFSET: int | None = _AFTER_HEADER if _holds(_AFTER_HEADER) else None
"""Where in an array object the address of its elements is; ``None``: addresses are taken whole."""

address: Callable[[Any], int] = _elements if OFFSET is None else id
"""What a program's frame holds of an array."""
