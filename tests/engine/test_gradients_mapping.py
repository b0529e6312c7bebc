"""What `og.backward` returns: an immutable mapping whose arrays nobody can change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import opgrad as og
from opgrad.errors import CotangentError, NoGradientError
from opgrad_threaded import Threaded

Floats = npt.NDArray[np.float64]
ONES = np.ones(3)
SCHEDULERS = ["sequential", Threaded(2, inline_below=0)]


@og.op
def ignore_second(x: float, y: float) -> float:
    """X, from which nothing flows to y."""
    return x


@ignore_second.vjp
def _(g: float, out: float, x: float, y: float) -> tuple[float, None]:
    return g, None


def test_it_is_a_mapping() -> None:
    """Look-up, `in`, `len`, iteration and `items` agree."""
    x = og.Value(2.0)
    y = x * 3.0
    gradients = og.backward(y)
    assert isinstance(gradients, Mapping)
    assert set(gradients) == {x, y}
    assert len(gradients) == 2
    assert x in gradients
    assert dict(gradients.items()) == {x: 3.0, y: 1.0}


def test_wrt_gives_those_and_no_others() -> None:
    """With `wrt`, there is an entry for each of these, in their order."""
    x, y = og.Value(2.0), og.Value(3.0)
    result = (x * y).relu()
    assert list(og.backward(result, wrt=[y, x])) == [y, x]


def test_constants_have_no_entry() -> None:
    """No gradient is kept for plain numbers that met a Value."""
    x = og.Value(2.0)
    y = x * 3.0
    assert y.inputs[1] not in og.backward(y)


@pytest.mark.parametrize("wrt", [None, "both"])
def test_a_node_that_nothing_flows_to_has_no_entry(wrt: str | None) -> None:
    """A cotangent of None leaves no entry: not a zero, not a None."""
    x, y = og.Value(2.0), og.Value(3.0)
    gradients = og.backward(ignore_second(x, y), wrt=None if wrt is None else [x, y])
    assert y not in gradients
    assert None not in gradients.values()
    assert gradients.get(y, 0) == 0


def test_looking_up_a_missing_gradient_says_why() -> None:
    """A missing entry is a KeyError that names the node and the way out."""
    x, y = og.Value(2.0), og.Value(5.0)
    gradients = og.backward(x * 3.0)
    with pytest.raises(NoGradientError, match=r"to Value\(data=5.0, grad=0\).*\.get\(node, 0\)"):
        gradients[y]
    with pytest.raises(KeyError):
        gradients[y]


def test_an_unrelated_wrt_is_no_error() -> None:
    """A node of `wrt` that the root does not depend on has no entry."""
    x, y = og.Value(2.0), og.Value(5.0)
    assert list(og.backward(x * 3.0, wrt=[x, y])) == [x]


def test_wrt_the_root_is_the_cotangent() -> None:
    """The root's own gradient is the cotangent."""
    y = og.Value(2.0) * 3.0
    assert og.backward(y, 7.0, wrt=[y])[y] == 7.0


def test_wrt_nothing_is_empty() -> None:
    """An empty `wrt` gives an empty result."""
    assert len(og.backward(og.Value(2.0) * 3.0, wrt=[])) == 0


@pytest.mark.parametrize("wrt", [[3.0], ["x"], [None]])
def test_wrt_takes_only_nodes(wrt: list[Any]) -> None:
    """Something else than a Value in `wrt` is a TypeError."""
    with pytest.raises(TypeError, match="wrt takes Values; given"):
        og.backward(og.Value(2.0) * 3.0, wrt=wrt)


def test_repr_does_not_spill_arrays() -> None:
    """The repr gives the number of nodes."""
    assert repr(og.backward(og.Value(2.0) * 3.0)) == "<Gradients of 2 nodes>"


def test_backward_changes_no_node() -> None:
    """`og.backward` leaves `.grad` alone."""
    x = og.Value(2.0)
    og.backward(x * 3.0)
    assert x.grad == 0


