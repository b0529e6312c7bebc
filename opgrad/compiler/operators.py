"""Python's operators on traced arrays: NumPy's, but for what Python has otherwise for numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from opgrad.compiler.primitives import elementwise
from opgrad.data import PLAIN, is_number, is_traced


def is_result(x: Any) -> bool:
    """Whether it is a number or array of NumPy's or Python's."""
    return isinstance(x, np.ndarray | np.generic) or x.__class__ in PLAIN


def binary(
    ufunc: np.ufunc, compute: Callable[..., Any], *, takes_bools: bool = False
) -> tuple[Any, Any, Any]:
    """Methods for ``x + y``, for ``y + x`` where y has no such operator, and for ``x += y``.

    Args:
        ufunc: what NumPy has for it.
        compute: Python's operator.
        takes_bools: whether it does to bools something else than to the integers that they are.
    """
    op = elementwise(ufunc, 2)

    def method(x: Any, y: Any) -> Any:
        if y.__class__ is not x.__class__ and not is_result(y):
            return NotImplemented
        if x.concrete.__class__ is bool and not takes_bools and is_number(y):
            x = as_int(x)
        return x.trace.record(op, (x, y), compute=compute)

    def reflected(y: Any, x: Any) -> Any:
        if not is_result(x):
            return NotImplemented
        if y.concrete.__class__ is bool and not takes_bools and is_number(x):
            y = as_int(y)
        return y.trace.record(op, (x, y), compute=compute)

    def in_place(x: Any, y: Any) -> Any:
        return x.become(method(x, y)) if x.shape else method(x, y)

    return method, reflected, in_place


def comparison(ufunc: np.ufunc, compute: Callable[..., Any]) -> Any:
    """A method for ``x < y``."""
    return binary(ufunc, compute, takes_bools=True)[0]


def unary(ufunc: np.ufunc, compute: Callable[..., Any]) -> Any:
    """A method for an operator of one operand."""
    op = elementwise(ufunc, 1)

    def method(x: Any) -> Any:
        if x.concrete.__class__ is bool:
            x = as_int(x)
        return x.trace.record(op, (x,), compute=compute)

    return method


def as_int(x: Any) -> Any:
    """The integer that a bool is."""
    return np.where(x, 1, 0).item()


def power(x: Any, y: Any) -> Any:
    """``x ** y``. Of integers, with a negative exponent, Python makes a float.

    Raises:
        NotTraceable: of a negative number, Python made a complex one.
    """
    numbers = [z.concrete if is_traced(z) else z for z in (x, y)]
    if all(isinstance(z, int) for z in numbers) and y < 0:
        x = x * 1.0
    made = _power(x, y) if is_traced(x) else _reflected_power(y, x)
    is_complex = is_traced(made) and made.concrete.__class__ is complex
    if is_complex and not any(map(np.iscomplexobj, numbers)):
        raise made.trace.refusal("a complex root of a negative number needs Python itself;")
    return made


_power, _reflected_power, _ = binary(np.power, operator.pow)
