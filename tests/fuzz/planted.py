"""Mistakes on purpose: functions in the place of NumPy's, each wrong in one way, as faults are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

import opgrad as og
from tests.fuzz.namespaces import OPGRAD


class Replaced(ModuleType):
    """NumPy, but for some functions."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__("numpy")
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def with_mistake(name: str, function: Callable[..., Any]) -> dict[str, Any]:
    """What names in programs stand for, one of NumPy's functions being wrong."""
    return OPGRAD | {"np": Replaced({name: function})}


def wrong_factor() -> Callable[..., Any]:
    """A tanh whose rule forgets a factor."""

    @og.op(elementwise=True)
    def tanh(x: Any) -> Any:
        return np.tanh(x)

    @tanh.vjp
    def _(g: Any, out: Any, x: Any) -> Any:
        return g * (1 - out)

    return tanh


def wrong_jvp() -> Callable[..., Any]:
    """A tanh whose own rule for tangents is wrong."""

    @og.op(elementwise=True)
    def tanh(x: Any) -> Any:
        return np.tanh(x)

    @tanh.vjp
    def _(g: Any, out: Any, x: Any) -> Any:
        return g * (1 - out * out)

    @tanh.jvp
    def _(tangents: Any, out: Any, x: Any) -> Any:
        return tangents[0] * (1 + out * out)

    return tanh


def wrong_second() -> Callable[..., Any]:
    """A tanh whose rule takes a part of the derivative for a constant."""

    @og.op(elementwise=True)
    def tanh(x: Any) -> Any:
        return np.tanh(x)

    @tanh.vjp
    def _(g: Any, out: Any, x: Any) -> Any:
        return g * (1 - og.stop_gradient(out) * out)

    return tanh


def wrong_dtype() -> Callable[..., Any]:
    """A tanh that is always in double precision."""

    @og.op(elementwise=True)
    def tanh(x: Any) -> Any:
        return np.tanh(np.asarray(x, np.complex128 if np.iscomplexobj(x) else np.float64))

    @tanh.vjp
    def _(g: Any, out: Any, x: Any) -> Any:
        return g * (1 - out * out)

    return tanh


def zero_absorbs() -> Callable[..., Any]:
    """A cbrt whose infinite derivative is put to 0."""

    @og.op(elementwise=True)
    def cbrt(x: Any) -> Any:
        return np.cbrt(x)

    @cbrt.vjp
    def _(g: Any, out: Any, x: Any) -> Any:
        return np.where(x == 0, 0.0, g / (3 * np.where(x == 0, 1.0, out) ** 2))

    return cbrt
