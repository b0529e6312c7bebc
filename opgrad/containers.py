"""Nested containers of arguments and results: flattened to their leaves, and rebuilt.

Optree does it, in its namespace ``opgrad``: dicts, lists, tuples, named tuples, ``None`` (which has
no leaves), and every class registered there or globally. Dataclasses and attrs records are
registered when they are first met: their fields are their children, except those that hold text,
functions, ops or classes, which are kept as they are; so are attributes that are no fields, and
hold no numbers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from enum import Enum
from functools import cache, cached_property
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from opgrad.data import holds_value, is_data, say
from opgrad.errors import InputError
from opgrad.exact import Exactly
from opgrad.node import Node
from opgrad.operation import Op
from opgrad.twins import COMPILED

if TYPE_CHECKING:
    import optree

NAMESPACE = "opgrad"
STATIC = (str, bytes, Enum, type, FunctionType, BuiltinFunctionType, COMPILED, np.ufunc, Op)
"""What is no data, and holds none."""


def flatten(tree: Any) -> tuple[list[Any], optree.PyTreeSpec]:
    """The leaves of a container, and its structure, which builds the same of other leaves."""
    if isinstance(tree, Node):
        return [tree], _leaf()
    leaves, structure = _optree().tree_flatten(tree, namespace=NAMESPACE)
    records = set()
    for leaf in leaves:
        if leaf.__class__ is not np.ndarray and not is_leaf(leaf) and _is_record(leaf):
            records.add(type(leaf))
    if not records:
        return leaves, structure
    for cls in records:
        _register(cls)
    return flatten(tree)  # what is inside may be records, too


def flatten_in_order(tree: Any) -> tuple[list[Any], optree.PyTreeSpec]:
    """The same, with dicts in the order of their keys: another order is another structure."""
    with _optree().dict_insertion_ordered(True, namespace=NAMESPACE):
        return flatten(tree)


@cache
def _optree() -> ModuleType:
    import optree  # takes as long as half of what importing OpGrad does: when it is first needed

    return optree


@cache
def _leaf() -> Any:
    return _optree().tree_structure(0, namespace=NAMESPACE)


def flatten_like(structure: optree.PyTreeSpec, tree: Any, what: str) -> list[Any]:
    """The leaves of a container that must have a given structure.

    Raises:
        InputError: it has another.
    """
    leaves, given = flatten(tree)
    if given != structure:
        raise InputError(f"{what}: expected the structure {structure}, given {given}")
    return leaves


def is_leaf(x: Any) -> bool:
    """Whether it can be differentiated with respect to: a number, an array, or a Value."""
    return isinstance(x, Node) or is_data(x)


def _is_record(x: Any) -> bool:
    return not isinstance(x, type | Op) and (dataclasses.is_dataclass(x) or attrs.has(type(x)))


def _register(cls: type) -> None:
    fields: Iterable[Any] = (
        dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else attrs.fields(cls)
    )
    names = tuple(field.name for field in fields)

    def take_apart(record: Any) -> tuple[list[Any], tuple[Any, ...], tuple[str, ...]]:
        held = {name: getattr(record, name) for name in names}
        static = {name: Exactly(x) for name, x in held.items() if isinstance(x, STATIC)}
        inside = tuple(name for name in names if name not in static)
        more = _Attributes(_attributes(record, names))
        return [held[name] for name in inside], (inside, tuple(static.items()), more), inside

    def put_together(metadata: Any, children: Iterable[Any]) -> Any:
        # Not by the constructor: its converters and validators expect what the user gives.
        inside, static, more = metadata
        record: Any = object.__new__(cls)
        for name, x in (*zip(inside, children, strict=True), *more.held.items()):
            object.__setattr__(record, name, x)
        for name, held in static:
            object.__setattr__(record, name, held.value)
        return record

    _optree().register_pytree_node(cls, take_apart, put_together, namespace=NAMESPACE)


class _Attributes:
    """Attributes of a record that are no fields; another's make no other structure."""

    def __init__(self, held: dict[str, Any]) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Attributes)

    def __hash__(self) -> int:
        return 0


def _attributes(record: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    """What ``__post_init__`` or the user set besides the fields; what is cached, is computed again.

    Raises:
        InputError: it is or holds floating-point numbers or Values, which may have been made of the
            fields: as constants they would have no gradient.
    """
    found = {}
    for name, x in getattr(record, "__dict__", {}).items():
        cls = type(record)
        if name in fields or isinstance(getattr(cls, name, None), cached_property):
            continue
        if holds_value(x) or any(_is_floating(leaf) for leaf in flatten(x)[0]):
            raise InputError(
                f"{cls.__name__}.{name}, {say(x)}, is no field of the record, but holds numbers: "
                f"made of the fields, they would have no gradient. Make it a property, which is "
                f"computed when it is asked for, or a field."
            )
        found[name] = x
    return found


def _is_floating(leaf: Any) -> bool:
    return is_leaf(leaf) and np.result_type(leaf).kind in "fc"
