"""Raw data: what counts as a number or an array, and how errors speak of it."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from opgrad.twins import twin

PLAIN = frozenset({float, int, bool, complex})
"""The types of Python's own numbers."""

NUMBER_TYPES = (int, float, complex, np.number, np.bool_)
"""The types of all numbers: Python's, NumPy's, and subclasses of these."""

NOT_NUMERIC = frozenset("OSUVMm")
"""NumPy's kinds of dtypes that are no numbers: objects, text, records, dates."""


class Recorded:
    """The base of what graphs are made of, by which it is known here."""

    __slots__ = ()


class StandIn:
    """What takes the place of data while a function is compiled.

    Attributes:
        concrete: the data.
        node: what was recorded of them.
        tracer: the run that recorded it.
    """

    __slots__ = ("concrete", "node", "tracer")

    concrete: Any
    node: Any
    tracer: Any


concrete_of, node_of, tracer_of = (
    StandIn.__dict__[name].__get__ for name in ("concrete", "node", "tracer")
)
"""Read these attributes, whatever else has to be done where others look one up."""


def is_data(x: Any) -> bool:
    """Whether it is a number, or an array of numbers that speaks NumPy's protocols.

    No ``np.matrix``, whose ``*`` is another product than rules mean; no masked array, whose
    gradient would have numbers where it has none; and nothing that a Value is wrapped in.
    """
    if type(x) is np.ndarray:
        return x.dtype.kind not in NOT_NUMERIC
    if is_traced(x) or x.__class__ in PLAIN or isinstance(x, NUMBER_TYPES):
        return True
    is_array = hasattr(x, "__array_ufunc__") and hasattr(x, "shape") and hasattr(x, "dtype")
    if not is_array or isinstance(x, np.matrix) or hasattr(x, "mask"):
        return False
    if getattr(x.dtype, "kind", "?") in NOT_NUMERIC:
        return False
    # The graph of a lazy array may be large: it is looked through once, where it is returned.
    return isinstance(x, np.ndarray) or is_lazy(x) or not holds_value(x)


_PARTS_AT_MOST = 10_000
"""Of an object that holds more, no more are looked at."""


def holds_value(x: Any) -> bool:
    """Whether a Value is somewhere in an object: an attribute, an element, or of one of these.

    Whoever wraps an array (xarray, pint, a class of the user's) keeps a Value as well as any other,
    and shows the shape and dtype that it has. What stands for data while a function is compiled
    holds none, though the record of the trace, to which it refers, may.
    """
    seen, stack = {id(x)}, [] if is_traced(x) else [x]
    while stack and len(seen) < _PARTS_AT_MOST:
        for part in _parts(stack.pop()):
            if isinstance(part, Recorded):
                return True
            if id(part) not in seen and not isinstance(part, type | ModuleType | StandIn):
                seen.add(id(part))
                stack.append(part)
    return False


def _parts(x: Any) -> Iterable[Any]:
    """What an object refers to; of a function, what it has closed over, and not its module."""
    if isinstance(x, FunctionType):
        return *(x.__closure__ or ()), *(x.__defaults__ or ()), x.__kwdefaults__
    if isinstance(x, np.ndarray) and x.dtype.kind == "O":
        return x.flat  # NumPy does not tell the garbage collector
    return gc.get_referents(x)


def is_number(x: Any) -> bool:
    """Whether it is one of Python's own numbers, or stands for one while a function is traced."""
    if isinstance(x, StandIn):
        is_one: bool = node_of(x).data.number
        return is_one
    return type(x) in PLAIN or (
        isinstance(x, int | float | complex) and not isinstance(x, np.generic)
    )


def is_lazy(x: Any) -> bool:
    """Whether it is an array that is not computed yet: one that follows Dask's protocol."""
    return hasattr(x, "__dask_graph__")


def is_traced(x: Any) -> bool:
    """Whether it stands for data while a function is compiled, and so cannot be written to."""
    return isinstance(x, StandIn)


@twin("read_only")
def read_only(x: Any) -> Any:
    """A NumPy array as a view that refuses to be written to; anything else as it is."""
    is_array = type(x) is np.ndarray or (not is_traced(x) and isinstance(x, np.ndarray))
    if is_array and x.flags.writeable:
        x = x.view()
        x.setflags(False)  # write=False; with the name it takes twice as long
    return x


SMALL = 1 << 12
"""In bytes: a copy of an array up to this takes no time that could be measured in a program."""


def may_change(x: np.ndarray[Any, Any]) -> bool:
    """Whether somebody may write to its elements: through it, or what it is a view of.

    Who else lends their memory (``as_strided`` does it through an object of its own) may.
    """
    base: Any = x
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return True
        base = base.base
    return base is not None and base.__class__ is not bytes


def snapshot(x: Any) -> Any:
    """A small array that may change, as a copy that will not; anything else as it is."""
    return read_only_copy(x) if isinstance(x, np.ndarray) and x.nbytes <= SMALL else x


def read_only_copy(x: np.ndarray[Any, Any]) -> Any:
    """An array that will not change: the same one, where it cannot; else a copy."""
    if may_change(x):
        x = np.array(x, copy=True, order="K", subok=True)
        x.flags.writeable = False
    return x


def snapshot_of_param(param: Any) -> Any:
    """An op's param that will not change: arrays are small there, so that all are copied."""
    if isinstance(param, np.ndarray):
        return read_only_copy(param)
    if param.__class__ in (list, tuple):
        return param.__class__([snapshot_of_param(x) for x in param])
    return param


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


WRAPPED = (
    "There is a Value in it, whose gradient would be lost: take it out first, as it is; np.stack "
    "makes one Value of several."
)
"""What errors say of an object that a Value is wrapped in."""


def why_no_data(x: object, who: str) -> str:
    """What is wrong with an input that is no data, and what to do."""
    hint = ""
    if isinstance(x, Recorded):
        hint = " For a new leaf with the same data: Value(v.data)."
    elif holds_value(x):
        hint = f" {WRAPPED}"
    elif isinstance(x, list | tuple):
        hint = " Make it an array first: np.array(...)."
    elif isinstance(x, np.matrix):
        hint = " Make the matrix an array first: np.asarray(...)."
    elif isinstance(x, np.ndarray) and hasattr(x, "mask"):
        hint = " Masked arrays are not differentiated: see np.where and x.filled(...)."
    return f"{who} numbers and numeric arrays that speak NumPy's protocols; given {say(x)}.{hint}"
