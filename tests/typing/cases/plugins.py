"""Hooks: a marker per hook checks what its implementation takes and returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_type

import opgrad as og
from opgrad import Node, Registry, Scheduler


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """As it should be."""
    return []


@og.hookimpl.opgrad_ops  # type: ignore[arg-type]
def ops_by_name() -> dict[str, og.Op]:
    """A mapping gives names, not ops."""
    return {}


@og.hookimpl.opgrad_ops  # type: ignore[arg-type]
def ops_of_a_registry(registry: Registry) -> list[og.Op]:
    """The hook has no arguments."""
    return []


@og.hookimpl.opgrad_ops  # type: ignore[arg-type]
def nothing() -> None:
    """A hook returns something."""


class Backwards:
    """A scheduler."""

    name = "backwards"

    def run(
        self, root: Node, cotangent: Any, wrt: frozenset[Node] | None, record: bool = False, /
    ) -> dict[Node, Any]:
        """Find no gradients."""
        return {}


class Nameless:
    """No scheduler: it cannot be selected."""

    def run(
        self, root: Node, cotangent: Any, wrt: frozenset[Node] | None, record: bool = False, /
    ) -> dict[Node, Any]:
        """Find no gradients."""
        return {}


@og.hookimpl.opgrad_schedulers
def opgrad_schedulers() -> Iterable[Scheduler]:
    """As it should be."""
    return [Backwards()]


@og.hookimpl.opgrad_schedulers  # type: ignore[arg-type]
def nameless() -> list[Nameless]:
    """Each needs a name."""
    return [Nameless()]


@og.hookimpl
def unchecked() -> int:
    """The plain marker marks anything, and keeps its type."""
    return 1


assert_type(unchecked(), int)

registry = og.default_registry()
assert_type(registry, Registry)
assert_type(registry.ops, Mapping[str, og.Op])
assert_type(registry.lookup("exp"), og.Op)

registry.ops["mine"] = registry.lookup("exp")  # type: ignore[index]
