"""Compiled twins: functions of :mod:`opgrad.native`, in the place of Python's where there are any.

The functions in Python are whole, and what is meant to be read. ``native.pyx`` has twins of those
that every eager pass spends its time in. It is compiled when OpGrad is installed where a C compiler
is; without one, or with ``OPGRAD_NATIVE=0`` in the environment, all runs in Python, slower.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def _find() -> ModuleType | None:
    if os.environ.get("OPGRAD_NATIVE") == "0":
        return None
    try:
        native = import_module("opgrad.native")
    except ModuleNotFoundError:  # not compiled
        return None
    source = Path(__file__).with_name("native.pyx")  # in a checkout
    if source.exists() and source.stat().st_mtime > Path(str(native.__file__)).stat().st_mtime:
        warnings.warn(
            "opgrad/native.pyx is newer than what was compiled of it, so OpGrad runs in Python, "
            "slower. Install it again: pip install --editable .",
            RuntimeWarning,
            stacklevel=2,
        )
        return None
    return native


NATIVE = _find()
"""The compiled module, if there is one."""

COMPILED: type = type(NATIVE.connect) if NATIVE is not None else FunctionType
"""The type of its functions."""


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
