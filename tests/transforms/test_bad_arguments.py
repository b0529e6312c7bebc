"""What transforms cannot make anything of is refused at once, with what to write instead."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import InputError

X = np.array([1.0, 2.0])


def total(x: Any, y: Any = 1.0) -> Any:
    """A function that can be differentiated."""
    return np.sum(x * y)


ON_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "grad": og.grad,
    "value_and_grad": og.value_and_grad,
    "elementwise_grad": og.elementwise_grad,
    "jacobian": og.jacobian,
    "hessian": og.hessian,
    "checkpoint": og.checkpoint,
    "make_ggnvp": og.make_ggnvp,
    "vjp": lambda f: og.vjp(f, X),
    "jvp": lambda f: og.jvp(f, (X,), (X,)),
    "hvp": lambda f: og.hvp(f, (X,), (X,)),
}
WITH_ARGNUMS = ("grad", "value_and_grad", "elementwise_grad", "jacobian", "hessian")


@pytest.mark.parametrize(
    "wrong", [None, 3, 2.5, "f", X, pytest.param([total], id="list"), og.Value(1.0)], ids=repr
)
@pytest.mark.parametrize("transform", ON_FUNCTIONS)
def test_a_transform_takes_a_function(transform: str, wrong: Any) -> None:
    """`og.grad(None)` is refused before it is called; so is the result of a call."""
    with pytest.raises(InputError, match=rf"^{transform} takes a function; given .*og\.grad\(f\)"):
        ON_FUNCTIONS[transform](wrong)


@pytest.mark.parametrize("wrong", [1.5, "x", X, (0, "y"), (0.5,), True, {0}, og.Value(0)], ids=repr)
@pytest.mark.parametrize("transform", WITH_ARGNUMS)
def test_argnums_are_integers(transform: str, wrong: Any) -> None:
    """Also where an argument of the function was given in their place."""
    words = rf"argnums of {transform} is an integer, or a tuple of integers.*; given"
    with pytest.raises(InputError, match=words):
        getattr(og, transform)(total, wrong)


def test_a_name_in_the_place_of_a_position_says_where_names_go() -> None:
    """`argnums="x"`."""
    with pytest.raises(InputError, match=r"given str 'x'\. Names go to argnames"):
        og.grad(total, argnums="x")  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("wrong", [0, 1.5, X, ("x", 1), [None]], ids=repr)
@pytest.mark.parametrize("transform", WITH_ARGNUMS)
def test_argnames_are_names(transform: str, wrong: Any) -> None:
    """A position is told where positions go."""
    words = rf"argnames of {transform} is a name.*given .*Positions go to argnums"
    with pytest.raises(InputError, match=words):
        getattr(og, transform)(total, argnames=wrong)


@pytest.mark.parametrize("argnums", [np.int64(1), (np.int8(1),), range(1, 2), [1]], ids=repr)
def test_whatever_is_an_integer_is_a_position(argnums: Any) -> None:
    """NumPy's integers, and sequences of them."""
    found = og.grad(total, argnums)(X, 3.0)
    assert (found[0] if isinstance(found, tuple) else found) == 3.0


@pytest.mark.parametrize("transform", WITH_ARGNUMS)
def test_a_name_that_is_not_passed_says_which_are(transform: str) -> None:
    """`argnames` of what is not there."""
    words = r"argnames asks for 'z', which the call does not pass .*: 'x'"
    with pytest.raises(InputError, match=words):
        getattr(og, transform)(total, argnames="z")(X)


def test_a_name_of_a_function_without_a_signature() -> None:
    """It is refused in the same words."""
    with pytest.raises(InputError, match="argnames asks for 'x', which the call does not pass"):
        og.grad(np.add, argnames="x")(1.0, 2.0)


@pytest.mark.parametrize("wrong", [1.5, "x", None, X], ids=repr)
def test_make_ggnvp_takes_functions_and_a_position(wrong: Any) -> None:
    """The loss is a function, too."""
    with pytest.raises(InputError, match="argnums of make_ggnvp"):
        og.make_ggnvp(total, None, "x")  # type: ignore[arg-type]  # what is tested
    if wrong is not None:
        with pytest.raises(InputError, match="make_ggnvp takes a function"):
            og.make_ggnvp(total, wrong)


RUN: dict[str, Callable[[Any], Any]] = {
    "grad": lambda f: og.grad(f)(X),
    "value_and_grad": lambda f: og.value_and_grad(f)(X),
    "elementwise_grad": lambda f: og.elementwise_grad(f)(X),
    "jacobian": lambda f: og.jacobian(f)(X),
    "hessian": lambda f: og.hessian(f)(X),
    "make_ggnvp": lambda f: og.make_ggnvp(f)(X),
    "vjp": lambda f: og.vjp(f, X),
    "jvp": lambda f: og.jvp(f, (X,), (X,)),
    "hvp": lambda f: og.hvp(f, (X,), (X,)),
}


@pytest.mark.parametrize("transform", RUN)
def test_a_function_that_returns_nothing(transform: str) -> None:
    """Most often its `return` was forgotten."""

    def forgot(x: Any) -> None:
        np.sum(x)

    with pytest.raises(InputError, match=r"forgot returned None: did you forget `return`\?"):
        RUN[transform](forgot)


def test_a_function_with_aux_that_returns_nothing() -> None:
    """The same, with what it was to return."""
    with pytest.raises(InputError, match=r"must return a pair .*None: did you forget `return`\?"):
        og.value_and_grad(lambda x: None, has_aux=True)(X)
    with pytest.raises(InputError, match=r"returned None: did you forget `return`\?"):
        og.grad(lambda x: (None, x), has_aux=True)(X)


@pytest.mark.parametrize("empty", [(), [], {}], ids=repr)
def test_a_result_that_holds_nothing(empty: Any) -> None:
    """It says what was returned."""
    with pytest.raises(InputError, match=r"one real number; .*returned .*which holds no numbers"):
        og.grad(lambda x: empty)(X)


@pytest.mark.parametrize(
    ("given", "write"),
    [
        ([0, 0], r"0\.0 for 0"),
        (3, r"3\.0 for 3"),
        ({"w": 2}, r"2\.0 for 2"),
        (True, r"1\.0 for True"),
        (np.array([0, 0]), r"x\.astype\(float\) for an array"),
        (np.int64(3), r"x\.astype\(float\) for an array"),
        (np.array([1.0, 2.0], dtype=object), r"x\.astype\(float\) for an array"),
        (np.array(["1.5"]), r"x\.astype\(float\) for an array"),
        (Decimal("1.5"), r"float\(Decimal\('1\.5'\)\)"),
        (Fraction(1, 2), r"float\(Fraction\(1, 2\)\)"),
    ],
    ids=repr,
)
def test_other_numbers_are_answered_with_what_to_write(given: Any, write: str) -> None:
    """`root(F, [0, 0], jac=og.jacobian(F))`, as in SciPy's documentation."""
    with pytest.raises(InputError, match=rf"Make it floating \({write}\), or leave it out"):
        og.jacobian(operator.pos)(given)
