"""What forwards and rules raise arrives whole, with a note that names the op."""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import ForwardError
from tests.engine.ops_with_rules import ROW, SCHEDULERS, Rule, X, error_of, unary


class OwnError(Exception):
    """Some exception of a plugin's own, with arguments of its own."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code


def boom(*_: Any) -> Any:
    """Raise an exception of a type that OpGrad does not know."""
    raise OwnError(7, "boom")


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_an_exception_in_a_vjp_arrives_whole(scheduler: Any) -> None:
    """It keeps its type, its state and its traceback into the rule, and gets one note."""
    result = unary(boom)(X * 3.0) + 1.0
    with pytest.raises(OwnError) as caught:
        og.backward(result, scheduler=scheduler)
    assert caught.value.code == 7
    assert caught.traceback[-1].name == "boom"
    (note,) = caught.value.__notes__
    assert re.fullmatch(
        r"in the VJP of op 'double' \(of module .*ops_with_rules, not registered by a plugin\) "
        r"at inputs \(6\.0\); "
        r"run the forward pass under og\.debug\(\) to see the line that created it",
        note,
    )


def test_an_exception_in_a_forward_arrives_whole() -> None:
    """It keeps its type and state, and gets one note that names op and inputs."""
    failing = og.op(lambda x, y: boom(x, y))
    with pytest.raises(OwnError) as caught:
        failing(X, 4.0)
    assert caught.value.code == 7
    (note,) = caught.value.__notes__
    assert "in the forward of op '<lambda>'" in note
    assert "on inputs (2.0, 4.0)" in note


def test_an_exception_in_an_operator_gets_the_note_too() -> None:
    """Shapes that do not broadcast: NumPy's own error, with op, plugin, version and inputs."""
    with pytest.raises(ValueError, match="broadcast") as caught:
        ROW + og.Value(np.ones(2))
    (note,) = caught.value.__notes__
    assert re.match(r"in the forward of op 'add' of plugin 'arithmetic' \(opgrad \d+\.\d+", note)
    assert "array([1., 1.])" in note


def test_a_registered_op_is_named_with_its_plugin_and_version() -> None:
    """Errors say whose op it is."""
    module: Any = types.ModuleType("my_plugin")
    module.double = unary(lambda g, out, x: "nonsense")
    module.opgrad_ops = og.hookimpl(_returning([module.double], "opgrad_ops"))
    registry = og.Registry(builtins=tuple, installed=tuple)
    registry.register(module, name="mine", version="1.2.3")
    assert "op 'double' of plugin 'mine' (module my_plugin 1.2.3)" in error_of(module.double(X))


def _returning(result: Any, name: str) -> Callable[[], Any]:
    def hook() -> Any:
        return result

    hook.__name__ = name
    return hook


@pytest.mark.parametrize(
    "nonsense",
    ["a", None, [1.0], (1.0, 2.0), og.Value(1.0), np.array([None]), np.str_("a")],
    ids=repr,
)
def test_a_forward_that_returns_no_data(nonsense: Any) -> None:
    """A forward must return a number or a numeric array; else nothing is recorded."""
    with pytest.raises(ForwardError, match=r"the forward of op '<lambda>'.* returned .*; expected"):
        og.op(lambda x: nonsense)(X)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_a_failed_pass_leaves_grad_alone(scheduler: Any) -> None:
    """`.grad` is changed by whole passes only."""
    x = og.Value(2.0)
    result = x * 3.0 + unary(boom)(x)
    with pytest.raises(OwnError):
        result.backward(scheduler=scheduler)
    assert (x.grad, result.grad) == (0, 0)
    (x * 3.0).backward(scheduler=scheduler)
    assert x.grad == 3.0


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_of_two_failures_the_newer_node_is_reported(scheduler: Any) -> None:
    """Whatever runs first, the exception is that of the sequential order."""

    def rule(which: str) -> Rule:
        def fail(g: Any, out: Any, x: Any) -> Any:
            raise RuntimeError(which)

        return fail

    result = unary(rule("older"))(ROW) + unary(rule("newer"))(ROW)
    with pytest.raises(RuntimeError, match="newer"):
        og.backward(result, np.ones(3), scheduler=scheduler)


def test_a_rule_may_not_write_into_its_cotangent() -> None:
    """It is other nodes' too: NumPy refuses, and the note names the op."""

    @og.op(elementwise=True)
    def doubled(x: Any) -> Any:
        return x * 2

    @doubled.vjp
    def rule(g: Any, out: Any, x: Any) -> Any:
        g *= 2
        return g

    v = og.Value(np.ones(2))
    with pytest.raises(ValueError, match="read-only") as info:
        doubled(v).backward(np.ones(2))
    assert "op 'doubled'" in info.value.__notes__[0]


def test_a_forward_may_not_write_into_a_value() -> None:
    """NumPy refuses, and the note names the op."""

    @og.op(elementwise=True)
    def doubled(x: Any) -> Any:
        x *= 2
        return x

    with pytest.raises(ValueError, match="read-only") as info:
        doubled(og.Value(np.ones(2)))
    assert "op 'doubled'" in info.value.__notes__[0]


def test_the_repr_of_an_input_cannot_hide_an_error() -> None:
    """An integer of more digits than Python converts to text."""
    with pytest.raises(OverflowError) as info:
        og.Value(10**5000) / 2
    assert "op 'div'" in info.value.__notes__[0]
