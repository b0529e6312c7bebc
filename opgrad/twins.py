"""Compiled twins: functions of :mod:`opgrad.native`, in the place of Python's where there are any.

The functions in Python are whole, and what is meant to be read. ``native.pyx`` has twins of those
that every eager pass spends its time in. It is compiled when OpGrad is installed where a C compiler
is; without one, or with ``OPGRAD_NATIVE=0`` in the environment, all runs in Python, slower.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def _find() -> ModuleType | None:
    if os.environ.get("OPGRAD_NATIVE") == "0":
        return None
    try:
        return import_module("opgrad.native")
    except ImportError:  # not compiled
        return None


NATIVE = _find()
"""The compiled module, if there is one."""


def twin(name: str) -> Callable[[F], F]:
    """Decorator: the compiled function of this name, which leaves rare cases to this one."""

    def choose(function: F) -> F:
        if NATIVE is None:
            return function
        NATIVE.python[name] = function
        compiled: F = getattr(NATIVE, name)
        update_wrapper(compiled, function)  # it is documented once
        return compiled

    return choose


def connect(**parts: Any) -> None:
    """Give the compiled functions the classes and functions of OpGrad that they use."""
    if NATIVE is not None:
        NATIVE.connect(**parts)
