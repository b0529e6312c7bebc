"""What tells objects apart that Python holds equal: 1, 1.0 and True; 0.0 and -0.0; 1.0 and 1.00.

A program is looked up by its static arguments, and must not be found by others than it was made
for. What is known to be determined by its parts is told apart by its type and these parts, all the
way down, as they are at that moment. Anything else is told apart by which object it is.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from types import BuiltinFunctionType, MemberDescriptorType, MethodType
from typing import Any

import attrs
import numpy as np

BY_REDUCTION = frozenset(
    {
        "datetime.date",
        "datetime.datetime",
        "datetime.time",
        "datetime.timedelta",
        "datetime.timezone",
        "decimal.Decimal",
        "fractions.Fraction",
        "pathlib.PosixPath",
        "pathlib.PurePosixPath",
        "pathlib.PureWindowsPath",
        "pathlib.WindowsPath",
        "uuid.UUID",
    }
)
"""Types whose objects are determined by what they are pickled as. Named, so as to import none."""


class NoKeyError(TypeError):
    """An object can change, and nothing tells whether it did."""


class Itself:
    """Equal to that of the very same object alone, which it keeps alive."""

    __slots__ = ("x",)

    def __init__(self, x: object) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return other.__class__ is Itself and other.x is self.x

    def __hash__(self) -> int:
        return id(self.x)


class Exactly:
    """Around an object: equal only to one around an object that no function can tell from it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Exactly) and exact(self.value) == exact(other.value)

    def __hash__(self) -> int:
        return hash(exact(self.value))

    def __repr__(self) -> str:
        return repr(self.value)


def exact(x: Any) -> Hashable:
    """A key that two objects share only if they are the same, or of the same type and parts.

    Raises:
        NoKeyError: it can change, and is not known to be determined by its parts.
        RecursionError: it is a part of itself.
    """
    return key_maker(type(x))(x)  # type: ignore[arg-type]  # classes can be hashed


@lru_cache(maxsize=1024)
def key_maker(cls: type) -> Callable[[Any], Hashable]:
    """What makes the keys of objects of exactly that type."""
    if cls in _BY_PARTS:
        of_parts = _BY_PARTS[cls]
    elif is_told_by_identity(cls):
        return as_it_is
    elif f"{cls.__module__}.{cls.__qualname__}" in BY_REDUCTION or issubclass(cls, np.dtype):
        of_parts = _reduced
    elif cls.__module__ == "numpy" and issubclass(cls, np.generic):
        of_parts = _bits
    elif _is_record(cls):
        of_parts = _state
    else:
        return _itself
    return lambda x: (cls, of_parts(x))


def as_it_is(x: Any) -> Hashable:
    """The key of what is equal to the same alone."""
    return x  # type: ignore[no-any-return]


def _itself(x: Any) -> Hashable:
    try:
        hash(x)
    except TypeError:
        raise NoKeyError(f"what is of type {type(x).__name__} can change without a trace") from None
    return Itself(x)


def is_told_by_identity(cls: type) -> bool:
    """Whether Python itself compares and hashes its objects by which they are."""
    its: Any = cls  # to mypy, methods of two classes are never the same
    return its.__eq__ is object.__eq__ and its.__hash__ is object.__hash__


def _each(x: Any) -> Hashable:
    return tuple(map(exact, x))


def _items(x: Any) -> Hashable:
    return tuple([(exact(key), exact(value)) for key, value in x.items()])


_BY_PARTS: dict[type, Callable[[Any], Hashable]] = {
    **dict.fromkeys((str, bytes, int, bool, type(None), type(...), type(NotImplemented)), as_it_is),
    BuiltinFunctionType: as_it_is,  # methods of one and the same object are equal
    float: struct.Struct("d").pack,  # NaNs and zeros by their bits
    complex: lambda x: struct.pack("dd", x.real, x.imag),
    tuple: _each,
    list: _each,
    set: _each,  # in the order in which they are gone through, which may differ among equal ones
    frozenset: _each,
    dict: _items,
    bytearray: bytes,
    slice: lambda x: _each((x.start, x.stop, x.step)),
    range: lambda x: _each((x.start, x.stop, x.step)),
    partial: lambda x: _each((x.func, x.args, x.keywords, vars(x))),
    MethodType: lambda x: (Itself(x.__self__), Itself(x.__func__)),
}


def _reduced(x: Any) -> Hashable:
    return exact(x.__reduce_ex__(4))


def _bits(x: Any) -> Hashable:
    return Itself(x) if x.dtype.hasobject else (_reduced(x.dtype), x.tobytes())


def _is_record(cls: type) -> bool:
    """Whether its objects are made of named fields, and of nothing that Python does not see."""
    is_named_tuple = issubclass(cls, tuple) and hasattr(cls, "_fields")
    if not (dataclasses.is_dataclass(cls) or attrs.has(cls) or is_named_tuple):
        return False
    beneath = [base for base in cls.__mro__ if not base.__flags__ & _MADE_BY_PYTHON]
    return beneath[0] is (tuple if is_named_tuple else object)


_MADE_BY_PYTHON = 1 << 9
"""CPython's flag of classes that a ``class`` statement has made."""


def _state(record: Any) -> Hashable:
    """All that a record holds, also what is in no field."""
    slots = {
        (cls, name): getattr(record, name)
        for cls in type(record).__mro__
        for name in _slots_of(cls)
        if hasattr(record, name)
    }
    items = tuple(record) if isinstance(record, tuple) else ()
    return _each((items, slots, getattr(record, "__dict__", {})))


def _slots_of(cls: type) -> list[str]:
    """The attributes that a class keeps in slots; they hide in it as descriptors."""
    return [name for name, x in vars(cls).items() if isinstance(x, MemberDescriptorType)]
