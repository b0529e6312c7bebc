"""A copy of a Value never cuts a gradient: it is the Value itself, or a leaf that was asked for."""

from __future__ import annotations

import copy
import dataclasses
import functools
import itertools
import multiprocessing.reduction
import operator
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import attrs
import numpy as np
import pytest

import opgrad as og
from opgrad import Value
from opgrad.errors import CopyError

ARRAY = np.array([3.0, -2.0])


@dataclasses.dataclass
class Record:
    """A dataclass around a Value."""

    w: Any


@attrs.define
class Attrs:
    """An attrs record around a Value."""

    w: Any


class Pair(NamedTuple):
    """A named tuple around a Value."""

    w: Any


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "copy.copy of a list": lambda v: copy.copy([v])[0],
    "copy.deepcopy of a dict": lambda v: copy.deepcopy({"w": [v]})["w"][0],
    "copy.deepcopy of a record": lambda v: copy.deepcopy(Record(v)).w,
    "copy.deepcopy of an array of objects": lambda v: copy.deepcopy(objects(v))[0],
    "dataclasses.asdict": lambda v: dataclasses.asdict(Record(v))["w"],
    "dataclasses.astuple": lambda v: dataclasses.astuple(Record(v))[0],
    "dataclasses.replace": lambda v: dataclasses.replace(Record(1.0), w=v).w,
    "attrs.asdict": lambda v: attrs.asdict(Attrs(v))["w"],
    "attrs.astuple": lambda v: attrs.astuple(Attrs(v))[0],
    "attrs.evolve": lambda v: attrs.evolve(Attrs(v)).w,
    "_asdict": lambda v: Pair(v)._asdict()["w"],
    "_replace": lambda v: Pair(1.0)._replace(w=v).w,
    "v.copy()": lambda v: v.copy(),
    "np.copy": np.copy,
    "+v": operator.pos,
    "sum": lambda v: sum([v]),
    "max": lambda v: max([v], key=np.sum),
    "min": lambda v: min([v, v + 1.0], key=np.sum),
    "sorted": lambda v: sorted([v + 1.0, v], key=np.sum)[0],
    "reduce": lambda v: functools.reduce(operator.mul, [v, 1.0]),
    "accumulate": lambda v: list(itertools.accumulate([v, 0.0]))[-1],
    "chain": lambda v: next(itertools.chain([v])),
    "cache": lambda v: functools.cache(lambda x: x)(v),
    "a key": lambda v: next(iter({v: 1})),
    "list": lambda v: np.stack(list(v)) if np.ndim(v) else v,
    "a thread's copy": lambda v: in_a_thread(copy.deepcopy, v),
}
if hasattr(copy, "replace"):  # from Python 3.13 on
    COPIES["copy.replace"] = lambda v: copy.replace(Record(1.0), w=v).w  # type: ignore[attr-defined]

