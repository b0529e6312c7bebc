"""Which nodes a backward pass visits, in which order, and which VJPs it runs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import opgrad as og
from opgrad.schedule import plan
from opgrad_threaded import Threaded

SCHEDULERS = ["sequential", "threaded", Threaded(2, inline_below=0)]
calls: Counter[str] = Counter()


@og.op
def joint(x: float, y: float) -> float:
    """x + y, with one rule for both inputs, which is counted."""
    return x + y


@joint.vjp
def _(g: float, out: float, x: float, y: float) -> tuple[float, float]:
    calls["joint"] += 1
    return g, g


@og.op
def apart(x: float, y: float) -> float:
    """x + y, with a rule for each input, which are counted."""
    return x + y


@apart.vjp_wrt(0)
def _(g: float, out: float, x: float, y: float) -> float:
    calls["first"] += 1
    return g


@apart.vjp_wrt(1)
def _(g: float, out: float, x: float, y: float) -> float:
    calls["second"] += 1
    return g


@og.op
def floor(x: float) -> float:
    """The integer below; its rule is counted, and raises."""
    return float(int(x))


@floor.vjp
def _(g: float, out: float, x: float) -> float:
    calls["floor"] += 1
    raise og.NotDifferentiable("a step")


def _total(*inputs: float) -> float:
    return sum(inputs)


def _total_vjp(g: float, out: float, *inputs: float) -> tuple[float, ...]:
    calls["total"] += 1
    return (g,) * len(inputs)


total: Any = og.op(_total)  # the sum of any number of inputs, its rule counted
total.vjp(_total_vjp)


@pytest.fixture(autouse=True)
def _fresh_count() -> None:
    calls.clear()


@st.composite
def graphs(draw: st.DrawFn) -> list[og.Value[float]]:
    """Nodes of a random graph: leaves, then ops on any two nodes made before."""
    nodes: list[og.Value[Any]] = [og.Value(1.0) for _ in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(0, 25))):
        pick = st.sampled_from(nodes)
        nodes.append(draw(st.sampled_from([joint, apart]))(draw(pick), draw(pick)))
    return nodes


@given(graphs())
def test_every_node_once_and_consumers_first(nodes: list[og.Value[float]]) -> None:
    """A plan lists each node that the root depends on once, each before its inputs."""
    order, places = plan(nodes[-1], None)
    position = {node: i for i, node in enumerate(order)}
    assert set(order) == set(og.Graph.of(nodes[-1]).nodes) == set(places)
    assert len(order) == len(position)
    assert all(position[n] < position[parent] for n in order for parent in n.inputs)


@given(graphs(), st.data())
def test_only_nodes_on_a_path_from_wrt_are_planned(
    nodes: list[og.Value[float]], data: st.DataObject
) -> None:
    """With `wrt`, a plan holds the nodes that depend on it and that the root depends on."""
    wrt = frozenset(data.draw(st.lists(st.sampled_from(nodes), max_size=3)))
    order, _ = plan(nodes[-1], wrt)
    depends = set(wrt)
    for node in nodes:  # oldest first
        if any(parent in depends for parent in node.inputs):
            depends.add(node)
    assert set(order) == depends & set(og.Graph.of(nodes[-1]).nodes)


@given(graphs(), st.data())
def test_only_vjps_on_a_path_from_wrt_run(
    nodes: list[og.Value[float]], data: st.DataObject
) -> None:
    """The VJPs that run are those with an input that depends on `wrt`, each once."""
    calls.clear()
    wrt = frozenset(data.draw(st.lists(st.sampled_from(nodes), max_size=3)))
    order, places = plan(nodes[-1], wrt)
    og.backward(nodes[-1], wrt=wrt)
    expected: Counter[str] = Counter()
    for node in order:
        if node.op is apart:
            expected["first"] += node.inputs[0] in places
            expected["second"] += node.inputs[1] in places
        elif node.op is joint:
            expected["joint"] += any(parent in places for parent in node.inputs)
    assert calls == +expected


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_rules_per_input_run_only_where_needed(scheduler: Any) -> None:
    """The rule for an input that is data costs nothing."""
    x = og.Value(2.0)
    og.backward(apart(1.0, apart(x, 3.0)), scheduler=scheduler)
    assert calls == {"first": 1, "second": 1}


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
@pytest.mark.parametrize(
    "make", [lambda x: floor(x), lambda x: total(x, floor(x)), lambda x: joint(floor(x), x)]
)
def test_what_lies_behind_wrt_is_not_differentiated(make: Any, scheduler: Any) -> None:
    """The gradient of a node does not run that node's own VJP, which might raise."""
    inner = make(og.Value(2.5))
    result = inner * 2.0
    assert og.backward(result, wrt=[inner], scheduler=scheduler)[inner] == 2.0
    assert not calls


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_what_was_computed_from_constants_is_not_differentiated(scheduler: Any) -> None:
    """An op applied to plain numbers only has no gradient to give, and its VJP does not run."""
    x = og.Value(2.0)
    (x * floor(2.5) + joint(1.0, 1.0) + total(1.0, 2.0, 3.0)).backward(scheduler=scheduler)
    assert x.grad == 2.0
    assert not calls


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_an_op_may_take_any_number_of_inputs(n: int, scheduler: Any) -> None:
    """A forward with `*inputs` has one rule, that returns as many cotangents."""
    leaves = [og.Value(float(i)) for i in range(n)]
    result = total(*leaves)
    result.backward(scheduler=scheduler)
    assert [leaf.grad for leaf in leaves] == [1.0] * n
    assert calls == {"total": 1}


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
@pytest.mark.parametrize("place", range(4))
def test_wrt_is_found_at_each_place_of_an_op_of_many_inputs(place: int, scheduler: Any) -> None:
    """Inputs that are asked for beside others that are not, as in ``np.concatenate([a, b, x])``."""
    leaves = [og.Value(float(i)) for i in range(4)]
    result = total(*leaves) * 2.0
    found = og.backward(result, wrt=[leaves[place]], scheduler=scheduler)
    assert dict(found) == {leaves[place]: 2.0}
    inner = leaves[place] * 3.0
    result = total(*leaves[:place], inner, *leaves[place + 1 :])
    found = og.backward(result, wrt=[leaves[place]], scheduler=scheduler)
    assert dict(found) == {leaves[place]: 3.0}


def test_an_op_of_no_inputs_is_a_dead_end() -> None:
    """A forward with `*inputs`, called with none, gives a node that nothing flows through."""
    x = og.Value(2.0)
    (x + total()).backward()
    assert x.grad == 1.0
