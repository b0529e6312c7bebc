"""What a Value is wrapped in is no constant: it is computed with rightly, or refused by name."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import dask.array as da
import numpy as np
import pytest
from dask.delayed import delayed
from numpy.lib.mixins import NDArrayOperatorsMixin

import opgrad as og
from opgrad import Value
from opgrad.errors import InputError, OpgradError

ARRAY = np.array([1.0, 2.0, 3.0])


class Labelled(NDArrayOperatorsMixin):
    """As xarray's arrays and pint's quantities do: keeps whatever it is given, two floors down.

    It shows the shape and dtype of what it holds, and hands all of NumPy's functions on to that.
    """

    __slots__ = ("_variable",)

    def __init__(self, held: Any) -> None:
        self._variable = {"held": held}

    held = property(lambda self: self._variable["held"])
    shape = property(lambda self: np.shape(self.held))
    ndim = property(lambda self: np.ndim(self.held))
    dtype = property(lambda self: self.held.dtype)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.held, dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        return Labelled(getattr(ufunc, method)(*map(inside, args), **kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return Labelled(function(*map(inside, args), **kwargs))


def inside(x: Any) -> Any:
    """What an argument holds, if it is labelled; in a list, too."""
    if isinstance(x, list):
        return [inside(y) for y in x]
    return x.held if isinstance(x, Labelled) else x


class AsArray:
    """As pandas' columns: only ``__array__``."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.held, dtype)


class Refuses(AsArray):
    """As pandas' columns with what they do not know."""

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        return NotImplemented


class NoUfuncs(AsArray):
    """As sparse matrices: wants to be asked first."""

    __array_ufunc__ = None


class Priority(AsArray):
    """As sparse matrices did: wants to be asked first, and keeps what it computes."""

    __array_priority__ = 1000.0

    def __mul__(self, other: Any) -> Any:
        return Priority(self.held * other)

    __rmul__ = __mul__


def objects(held: Any) -> Any:
    """An array of objects."""
    return np.array(held, dtype=object)


WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "labelled": Labelled,
    "labelled twice": lambda x: Labelled(Labelled(x)),
    "__array__": AsArray,
    "__array_ufunc__ that gives up": Refuses,
    "__array_ufunc__ = None": NoUfuncs,
    "__array_priority__": Priority,
    "objects": objects,
    "masked": np.ma.array,
    "matrix": np.matrix,
    "records": lambda x: x.view([("a", float)]),
    "memoryview": memoryview,
    "list": list,
    "tuple": tuple,
    "polynomial": np.polynomial.Polynomial,
    "poly1d": np.poly1d,
    "fraction": lambda x: Fraction(2),
    "text": lambda x: x.astype(str),
    "dates": lambda x: x.astype("m8[s]"),
    "dask": da.from_array,
}

USES: dict[str, Callable[[Any, Any], Any]] = {
    "w * v": operator.mul,
    "v * w": lambda w, v: v * w,
    "w / v": operator.truediv,
    "v / w": lambda w, v: v / w,
    "w ** v": operator.pow,
    "v ** w": lambda w, v: v**w,
    "w - v": operator.sub,
    "w @ v": lambda w, v: w @ (v * np.ones(3)),
    "v @ w": lambda w, v: (v * np.ones(3)) @ w,
    "w += v": operator.iadd,
    "np.multiply(w, v)": np.multiply,
    "np.multiply(v, w)": lambda w, v: np.multiply(v, w),
    "np.where": lambda w, v: np.where(ARRAY > 1.5, w, v),
    "np.dot": lambda w, v: np.dot(w, v * np.ones(3)),
    "np.concatenate": lambda w, v: np.concatenate([w, v * np.ones(3)]),
    "np.stack": lambda w, v: np.stack([w, v * np.ones(3)]),
    "np.interp": lambda w, v: np.interp(v, ARRAY, w),
    "np.maximum": lambda w, v: np.maximum(w, v),
    "np.sum(w) * v": lambda w, v: np.sum(w) * v,
    "og.ops.mul": lambda w, v: og.ops.mul(w, v),
}

SUMS: tuple[Callable[[Any], Any], ...] = (np.sum, lambda x: np.sum(inside(x)), lambda x: x)


