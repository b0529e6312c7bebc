"""A cotangent that does not fit is an error that names the op; nothing passes silently."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.engine.ops_with_rules import ROW, ROW32, X, Y, binary, error_of, ternary, unary

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


def test_a_wrong_number_of_cotangents_of_three_inputs() -> None:
    """The check is the same where there are more inputs."""
    message = error_of(ternary(lambda g, out, x, y, z: (g, g))(X, Y, X))
    assert "returned 2 cotangents; expected a tuple of 3" in message


@pytest.mark.parametrize("returned", [4.0, (4.0,)], ids=repr)
def test_a_tuple_of_one_is_as_good_as_its_cotangent(returned: Any) -> None:
    """For one input, both forms are right."""
    assert og.backward(unary(lambda g, out, x: returned)(X))[X] == 4.0


@pytest.mark.parametrize("scheduler", ["sequential", "threaded"])
def test_a_rule_may_call_ops(scheduler: str) -> None:
    """On raw data, these give Values, whose data is meant."""
    x = og.Value(np.array([0.5, 1.0]))
    called = unary(lambda g, out, x: g * og.ops.sigmoid(x))(x)
    pair = binary(lambda g, out, x, y: (og.ops.sigmoid(g), og.Value(1.0)))(called, X)
    found = og.backward(pair, np.zeros(2), wrt=[x, X], scheduler=scheduler)
    assert np.allclose(found[x], 0.5 / (1 + np.exp(-x.data)))
    assert found[X] == 1.0


# -- what is no cotangent ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "ct",
    ["a", [1.0], {}, object, np.array(None), np.str_("a"), np.datetime64("2020")],
    ids=repr,
)
@pytest.mark.parametrize("arity", [1, 2, 3])
def test_what_is_no_number_is_no_cotangent(arity: int, ct: Any) -> None:
    """Text, lists, arrays of objects: refused, with what was expected."""
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


def test_an_elementwise_op_that_is_a_reduction() -> None:
    """The cotangent of its output is not that of any broadcast input."""

    @og.op(elementwise=True)
    def total(x: Any) -> Any:
        return np.sum(x)

    total.vjp(lambda g, out, x: g)
    assert "expected shape (3,)" in error_of(total(ROW))
