"""NumPy's protocols at their edges: subclasses, arrays of objects, who goes first, keywords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import CutGradientError, InputError

VECTOR = np.array([1.0, 2.0, 3.0])
numpy: Any = np  # its type stubs do not know of its dispatch protocols


def value() -> Any:
    """A fresh Value of three numbers."""
    return og.Value(VECTOR)


class Tagged(np.ndarray[Any, Any]):
    """A subclass of NumPy's arrays that changes nothing."""


class Greedy:
    """No array, and says that its operators go first."""

    __array_priority__ = 1000.0

    def __mul__(self, other: object) -> str:
        return "left"

    def __rmul__(self, other: object) -> str:
        return "right"


class Refusing(Greedy):
    """Takes no part in ufuncs."""

    __array_ufunc__ = None


# -- subclasses ------------------------------------------------------------------------------------


def test_subclasses_stay() -> None:
    """The result and the gradient of a subclass are of that subclass."""
    x = VECTOR.view(Tagged)
    assert type(og.Value(x).data) is Tagged
    gradient = og.grad(lambda x: np.sum(x * x))(x)
    assert type(gradient) is Tagged
    np.testing.assert_array_equal(gradient, 2 * VECTOR)


@pytest.mark.parametrize(
    "multiply", [lambda x, v: x * v, lambda x, v: v * x, lambda x, v: np.multiply(x, v)]
)
def test_subclasses_meet_values(multiply: Callable[..., Any]) -> None:
    """On either side, a Value takes part."""
    np.testing.assert_array_equal(multiply(VECTOR.view(Tagged), value()).data, VECTOR**2)


def masked() -> Any:
    """A masked array."""
    return np.ma.array(VECTOR, mask=[False, True, False])


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_matrices_are_refused() -> None:
    """`*` means something else to them, so that rules would be wrong."""
    matrix = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    uses: list[Callable[[], Any]] = [
        lambda: og.Value(matrix),
        lambda: og.grad(np.sum)(matrix),
        lambda: np.multiply(og.Value(np.eye(2)), matrix),
    ]
    for use in uses:
        with pytest.raises(InputError):
            use()
    with pytest.raises(InputError, match=r"np\.asarray"):
        og.Value(matrix)


def test_masked_arrays_are_refused() -> None:
    """Their holes have no gradient; the error says what to do."""
    with pytest.raises(InputError, match=r"np\.where and x\.filled"):
        og.Value(masked())
    with pytest.raises(InputError):
        og.grad(np.sum)(masked())
    with pytest.raises(InputError):
        np.multiply(value(), masked())
    with pytest.raises(CutGradientError):
        masked() * value()


# -- what is no array of numbers -------------------------------------------------------------------


@pytest.mark.parametrize(
    "x",
    [
        np.array([None, 1.0], object),
        np.array(["a"]),
        np.array(["2020"], "M8[Y]"),
        np.array([1], "m8[s]"),
        np.zeros(2, [("a", float)]),
        np.rec.array([(1.0, 2)], dtype=[("a", float), ("b", int)]),
    ],
    ids=lambda x: str(x.dtype),
)
def test_arrays_that_hold_no_numbers_are_refused(x: Any) -> None:
    """Objects, text, dates, records: as a Value, and beside one."""
    with pytest.raises(InputError, match="numeric arrays"):
        og.Value(x)
    with pytest.raises(InputError, match="numeric arrays"):
        np.multiply(value()[: x.size], x)


def test_arrays_of_value_objects_are_not_made() -> None:
    """np.array with dtype=object is refused, too."""
    with pytest.raises(CutGradientError):
        np.array([value(), value()], dtype=object)


def test_arrays_of_value_objects_are_refused_beside_values() -> None:
    """One that was filled by hand takes no part in arithmetic with Values."""
    objects = np.empty(3, object)
    for i, v in enumerate(value()):
        objects[i] = v
    with pytest.raises(InputError):
        objects * value()
    with pytest.raises(InputError):
        og.Value(objects)


@pytest.mark.parametrize("other", [None, "a", [1.0, 2.0, 3.0], {}])
def test_operators_with_what_is_no_number_are_type_errors(other: Any) -> None:
    """As Python's own."""
    with pytest.raises(TypeError):
        value() + other
    with pytest.raises(TypeError):
        other + value()


