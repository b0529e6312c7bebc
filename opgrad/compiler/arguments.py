"""What kind of call it is: the structure of its arguments, types, shapes, dtypes, static values."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from opgrad.compiler.kind import Kind
from opgrad.compiler.traced import LIMIT
from opgrad.data import PLAIN

Read: TypeAlias = Callable[[Any, list[Any]], bool]
"""Puts the leaves of a container into a list; False if it has another structure."""


class StaticArgument:
    """Around an argument that is part of the program."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StaticArgument) or type(self.value) is not type(other.value):
            return False
        return bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)


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
        key: list[Any] = []
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
    return cls is np.ndarray or cls in PLAIN or issubclass(cls, np.number | np.bool_)


def _is_foreign(leaf: Any) -> bool:
    """Whether it is data that programs do not take: a Value, another library's array, objects."""
    if leaf.__class__ is np.ndarray:
        return leaf.dtype.kind not in "fiubc"
    # And what gives other numbers each time that it is asked.
    return hasattr(leaf, "__array_ufunc__") or isinstance(leaf, _RANDOM)


_RANDOM = (np.random.Generator, np.random.RandomState, random.Random)


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
    return (
        _reader_of_dict(dict(zip(structure.entries(), parts, strict=True))) if cls is dict else None
    )


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
    def read(x: Any, leaves: list[Any]) -> bool:
        if x.__class__ is not dict or x.keys() != parts.keys():
            return False
        return all(part(x[key], leaves) for key, part in parts.items())

    return read
