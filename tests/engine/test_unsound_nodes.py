"""Nodes that nobody should make: refused when made, and never read as what they are not.

What could crash the interpreter runs in an interpreter of its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from textwrap import dedent
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import InputError
from opgrad.twins import NATIVE
from opgrad.value import Value

V = Value(2.0)
BARE = og.Op(name="bare", forward=abs, arity=0)


def run(code: str) -> str:
    """What a script prints, in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_node_of_numbers_in_the_place_of_nodes() -> None:
    """Which the backward pass would read the memory of."""
    assert "takes nodes for inputs; given float 1.0" in run(
        """
        import opgrad as og
        try:
            og.backward(og.Node(3.0, og.ops.mul, (1.0, 2.0)))
        except TypeError as error:
            print(error)
        """
    )


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "text": (lambda: og.Node("text"), r"Node\(\) holds numbers and numeric arrays"),
    "a node for data": (lambda: og.Node(V), r"Node\(\) holds numbers and numeric arrays"),
    "constant text": (lambda: og.Constant("text"), r"Constant\(\) holds numbers"),
    "number for op": (lambda: og.Node(1.0, 3, (V,)), r"takes an op, .*; given int 3"),  # type: ignore[arg-type]  # on purpose
    "function for op": (lambda: og.Node(1.0, np.exp, (V,)), r"takes an op"),  # type: ignore[arg-type]  # on purpose
    "class for op": (lambda: og.Node(1.0, og.Op, (V,)), r"takes an op"),  # type: ignore[arg-type]  # on purpose
    "empty op": (lambda: og.Node(1.0, og.Op.__new__(og.Op), (V,)), r"takes an op"),
    "inputs of a leaf": (lambda: og.Node(1.0, None, (V,)), r"makes a leaf here"),
    "params of a leaf": (lambda: og.Node(1.0, None, (), {"a": 1}), r"makes a leaf here"),
    "op of a constant": (lambda: og.Constant(1.0, og.ops.exp, (V,)), r"makes a leaf here"),
    "node for inputs": (lambda: og.Node(1.0, og.ops.exp, V), r"takes a tuple of nodes"),  # type: ignore[arg-type]  # on purpose
    "None for inputs": (lambda: og.Node(1.0, og.ops.exp, None), r"takes a tuple of nodes"),  # type: ignore[arg-type]  # on purpose
    "an array among inputs": (
        lambda: og.Node(1.0, og.ops.exp, (np.ones(2),)),  # type: ignore[arg-type]  # on purpose
        r"takes nodes for inputs; given an array of shape \(2,\)",
    ),
    "an empty node": (
        lambda: og.Node(1.0, og.ops.exp, (Value.__new__(Value),)),
        r"the Value that was given was made without its __init__",
    ),
    "too few": (lambda: og.Node(1.0, og.ops.mul, (V,)), r"takes inputs: 2; given 1"),
    "too many": (lambda: og.Node(1.0, og.ops.exp, (V, V)), r"takes inputs: 1; given 2"),
    "none": (lambda: og.Node(1.0, og.ops.mul), r"takes inputs: 2; given 0"),
    "none of any number": (lambda: og.Node(1.0, og.ops.concatenate), r"one input or more"),
    "none of none": (lambda: og.Node(1.0, BARE), r"takes inputs: 0; given 0"),
    "unknown param": (
        lambda: og.Node(1.0, og.ops.leaky_relu, (V,), {"slop": 1.0}),
        r"takes a mapping of params \(slope\); given dict",
    ),
    "no mapping": (
        lambda: og.Node(1.0, og.ops.leaky_relu, (V,), [("slope", 1.0)]),  # type: ignore[arg-type]  # on purpose
        r"takes a mapping of params",
    ),
    "a node for a param": (
        lambda: og.Node(1.0, og.ops.leaky_relu, (V,), {"slope": V}),
        r"a param is never differentiated",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_node_that_does_not_hold_together_is_refused(case: str) -> None:
    """With what was given, and what fits."""
    make, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        make()


def test_a_node_made_by_hand_is_differentiated() -> None:
    """What fits is taken; inputs in a list, params in any mapping."""
    node = og.Node(-0.6, og.ops.leaky_relu, [x := Value(-2.0)], MappingProxyType({"slope": 0.3}))  # type: ignore[arg-type]  # on purpose
    assert og.backward(node)[x] == 0.3


EMPTY: dict[str, Callable[[Any], Any]] = {
    "backward": og.backward,
    "wrt": lambda v: og.backward(V * V, wrt=[v]),
    "method": lambda v: v.backward(),
    "op": og.ops.exp,
    "op of two": lambda v: og.ops.mul(v, 2.0),
    "operator": lambda v: v + 1.0,
    "reflected": lambda v: 1.0 + v,
    "second": lambda v: V + v,
    "both": lambda v: v * v,
    "unary": lambda v: -v,
    "ufunc": np.exp,
    "function": np.sum,
    "graph": og.Graph.of,
}


@pytest.mark.parametrize("use", EMPTY)
@pytest.mark.parametrize("cls", [Value, og.Node, og.Constant, type("Sub", (Value,), {})])
def test_a_node_without_init_is_an_input_error(use: str, cls: Any) -> None:
    """Made by ``__new__`` alone, it is empty; Python itself knows only the class."""
    if cls in (og.Node, og.Constant) and use not in ("backward", "wrt", "op", "op of two", "graph"):
        return  # these have no operators
    with pytest.raises(InputError, match="was made without its __init__"):
        EMPTY[use](cls.__new__(cls))


TORN = """
import itertools
import numpy as np
import opgrad as og
from opgrad import schedule, value
from opgrad.twins import NATIVE

ODD = (3.0, None, "x", (), (1,), ((), 3), ((3,), {}), [], {}, object(), og.Op, np.ones(2),
       og.Op(name="bare", forward=abs, arity=1), og.Op.__new__(og.Op), og.Value.__new__(og.Value))
SLOTS = {"node": ("x", "y", "more", "op", "data", "number"),
         "op": ("forward", "rules", "joint_rule", "elementwise", "arity", "opaque")}

def made():
    a, b = og.Value(np.ones((3, 2))), og.Value(np.ones(2))
    op = og.op(elementwise=True)(lambda x, y: x * y)
    op.vjp_wrt(0)(lambda g, out, x, y: g * y)
    op.vjp_wrt(1)(lambda g, out, x, y: g * x)
    return op, op(a, b)

def tried(use, *args):
    try:
        use(*args)
    except Exception:
        pass

def uses(op, node, odd):
    yield lambda: og.backward(node, np.ones((3, 2)))
    yield lambda: og.backward(node * 2.0, np.ones((3, 2)))
    yield lambda: og.backward(np.concatenate([node, node, node]), np.ones((9, 2)))
    yield lambda: og.backward(node, np.ones((3, 2)), wrt=[og.Value(1.0)])
    yield lambda: node.backward(np.ones((3, 2)))
    yield lambda: op(node, node)
    yield lambda: repr(node)
    if NATIVE is not None:
        yield lambda: NATIVE.plan(node, None)
        yield lambda: NATIVE.plan(odd, None)
        yield lambda: NATIVE.newer([node, odd], 0)
        yield lambda: NATIVE.older([node, odd], 0)
        yield lambda: NATIVE.fit(node, 0, np.ones(2), np.ones((3, 2)))
        yield lambda: NATIVE.fit(odd, 0, np.ones(2), np.ones((3, 2)))
        yield lambda: NATIVE.fit(og.Value(np.ones((3, 2))), 0, np.ones(2), np.ones((3, 2)))
        yield lambda: NATIVE.spend([node, og.Value(1.0)], odd)
        yield lambda: NATIVE.spend([og.Value(1.0)], int)
        yield lambda: NATIVE.apply(odd, (node,))
        yield lambda: NATIVE.apply(op, odd)
        yield lambda: NATIVE.unary("x", odd)(node)
        yield lambda: NATIVE.binary("x", odd)(node, node)
        yield lambda: NATIVE.run_in_order(None, odd, 1.0, None)
        yield lambda: NATIVE.run_in_order(None, node, odd, odd)
        yield lambda: NATIVE.own(odd, odd)
        yield lambda: NATIVE.leaves(odd)
        yield lambda: NATIVE.has_nan(odd)
        yield lambda: NATIVE.any_has_nan(odd, [odd])
        yield lambda: NATIVE.read_only(odd)
        yield lambda: NATIVE.array_ufunc(odd, odd, odd, odd)
        yield lambda: repr(NATIVE.record(odd, odd, odd, odd, odd))
        yield lambda: og.backward(NATIVE.record(op, odd, odd, odd, 1.0))
        yield lambda: og.backward(NATIVE.record(op, node, None, odd, 1.0), 1.0)

for what, odd in itertools.product(SLOTS, ODD):
    for name in SLOTS[what]:
        for i, _ in enumerate(uses(*made(), odd)):
            op, node = made()
            object.__setattr__(node if what == "node" else op, name, odd)
            tried(list(uses(op, node, odd))[i])
print("no crash")
"""


def test_slots_written_to_in_spite_of_everything_crash_nothing() -> None:
    """Each slot of a node and an op holds each odd thing, and all that reads slots is run."""
    assert run(TORN) == "no crash"


MEANWHILE = """
import numpy as np
import opgrad as og

x, y = og.Value(2.0), og.Value(3.0)

def meanwhile(change):
    op = og.op(lambda a, b: a * b)
    inner = x * y
    @op.vjp
    def _(g, out, a, b):
        change(inner)
        return g * b, g * a
    try:
        og.backward(op(inner, y))
    except Exception as error:
        assert str(error)

for name in ("x", "y", "more", "op", "data", "number"):
    for odd in (3.0, None, "x", (1,), object()):
        meanwhile(lambda node: object.__setattr__(node, name, odd))
meanwhile(lambda node: object.__setattr__(node, "__class__", og.Node))

class Pair(tuple):
    pass

for returned in (Pair((1.0, 2.0)), (1.0,), (1.0, 2.0, 3.0), [1.0, 2.0], None, "xy", Pair(())):
    op = og.op(lambda a, b: a * b)
    op.vjp(lambda g, out, a, b: returned)
    try:
        og.backward(op(x, y))
    except og.OpgradError as error:
        assert "returned" in str(error), error

class Wide(og.Value):
    __slots__ = ("more_of_it", "__dict__")

class Kept(og.Node):
    pass

for cls in (Wide, Kept):
    leaf = cls(3.0)
    assert og.backward(og.ops.mul(leaf, y))[leaf] == 3.0
print("no crash")
"""


def test_rules_that_meddle_with_the_graph_crash_nothing() -> None:
    """Nor do rules that return other than they should, and classes of other layouts."""
    assert run(MEANWHILE) == "no crash"


@pytest.mark.skipif(NATIVE is None, reason="OpGrad runs in Python here")
def test_connecting_what_is_no_class_changes_nothing() -> None:
    """The compiled functions go on with the classes that they have."""
    assert NATIVE is not None
    with pytest.raises(TypeError, match="Node is 3, which is no class"):
        NATIVE.connect(Node=3)
    assert (V * V).data == 4.0
