"""Transforms keep a function's parameters, and the type of its result."""

from __future__ import annotations

from typing import Any, assert_type

import opgrad as og


def f(x: float, *, scale: float = 1.0) -> float:
    """A scalar function."""
    return x * scale


def with_aux(x: float) -> tuple[float, str]:
    """A scalar function with something beside."""
    return x, "aux"


og.grad(f)(1.0, scale=2.0)
og.grad(f)("text")  # type: ignore[arg-type]
og.grad(f)(1.0, power=2.0)  # type: ignore[call-arg]
assert_type(og.value_and_grad(f)(1.0), tuple[float, Any])
assert_type(og.value_and_grad(with_aux, has_aux=True)(1.0), tuple[tuple[float, str], Any])
assert_type(og.grad(with_aux, has_aux=True)(1.0), tuple[Any, str])
assert_type(og.jvp(f, (1.0,), (1.0,)), tuple[float, float])
assert_type(og.vjp(f, 1.0)[0], float)
assert_type(og.checkpoint(f)(1.0, scale=2.0), float)
