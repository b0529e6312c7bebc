"""Ops with a given rule, to see what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import VjpError
from opgrad_threaded import Threaded

SCHEDULERS: list[Any] = ["sequential", "threaded", Threaded(2, inline_below=0)]
Rule = Callable[..., Any]


def unary(rule: Rule, *, elementwise: bool = False) -> Any:
    """An op x -> 2 x with that VJP."""

    def double(x: Any) -> Any:
        return x * 2

    made = og.op(elementwise=elementwise)(double) if elementwise else og.op(double)
    made.vjp(rule)
    return made


def binary(rule: Rule, *, elementwise: bool = False) -> Any:
    """An op x, y -> x + y with that VJP."""

    def plus(x: Any, y: Any) -> Any:
        return x + y

    made = og.op(elementwise=elementwise)(plus) if elementwise else og.op(plus)
    made.vjp(rule)
    return made


def ternary(rule: Rule) -> Any:
    """An op x, y, z -> x + y + z with that VJP."""

    @og.op
    def plus3(x: Any, y: Any, z: Any) -> Any:
        return x + y + z

    plus3.vjp(rule)
    return plus3


def error_of(result: og.Value[Any], kind: type[Exception] = VjpError) -> str:
    """The message that all schedulers give."""
    messages = set()
    for scheduler in SCHEDULERS:
        with pytest.raises(kind) as caught:
            og.backward(result, np.ones_like(result.data), scheduler=scheduler)
        messages.add("\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())]))
    (message,) = messages
    return message


X = og.Value(2.0)
Y = og.Value(5.0)
ROW = og.Value(np.array([1.0, 2.0, 3.0]))
ROW32 = og.Value(np.array([1.0, 2.0, 3.0], np.float32))