def number(x: Any) -> float:
    """The sum of a plain result, whatever it is."""
    return float(np.sum(np.asarray(inside(x.data if isinstance(x, Value) else x))))


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.filterwarnings("ignore:The `numpy.interp` function is not:FutureWarning")
def test_a_foreign_array_never_cuts_a_gradient(wrapper: str, use: str) -> None:
    """The derivative is that of central differences on plain numbers, or there is an exception."""
    h = 1e-6
    for total in SUMS:

        def f(v: Any, total: Callable[[Any], Any] = total) -> Any:
            return total(USES[use](WRAPPERS[wrapper](ARRAY.copy()), v))

        try:
            found = float(og.grad(f)(1.7))
        except (OpgradError, TypeError, ValueError, IndexError, NotImplementedError):
            continue
        if use == "np.interp":  # takes more on a Value than NumPy on a float
            expected = 1.0
        else:
            expected = (number(f(1.7 + h)) - number(f(1.7 - h))) / (2 * h)
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_labelled_array_that_met_a_value_is_refused_as_a_result() -> None:
    """`sum(DataArray * w)`: it says that there is a Value in it, and what to do."""
    with pytest.raises(InputError, match=r"Labelled.*There is a Value in it.*take it out"):
        og.grad(lambda w: np.sum(Labelled(ARRAY) * w))(2.0)


def test_a_labelled_array_of_plain_numbers_is_an_operand() -> None:
    """There is nothing in it that could be cut."""
    assert og.grad(lambda w: np.sum(inside((w * Labelled(ARRAY)).data * 1.0)) * w)(2.0) == 12.0


def test_a_labelled_value_may_compute_with_another() -> None:
    """Where it is asked first, it does so with what it holds."""
    assert og.grad(lambda v: np.sum(inside(np.multiply(Labelled(v * ARRAY), v))))(2.0) == 24.0


def test_a_labelled_value_is_no_operand_of_an_op() -> None:
    """It would be a constant there: refused by name."""
    with pytest.raises(InputError, match=r"op 'mul' .*given Labelled.*There is a Value in it"):
        og.grad(lambda v: np.sum(og.ops.mul(v, Labelled(v * ARRAY))))(2.0)


TRANSFORMS: dict[str, Callable[[Any, Any], Any]] = {
    "grad": lambda f, x: og.grad(f)(x),
    "value_and_grad": lambda f, x: og.value_and_grad(f)(x),
    "vjp": lambda f, x: og.vjp(f, x),
    "jvp": lambda f, x: og.jvp(f, (x,), (x,)),
    "jacobian": lambda f, x: og.jacobian(f)(x),
    "hessian": lambda f, x: og.hessian(f)(x),
    "elementwise_grad": lambda f, x: og.elementwise_grad(f)(x),
    "hvp": lambda f, x: og.hvp(f, (x,), (x,)),
    "ggnvp": lambda f, x: og.make_ggnvp(f)(x),
}


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_wrapped_result_is_refused_by_every_transform(transform: str) -> None:
    """None takes it for a constant."""
    with pytest.raises(InputError, match="There is a Value in it"):
        TRANSFORMS[transform](lambda v: Labelled(v * ARRAY), 2.0)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_wrapped_argument_is_refused_by_every_transform(transform: str) -> None:
    """A Value from outside, in something else's clothes."""
    with pytest.raises(InputError, match="There is a Value in it"):
        TRANSFORMS[transform](lambda x: np.sum(x), Labelled(Value(ARRAY)))


def test_an_array_of_objects_that_are_values_says_what_to_write() -> None:
    """As a result, and as an operand."""

    def held(v: Any) -> Any:
        array = np.empty(2, dtype=object)
        array[0], array[1] = v, v
        return array

    with pytest.raises(InputError, match=r"np\.stack makes one Value of several"):
        og.grad(held)(2.0)
    with pytest.raises(InputError, match=r"np\.stack makes one Value of several"):
        og.grad(lambda v: v * held(v))(2.0)


def test_arithmetic_within_an_array_of_objects_keeps_gradients() -> None:
    """NumPy calls the operators of its elements."""

    def f(v: Any) -> Any:
        array = np.empty(2, dtype=object)
        array[0], array[1] = v, v * v
        return np.sum(array * 3.0 + array)

    assert og.grad(f)(2.0) == 4.0 + 16.0


@pytest.mark.parametrize(
    "hide",
    [
        da.from_array,
        lambda v: da.from_delayed(delayed(lambda: v)(), shape=(3,), dtype=float),
        lambda v: da.ones(3).map_blocks(lambda block: block * v, dtype=float),
    ],
    ids=["from_array", "delayed", "map_blocks"],
)
def test_a_lazy_array_that_hides_a_value_is_refused_as_a_result(hide: Any) -> None:
    """Dask's graphs hold whatever they are given, and functions that close over it."""
    with pytest.raises(InputError, match="There is a Value in it"):
        og.grad(lambda v: np.sum(hide(v)))(ARRAY)
