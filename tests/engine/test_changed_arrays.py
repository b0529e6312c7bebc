"""Arrays that are written to between the forward and the backward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad import Value
from opgrad.data import SMALL, snapshot, snapshot_of_param
from opgrad.errors import ChangedError

ROWS = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
W = np.array([0.5, -1.0, 2.0])
LARGE = SMALL // 8 + 1  # float64 numbers in the smallest array that is not copied

BUFFERS: dict[str, Callable[[Any], Any]] = {
    "array": lambda buf: buf,
    "view": lambda buf: buf[:],
    "reversed": lambda buf: buf[::-1],
    "read-only view": lambda buf: read_only(buf),
    "broadcast": lambda buf: np.broadcast_to(buf, (3, 3)),
    "diagonal": lambda buf: np.diagonal(np.lib.stride_tricks.as_strided(buf, (3, 3), (0, 8))),
    "window": lambda buf: np.lib.stride_tricks.sliding_window_view(buf, 1)[:, 0],
    "subclass": lambda buf: buf.view(Labelled),
    "row": lambda buf: buf[None],
    "memory of others": lambda buf: np.frombuffer(memoryview(buf)),
}

MEETINGS: dict[str, Callable[[Any, Any], Any]] = {
    "w * buf": lambda w, buf: np.sum(w * buf),
    "buf * w": lambda w, buf: np.sum(buf * w),
    "w @ buf": lambda w, buf: np.sum(w @ buf.T),
    "w / buf": lambda w, buf: np.sum(w / buf),
    "np.multiply": lambda w, buf: np.sum(np.multiply(buf, w)),
    "og.ops.mul": lambda w, buf: np.sum(og.ops.mul(w, buf)),
    "np.where": lambda w, buf: np.sum(np.where(buf > 2.5, w, w**2)),
    "np.einsum": lambda w, buf: np.sum(np.einsum("i,...i->...i", w, buf)),
    "np.maximum": lambda w, buf: np.sum(np.maximum(w, buf - 3.0) * buf),
    "np.concatenate": lambda w, buf: np.sum(np.concatenate([w, np.ravel(buf)]) ** 2) * buf.flat[0],
    "a checkpoint": lambda w, buf: og.checkpoint(lambda w, b: np.sum(w * b))(w, buf),
    "a comparison": lambda w, buf: np.sum((w < buf) * w),
}


class Labelled(np.ndarray[Any, Any]):
    """A subclass of NumPy's arrays."""


def read_only(x: Any) -> Any:
    """A view that cannot be written to, of what can."""
    view = x.view()
    view.flags.writeable = False
    return view


@pytest.mark.parametrize("buffer", BUFFERS)
@pytest.mark.parametrize("meet", MEETINGS)
def test_a_small_buffer_may_be_reused(meet: str, buffer: str) -> None:
    """`for row in data: buf[:] = row; total += ...`: the gradient is that of fresh arrays."""

    def loss(w: Any, fresh: bool) -> Any:
        total, buf = 0.0, np.empty(3)
        for row in ROWS:
            if fresh:
                buf = np.empty(3)
            buf[:] = row
            total = total + MEETINGS[meet](w, BUFFERS[buffer](buf))
        return total

    expected = og.grad(loss)(W, True)
    np.testing.assert_array_equal(og.grad(loss)(W, False), expected)
    v = Value(W)
    loss(v, False).backward()
    np.testing.assert_array_equal(v.grad, expected)
    tangent = og.jvp(lambda w: loss(w, False), (W,), (W,))[1]
    np.testing.assert_allclose(tangent, expected @ W, rtol=1e-14)


PARAMS: dict[str, Callable[[Any, Any], Any]] = {
    "take": lambda v, i: np.take(v, i),
    "getitem": lambda v, i: v[i],
    "getitem in a tuple": lambda v, i: v[(i,)],
    "repeat": lambda v, i: np.repeat(v, i),
    "take_along_axis": lambda v, i: np.take_along_axis(v, np.asarray(i), 0),
    "compress": lambda v, i: np.compress(np.asarray(i) > 0, v),
    "roll": lambda v, i: np.roll(v, i, axis=(0, 0, 0)) * np.arange(3.0),
    "at": lambda v, i: og.at(v, i).set(0.0),
}