# -- aliasing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_arrays_are_read_only(scheduler: Any) -> None:
    """No gradient can be written to: the inputs of a sum share one array."""
    x, y = og.Value(ONES), og.Value(ONES)
    gradients = og.backward(x + y, ONES, scheduler=scheduler)
    for gradient in gradients.values():
        with pytest.raises(ValueError, match="read-only"):
            gradient += 1.0


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_gradients_do_not_change_with_the_users_cotangent(scheduler: Any) -> None:
    """A buffer that is used for one cotangent after another does not change earlier results."""
    x, y = og.Value(ONES), og.Value(ONES)
    total = x + y
    rows = []
    unit = np.zeros(3)
    for i in range(3):
        unit[i] = 1.0
        rows.append(og.backward(total, unit, [x], scheduler=scheduler)[x])
        unit[i] = 0.0
    np.testing.assert_array_equal(rows, np.eye(3))


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_the_users_arrays_stay_as_they_are(scheduler: Any) -> None:
    """No pass writes into, or locks, the primals or the cotangent."""
    data, seed = np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0, 100.0])
    x = og.Value(data)
    result = x + x + x * x + x
    og.backward(result, seed, scheduler=scheduler)
    result.backward(seed, scheduler=scheduler)
    np.testing.assert_array_equal(data, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(seed, [1.0, 10.0, 100.0])
    assert data.flags.writeable
    assert seed.flags.writeable


def test_accumulating_in_place_hits_no_other_node() -> None:
    """A node that is fed thrice sums in place, yet the shared cotangents stay whole."""
    x, y = og.Value(ONES), og.Value(ONES)
    total = x + y
    result = total + x + x + x
    gradients = og.backward(result, ONES)
    np.testing.assert_array_equal(gradients[x], [4.0] * 3)
    np.testing.assert_array_equal(gradients[y], ONES)
    np.testing.assert_array_equal(gradients[total], ONES)
    np.testing.assert_array_equal(gradients[result], ONES)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_rules_may_return_the_same_array_for_both_inputs(scheduler: Any) -> None:
    """x + x: one array arrives twice at one node, and is not added to itself in place."""
    x = og.Value(ONES)
    total = x + x
    gradients = og.backward(total + total, ONES, scheduler=scheduler)
    np.testing.assert_array_equal(gradients[x], [4.0] * 3)
    np.testing.assert_array_equal(gradients[total], [2.0] * 3)


def test_grad_arrays_belong_to_their_node() -> None:
    """`.grad` may be changed in place without a change to any other."""
    x, y = og.Value(ONES), og.Value(ONES)
    (x + y).backward(ONES)
    x.grad *= 5.0
    np.testing.assert_array_equal(x.grad, [5.0] * 3)
    np.testing.assert_array_equal(y.grad, ONES)


# -- where a pass starts -----------------------------------------------------------------------


@pytest.mark.parametrize("data", [np.ones(3), np.ones((1, 1)), np.ones(0)])
def test_an_array_root_needs_a_cotangent(data: Floats) -> None:
    """At a root that is an array, also of one element, there is no default."""
    with pytest.raises(CotangentError, match=r"backward\(cotangent\)"):
        (og.Value(data) * 2.0).backward()


def test_a_complex_root_needs_a_cotangent() -> None:
    """A complex scalar is no real scalar."""
    with pytest.raises(CotangentError, match="complex"):
        (og.Value(2j) * 2.0).backward()


@pytest.mark.parametrize(
    "cotangent",
    [
        np.ones(2),
        np.ones((3, 1)),
        1.0,
        [1.0, 1.0, 1.0],
        "abc",
        og.Value(ONES),
        np.array([None] * 3),
    ],
    ids=repr,
)
def test_a_cotangent_that_does_not_fit_is_refused(cotangent: Any) -> None:
    """Another shape, or no number at all, is an error that names the root's shape."""
    with pytest.raises(CotangentError, match=r"root of shape \(3,\)"):
        og.backward(og.Value(ONES) * 2.0, cotangent)


def test_a_complex_cotangent_of_a_real_root_is_refused() -> None:
    """Real roots have real cotangents."""
    with pytest.raises(CotangentError, match="a real root takes a real cotangent"):
        og.backward(og.Value(2.0) * 2.0, 1j)


@pytest.mark.parametrize("root", [3.0, "x", None, [og.Value(1.0)]], ids=repr)
def test_only_nodes_have_a_backward_pass(root: Any) -> None:
    """`og.backward(3.0)` says what it takes."""
    with pytest.raises(TypeError, match=r"backward\(\) differentiates a Value; given"):
        og.backward(root)


def test_a_leaf_is_its_own_derivative() -> None:
    """From a leaf, a pass gives 1 for that leaf."""
    x = og.Value(2.0)
    assert dict(og.backward(x).items()) == {x: 1.0}