PICKLES: dict[str, Callable[[Any], Any]] = {
    **{
        f"protocol {protocol}": functools.partial(pickle.dumps, protocol=protocol)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
    "in a container": lambda v: pickle.dumps({"w": [v]}),
    "pickler in Python": lambda v: pickle._dumps(v),  # type: ignore[attr-defined]
    "multiprocessing": multiprocessing.reduction.ForkingPickler.dumps,
    "a thread, as in a pool of processes": lambda v: in_a_thread(pickle.dumps, v),
    "__reduce_ex__": lambda v: v.__reduce_ex__(4),
}


def objects(v: Any) -> Any:
    """An array of objects that holds a Value."""
    held = np.empty(1, dtype=object)
    held[0] = v
    return held


def in_a_thread(function: Callable[[Any], Any], v: Any) -> Any:
    """What a function returns in a thread of its own, where no context is inherited."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, v).result()


def square(v: Any) -> Any:
    """A function of which the derivative is known."""
    return np.sum(v**2)


@pytest.mark.parametrize("data", [3.0, np.float64(3.0), ARRAY], ids=["float", "float64", "array"])
@pytest.mark.parametrize("way", COPIES)
def test_a_copied_argument_is_not_cut_off(way: str, data: Any) -> None:
    """The derivative of the square of a copy is twice the argument, whatever made the copy."""
    g = og.grad(lambda v: square(COPIES[way](v)))(data)
    np.testing.assert_array_equal(g, 2.0 * data)


@pytest.mark.parametrize("way", COPIES)
def test_a_copied_result_is_not_cut_off(way: str) -> None:
    """The same for a Value that was computed."""
    g = og.grad(lambda v: square(COPIES[way](3.0 * v)))(ARRAY)
    np.testing.assert_array_equal(g, 18.0 * ARRAY)


@pytest.mark.parametrize(
    "transform",
    [
        lambda f: og.grad(f),
        lambda f: lambda x: og.vjp(f, x)[1](1.0)[0],
        lambda f: (
            lambda x: (
                og.jvp(f, (x,), (np.array([1.0, 0.0]),))[1] * np.array([1.0, 0.0])
                + og.jvp(f, (x,), (np.array([0.0, 1.0]),))[1] * np.array([0.0, 1.0])
            )
        ),
        lambda f: og.jacobian(f),
        lambda f: og.elementwise_grad(f),
        lambda f: og.grad(og.checkpoint(f)),
        lambda f: og.checkpoint(og.grad(f)),
        lambda f: (
            lambda x: (
                og.jacobian(og.grad(lambda y: f(y) * np.sum(y)))(x) @ np.ones(2) / 6.0
                - og.grad(f)(np.ones(2))
            )
        ),
    ],
    ids=["grad", "vjp", "jvp", "jacobian", "elementwise", "checkpoint", "inside", "hessian"],
)
def test_a_copy_in_every_transform(transform: Any) -> None:
    """What is copied within them is not cut off; the gradient of the plain square is the same."""
    copied = transform(lambda v: square(copy.deepcopy({"w": v})["w"]))(ARRAY)
    np.testing.assert_allclose(copied, transform(square)(ARRAY), rtol=1e-15)
    assert np.any(copied)


def test_a_copy_of_a_leaf_from_outside_is_not_cut_off_inside() -> None:
    """A transform within the user's own graph: the copy of what it captures is that."""
    w = Value(3.0)
    og.grad(lambda x: copy.deepcopy(w) ** 2 * x)(5.0).backward()
    assert w.grad == 6.0


def test_a_copy_of_a_leaf_from_outside_is_not_cut_off_in_a_checkpoint() -> None:
    """Also when it is run again, on the way back."""
    w = Value(3.0)
    og.grad(og.checkpoint(lambda x: copy.deepcopy(w) ** 2 * x))(5.0).backward()
    assert w.grad == 6.0


@pytest.mark.parametrize("way", PICKLES)
def test_an_argument_is_not_pickled_while_its_function_runs(way: str) -> None:
    """Another process, or a cache, would give back a leaf of its own: refused, and says why."""
    with pytest.raises(CopyError, match=r"being differentiated .* cut off .*v\.data"):
        og.grad(lambda v: (PICKLES[way](v), v)[1])(3.0)


@pytest.mark.parametrize("way", PICKLES)
def test_a_computed_value_is_never_pickled(way: str) -> None:
    """Its graph would come along."""
    with pytest.raises(CopyError, match=r"computed by op 'mul' .*v\.data"):
        PICKLES[way](Value(2.0) * 3.0)


@pytest.mark.parametrize("node", [og.Node(1.0), og.Constant(1.0)], ids=repr)
def test_nodes_are_their_own_copies_and_are_not_pickled(node: og.Node) -> None:
    """They do not change."""
    assert copy.copy(node) is node
    assert copy.deepcopy(node) is node
    with pytest.raises(CopyError, match="pickle its data"):
        pickle.dumps(node)


def test_a_computed_value_is_its_own_copy() -> None:
    """It does not change, and a gradient is to flow through it."""
    result = Value(2.0) * 3.0
    assert copy.copy(result) is result
    assert copy.deepcopy([result])[0] is result


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_parameter_is_independent(copied: Callable[[Any], Any]) -> None:
    """Outside of transforms a leaf is the user's own: a copy has a gradient of its own."""
    w = Value(ARRAY, grad=np.ones(2))
    best = copied({"w": w})["w"] if copied is copy.deepcopy else copied(w)
    np.testing.assert_array_equal(best.grad, w.grad)
    square(best).backward()
    np.testing.assert_array_equal(best.grad, 1.0 + 2.0 * ARRAY)
    np.testing.assert_array_equal(w.grad, np.ones(2))


def test_a_target_that_was_copied_has_no_part_in_the_gradient() -> None:
    """A loss between parameters and a deep copy of them: only the parameters' part."""
    online = {"w": Value(3.0)}
    target = copy.deepcopy(online)
    ((online["w"] * 2.0 - target["w"]) ** 2).backward()
    assert (online["w"].grad, target["w"].grad) == (12.0, -6.0)


def test_a_leaked_argument_is_its_own_copy() -> None:
    """After its call it is plain data to others, and no parameter of theirs."""
    leaked: list[Any] = []

    def leaking(v: Any) -> Any:
        leaked.append(v)
        return v

    og.grad(leaking)(3.0)
    assert copy.deepcopy(leaked[0]) is leaked[0]


def test_parameters_can_be_copied_while_another_thread_differentiates() -> None:
    """What is being run elsewhere is no matter of theirs."""
    begun, done = threading.Event(), threading.Event()

    def slow(v: Any) -> Any:
        begun.set()
        assert done.wait(60)
        return v * 2.0

    w = Value(1.0)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(og.grad(slow), 3.0)
        assert begun.wait(60)
        try:
            assert copy.deepcopy(w) is not w
            assert pickle.loads(pickle.dumps(w)).data == 1.0
        finally:
            done.set()
        assert running.result() == 2.0


def test_a_function_that_raises_leaves_nothing_behind() -> None:
    """Afterwards, copies are those of parameters again."""

    def fails(v: Any) -> Any:
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        og.grad(fails)(1.0)
    w = Value(1.0)
    assert copy.deepcopy(w) is not w
