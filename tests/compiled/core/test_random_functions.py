"""Random functions, compiled: their values and gradients are those of eager code.

They are the same ones in each run: rounding may turn a decision, and an ill-conditioned function
may make much of it, so that some would fail that are right.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.random_functions import function_of, inputs, programs, tolerance_of
from tests.compiled.core.same import assert_same


def _assert_compiles(
    function: Callable[[dict[str, Any]], Any], lots: list[dict[str, Any]], backend: str
) -> None:
    """Each lot of inputs leads to what the function gives, also when its program is there."""
    compiled = og.compile(function, backend=backend)
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        for lot in [*lots, *lots]:
            assert_same(compiled(lot), function(lot), tolerance_of(lot))


@EACH_BACKEND
@settings(max_examples=150, derandomize=True)
@given(data=st.data())
def test_values(backend: str, data: st.DataObject) -> None:
    """For several values of the inputs, twice, in all ways that they lead."""
    function = function_of(data.draw(programs()))
    _assert_compiles(function, data.draw(inputs()), backend)


@EACH_BACKEND
@settings(max_examples=150, derandomize=True)
@given(data=st.data())
def test_gradients(backend: str, data: st.DataObject) -> None:
    """Of the sum of the last result, by all inputs at once."""
    program = function_of(data.draw(programs()))

    def loss(lot: dict[str, Any]) -> Any:
        return program(lot)["sum"]

    _assert_compiles(og.value_and_grad(loss), data.draw(inputs()), backend)


@EACH_BACKEND
@settings(max_examples=50, derandomize=True)
@given(data=st.data())
def test_second_derivatives(backend: str, data: st.DataObject) -> None:
    """The gradient of the length of the gradient, squared."""
    program = function_of(data.draw(programs(longest=4)))

    def size(lot: dict[str, Any]) -> Any:
        gradients = og.grad(lambda lot: program(lot)["sum"])(lot)
        return sum(np.sum(g * g) for g in gradients.values())

    _assert_compiles(og.grad(size), data.draw(inputs(count=2)), backend)
