"""What kind of call it is: the structure of its arguments, types, shapes, dtypes, static values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from opgrad.compiler.kind import Kind
from opgrad.compiler.recording import LIMIT
from opgrad.compiler.structures import reader
from opgrad.containers import flatten_in_order
from opgrad.cotangent import keeps_zeros
from opgrad.data import PLAIN


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
        self._is_plain = structure == _structure_of((_LEAF,) * len(types))
        self._kinds: dict[Any, Kind] = {}

    def leaves_of(self, arguments: Any) -> Sequence[Any] | None:
        """The leaves of arguments of this form, without asking optree; ``None`` of others."""
        leaves: list[Any] = []
        if self._is_plain:  # the usual case, in a third of the time
            leaves, by_name = arguments
            if by_name:
                return None
        elif self._read is None or not self._read(arguments, leaves):
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


_LEAF = 0.0


def _structure_of(args: tuple[Any, ...]) -> Any:
    return flatten_in_order((args, {}))[1]


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
    is_changing = isinstance(leaf, Iterator) or callable(getattr(leaf, "random", None))
    return is_changing or hasattr(leaf, "__array_ufunc__")
