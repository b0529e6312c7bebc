"""Containers of Python's own taken apart and put together, many times faster than by optree.

For calls of the same structure again and again, where most leaves are in lists. What is made of a
structure is ``None`` if it has other containers than these.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from operator import is_
from typing import Any, TypeAlias

from opgrad.exact import exact

Read: TypeAlias = Callable[[Any, list[Any]], bool]
"""Puts the leaves of a container into a list; False if it has another structure."""

Build: TypeAlias = Callable[[Sequence[Any]], Any]
"""Makes a container of all the leaves of the outermost one."""


def builder(structure: Any, start: int = 0) -> Build | None:
    """What puts leaves, those from ``start`` on, into lists and tuples."""
    if structure.is_leaf():
        return lambda leaves: leaves[start]
    inside = structure.children()
    make = structure.type
    if make not in (list, tuple):
        return None
    if all(child.is_leaf() for child in inside):
        stop = start + len(inside)
        return lambda leaves: make(leaves[start:stop])
    parts = []
    for child in inside:
        part = builder(child, start)
        if part is None:
            return None
        parts.append(part)
        start += child.num_leaves
    return lambda leaves: make([part(leaves) for part in parts])


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
    if cls is not dict or any(type(key) is not str for key in structure.entries()):
        return None
    return _reader_of_dict(dict(zip(structure.entries(), parts, strict=True)))


def exact_keys(structure: Any) -> tuple[Hashable, ...]:
    """What tells dicts' keys apart that are not text: 1 and True are equal, and not the same.

    Raises:
        NoKeyError: nothing does.
    """
    if structure.is_leaf():
        return ()
    own = structure.entries() if issubclass(structure.type or tuple, dict) else ()
    found = tuple(exact(key) for key in own if type(key) is not str)
    return found + tuple(key for child in structure.children() for key in exact_keys(child))


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
    n = len(keys)
    types = [str] * n  # members of an Enum may be equal to text

    def read(x: Any, leaves: list[Any]) -> bool:
        if x.__class__ is not dict or len(x) != n:
            return False
        is_same = all(map(is_, x, keys))  # most often; what is written twice is one object
        if not is_same and (list(x) != keys or [*map(type, x)] != types):
            return False
        return all(part(x[key], leaves) for key, part in parts.items())

    return read
