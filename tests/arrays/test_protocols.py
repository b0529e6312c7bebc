"""NumPy's dispatch protocols: what passes, what is refused, and that nothing is cut silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import CutGradientError, InputError

MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, np.nan]])


def value() -> Any:
    """A fresh Value of a matrix; untyped, as NumPy's stubs do not know Values."""
    return og.Value(MATRIX)


PASSING: list[Callable[[Any], Any]] = [
    np.shape,
    np.ndim,
    np.size,
    lambda v: np.size(v, 1),
    np.result_type,
    np.iscomplexobj,
    np.isrealobj,
    np.zeros_like,
    np.ones_like,
    lambda v: np.zeros_like(v, dtype=np.float32, shape=(2,)),
    lambda v: np.full_like(v, 2.5),
    lambda v: np.empty_like(v).shape,
    lambda v: np.argmax(v, axis=0),
    lambda v: np.argmin(v, axis=1, keepdims=True),
    np.argsort,
    lambda v: np.argpartition(v, 1),
    np.argwhere,
    np.nonzero,
    np.flatnonzero,
    np.count_nonzero,
    lambda v: np.searchsorted(v[0], [0.0, 1.0], sorter=np.argsort(v[0])),
    lambda v: np.searchsorted(np.arange(3.0), v),
    lambda v: np.digitize(v, [0.0, 1.0]),
    lambda v: np.lexsort((v[0], v[1])),
    np.isfinite,
    np.isnan,
    np.isinf,
    np.signbit,
    lambda v: np.isclose(v, 0.3),
    lambda v: np.allclose(v, v, equal_nan=True),
    lambda v: np.array_equal(v, MATRIX, equal_nan=True),
    lambda v: np.isin(v, [0.3]),
    lambda v: np.any(v > 2),
    lambda v: np.all(v < 3, axis=0),
    lambda v: np.logical_and(v > 0, MATRIX < 2),
    lambda v: np.logical_or(MATRIX < 0, v > 1),
    lambda v: np.logical_xor(v, True),
    np.logical_not,
    lambda v: np.logical_and.reduce(v > 0, axis=1),
    lambda v: (v > 0) & (v < 2),
    lambda v: (v > 0) | (MATRIX < 0),
    lambda v: (MATRIX > 0) ^ (v < 2),
    lambda v: ~(v > 0),
]


@pytest.mark.parametrize("function", PASSING)
def test_functions_without_a_derivative_give_plain_data(function: Callable[[Any], Any]) -> None:
    """They give what NumPy gives on the data, and no Value."""
    actual, expected = function(value()), function(MATRIX)
    assert type(actual) is type(expected)
    np.testing.assert_equal(actual, expected)


def test_full_like_keeps_the_gradient_of_what_it_is_filled_with() -> None:
    """A Value as the fill is differentiated."""
    gradient = og.grad(lambda x: np.sum(np.full_like(value(), x) * MATRIX[:, :1]))(1.5)
    assert gradient == pytest.approx(3 * (0.3 + 1.7))


def test_copy_is_differentiated() -> None:
    """np.copy of a Value carries on its gradient."""
    np.testing.assert_array_equal(og.grad(lambda x: np.sum(np.copy(x)))(MATRIX), 1.0)


@pytest.mark.parametrize(
    "write",
    [
        lambda v: np.add(v, 1.0, out=v),
        lambda v: np.add(v, 1.0, out=np.zeros((2, 3))),
        lambda v: np.add(MATRIX, MATRIX, out=v),
        lambda v: np.sum(v, axis=0, out=np.zeros(3)),
        lambda v: np.sum(v, axis=0, out=v[0]),
        lambda v: np.concatenate([v, v], out=np.zeros((4, 3))),
        lambda v: np.copyto(v, 0.0),
        lambda v: np.copyto(np.zeros((2, 3)), v),
        lambda v: np.put(v, 0, 1.0),
        lambda v: np.place(np.zeros((2, 3)), MATRIX > 0, v),
        lambda v: np.putmask(np.zeros((2, 3)), MATRIX > 0, v),
        lambda v: np.fill_diagonal(v, 1.0),
        lambda v: v.__setitem__(0, 1.0),
        lambda v: np.zeros((2, 3)).__iadd__(v),
    ],
)
def test_writing_is_refused(write: Callable[[Any], Any]) -> None:
    """Nothing is written into a Value, and no Value into an array."""
    with pytest.raises(CutGradientError):
        write(value())


@pytest.mark.parametrize(
    "write", [lambda v: v.__setitem__(0, 1.0), lambda v: np.copyto(v, 1.0)], ids=["[]", "copyto"]
)
def test_refused_writing_names_the_functional_way(write: Callable[[Any], Any]) -> None:
    """The error says og.at(...).set(...)."""
    with pytest.raises(CutGradientError, match=r"og\.at\(v, i\w*\)\.set\(x\)"):
        write(value())


@pytest.mark.parametrize(
    "make",
    [
        lambda v: np.array([v, v]),
        lambda v: np.array([v[0, 0], 1.0]),
        lambda v: np.asarray(v),
        lambda v: np.array([[v]]),
        lambda v: np.array((1.0, v[0, 0])),
    ],
)
def test_an_array_of_values_is_refused_with_a_hint(make: Callable[[Any], Any]) -> None:
    """np.array cannot dispatch; the error says np.stack."""
    with pytest.raises(CutGradientError, match=r"np\.stack\(\[v, w\]\)"):
        make(value())


def test_writing_a_value_into_an_array_is_refused() -> None:
    """`array[i] = v` would cut the gradient."""
    array = np.zeros(3)
    with pytest.raises(ValueError, match="array element") as info:
        array[0] = value()[0, 0]
    assert isinstance(info.value.__cause__, CutGradientError)


def test_augmented_assignment_rebinds() -> None:
    """`v += 1` makes a new Value, and the old one stays."""
    v = old = value()
    v += 1.0
    np.testing.assert_array_equal(v.data, MATRIX + 1)
    np.testing.assert_array_equal(old.data, MATRIX)


@pytest.mark.parametrize("mode", ["mean", "linear_ramp", "maximum", "empty"])
def test_pad_refuses_other_modes(mode: str) -> None:
    """Modes of padding without an op are refused by name."""
    with pytest.raises(InputError, match=mode):
        np.pad(value(), 1, mode)  # type: ignore[call-overload]  # strings not known as literals
