"""Loops."""

from __future__ import annotations

from opgrad_llvm.layout import Layout
from opgrad_llvm.roles import Roles
from opgrad_llvm.schedule import Schedule, Step
from opgrad_llvm.unit import Unit


def emit_loop(
    unit: Unit, name: str, step: Step, schedule: Schedule, roles: Roles, layout: Layout
) -> list[str]:
    """Write."""
    raise NotImplementedError
