"""What is wrong with an op is said when it shows, by name; nothing passes silently."""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import ForwardError, VjpError
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


# -- the number of cotangents ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ((1.0,), "1 cotangents"),
        ((1.0, 1.0, 1.0), "3 cotangents"),
        ((), "0 cotangents"),
        (1.0, "float 1.0"),
        ([1.0, 1.0], "list [1.0, 1.0]"),
        (None, "None (is a `return` missing?)"),
    ],
    ids=repr,
)
def test_a_wrong_number_of_cotangents(returned: Any, said: str) -> None:
    """A rule of two inputs must return a tuple of two."""
    message = error_of(binary(lambda g, out, x, y: returned)(X, Y))
    assert f"returned {said}; expected a tuple of 2" in message
    assert "op 'plus' (of module" in message


@pytest.mark.parametrize("returned", [(1.0, 1.0), (), [1.0], None], ids=repr)
def test_a_wrong_number_of_cotangents_of_one_input(returned: Any) -> None:
    """A rule of one input returns a cotangent, or a tuple of one."""
    assert "op 'double'" in error_of(unary(lambda g, out, x: returned)(X))


def test_a_forgotten_return_of_a_rule_per_input() -> None:
    """None is what Python returns for a missing `return`; no gradient is said as (None,)."""

    @og.op
    def scaled(x: float, y: float) -> float:
        return x * y

    scaled.vjp_wrt(0)(lambda g, out, x, y: None)
    scaled.vjp_wrt(1)(lambda g, out, x, y: (None,))
    message = error_of(scaled(X, 2.0))
    assert "returned None (is a `return` missing?)" in message
    assert og.backward(scaled(2.0, Y)).get(Y) is None


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


def test_a_wrong_number_of_cotangents_of_three_inputs() -> None:
    """The check is the same where there are more inputs."""
    message = error_of(ternary(lambda g, out, x, y, z: (g, g))(X, Y, X))
    assert "returned 2 cotangents; expected a tuple of 3" in message


@pytest.mark.parametrize("returned", [4.0, (4.0,)], ids=repr)
def test_a_tuple_of_one_is_as_good_as_its_cotangent(returned: Any) -> None:
    """For one input, both forms are right."""
    assert og.backward(unary(lambda g, out, x: returned)(X))[X] == 4.0


# -- what is no cotangent ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "ct",
    ["a", [1.0], {}, object, og.Value(1.0), np.array(None), np.str_("a"), np.datetime64("2020")],
    ids=repr,
)
@pytest.mark.parametrize("arity", [1, 2, 3])
def test_what_is_no_number_is_no_cotangent(arity: int, ct: Any) -> None:
    """Text, lists, Values, arrays of objects: refused, with what was expected."""
    if arity == 1:
        result = unary(lambda g, out, x: ct)(X)
    elif arity == 2:
        result = binary(lambda g, out, x, y: (g, ct))(X, Y)
    else:
        result = ternary(lambda g, out, x, y, z: (g, ct, g))(X, Y, X)
    message = error_of(result)
    position = 0 if arity == 1 else 1
    assert f"for input {position} of {arity}" in message
    assert "expected a number or array of the input's shape, or None" in message


@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize(
    "ct", [np.ones((2, 3)), np.ones(2), np.ones((3, 1)), 1.0, np.float64(1.0)], ids=repr
)
def test_a_cotangent_of_another_shape(ct: Any, elementwise: bool) -> None:
    """A cotangent of shape (2, 3) for an input of shape (3,) is not summed silently."""
    message = error_of(unary(lambda g, out, x: ct, elementwise=elementwise)(ROW))
    assert "expected shape (3,)" in message
    assert "for input 0 of 1 (an array of shape (3,) and dtype float64)" in message


def test_only_elementwise_ops_are_unbroadcast() -> None:
    """A cotangent of the output's shape is reduced for an op that says it broadcasts."""

    def rule(g: Any, out: Any, x: Any, y: Any) -> tuple[Any, Any]:
        return g, g

    assert og.backward(binary(rule, elementwise=True)(X, ROW), np.ones(3))[X] == 3.0
    assert "expected shape ()" in error_of(binary(rule)(X, ROW))


