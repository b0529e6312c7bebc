"""What kind of call it is: the structure of its arguments, types, shapes, dtypes, static values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from opgrad.compiler.kind import Kind
from opgrad.compiler.traced import LIMIT
from opgrad.cotangent import keeps_zeros
from opgrad.data import PLAIN

Read: TypeAlias = Callable[[Any, list[Any]], bool]
"""Puts the leaves of a container into a list; False if it has another structure."""


class StaticArgument:
    """Around an argument that is part of the program; equal only to the very same value."""

    __slots__ = ("_key", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._key = _exactly(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticArgument) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def _exactly(value: Any) -> Any:
    """A key of the value: of its type and what it holds, to which -0.0 is not 0.0 and 1 not 1.0."""
    if isinstance(value, float):
        return type(value), value.hex()
    if isinstance(value, tuple):
        return type(value), *map(_exactly, value)
    if isinstance(value, frozenset):
        return type(value), frozenset(map(_exactly, value))
    if hasattr(value, "as_tuple"):  # a Decimal
        return type(value), value.as_tuple()
    return type(value), value


class Form:
    """Calls whose arguments have one structure, with leaves of the same types.

    Attributes:
        structure: of the arguments, positional and by name.
        dynamic: the leaves that programs take as inputs, by position.
    """

    def __init__(self, structure: Any, types: tuple[type, ...]) -> None:
        self.structure = structure
        self.dynamic = [i for i, cls in enumerate(types) if is_dynamic(cls)]
        self._types = types
        self._integers = [i for i in self.dynamic if types[i] is int]
        self._arrays = [i for i in self.dynamic if types[i] is np.ndarray]
        self._static = [i for i in range(len(types)) if i not in set(self.dynamic)]
        self._read = reader(structure)
        self._kinds: dict[Any, Kind] = {}

    def leaves_of(self, arguments: Any) -> list[Any] | None:
        """The leaves of arguments of this form, without asking optree; ``None`` of others."""
        leaves: list[Any] = []
        if self._read is None or not self._read(arguments, leaves):
            return None
        return leaves if tuple(map(type, leaves)) == self._types else None

    def kind(self, leaves: Sequence[Any]) -> Kind:
        """What is known of calls like this one.

        Raises:
            TypeError: a static argument cannot be hashed, or an integer has more than 64 bits.
        """
        for i in self._integers:
            if not -LIMIT <= leaves[i] < LIMIT:
                raise TypeError
        key: list[Any] = [keeps_zeros.get()]
        for i in self._arrays:
            x = leaves[i]
            key.append(x.dtype)
            key.append(x.shape)
        key += [leaves[i] for i in self._static]
        found = tuple(key)
        kind = self._kinds.get(found)
        if kind is None:
            kind = self._kinds[found] = Kind()
            kind.is_eager = any(_is_foreign(leaves[i]) for i in (*self._static, *self._arrays))
        return kind


def is_dynamic(cls: type) -> bool:
    """Whether leaves of that type are inputs of programs."""
    return cls is np.ndarray or cls in _NUMBERS or issubclass(cls, np.number | np.bool_)


_NUMBERS = PLAIN - {bool}  # Python's bools say what to do, as in keepdims=True


def _is_foreign(leaf: Any) -> bool:
    """Whether it is data that programs do not take: a Value, another library's array, objects."""
    if leaf.__class__ is np.ndarray:
        return leaf.dtype.kind not in "fiubc"
    # And what gives something else each time that it is asked: NumPy's generators of random
    # numbers and Python's have this method. Their modules take as long to import as OpGrad.
    is_changing = isinstance(leaf, Iterator) or hasattr(leaf, "random")
    return is_changing or hasattr(leaf, "__array_ufunc__")


def reader(structure: Any) -> Read | None:
    """A reader of containers of that structure; ``None`` if it has others than Python's own.

    Many times faster than optree, where most leaves are in lists.
    """
    if structure.is_leaf():
        return _read_leaf
    inside = structure.children()
    cls, n = structure.type, len(inside)
    if cls in (list, tuple) and all(child.is_leaf() for child in inside):
        return _reader_of_leaves(cls, n)
    parts = [read for child in inside if (read := reader(child)) is not None]
    if len(parts) < n:
        return None
    if cls is list or cls is tuple:
        return _reader_of_sequence(cls, parts)
    if cls is not dict:
        return None
    return _reader_of_dict(dict(zip(structure.entries(), parts, strict=True)))


def _read_leaf(x: Any, leaves: list[Any]) -> bool:
    leaves.append(x)
    return True


def _reader_of_leaves(cls: Any, n: int) -> Read:
    def read(x: Any, leaves: list[Any]) -> bool:
        if x.__class__ is not cls or len(x) != n:
            return False
        leaves += x
        return True

    return read


def _reader_of_sequence(cls: Any, parts: list[Read]) -> Read:
    n = len(parts)

    def read(x: Any, leaves: list[Any]) -> bool:
        if x.__class__ is not cls or len(x) != n:
            return False
        return all(part(child, leaves) for part, child in zip(parts, x, strict=True))

    return read


def _reader_of_dict(parts: dict[Any, Read]) -> Read:
    keys = list(parts)  # in their order, which the function may go by

    def read(x: Any, leaves: list[Any]) -> bool:
        if x.__class__ is not dict or list(x) != keys:
            return False
        return all(part(x[key], leaves) for key, part in parts.items())

    return read
