"""Calling an op from a rule, which sees raw data, or Values where it is itself differentiated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

import opgrad as og
from opgrad import Raw

Functions: TypeAlias = dict[Callable[..., Any], Callable[..., Any]]
"""What stands in for NumPy functions on Values, as `opgrad_functions` returns it."""


def run(op: og.Op, *inputs: Any, **params: Any) -> Any:
    """The op on Values, its forward on raw data: for what no NumPy function dispatches."""
    if any(isinstance(x, og.Node) for x in inputs):
        assert callable(op)
        return op(*inputs, **params)
    if any(map(og.is_traced, inputs)):  # which may have a lowering in place of its forward
        assert callable(op)
        return op(*inputs, **params).data
    return op.forward(*inputs, **params)


def plain(x: Any) -> Any:
    """Without Values, also in tuples and lists: for indices and masks, which have no gradient."""
    if isinstance(x, og.Node):
        return x.data
    return type(x)(map(plain, x)) if type(x) in (tuple, list) else x


def as_array(x: Any) -> Any:
    """An array of what is none, such as a list of numbers; Values and numbers as they are."""
    return x if hasattr(x, "shape") or isinstance(x, int | float | complex) else np.asarray(x)


def strong(x: Any) -> Any:
    """The same; a Python number, or a Value of one, in the dtype that an array of it has."""
    if isinstance(x, list | tuple):
        return np.asarray(x)
    data = x.data if isinstance(x, og.Node) else x
    if data.__class__ in (bool, int, float, complex) or getattr(data, "is_number", False) is True:
        return x * np.result_type(data).type(1)
    return x


def in_dtype(x: Any, dtype: Any) -> Any:
    """In that dtype. Unlike astype, it passes a gradient from integers to floating numbers."""
    given = np.result_type(x)
    if given == dtype:
        return x
    if given.kind in "biu" and np.dtype(dtype).kind in "fc":
        x = x * np.result_type(given, dtype).type(1)
    if np.result_type(x) == dtype:
        return x
    return np.astype(x if hasattr(x, "astype") else np.asarray(x), dtype)


def refuse(function: str, **given: Any) -> None:
    """Refuse arguments that NumPy's function has, and this one has not.

    Raises:
        InputError: one is given.
    """
    for name, value in given.items():
        if value is not None and value is not True and value is not _NOT_GIVEN:
            raise og.errors.InputError(
                f"np.{function} of Values has no {name!r}; given {name}={value!r}"
            )


_NOT_GIVEN = getattr(np, "_NoValue", None)


def unbroadcast(g: Raw, given: tuple[int, ...], shape: tuple[int, ...]) -> Raw:
    """The sum over what was broadcast from ``shape``."""
    if given == shape:
        return g
    lead = len(given) - len(shape)
    stretched = (lead + i for i, n in enumerate(shape) if n == 1 and given[lead + i] != 1)
    return np.reshape(np.sum(g, axis=(*range(lead), *stretched)), shape)
