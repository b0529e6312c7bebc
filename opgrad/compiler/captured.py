"""What a function that a program calls back has taken from outside, kept as it was when traced."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import CellType, CodeType, FunctionType
from typing import Any

import numpy as np


def as_now(x: Any) -> Any:
    """The same, of copies of what can change: arrays, containers, what a function captures.

    What else there is, is taken as it is: an instance, or what a function calls in its turn.
    """
    cls = type(x)
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return cls(*map(as_now, x))
    if cls in (tuple, list, set, frozenset):
        return cls(map(as_now, x))
    if cls is dict:
        return {key: as_now(value) for key, value in x.items()}
    if cls is partial:
        return partial(as_now(x.func), *map(as_now, x.args), **as_now(x.keywords))
    return _function_as_now(x) if cls is FunctionType else x


def _function_as_now(f: FunctionType) -> FunctionType:
    names = set(_names(f.__code__))
    taken = {name: _data_as_now(x) for name, x in f.__globals__.items() if name in names}
    cells = f.__closure__ and tuple(map(_cell_as_now, f.__closure__))
    copied = FunctionType(
        f.__code__, f.__globals__ | taken, f.__name__, as_now(f.__defaults__), cells
    )
    copied.__kwdefaults__ = as_now(f.__kwdefaults__)
    copied.__dict__.update(f.__dict__)
    copied.__module__, copied.__qualname__ = f.__module__, f.__qualname__
    return copied


def _names(code: CodeType) -> Iterator[str]:
    """Those that a function and the functions inside it use of their module."""
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


def _cell_as_now(cell: CellType) -> CellType:
    try:
        return CellType(_data_as_now(cell.cell_contents))
    except ValueError:  # nothing is in it yet
        return cell


def _data_as_now(x: Any) -> Any:
    return x if isinstance(x, FunctionType) else as_now(x)  # which may call the one that has it
