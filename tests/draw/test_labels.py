"""The short text that stands for data, params and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad import Node, Value
from opgrad.draw.label import Kind, label, literal, short


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (2, "2"),
        (2.0, "2.0"),
        (True, "True"),
        (1 / 3, "0.333333"),
        (-1e-17 / 3, "-3.33333e-18"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (1 + 2j, "(1+2j)"),
        (123456789012345, "1.23457e+14"),
        (-(2**5000), "-2**5000..."),
        (np.float32(0.1), "0.1"),
        (np.array(0.25), "0.25"),
        (np.ones((3, 2)), "float64[3, 2]"),
        (np.ones(0, dtype=np.int8), "int8[0]"),
    ],
)
def test_short_data(data: Any, text: str) -> None:
    """Numbers keep about six digits; arrays are their dtype and shape."""
    assert short(data) == text


def test_an_integer_that_python_refuses_to_print() -> None:
    """Its size is shown."""
    assert short(2**50000 + 1) == literal(2**50000 + 1) == "2**50000..."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (1 / 3, "0.3333333333333333"),
        (123456789012345, "123456789012345"),
        (2**5000, "2**5000..."),
        (np.float32(0.1), "0.1"),
        (np.array(0.25), "0.25"),
        (np.ones((3, 2)), "float64[3, 2]"),
    ],
)
def test_literals(data: Any, text: str) -> None:
    """A literal has all its digits, in its own precision."""
    assert literal(data) == text


def _lines(*nodes: Node, **names: Node) -> list[tuple[str, ...]]:
    labels = label(nodes, nodes[-1:], {node: name for name, node in names.items()})
    return [this.lines for this in labels]


def test_lines_of_each_kind_of_node() -> None:
    """A title, where there is one to give, and the value."""
    x, k = Value(2), og.Constant(3)
    assert _lines(x, k, og.ops.mul(x, k)) == [("input", "2"), ("3",), ("mul", "6")]


def test_named_nodes() -> None:
    """A leaf's name is its title; an op's stands before the op; in one line each."""
    x, k = Value(2), og.Constant(3)
    product = og.ops.mul(x, k)
    names = {x: "x", k: "my\n k", product: "p"}
    assert [this.title for this in label([x, k, product], [], names)] == ["x", "my k", "p = mul"]


def test_kinds_outputs_and_inputs() -> None:
    """What drawings tell apart, and where edges come from."""
    x, k = Value(2), og.Constant(3)
    labels = label(nodes := [k, x, og.ops.mul(x, k)], nodes[-1:], {})
    assert [this.kind for this in labels] == [Kind.CONSTANT, Kind.INPUT, Kind.OP]
    assert [this.is_output for this in labels] == [False, False, True]
    assert [this.inputs for this in labels] == [(), (), (1, 0)]


def test_no_gradients_are_shown_while_there_are_none() -> None:
    """All gradients are the 0 that they start from: nothing to show."""
    x = Value(2.0)
    assert _lines(x, x * x) == [("input", "2.0"), ("mul", "4.0")]


def test_with_one_gradient_all_are_shown() -> None:
    """A zero gradient is news where others are not zero; a constant has none."""
    x, k = Value(-2.0), og.Constant(3.0)
    product = og.ops.mul(x, k)
    y = product.relu()
    y.backward()
    assert _lines(x, k, product, y) == [
        ("input", "-2.0", "grad 0.0"),
        ("3.0",),
        ("mul", "-6.0", "grad 0.0"),
        ("relu", "0.0", "grad 1.0"),
    ]


def test_a_gradient_that_is_an_array() -> None:
    """It is shown as other arrays are."""
    x = Value(np.ones((3, 2)))
    (x * x).backward(np.ones((3, 2)))
    assert _lines(x) == [("input", "float64[3, 2]", "grad float64[3, 2]")]


def test_a_node_that_keeps_no_gradient() -> None:
    """Plain nodes have no place for one."""
    assert _lines(Node(1)) == [("input", "1")]


def test_params() -> None:
    """Params follow the op's name: arrays short, other long values cut."""

    @og.op
    def pick(x: og.Raw, *, where: og.Raw, how: object) -> og.Raw:
        return x

    node = pick(Value(1), where=np.ones(3), how="x" * 100)
    (this,) = label([node.inputs[0], node], [], {})[1:]
    assert this.title == "pick {where=float64[3], how='" + "x" * 38 + "…}"


def test_a_zero_of_numpys_is_no_gradient() -> None:
    """Of whichever type the number 0 is."""
    assert _lines(Value(1, grad=np.float32(0)), Value(2, grad=np.array(0))) == [
        ("input", "1"),
        ("input", "2"),
    ]
