"""Raw data: what counts as a number or an array, and how errors speak of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from opgrad.twins import twin

PLAIN = frozenset({float, int, bool, complex})
"""The types of Python's own numbers."""

NUMBER_TYPES = (int, float, complex, np.number, np.bool_)
"""The types of all numbers: Python's, NumPy's, and subclasses of these."""

NOT_NUMERIC = frozenset("OSUVMm")
"""NumPy's kinds of dtypes that are no numbers: objects, text, records, dates."""


class StandIn:
    """What takes the place of data while a function is compiled."""

    __slots__ = ()


def is_data(x: Any) -> bool:
    """Whether it is a number, or an array of numbers that speaks NumPy's protocols.

    No ``np.matrix``, whose ``*`` is another product than rules mean; and no masked array, whose
    gradient would have numbers where it has none.
    """
    if x.__class__ is np.ndarray:
        return x.dtype.kind not in NOT_NUMERIC
    if x.__class__ in PLAIN or isinstance(x, NUMBER_TYPES):
        return True
    if is_traced(x):
        return True
    is_array = hasattr(x, "__array_ufunc__") and hasattr(x, "shape") and hasattr(x, "dtype")
    if not is_array or isinstance(x, np.matrix) or hasattr(x, "mask"):
        return False
    return getattr(x.dtype, "kind", "?") not in NOT_NUMERIC


def is_number(x: Any) -> bool:
    """Whether it is one of Python's own numbers, or stands for one while a function is traced."""
    if type(x) in PLAIN:
        return True
    if isinstance(x, StandIn):
        is_one: bool = x.is_number  # type: ignore[attr-defined]  # all have that
        return is_one
    return isinstance(x, int | float | complex) and not isinstance(x, np.generic)


def is_lazy(x: Any) -> bool:
    """Whether it is an array that is not computed yet: one that follows Dask's protocol."""
    return hasattr(x, "__dask_graph__")


def is_traced(x: Any) -> bool:
    """Whether it stands for data while a function is compiled, and so cannot be written to."""
    return isinstance(x, StandIn)


@twin("read_only")
def read_only(x: Any) -> Any:
    """A NumPy array as a view that refuses to be written to; anything else as it is."""
    if (x.__class__ is np.ndarray or isinstance(x, np.ndarray)) and x.flags.writeable:
        x = x.view()
        x.setflags(False)  # write=False; with the name it takes twice as long
    return x


def say(x: object) -> str:
    """A short description: type and value, or shape and dtype."""
    if isinstance(x, np.ndarray):
        return f"an array of shape {x.shape} and dtype {x.dtype}"
    return f"{type(x).__name__} {show(x)}"


def show(x: object) -> str:
    """A repr for an error message: not endless, and no second error."""
    if is_traced(x):
        return "a value that is being traced"
    try:
        text = repr(x)
    except Exception as error:  # such as an integer of more digits than Python converts
        return f"<{type(x).__name__} without a repr: {error}>"
    return text if len(text) <= 200 else f"{text[:200]}..."


def why_no_data(x: object, who: str) -> str:
    """What is wrong with an input that is no data, and what to do."""
    hint = ""
    if isinstance(x, list | tuple):
        hint = " Make it an array first: np.array(...)."
    elif isinstance(x, np.matrix):
        hint = " Make the matrix an array first: np.asarray(...)."
    elif isinstance(x, np.ndarray):
        if hasattr(x, "mask"):
            hint = " Masked arrays are not differentiated: see np.where and x.filled(...)."
    elif hasattr(x, "data") and is_data(x.data):
        hint = " For a new leaf with the same data: Value(v.data)."
    return f"{who} numbers and numeric arrays that speak NumPy's protocols; given {say(x)}.{hint}"
