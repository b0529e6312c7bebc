"""NumPy functions that programs take apart, so that nothing is called back for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same

A = np.linspace(-1.5, 2.0, 12).reshape(3, 4)
A[1, 2] = -0.0
B = np.linspace(0.5, -1.0, 8).reshape(2, 4)
CUBE = np.linspace(-1.0, 1.0, 24).reshape(2, 3, 4)

FORMS: dict[str, Callable[..., Any]] = {
    "concatenate": lambda x, y, z: np.concatenate([x, y, A]),
    "concatenate, last axis": lambda x, y, z: np.concatenate((x, x[:, :1], 2 * x), axis=-1),
    "concatenate, of all elements": lambda x, y, z: np.concatenate([x, y], axis=None),
    "concatenate, of integers": lambda x, y, z: np.concatenate([np.zeros((1, 4), int), x]),
    "stack": lambda x, y, z: np.stack([x, -x, A], axis=1),
    "stack, of one": lambda x, y, z: np.stack([x], axis=-1),
    "stack, of numbers": lambda x, y, z: np.stack([x[0, 0], y[0, 0], 1.0]),
    "hstack": lambda x, y, z: np.hstack([x[0], y[0]]),
    "hstack, of matrices": lambda x, y, z: np.hstack([x, x]),
    "vstack": lambda x, y, z: np.vstack([x[0], y]),
    "dstack": lambda x, y, z: np.dstack([x, 2 * x]),
    "column_stack": lambda x, y, z: np.column_stack([x[:, 0], x]),
    "column_stack, of numbers": lambda x, y, z: np.column_stack([x[0, 0], y[0, 0]]),
    "append, of all elements": lambda x, y, z: np.append(x, y),
    "append, of a number": lambda x, y, z: np.append(1.5, np.append(x, 1.5)),
    "broadcast_to, by an array": lambda x, y, z: np.broadcast_to(x, np.array([2, 3, 4])),
    "reshape, by an array": lambda x, y, z: np.reshape(x, np.array([2, -1])),
    "append": lambda x, y, z: np.append(x, y, axis=0),
    "pad": lambda x, y, z: np.pad(x, 1),
    "pad, each side": lambda x, y, z: np.pad(x, ((1, 0), (0, 2))),
    "roll": lambda x, y, z: np.roll(x, 1),
    "roll, back": lambda x, y, z: np.roll(x, -5, axis=1),
    "roll, axes": lambda x, y, z: np.roll(x, (1, 2), axis=(0, 1)),
    "diff": lambda x, y, z: np.diff(x),
    "diff, twice": lambda x, y, z: np.diff(x, 2, axis=0),
    "repeat": lambda x, y, z: np.repeat(x, 3),
    "repeat, axis": lambda x, y, z: np.repeat(x, 2, axis=1),
    "tile": lambda x, y, z: np.tile(x, 2),
    "tile, more axes": lambda x, y, z: np.tile(y, (2, 1, 3)),
    "flip": lambda x, y, z: np.flip(x, 0) + np.fliplr(x),
    "einsum, matmul": lambda x, y, z: np.einsum("ij,kj->ik", x, y),
    "einsum, implicit": lambda x, y, z: np.einsum("ji,kj", x, x.T),
    "einsum, inner": lambda x, y, z: np.einsum("ij,ij->", x, x),
    "einsum, rows": lambda x, y, z: np.einsum("ij,ij->i", x, A),
    "einsum, outer": lambda x, y, z: np.einsum("i,j->ji", x[0], y[1]),
    "einsum, batch": lambda x, y, z: np.einsum("bij,bkj->bki", z, z),
    "einsum, of one": lambda x, y, z: np.einsum("bij->jb", z),
    "einsum, two axes summed": lambda x, y, z: np.einsum("bij,ij->b", z, x),
}
REFUSED: dict[str, Callable[..., Any]] = {
    "pad, reflecting": lambda x, y, z: np.pad(x, 1, mode="reflect"),
    "pad, with ones": lambda x, y, z: np.pad(x, 1, constant_values=1.0),
    "repeat, unequally": lambda x, y, z: np.repeat(x, [1, 2, 3], axis=0),
    "diff, prepended": lambda x, y, z: np.diff(x, prepend=0.0),
    "einsum, diagonal": lambda x, y, z: np.einsum("ii->i", x[:, :3]),
    "einsum, summed alone": lambda x, y, z: np.einsum("ij,kl->k", x, y),
    "einsum, of three": lambda x, y, z: np.einsum("ij,kj,i->k", x, y, x[:, 0]),
    "einsum, ellipsis": lambda x, y, z: np.einsum("...i,ji->...j", z, y),
    "concatenate, of truths": lambda x, y, z: np.concatenate([x > 0, y > 0]),
    "concatenate, of a list": lambda x, y, z: np.concatenate([x, [[1.0, 2.0, 3.0, 4.0]]]),
}


@EACH_BACKEND
@pytest.mark.parametrize("name", [*FORMS, *REFUSED])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_forms_give_what_numpy_gives(name: str, dtype: Any, backend: str) -> None:
    """In value, shape, dtype and type; signed zeros included."""
    function = (FORMS | REFUSED)[name]
    given = [x.astype(dtype) for x in (A, B, CUBE)]
    fast = og.compile(function, backend=backend)
    expected = function(*given)
    fast(*given)
    got = fast(*given)
    assert_same(got, expected, cancels="einsum" in name)


@EACH_BACKEND
@pytest.mark.parametrize("subscripts", ["i,j->", "i,j->i", "ij,j->", "ij,kj->", "i,i->", "ij->"])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_einsum_of_zeros_and_infinities(subscripts: str, backend: str) -> None:
    """Each product is one of the sum: 0 times inf is NaN, whatever is beside it."""
    x = np.array([0.0, 1.0, np.inf])
    terms = subscripts.partition("->")[0].split(",")
    arrays = [x if len(term) == 1 else np.array([x, x]) for term in terms]
    function = partial(np.einsum, subscripts)
    fast = og.compile(function, backend=backend)
    for _ in range(2):
        assert_same(fast(*arrays), function(*arrays))


@EACH_BACKEND
@pytest.mark.parametrize("axis", [None, (), 0])
@pytest.mark.parametrize("function", [np.sum, np.prod, np.max, np.min, np.mean])
def test_reductions_keep_the_sign_of_zero_as_numpy_does(
    function: Any, axis: Any, backend: str
) -> None:
    """Over no axis, too: there NumPy's sum makes 0.0 of -0.0."""
    fast = og.compile(lambda x: function(x, axis=axis), backend=backend)
    for x in (np.array([-0.0, 1.0]), np.array([-0.0, -0.0]), np.array([[-0.0, 0.0], [-0.0, 2.0]])):
        for _ in range(2):
            got, expected = fast(x), function(x, axis=axis)
            np.testing.assert_array_equal(got, expected)
            np.testing.assert_array_equal(np.signbit(got), np.signbit(expected))