def test_equality_with_what_is_no_number_is_false() -> None:
    """No error, so that Values can be searched for."""
    assert (value() == None) is False  # noqa: E711  # what is tested
    assert (value() == "a") is False
    v = value()
    assert v in [v]


# -- who goes first --------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [Greedy(), Refusing()], ids=["priority", "no ufuncs"])
def test_others_operators_are_asked(other: Any) -> None:
    """A Value leaves to an object that is no number what that makes of `*`."""
    assert value() * other == "right"
    assert other * value() == "left"


def test_ufuncs_with_an_object_that_refuses_are_type_errors() -> None:
    """NumPy's error."""
    with pytest.raises(TypeError, match="does not support ufuncs"):
        numpy.multiply(value(), Refusing())


BINARY: list[Callable[..., Any]] = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / y,
    lambda x, y: x**y,
    lambda x, y: x // y,
    lambda x, y: x % y,
    lambda x, y: x @ y,
    lambda x, y: x < y,
    lambda x, y: x == y,
    np.arctan2,
    np.maximum,
    lambda x, y: np.where(x > 1.5, x, y),
    lambda x, y: np.concatenate([x, y]),
]


@pytest.mark.parametrize("function", BINARY)
def test_arrays_on_either_side(function: Callable[..., Any]) -> None:
    """Value and array, array and Value, both Values: one result."""
    expected = function(VECTOR, VECTOR[::-1])
    for x in (VECTOR, value()):
        for y in (VECTOR[::-1], og.Value(VECTOR[::-1])):
            if isinstance(x, og.Value) or isinstance(y, og.Value):
                np.testing.assert_array_equal(function(x, y).data, expected)


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.int64(2), np.array(2.0), True])
def test_numbers_on_either_side(number: Any) -> None:
    """Python's numbers and NumPy's scalars take part on the left and on the right."""
    np.testing.assert_array_equal((number * value()).data, number * VECTOR)
    np.testing.assert_array_equal((value() - number).data, VECTOR - number)
    assert (np.float32(2) * og.Value(np.ones(2, np.float32))).dtype == np.float32


# -- keywords --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda v: np.add(v, v, out=None),
        lambda v: numpy.add(v, v, out=(None,)),
        lambda v: np.add(v, v, where=True),
        lambda v: np.add(v, v, subok=False),
        lambda v: np.add(v, v, dtype=None),
        lambda v: np.concatenate([v, v], out=None)[:3] + v,
        lambda v: np.cumsum(v, out=None) - np.cumsum(v, dtype=None) + 2 * v,
    ],
)
def test_keywords_that_say_nothing_are_taken(call: Callable[[Any], Any]) -> None:
    """NumPy's defaults, said aloud."""
    np.testing.assert_array_equal(call(value()).data, 2 * VECTOR)


@pytest.mark.parametrize(
    "call",
    [
        lambda v: np.add(v, v, where=VECTOR > 1),
        lambda v: np.add(v, v, dtype=np.float32),
        lambda v: np.add(v, v, casting="unsafe"),
        lambda v: np.sum(v, where=VECTOR > 1),
        lambda v: np.sum(v, dtype=np.float32),
        lambda v: np.sum(v, initial=1.0),
        lambda v: np.max(v, initial=1.0),
        lambda v: numpy.matmul(v, v, axes=[0, 0, ()]),
    ],
)
def test_keywords_that_no_op_has_are_refused(call: Callable[[Any], Any]) -> None:
    """By name, not ignored."""
    with pytest.raises(InputError, match=r"has no '(where|dtype|casting|initial|axes)'"):
        call(value())


# -- what would cut the gradient -------------------------------------------------------------------


@pytest.mark.parametrize(
    "cut",
    [
        lambda v: np.array(v, copy=False),
        lambda v: np.float64(v[0]),
        lambda v: np.full(3, v[0]),
        lambda v: np.arange(v[0]),
        lambda v: VECTOR[v > 1],
        lambda v: np.vectorize(lambda x: x)(v),
        lambda v: np.random.default_rng(0).normal(v),
        lambda v: np.testing.assert_allclose(v, v),
        lambda v: np.polynomial.Polynomial([1.0, 2.0])(v),
        lambda v: v.sort(),
        lambda v: v[0].item(),
    ],
)
def test_nothing_is_cut_silently(cut: Callable[[Any], Any]) -> None:
    """Whatever would make plain data of a Value is an error."""
    with pytest.raises(CutGradientError):
        cut(value())
