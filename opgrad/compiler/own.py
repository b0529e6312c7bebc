"""Which modules are OpGrad's own: to these a stand-in is what it is, to others what it stands for."""

from __future__ import annotations

import sys
from functools import cache

from opgrad.discovery import builtin_entry_points


@cache
def _own_packages() -> frozenset[str]:
    return frozenset({"opgrad", *(e.module.partition(".")[0] for e in builtin_entry_points())})


def is_own_module(name: str) -> bool:
    """Whether it is a module of OpGrad or of one of its built-in plugins."""
    return name.partition(".")[0] in _own_packages()


def asks() -> bool:
    """Whether OpGrad is what runs the calling property or method."""
    return is_own_module(sys._getframe(2).f_globals.get("__name__", ""))