@EACH_BACKEND
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, -1])
@pytest.mark.parametrize("function", [np.any, np.all, np.sum, np.prod, np.max, np.min])
def test_reductions_of_any_shape(function: Any, axis: Any, keepdims: bool, backend: str) -> None:
    """Of no axes and of no elements, too; extremes of nothing there are none."""
    for shape in [(), (1,), (3,), (2, 3), (3, 0)]:
        if 0 in shape and function in (np.max, np.min) and axis != 0:
            continue
        x = np.linspace(-1.0, 1.5, int(np.prod(shape))).reshape(shape)
        fast = og.compile(lambda x: function(x, axis=axis, keepdims=keepdims), backend=backend)
        for _ in range(2):
            assert_same(fast(x), function(x, axis=axis, keepdims=keepdims))


OPERANDS = [2.5, A[0, 0], A[0], B, A.T, np.ones((4, 1)), CUBE, np.transpose(CUBE, (0, 2, 1))]


@EACH_BACKEND
@pytest.mark.parametrize("function", [np.dot, np.inner, np.outer, np.vdot, np.matmul])
def test_products_of_any_operands(function: Any, backend: str) -> None:
    """Of numbers, vectors, matrices and stacks; what NumPy refuses is refused."""
    for x in OPERANDS:
        for y in OPERANDS:
            fast = og.compile(lambda x, y: function(x, y), backend=backend)
            try:
                expected = function(x, y)
            except ValueError:
                with pytest.raises(ValueError):  # noqa: PT011  # in the words of each function
                    fast(x, y)
                continue
            for _ in range(2):
                assert_same(fast(x, y), expected, cancels=True)


@pytest.mark.parametrize("name", FORMS)
def test_forms_are_not_called_back(name: str) -> None:
    """The program has primitives in their place."""
    fast = og.compile(FORMS[name], backend="python")
    fast(A, B, CUBE)
    assert not [node for node in fast.graph.nodes if node.op is not None and node.op.opaque]


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_form_is_called_back(name: str) -> None:
    """As one step of the program."""
    fast = og.compile(REFUSED[name], backend="python")
    fast(A, B, CUBE)
    assert [node for node in fast.graph.nodes if node.op is not None and node.op.opaque]


@EACH_BACKEND
@pytest.mark.parametrize("name", FORMS)
def test_gradients_through_forms(name: str, backend: str) -> None:
    """By all arguments."""
    function = FORMS[name]
    gradient = og.grad(lambda *args: np.sum(np.sin(function(*args))), argnums=(0, 1, 2))
    fast = og.compile(gradient, backend=backend)
    fast(A, B, CUBE)
    assert_same(fast(A, B, CUBE), gradient(A, B, CUBE), cancels="einsum" in name)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: np.concatenate([x, x[0]]),
        lambda x: np.concatenate([x, x[:, 1:]]),
        lambda x: np.concatenate([x, x], axis=5),
        lambda x: np.stack([x, x[0]]),
        lambda x: np.pad(x, -1),
        lambda x: np.roll(x, 1, axis=3),
        lambda x: np.diff(x, axis=2),
        lambda x: np.repeat(x, 2, axis=2),
        lambda x: np.repeat(x, -1),
        lambda x: np.tile(x, -1),
        lambda x: np.diff(x, -1),
        lambda x: np.einsum("ij,jk->ik", x, x),
        lambda x: np.sum(x, axis=2),
        lambda x: np.sum(x, axis=(0, 0)),
        lambda x: np.sum(x, axis=[0, 1]),
        lambda x: np.sum(x[0, 0], axis=1),
        lambda x: np.max(x[0, 0], axis=(0,)),
    ],
)
def test_what_is_wrong_is_refused_as_numpy_does(wrong: Callable[..., Any]) -> None:
    """With an exception of the same type."""
    with pytest.raises(Exception) as expected:  # noqa: PT011  # whichever NumPy raises
        wrong(A)
    with pytest.raises(expected.type):
        og.compile(wrong, backend="python")(A)
