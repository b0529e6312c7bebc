"""Rules that give another cotangent than they should, each by one mistake."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from tests.testing.planted import Planted, collect, defined

WRONG_RULES: list[Planted] = []
planted = partial(collect, WRONG_RULES)
elementwise = partial(defined, elementwise=True)

A = np.array([[1.0, 2.0, -0.5], [0.5, -1.5, 3.0]])
B = np.array([[0.3, -1.0], [2.0, 0.7], [1.1, 0.4]])
S = np.array([[1.0, 0.5], [-0.3, 2.0]])
X = np.array([0.5, -1.25, 2.0])


@planted("gradient", "the sign is wrong")
def _() -> OpN:
    """Cos has a derivative of -sin."""
    return elementwise(lambda x: np.cos(x), lambda g, out, x: g * np.sin(x), (0.5,), (X,))


@planted("gradient", "the cotangents of x and y are swapped")
def _() -> OpN:
    """The cotangents of a product are each the other's input."""
    return elementwise(lambda x, y: x * y, lambda g, out, x, y: (g * x, g * y), (0.5, 3.0))


@planted("gradient", "what was returned for y is the cotangent of x")
def _() -> OpN:
    """Both are that of x."""

    def rule(g: Any, out: Any, x: Any, y: Any) -> Any:
        return g / y, g / y

    return elementwise(lambda x, y: x / y, rule, (0.5, 3.0))


@planted("gradient", "it should be 2 times as large")
def _() -> OpN:
    """x**2 without its 2."""
    return elementwise(lambda x: x * x, lambda g, out, x: g * x, (0.7,))


@planted("gradient", "it is π times as large as it should be")
def _() -> OpN:
    """A factor that is not there."""
    return elementwise(lambda x: np.sin(x), lambda g, out, x: g * np.cos(x) * math.pi, (0.7,))


@planted("gradient", "it should be log 2 times as large")
def _() -> OpN:
    """2**x, differentiated as if it were e**x."""
    return elementwise(lambda x: np.exp2(x), lambda g, out, x: g * out, (0.7,))


@planted("gradient", "a factor is missing: it should be 6 (a number of elements) times")
def _() -> OpN:
    """A sum with the rule of a mean."""
    return defined(lambda x: np.sum(x), lambda g, out, x: g * np.ones_like(x) / x.size, (A,))


@planted("gradient", "a factor is missing: multiply by x")
def _() -> OpN:
    """x**3 without one of its x."""
    return elementwise(lambda x: x**3 / 3, lambda g, out, x: g * x, (1.7,), (X,))


@planted("gradient", "a factor is missing: multiply by out")
def _() -> OpN:
    """A forgotten inner derivative."""
    return elementwise(lambda x: np.exp(x), lambda g, out, x: g * (x * 0 + 1), (0.7,))


@planted("gradient", "a factor is missing: multiply by (1 - out**2)")
def _() -> OpN:
    """The derivative of tanh, forgotten after that of the outer function."""
    return elementwise(lambda x: np.tanh(x), lambda g, out, x: g + x * 0, (0.7,))


@planted("linear_in_cotangent", "g is ignored")
def _() -> OpN:
    """The derivative alone, without the chain rule."""
    return elementwise(lambda x: np.sin(x), lambda g, out, x: np.cos(x), (0.5,), (X,))


@planted("gradient", "g is ignored")
def _() -> OpN:
    """The same, as differences see it."""
    return elementwise(lambda x: np.sin(x), lambda g, out, x: np.cos(x), (0.5,), (X,))


@planted("linear_in_cotangent", "not linear in g")
def _() -> OpN:
    """g twice."""
    return elementwise(lambda x: np.sin(x), lambda g, out, x: g * g * np.cos(x), (0.5,))


@planted("gradient", "the matrix is transposed")
def _() -> OpN:
    """The cotangent of a square matrix, transposed."""

    def rule(g: Any, out: Any, a: Any, b: Any) -> Any:
        return (g @ b.T).T, a.T @ g

    return defined(lambda a, b: a @ b, rule, (S, S[::-1] + 1))


@planted("cotangents_fit", "the matrix is transposed")
def _() -> OpN:
    """That of one that is not square."""

    def rule(g: Any, out: Any, a: Any, b: Any) -> Any:
        return (g @ b.T).T, a.T @ g

    return defined(lambda a, b: a @ b, rule, (A, B))


@planted("cotangents_fit", "a reduction is missing")
def _() -> OpN:
    """A bias that is added to each row; its cotangent is not summed over the rows."""
    return defined(lambda a, b: a + b, lambda g, out, a, b: (g, g), (A, X))


@planted("cotangents_fit", "not spread out again")
def _() -> OpN:
    """A sum whose cotangent stays a number."""
    return defined(lambda a: np.sum(a, axis=0), lambda g, out, a: g, (A,))


