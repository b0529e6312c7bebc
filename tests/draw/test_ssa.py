"""A graph as text in SSA form."""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Graph, Node, Value


def test_the_classic_example() -> None:
    """One line for each leaf and op, its value as a comment."""
    a, b, c = Value(2), Value(-3), Value(10)
    assert str(Graph.of((a + b * c).relu())) == (
        "%0 = input 2\n"
        "%1 = input -3\n"
        "%2 = input 10\n"
        "%3 = mul %1, %2         # -30\n"
        "%4 = add %0, %3         # -28\n"
        "%5 = relu %4            # 0\n"
        "return %5"
    )


def test_names_and_gradients() -> None:
    """Named nodes go by their names; gradients stand behind the values once there are any."""
    a, b = Value(2.0), Value(-3.0)
    product = a * b
    product.backward()
    assert str(Graph.of(product, names={a: "a", product: "my product"})) == (
        "%a = input 2.0                  # grad -3.0\n"
        "%1 = input -3.0                 # grad 2.0\n"
        '%"my product" = mul %a, %1      # -6.0, grad 1.0\n'
        'return %"my product"'
    )


def test_constants_stand_in_the_place_of_the_argument() -> None:
    """A constant has no line of its own."""
    x = Value(1)
    assert (
        str(Graph.of(x * 0.1234567890123))
        .splitlines()[1]
        .startswith("%1 = mul %0, 0.1234567890123 ")
    )


def test_a_named_constant_has_a_line() -> None:
    """A name makes a constant worth a line."""
    tau = og.Constant(6.28)
    assert str(Graph.of(og.ops.mul(Value(1), tau), names={tau: "tau"})).startswith(
        "%tau = constant 6.28\n"
    )


def test_a_constant_may_be_returned() -> None:
    """A graph of nothing but a constant still says what it returns."""
    assert str(Graph.of(og.Constant(2.5))) == "return 2.5"


def test_several_outputs() -> None:
    """All outputs are returned, in the order given."""
    x = Value(1)
    doubled = x + x
    assert str(Graph.of(doubled, x)).endswith("\nreturn %1, %0")


def test_no_outputs() -> None:
    """The empty graph returns nothing."""
    assert str(Graph.of()) == "return"


def test_params_and_arrays() -> None:
    """Params stand in braces; an array is its dtype and shape."""

    @og.op
    def total(x: og.Raw, *, axis: int) -> og.Raw:
        return np.sum(x, axis=axis)

    assert str(Graph.of(total(Value(np.ones((3, 2))), axis=1))) == (
        "%0 = input float64[3, 2]\n%1 = total %0 {axis=1}  # float64[3]\nreturn %1"
    )


def test_a_quoted_name_stays_on_its_line() -> None:
    """A line break in a name is escaped."""
    x = Value(1)
    assert (
        str(Graph.of(x, names={x: 'a\n"b"'})) == '%"a\\n\\"b\\"" = input 1\nreturn %"a\\n\\"b\\""'
    )


def test_a_number_for_a_name_is_no_other_nodes_number() -> None:
    """A name of digits is quoted, so that it cannot be read as a line's number."""
    x, y = Value(1), Value(2)
    text = str(Graph.of(x + y, names={y: "0"}))
    assert '%2 = add %0, %"0"' in text


def test_one_long_line_does_not_push_all_comments_away() -> None:
    """Comments are aligned with the lines of usual length."""

    @og.op
    def together(*inputs: og.Raw) -> og.Raw:
        return sum(inputs)

    xs = [Value(i) for i in range(40)]
    lines = str(Graph.of(together(*xs) + xs[0])).splitlines()
    assert lines[-3].endswith("%39  # 780")
    assert lines[-2] == "%41 = add %40, %0       # 780"


def test_a_deep_graph_does_not_recurse() -> None:
    """A chain of 100,000 ops prints."""
    x: Node = Value(1.0)
    total = x
    for _ in range(100_000):
        total = og.ops.add(total, x)
    assert str(Graph.of(total)).endswith(
        "%100000 = add %99999, %0        # 100001.0\nreturn %100000"
    )