def test_a_complex_cotangent_of_a_real_input() -> None:
    """Complex for real is refused, also where the imaginary part is 0."""
    for leaf, ct in [(X, 1 + 0j), (ROW, np.ones(3, complex)), (ROW32, np.ones(3, np.complex64))]:
        message = error_of(unary(lambda g, out, x, ct=ct: ct)(leaf))
        assert "expected a real cotangent between real input and output" in message


@pytest.mark.parametrize(
    ("wanted", "given"), [("f4", "f2"), ("f8", "f4"), ("f8", "f2"), ("c16", "c8"), ("c16", "f4")]
)
def test_a_less_precise_cotangent(wanted: str, given: str) -> None:
    """A cotangent that has lost digits on the way is refused."""
    leaf = og.Value(np.ones(3, wanted))
    message = error_of(unary(lambda g, out, x: np.ones(3, given))(leaf))
    assert f"expected dtype {np.dtype(wanted)}" in message


# -- none, zero, not defined -------------------------------------------------------------------


def test_none_is_no_gradient() -> None:
    """None leaves no entry, and nothing flows on from there."""
    inner = X * 3.0
    gradients = og.backward(binary(lambda g, out, x, y: (None, g))(inner, Y))
    assert inner not in gradients
    assert X not in gradients
    assert gradients[Y] == 1.0


def test_none_beside_a_gradient_adds_nothing() -> None:
    """None from one consumer leaves what another sends."""
    gradients = og.backward(unary(lambda g, out, x: (None,))(X) + X)
    assert gradients[X] == 1.0


@pytest.mark.parametrize("order", [1, -1])
def test_no_gradient_as_a_tuple_of_one_adds_nothing(order: int) -> None:
    """Before or after what another consumer sends."""
    flat, scaled = unary(lambda g, out, x: (None,))(X), X * 3.0
    total = flat + scaled if order == 1 else scaled + flat
    assert og.backward(total)[X] == 3.0


def test_an_elementwise_op_that_is_a_reduction() -> None:
    """The cotangent of its output is not that of any broadcast input."""

    @og.op(elementwise=True)
    def total(x: Any) -> Any:
        return np.sum(x)

    total.vjp(lambda g, out, x: g)
    assert "expected shape (3,)" in error_of(total(ROW))


def test_a_shared_not_differentiable_stays_clean() -> None:
    """An instance that a module keeps is not the one raised: it would keep the graph alive."""
    shared = og.NotDifferentiable("steps")
    for _ in range(2):
        with pytest.raises(og.NotDifferentiable, match="steps") as info:
            og.backward(unary(lambda g, out, x: shared)(X))
        assert info.value is not shared
    assert shared.__traceback__ is None


def test_the_repr_of_an_input_cannot_hide_an_error() -> None:
    """An integer of more digits than Python converts to text."""
    with pytest.raises(OverflowError) as info:
        og.Value(10**5000) / 2
    assert "op 'div'" in info.value.__notes__[0]


def test_zero_is_a_gradient() -> None:
    """A zero has an entry, unlike None."""
    assert og.backward(unary(lambda g, out, x: 0.0)(X))[X] == 0.0


def test_not_differentiable_raised() -> None:
    """A rule may raise NotDifferentiable; it arrives with a note on where."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        raise og.NotDifferentiable("it has steps")

    message = error_of(unary(rule)(X), og.NotDifferentiable)
    assert "it has steps" in message
    assert "in the VJP of op 'double'" in message


def test_not_differentiable_returned_is_raised_if_asked_for() -> None:
    """An instance in the place of a cotangent is an error if that one is needed."""
    made = binary(lambda g, out, x, y: (g, og.NotDifferentiable("y has steps")))
    message = error_of(made(X, Y), og.NotDifferentiable)
    assert "y has steps" in message
    assert "in the VJP of op 'plus'" in message


def test_not_differentiable_returned_is_no_error_if_not_asked_for() -> None:
    """The gradients of the other inputs are there."""
    made = binary(lambda g, out, x, y: (g, og.NotDifferentiable("y has steps")))
    assert og.backward(made(X, Y), wrt=[X])[X] == 1.0
    assert og.backward(made(X, 5.0))[X] == 1.0


# -- what ops raise ----------------------------------------------------------------------------


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
        r"in the VJP of op 'double' \(of module .*test_rule_errors, not registered by a plugin\) "
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
