"""Debug mode names the op that made the first NaN, and the line that made its node."""

from __future__ import annotations

import gc
import re
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad import diagnostics
from opgrad.errors import NonFiniteError, VjpError
from opgrad_threaded import Threaded

NAN = float("nan")
SCHEDULERS = ["sequential", "threaded", Threaded(2, inline_below=0)]


@og.op
def spoil(x: float) -> float:
    """NaN."""
    return x * NAN


@spoil.vjp
def _(g: float, out: float, x: float) -> float:
    return g


@og.op
def kink(x: Any, y: Any, /) -> Any:
    """x + y, with a VJP that makes a NaN."""
    return x + y


@kink.vjp
def _(g: Any, out: Any, x: Any, y: Any) -> tuple[Any, Any]:
    return g, g * NAN


def line_of(text: str) -> int:
    """The line of this file that has that comment."""
    with open(__file__, encoding="utf-8") as source:
        (number,) = (i for i, line in enumerate(source, 1) if line.rstrip().endswith(f"# {text}"))
    return number


def test_a_nan_in_the_forward_pass_is_an_error_at_once() -> None:
    """It names op, inputs, file, line and function."""
    x = og.Value(2.0)
    with og.debug(), pytest.raises(NonFiniteError) as caught:
        spoil(x + 1.0)  # makes the NaN
    assert re.fullmatch(
        r"op 'spoil' \(of module .*\) on \(3\.0\) made the first NaN: nan; "
        rf"created at {re.escape(__file__)}:{line_of('makes the NaN')} in "
        r"test_a_nan_in_the_forward_pass_is_an_error_at_once",
        str(caught.value),
    )


def test_operators_are_watched_too() -> None:
    """inf - inf, through an operator: the line is the user's, not OpGrad's."""
    x = og.Value(float("inf"))
    with og.debug(), pytest.raises(NonFiniteError, match=r"op 'sub' of plugin 'arithmetic'") as e:
        x - x  # subtracts
    assert f"{__file__}:{line_of('subtracts')} in" in str(e.value)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
@pytest.mark.parametrize("data", [2.0, np.ones(3)], ids=["scalar", "array"])
def test_a_nan_in_the_backward_pass_is_an_error_at_once(data: Any, scheduler: Any) -> None:
    """It names the op, the input, and the line that made the node."""
    x = og.Value(data)
    with og.debug():
        result = kink(x * 2.0, x * 3.0) * 4.0  # makes the kink
        with pytest.raises(NonFiniteError) as caught:
            og.backward(result, np.ones(np.shape(data)), scheduler=scheduler)
    message = str(caught.value)
    assert message.startswith("the VJP of op 'kink' (of module")
    assert " made the first NaN of the backward pass, in the cotangent of input 1: " in message
    assert f"; created at {__file__}:{line_of('makes the kink')} in " in message


def test_a_nan_of_a_node_from_before_says_how_to_find_its_line() -> None:
    """Only the backward pass was run in debug mode."""
    result = kink(og.Value(2.0), og.Value(3.0))
    with og.debug(), pytest.raises(NonFiniteError, match=r"; run the forward pass under og\.debug"):
        og.backward(result)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_backward_in_debug_mode_gives_the_same(scheduler: Any) -> None:
    """Where there is no NaN, debug mode changes no result."""
    x = og.Value(np.array([1.0, -2.0]))
    result = (x * x + x).relu()
    expected = og.backward(result, np.ones(2))[x]
    with og.debug():
        found = og.backward(result, np.ones(2), scheduler=scheduler)[x]
    np.testing.assert_array_equal(found, expected)


def test_a_nan_that_was_there_before_is_no_error() -> None:
    """Only the op that makes the first NaN is to blame."""
    x = og.Value(NAN)
    with og.debug():
        y = x * 2.0
        gradients = og.backward(y)
    assert gradients[x] == 2.0
    assert np.isnan(y.data)


def test_nan_passes_outside_debug_mode() -> None:
    """Without debug mode, NaN is a number like any other."""
    assert np.isnan(spoil(og.Value(2.0)).data)


def test_other_errors_name_the_line_as_well() -> None:
    """In debug mode, also an error in a VJP says where its node was made."""
    wrong = og.op(lambda x: x)
    wrong.vjp(lambda g, out, x: "nonsense")
    with og.debug():
        y = wrong(og.Value(1.0))  # wrong rule
        with pytest.raises(VjpError, match=f"test_debug_mode.py:{line_of('wrong rule')} in test_"):
            y.backward()


def test_blocks_may_be_nested() -> None:
    """The mode ends with the outermost block."""
    with og.debug():
        with og.debug():
            pass
        with pytest.raises(NonFiniteError):
            spoil(og.Value(1.0))
    spoil(og.Value(1.0))


def test_it_is_off_after_an_exception() -> None:
    """An exception that leaves the block ends the mode, and forgets all lines."""
    with pytest.raises(NonFiniteError), og.debug():
        spoil(og.Value(1.0))
    assert diagnostics.state.depth == 0
    assert not diagnostics.state.sites
    spoil(og.Value(1.0))


def test_lines_are_forgotten_with_their_nodes() -> None:
    """A long training run in debug mode does not grow."""
    gc.disable()
    try:
        with og.debug():
            x = og.Value(1.0)
            for _ in range(10):
                y = x * 2.0 + 1.0
            assert len(diagnostics.state.sites) == 2
            del y
            assert not diagnostics.state.sites
    finally:
        gc.enable()


def test_nothing_is_recorded_outside() -> None:
    """Outside of debug mode nodes leave no trace."""
    y = og.Value(1.0) * 2.0
    assert diagnostics.created_at(y).startswith("run the forward pass under og.debug()")
    assert not diagnostics.state.sites


def test_integers_have_no_nan() -> None:
    """Data that has no NaN, such as integers and booleans, is not looked into."""
    x = og.Value(3)
    with og.debug():
        y = x * 2 + (x > 1)
        y.backward()
    assert x.grad == 2
