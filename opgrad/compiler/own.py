"""Which modules are OpGrad's own: to these alone a stand-in is what it is."""

from __future__ import annotations

import sys
from functools import cache

from opgrad.discovery import builtin_entry_points

_known: dict[str, bool] = {}


@cache
def _own_packages() -> frozenset[str]:
    return frozenset({"opgrad", *(e.module.partition(".")[0] for e in builtin_entry_points())})


def is_own_module(name: str) -> bool:
    """Whether it is a module of OpGrad or of one of its built-in plugins."""
    found = _known.get(name)
    if found is None:
        found = _known[name] = name.partition(".")[0] in _own_packages()
    return found


def asks() -> bool:
    """Whether OpGrad is what runs the calling property or method."""
    name = sys._getframe(2).f_globals.get("__name__", "")
    found = _known.get(name)
    return is_own_module(name) if found is None else found
