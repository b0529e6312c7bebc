"""Nested containers of arguments and results: flattened to their leaves, and rebuilt.

Dicts, lists, tuples and named tuples are optree's; dataclasses and attrs records are taken apart by
their fields. What is neither a container nor a number or array is no leaf to differentiate.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import optree

from opgrad.data import is_data
from opgrad.node import Node


def flatten(tree: Any) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """The leaves of a container, and the function that builds the same container of other leaves."""
    leaves, structure = optree.tree_flatten(tree, none_is_leaf=True)
    parts = [_fields(leaf) for leaf in leaves]
    if not any(parts):
        return leaves, lambda new: optree.tree_unflatten(structure, new)
    inner = [flatten(dict(part)) if part else ([leaf], _only) for leaf, part in zip(leaves, parts)]

    def rebuild(new: Sequence[Any]) -> Any:
        built, rest = [], list(new)
        for leaf, part, (own, build) in zip(leaves, parts, inner, strict=True):
            mine, rest = rest[: len(own)], rest[len(own) :]
            built.append(_with_fields(leaf, build(mine)) if part else build(mine))
        return optree.tree_unflatten(structure, built)

    return [leaf for own, _ in inner for leaf in own], rebuild


def is_leaf(x: Any) -> bool:
    """Whether it can be differentiated with respect to: a number, an array, or a Value."""
    return isinstance(x, Node) or is_data(x)


def _only(leaves: Sequence[Any]) -> Any:
    return leaves[0]


def _fields(x: Any) -> list[tuple[str, Any]]:
    if isinstance(x, type) or isinstance(x, Node):
        return []
    if dataclasses.is_dataclass(x):
        return [(f.name, getattr(x, f.name)) for f in dataclasses.fields(x) if f.init]
    if attrs.has(type(x)):
        return [(f.name, getattr(x, f.name)) for f in attrs.fields(type(x)) if f.init]
    return []


def _with_fields(x: Any, fields: dict[str, Any]) -> Any:
    if dataclasses.is_dataclass(x):
        return dataclasses.replace(x, **fields)  # type: ignore[type-var]  # an instance
    return attrs.evolve(x, **{name.lstrip("_"): value for name, value in fields.items()})
