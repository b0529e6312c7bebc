"""What kind of call it is: the structure of its arguments, types, shapes, dtypes, static values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from types import BuiltinFunctionType
from typing import Any

import numpy as np

from opgrad.compiler.kind import Kind
from opgrad.compiler.recording import LIMIT
from opgrad.compiler.structures import exact_keys, reader
from opgrad.containers import flatten_in_order
from opgrad.data import PLAIN
from opgrad.exact import (
    Exactly,
    Itself,
    NoKeyError,
    as_it_is,
    exact,
    is_told_by_identity,
    key_maker,
)

Key = tuple[Hashable, ...]


class Form:
    """Calls whose arguments have one structure, with leaves of the same types.

    Attributes:
        key: what it is found by.
        structure: of the arguments, positional and by name.
        types: of the leaves.
        dynamic: the leaves that programs take as inputs, by position.
        arrays: those of them that are arrays.
        static: the other leaves.
        foreign: a leaf that programs do not take, whatever its value.
        kinds: what is known of such calls, by shapes, dtypes and static values.
    """

    def __init__(self, key: Hashable, structure: Any, types: tuple[type, ...]) -> None:
        self.key = key
        self.structure = structure
        self.types = types
        self.dynamic = [i for i, cls in enumerate(types) if is_dynamic(cls)]
        self.arrays = [i for i in self.dynamic if types[i] is np.ndarray]
        self.static = [i for i, cls in enumerate(types) if not is_dynamic(cls)]
        self.foreign = next((i for i in self.static if _is_foreign(types[i])), None)
        self.kinds: dict[Key, Kind] = {}
        self._integers = [i for i in self.dynamic if types[i] is int]
        self._exactly = [(i, _of_static(types[i])) for i in self.static]
        self._read = reader(structure)
        self._is_plain = structure == _structure_of((_LEAF,) * len(types))
        if self.foreign is not None:
            self.kinds[()] = kind = Kind(self, (), [])
            kind.why = f"programs take no {types[self.foreign].__name__}"
            kind.is_watched = True

    @staticmethod
    def key_of(structure: Any, types: tuple[type, ...]) -> Hashable:
        """What a form is found by.

        Raises:
            NoKeyError: a key of a dict cannot be told from others.
        """
        return structure, types, exact_keys(structure)

    def leaves_of(self, arguments: Any) -> Sequence[Any] | None:
        """The leaves of arguments of this form, without asking optree; ``None`` of others."""
        leaves: list[Any] = []
        if self._is_plain:  # the usual case, in a third of the time
            leaves, by_name = arguments
            if by_name:
                return None
        elif self._read is None or not self._read(arguments, leaves):
            return None
        return leaves if tuple(map(type, leaves)) == self.types else None

    def kind_key(self, leaves: Sequence[Any]) -> Key:
        """What the kind of a call is found by.

        Raises:
            NoKeyError: a static argument cannot be told from others, or an integer is too long.
            RecursionError: a static argument is a part of itself.
        """
        if self.foreign is not None:
            return ()
        for i in self._integers:
            if not -LIMIT <= leaves[i] < LIMIT:
                raise NoKeyError("an integer has more than 64 bits")
        key: list[Any] = []
        for i in self.arrays:
            x = leaves[i]
            key.append(x.dtype)
            key.append(x.shape)
        for i, exactly in self._exactly:
            key.append(exactly(leaves[i]))
        return tuple(key)

    def is_noted(self, key: Key) -> bool:
        """Whether calls of that kind are known to run uncompiled."""
        kind = self.kinds.get(key)
        return kind is not None and kind.why is not None

    def why_uncompiled(self, leaves: Sequence[Any], key: Key) -> str | None:
        """Why no program can be made for calls of that kind, if it can be told beforehand."""
        if any(leaves[i].dtype.kind not in "fiubc" for i in self.arrays):
            return "programs take no arrays of objects, text, records or dates"
        changing = next(filter(_is_changing, _told_by_identity(key)), None)
        if changing is not None:
            return f"{type(changing).__name__} gives something else each time that it is asked"
        return None


_LEAF = 0.0


def _structure_of(args: tuple[Any, ...]) -> Any:
    return flatten_in_order((args, {}))[1]


def is_dynamic(cls: type) -> bool:
    """Whether leaves of that type are inputs of programs."""
    return cls is np.ndarray or cls in _NUMBERS or issubclass(cls, np.number | np.bool_)


_NUMBERS = PLAIN - {bool}  # Python's bools say what to do, as in keepdims=True

_AS_THEY_ARE = (bool, str, bytes, BuiltinFunctionType)
"""Types whose equal objects are the same; that of a leaf is known."""


def _of_static(cls: type) -> Callable[[Any], Hashable]:
    """What makes the key of static arguments of a type."""
    if cls is Exactly:
        return lambda x: exact(x.value)
    return as_it_is if cls in _AS_THEY_ARE else key_maker(cls)


def _is_foreign(cls: type) -> bool:
    """Whether it is a type of data that programs do not take: Values, other libraries' arrays."""
    return hasattr(cls, "__array_ufunc__") or issubclass(cls, Iterator)


def _told_by_identity(key: Any) -> Iterator[Any]:
    """The objects in a key that are told by which they are, and might change all the same."""
    if isinstance(key, tuple):
        for part in key:
            yield from _told_by_identity(part)
    elif isinstance(key, Itself):
        yield key.x
    elif isinstance(key, BuiltinFunctionType):
        yield key.__self__
    elif is_told_by_identity(type(key)):
        yield key


def _is_changing(x: Any) -> bool:
    # NumPy's generators of random numbers and Python's have this method. Their modules take as
    # long to import as OpGrad.
    is_source = callable(getattr(x, "random", None))
    return isinstance(x, Iterator) or is_source or _is_foreign(type(x))