@pytest.mark.parametrize("as_given", [np.array, list], ids=["array", "list"])
@pytest.mark.parametrize("name", PARAMS)
def test_a_param_may_be_reused(name: str, as_given: Callable[[Any], Any]) -> None:
    """Indices, and other params that are arrays or lists, are those of the forward pass."""

    def loss(v: Any, later: bool) -> Any:
        indices = as_given([0, 1, 1])
        out = np.sum(PARAMS[name](v, indices) ** 2)
        if later:
            indices[0], indices[1] = 2, 0
        return out

    np.testing.assert_array_equal(og.grad(loss)(W, True), og.grad(loss)(W, False))


def test_a_pullback_does_not_see_later_changes_of_small_primals() -> None:
    """It is that of the call."""
    w = W.copy()
    _, pull = og.vjp(lambda w: np.sum(w**3), w)
    w -= 0.5
    np.testing.assert_array_equal(pull(1.0)[0], 3.0 * W**2)


def changed(w: Any) -> Any:
    """Writes to a large buffer between two uses."""
    buf = np.ones(LARGE)
    total = np.sum(w * buf)
    buf[:] = 2.0
    return total + np.sum(w * buf)


@pytest.mark.parametrize(
    "differentiate",
    [
        og.grad(changed),
        og.jacobian(changed),
        og.grad(og.grad(lambda w: changed(w) ** 2)),
        lambda w: og.jvp(changed, (w,), (w,)),
        lambda w: changed(Value(w)).backward(),
    ],
    ids=["grad", "jacobian", "grad of grad", "jvp", "backward"],
)
def test_debug_mode_tells_of_a_large_buffer_that_changed(differentiate: Any) -> None:
    """It names the op, its plugin, the input, and the line that applied it."""
    words = r"input 1 of op 'mul' of plugin 'arithmetic' .*shape \(513,\).*was written to.*"
    with og.debug(), pytest.raises(ChangedError, match=words + r"test_changed_arrays\.py:\d+"):
        differentiate(np.array(1.0))


@pytest.mark.parametrize("place", [0, 1 << 19, -1])
def test_debug_mode_tells_of_very_large_buffers_by_a_sample(place: int) -> None:
    """What was written to all of it, or to a stretch of one in a hundred, is seen."""
    buf = np.ones(1 << 20)
    w = Value(1.0)
    with og.debug():
        total = np.sum(w * buf)
        buf[place : place + (1 << 13) if place >= 0 else None] = 2.0
        if place < 0:
            buf[-(1 << 13) :] = 2.0
        with pytest.raises(ChangedError):
            total.backward()


def test_debug_mode_tells_of_changed_primals_of_vjp() -> None:
    """Those that are too large to be copied."""
    x = np.ones(LARGE)
    with og.debug():
        _, pull = og.vjp(lambda x: np.sum(x * x), x)
        x[0] = 5.0
        with pytest.raises(ChangedError, match="input 0 of op 'mul'"):
            pull(1.0)


def test_debug_mode_has_nothing_to_say_of_arrays_that_stay() -> None:
    """Large and small constants and arguments, used twice."""
    data = np.ones(LARGE)
    with og.debug():
        g = og.grad(lambda w: np.sum(w * data) + np.sum(data / w))(np.array(2.0))
    np.testing.assert_allclose(g, LARGE * 0.75)


def test_what_cannot_change_is_not_copied() -> None:
    """An array that owns its elements and is sealed, and a view of one."""
    sealed = np.ones(3)
    sealed.flags.writeable = False
    assert snapshot(sealed) is sealed
    assert (Value(1.0) * sealed).inputs[1].data is sealed
    constant = np.frombuffer(bytes(24))
    assert snapshot(constant) is constant
    view = sealed[1:]
    assert (Value(1.0) * view).inputs[1].data is view


def test_large_arrays_are_not_copied() -> None:
    """A data set that meets a Value in every step stays with its owner."""
    data = np.ones(LARGE)
    assert (Value(1.0) * data).inputs[1].data is data


def test_a_copied_constant_keeps_its_layout_and_dtype() -> None:
    """Column by column, float32, no axes."""
    for x in (np.ones((2, 3), order="F"), np.ones(3, dtype=np.float32), np.array(2.0), W > 0):
        held: Any = (Value(1.0) * x).inputs[1].data
        assert held is not x
        assert (held.dtype, held.shape, held.strides) == (x.dtype, x.shape, x.strides)
        assert not held.flags.writeable


def test_params_are_what_they_were() -> None:
    """Of the same types, and nothing else is copied."""
    thing = object()
    param = (1, [2, thing], np.array([3]), "x")
    found = snapshot_of_param(param)
    assert found[0] == 1
    assert found[1] == [2, thing]
    assert found[1] is not param[1]
    assert found[2] is not param[2]
    assert type(found) is tuple
