"""Avals, abstract values: what a compiler knows of a value before there is one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from attrs import frozen

from opgrad.data import PLAIN


@frozen
class Aval:
    """A shape and a dtype; and whether it is one of Python's own numbers.

    A Python number mixes with arrays as NumPy has it: it takes on their dtype. On its own it is a
    float64, int64, bool or complex128 of no axes.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    number: bool = False

    def __repr__(self) -> str:
        kind = self.dtype.type.__name__ if not self.number else _NAMES[self.dtype.kind]
        return f"{kind}[{','.join(map(str, self.shape))}]" if self.shape else kind

    @property
    def size(self) -> int:
        """The number of elements."""
        n = 1
        for length in self.shape:
            n *= length
        return n


_NAMES = {"f": "float", "i": "int", "b": "bool", "c": "complex"}


@lru_cache(maxsize=4096)
def _array(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Aval:
    return Aval(shape, dtype)


_NUMBERS = {cls: Aval((), np.dtype(cls), number=True) for cls in PLAIN}


def aval_of(data: Any) -> Any:
    """The aval of a number or array; of a tuple of these, the tuple of theirs."""
    number = _NUMBERS.get(data.__class__)
    if number is not None:
        return number
    if isinstance(data, tuple):
        return tuple(map(aval_of, data))
    return _array(data.shape, data.dtype)
