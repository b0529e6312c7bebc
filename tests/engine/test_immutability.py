"""Nothing in a graph can be changed, and nodes are told apart by identity."""

from __future__ import annotations

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import ImmutableError

A = og.Value(2.0)
PRODUCT = A * 3.0
NODE_FIELDS = (
    "op",
    "inputs",
    "params",
    "data",
    "number",
    "x",
    "y",
    "more",
    "__dict__",
    "unheard_of",
)
NODES = (og.Node(1.0), og.Constant(1.0), A, PRODUCT)
FROZEN: tuple[tuple[object, str], ...] = (
    *[(node, name) for node in NODES for name in NODE_FIELDS],
    *[
        (og.ops.mul, name)
        for name in ("name", "forward", "arity", "rules", "joint_rule", "samples")
    ],
    *[(og.Graph.of(PRODUCT), name) for name in ("nodes", "inputs", "outputs")],
    *[(og.backward(PRODUCT), name) for name in ("_cotangents", "unheard_of")],
)


def _label(value: object) -> str:
    return value if isinstance(value, str) else type(value).__name__


@pytest.mark.parametrize(("thing", "field"), FROZEN, ids=_label)
def test_fields_cannot_be_assigned(thing: object, field: str) -> None:
    """Assigning to a field of a node, op, graph or result raises an AttributeError."""
    with pytest.raises(AttributeError):
        setattr(thing, field, None)


@pytest.mark.parametrize(("thing", "field"), FROZEN, ids=_label)
def test_fields_cannot_be_deleted(thing: object, field: str) -> None:
    """Deleting a field of a node, op, graph or result raises an AttributeError."""
    with pytest.raises(AttributeError):
        delattr(thing, field)


@pytest.mark.parametrize("node", NODES, ids=_label)
def test_a_refused_assignment_changes_nothing(node: og.Node) -> None:
    """A node is the same after an assignment that was refused."""
    before = [getattr(node, name) for name in og.Node.fields]
    for name in og.Node.fields:
        with pytest.raises(ImmutableError):
            setattr(node, name, object())
    assert [getattr(node, name) for name in og.Node.fields] == before


def test_the_error_for_data_says_what_to_do() -> None:
    """`v.data = 3` is answered with how to update a parameter."""
    v = og.Value(2.0)
    with pytest.raises(ImmutableError, match=r"Value\(p\.data - rate \* p\.grad\)"):
        v.data = 3.0


def test_grad_may_be_assigned() -> None:
    """`.grad` is a place for people, and may be set."""
    v = og.Value(2.0)
    v.grad = 5.0
    (v * 1.0).backward()
    assert v.grad == 6.0


@pytest.mark.parametrize(
    "node",
    [
        PRODUCT,
        og.ops.leaky_relu(og.Value(-1.0), slope=0.3),
        og.Node(1.0, og.ops.leaky_relu, (A,), {"slope": 0.3}),
    ],
)
def test_params_cannot_be_changed(node: og.Node) -> None:
    """A node's params are a read-only mapping, with or without any."""
    with pytest.raises(TypeError):
        node.params["slope"] = 1  # type: ignore[index]  # what is tested


def test_params_do_not_follow_the_mapping_they_came_in() -> None:
    """A node keeps a copy."""
    params = {"slope": 0.3}
    node = og.Node(1.0, og.ops.leaky_relu, (A,), params)
    params["slope"] = 7.0
    assert node.params == {"slope": 0.3}


def test_values_of_equal_data_are_different_keys() -> None:
    """Two Values of equal data are two keys of a mapping: hashing is by identity."""
    v, w = og.Value(1.0), og.Value(1.0)
    keys = {v: "v", w: "w"}
    assert (keys[v], keys[w], len(keys)) == ("v", "w", 2)


def test_plain_nodes_compare_by_identity() -> None:
    """Two nodes of equal data are not equal."""
    n, m = og.Node(1.0), og.Node(1.0)
    assert {n: "n"}[n] == "n"
    assert n != m


@pytest.mark.parametrize("cls", [og.Node, og.Constant, og.Value])
def test_nodes_hash_by_identity(cls: type[og.Node]) -> None:
    """A node's hash is that of the object, also where the data has none."""
    node = cls(np.array([1.0, 2.0]))
    assert hash(node) == object.__hash__(node)


def test_inputs_have_smaller_numbers() -> None:
    """A node is younger than its inputs, constants among them."""
    v = og.Value(1.0)
    total = v + 2.0
    assert all(parent.number < total.number for parent in total.inputs)
