"""Arguments and data as Python expressions that make them again."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

import numpy as np


def show(x: Any) -> str:
    """An expression; names (anything with a ``name``) stand for themselves."""
    if isinstance(x, np.ndarray):
        return _array(x)
    if isinstance(x, np.generic):
        return f"np.{_dtype(x.dtype)}({_number(_short(x).item())})"
    if isinstance(x, type) and issubclass(x, np.generic):
        return f"np.{x.__name__}"
    if isinstance(x, float | complex) and not isinstance(x, int):
        return _number(x)
    if isinstance(x, list):
        return f"[{', '.join(map(show, x))}]"
    if isinstance(x, tuple):
        return f"({', '.join(map(show, x))}{',' if len(x) == 1 else ''})"
    if isinstance(x, dict):
        return "{" + ", ".join(f"{key!r}: {show(value)}" for key, value in x.items()) + "}"
    if hasattr(x, "text"):  # a call
        return f"({x.text()})"
    if isinstance(x, EllipsisType):
        return "..."
    if isinstance(x, type):
        return x.__name__
    if callable(x):  # one of NumPy's functions
        return f"np.{x.__name__}"
    return x.name if hasattr(x, "name") else repr(x)


def _array(x: Any) -> str:
    if not x.size:
        return f"np.zeros({x.shape}, np.{_dtype(x.dtype)})"
    is_usual = x.dtype in (np.float64, np.int64, np.bool_, np.complex128)
    dtype = "" if is_usual else f", np.{_dtype(x.dtype)}"
    return f"np.array({_nested(_short(x).tolist())}{dtype})"


def _short(x: Any) -> Any:
    """In double precision the numbers that are written with fewest digits in single precision."""
    if x.dtype != np.float32:
        return x
    return np.array([float(str(y)) for y in np.ravel(x)]).reshape(x.shape)


def _nested(x: Any) -> str:
    return f"[{', '.join(map(_nested, x))}]" if isinstance(x, list) else _number(x)


def _number(x: Any) -> str:
    if isinstance(x, complex):
        simple = np.isfinite(x.real) and np.isfinite(x.imag) and np.copysign(1, x.real) > 0
        return repr(x) if simple else f"complex({_number(x.real)}, {_number(x.imag)})"
    if isinstance(x, float) and not np.isfinite(x):
        return "np.nan" if x != x else "np.inf" if x > 0 else "-np.inf"
    return repr(x)


def _dtype(dtype: Any) -> str:
    return "bool_" if dtype == np.bool_ else dtype.name