@planted("gradient", "a term is missing")
def _() -> OpN:
    """x + x**2 with the derivative of x**2."""
    return elementwise(
        lambda x: x + x * x, lambda g, out, x: g * 2 * x, (X,), (np.array([1.0, 1.0, 4.0]),)
    )


@planted("gradient", "where x > 0.5: a branch")
def _() -> OpN:
    """A branch that is right on one side."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * np.where(x > 1, 3 * x, 2 * x)

    return elementwise(lambda x: x * x, rule, (X,))


@planted("gradient", "in a few elements of a large array")
def _() -> OpN:
    """One element of a hundred, between those that are moved by themselves."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * 2 * x * (1 + (np.arange(100) == 50))

    return defined(lambda x: np.sum(x * x), rule, (np.linspace(1.0, 2.0, 100),))


@planted("gradient", "zero was returned")
def _() -> OpN:
    """Zero for an input that matters."""
    return elementwise(lambda x, y: x * y, lambda g, out, x, y: (g * y, g * 0), (0.5, 3.0))


@planted("gradient_elsewhere", "the rule overflows")
def _() -> OpN:
    """The textbook form of softplus's derivative, infinity over infinity at large numbers."""
    return elementwise(
        lambda x: np.logaddexp(x, 0.0),
        lambda g, out, x: g * np.exp(x) / (1 + np.exp(x)),
        (2.0,),
        (X,),
    )


@planted("gradient_elsewhere", "g is passed on as it is")
def _() -> OpN:
    """A series that is good near 0 only."""
    return elementwise(
        lambda x: np.arctan(x),
        lambda g, out, x: g * np.where(np.abs(x) < 10, 1 / (1 + x * x), 1.0),
        (0.5,),
    )


@planted("complex_step", "a constant with too few digits")
def _() -> OpN:
    """log10 with a constant of seven digits, which differences do not resolve."""
    return elementwise(
        lambda x: np.log(x) / np.log(10.0), lambda g, out, x: g / (x * 2.302585), (2.0,)
    )


@planted("gradient", "conjugated")
def _() -> OpN:
    """Another convention for complex numbers."""
    z = np.array([1.0 + 2.0j, -0.5 + 0.3j])
    return elementwise(lambda x: x * x, lambda g, out, x: np.conj(g * 2 * x), (z,))


@planted("zeros_are_structural", "only for what it does not select")
def _() -> OpN:
    """A square has a derivative of 0 at 0, and selects nothing."""
    rule = lambda g, out, x: g * 2 * x  # noqa: E731
    return elementwise(lambda x: x * x, rule, (np.array([0.0, 1.0]),), selects=True)


@planted("zeros_are_structural", "has a factor above 0")
def _() -> OpN:
    """A ramp that goes down."""
    return elementwise(
        lambda x: -np.maximum(x, 0.0),
        lambda g, out, x: -og.zero_where(x < 0, g),
        (X,),
        selects=True,
    )


@planted("none_means_no_effect", "None says that the input has no derivative")
def _() -> OpN:
    """No gradient to an input that matters."""
    return elementwise(lambda x, y: x * y, lambda g, out, x, y: (g * y, None), (0.5, 3.0))


@planted("kinks", "the slope is")
def _() -> OpN:
    """A sample at a kink, of which the doc says nothing."""
    return elementwise(lambda x: np.abs(x), lambda g, out, x: g * np.sign(x), (0.0,))


@planted("kinks", "no slope of either side")
def _() -> OpN:
    """A declared kink, with a slope that is none."""

    def forward(x: Any) -> Any:
        """|x|. At the kink: 5, which is wrong."""
        return np.abs(x)

    return elementwise(forward, lambda g, out, x: np.where(x == 0, 5 * g, g * np.sign(x)), (0.0,))


@planted("second_order", "hides something from differentiation")
def _() -> OpN:
    """A derivative that is computed from raw data."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * np.cos(og.stop_gradient(x))

    return elementwise(lambda x: np.sin(x), rule, (0.5,))


@planted("second_order", "opaque=True")
def _() -> OpN:
    """A rule that calls foreign code, of an op that is not declared opaque."""
    return defined(lambda x: math.sin(x), lambda g, out, x: g * math.cos(x), (0.5,))


def _with_jvp() -> OpN:
    op = defined(lambda x: x @ x, lambda g, out, x: 2 * g * x, (X,))
    op.jvp(lambda tangents, out, x: x @ tangents[0])
    return op


@planted("adjoint", "JVP rule does not fit its VJP")
def _() -> OpN:
    """A JVP rule without its factor 2."""
    return _with_jvp()


@planted("adjoint", "declared linear=True")
def _() -> OpN:
    """An op that is not linear, and says so."""
    return defined(lambda x: x * x, lambda g, out, x: g * 2 * x, (X,), linear=True)
