"""Gradients, VJPs and JVPs of functions: what goes in, what comes out, what is refused."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import attrs
import numpy as np
import pytest

import opgrad as og
from opgrad.errors import CotangentError, InputError
from opgrad.value import apply

X = np.array([1.0, 2.0, 3.0])


class Pair(NamedTuple):
    """A named tuple."""

    w: Any
    b: Any


@dataclasses.dataclass(frozen=True)
class Layer:
    """A dataclass, with a field that holds no number."""

    w: Any
    b: Any
    name: str = "layer"


@attrs.frozen
class Record:
    """An attrs record whose validator refuses anything but floats."""

    w: Any = attrs.field(validator=attrs.validators.instance_of(float))
    b: Any = attrs.field(converter=float)


def product(p: Any) -> Any:
    """Of the two fields."""
    return p.w * p.b


def test_python_numbers_stay_python_numbers() -> None:
    """The derivative of a float by a float is a float."""
    g = og.grad(lambda x: x**3)(2.0)
    assert (g, type(g)) == (12.0, float)


def test_value_and_grad_returns_raw_data() -> None:
    """Neither result nor gradient is a Value."""
    value, g = og.value_and_grad(lambda x: np.sum(x * x))(X)
    assert value == 14.0
    assert type(g) is np.ndarray
    np.testing.assert_array_equal(g, 2 * X)


def test_gradients_are_the_caller_s_own() -> None:
    """Two gradients that are the same array inside can be written to one by one."""
    a, b = og.grad(lambda x, y: np.sum(x + y), (0, 1))(X, X)
    a *= 2
    np.testing.assert_array_equal((a, b), (2 * np.ones(3), np.ones(3)))


def test_results_can_be_written_to_before_the_pull() -> None:
    """What `vjp` gives back shares no memory with what the rules read."""
    out, pull = og.vjp(np.exp, X)
    out[:] = 0
    np.testing.assert_allclose(pull(np.ones(3))[0], np.exp(X))


@pytest.mark.parametrize(
    ("argnums", "expected"), [(0, 3.0), (1, 2.0), (-1, 2.0), ((1, 0), (2.0, 3.0)), ((0,), (3.0,))]
)
def test_argnums(argnums: Any, expected: Any) -> None:
    """One number: one gradient; several: a tuple in their order."""
    assert og.grad(lambda x, y: x * y, argnums)(2.0, 3.0) == expected


def test_argnames() -> None:
    """By name, whether it is passed by position or by keyword."""

    def f(x: Any, y: Any) -> Any:
        return x * x * y

    assert og.grad(f, argnames="y")(2.0, y=3.0) == 4.0
    assert og.grad(f, argnames="y")(2.0, 3.0) == 4.0
    assert og.grad(f, argnames=["y", "x"])(2.0, y=3.0) == (4.0, 12.0)
    assert og.grad(f, 0, argnames="y")(2.0, y=3.0) == (12.0, 4.0)


@pytest.mark.parametrize("chosen", [{"argnums": 2}, {"argnums": (0, 0)}, {"argnames": "z"}])
def test_arguments_that_are_not_there(chosen: Any) -> None:
    """Or are asked for twice."""
    grad: Any = og.grad
    gradient = grad(lambda x, y: x * y, **chosen)
    with pytest.raises(InputError, match=r"arg(nums|names)"):
        gradient(2.0, 3.0)


def test_aux_is_raw_and_in_its_form() -> None:
    """What is returned beside the result comes back as it is, without Values."""

    def f(x: Any) -> Any:
        return x * x, {"twice": 2 * x, "text": "hello", "none": None}

    aux = {"twice": 4.0, "text": "hello", "none": None}
    assert og.grad(f, has_aux=True)(2.0) == (4.0, aux)
    assert og.value_and_grad(f, has_aux=True)(2.0) == ((4.0, aux), 4.0)
    assert og.jvp(f, (2.0,), (1.0,), has_aux=True) == (4.0, 4.0, aux)
    out, pull, got = og.vjp(f, 2.0, has_aux=True)
    assert (out, pull(1.0), got) == (4.0, (4.0,), aux)
    assert og.hvp(f, (2.0,), (1.0,), has_aux=True) == (2.0, aux)
    assert og.jacobian(f, has_aux=True)(2.0) == (4.0, aux)
    assert og.hessian(f, has_aux=True)(2.0) == (2.0, aux)


def test_aux_must_be_a_pair() -> None:
    """A function with aux that returns no pair: an error that says so."""

    def single(x: Any) -> Any:
        return x

    with pytest.raises(InputError, match=r"pair \(result, aux\)"):
        og.grad(single, has_aux=True)(1.0)


@pytest.mark.parametrize("make", [Pair, Layer, Record], ids=lambda make: make.__name__)
def test_records(make: Callable[..., Any]) -> None:
    """Named tuples, dataclasses and attrs records: the gradient is one of them."""
    assert og.grad(product)(make(2.0, 3.0)) == make(3.0, 2.0)


def test_nested_containers() -> None:
    """Dicts, lists, tuples, records in each other; None is an empty one."""
    p = {"a": [1.0, (2.0, None)], "b": Layer(3.0, Pair(4.0, X))}
    g = og.grad(lambda p: p["a"][0] * p["a"][1][0] + p["b"].w * np.sum(p["b"].b.b))(p)
    assert g["a"] == [2.0, (1.0, None)]
    assert (g["b"].w, g["b"].b.w, g["b"].name) == (6.0, 0.0, "layer")
    np.testing.assert_array_equal(g["b"].b.b, np.full(3, 3.0))


def test_an_unknown_class() -> None:
    """It is refused by its name, with what to do."""

    class Box:
        pass

    with pytest.raises(InputError, match=r"argument 0.*Box.*register_pytree_node"):
        og.grad(lambda box: 1.0)(Box())


@pytest.mark.parametrize("wrong", [3, np.array([1, 2]), True, [1.0, 2]], ids=repr)
def test_integer_arguments(wrong: Any) -> None:
    """Derivatives are by floating-point numbers."""

    def f(x: Any) -> Any:
        return 1.0

    with pytest.raises(InputError, match=r"argument 0 of f .*floating-point"):
        og.grad(f)(wrong)


@pytest.mark.parametrize("f", [lambda x: x, lambda x: (x[0], x[1]), lambda x: np.sum(x) * 1j])
def test_grad_needs_a_real_scalar(f: Any) -> None:
    """The error names what takes arrays."""
    with pytest.raises(InputError, match=r"one real number; .*jacobian"):
        og.grad(f)(X)


def test_results_that_are_no_numbers() -> None:
    """They are refused, with the hint to return them beside."""
    with pytest.raises(InputError, match="has_aux"):
        og.vjp(lambda x: (x, "text"), 1.0)


def test_constants_have_zero_derivatives() -> None:
    """Of each kind and in each form, without a warning, infinite primals too."""
    x = np.array([1, np.inf], np.float32)
    g = og.grad(lambda p: 3.0)({"x": x, "y": 2.0})
    assert g["y"] == 0.0
    np.testing.assert_array_equal(g["x"], np.zeros(2))
    assert g["x"].dtype == np.float32
    assert og.jvp(lambda x: (1.0, 2), (3.0,), (1.0,)) == ((1.0, 2), (0.0, 0.0))
    np.testing.assert_array_equal(og.jacobian(lambda x: np.ones(2))(X), np.zeros((2, 3)))


def test_what_it_does_not_depend_on() -> None:
    """Zero, where one of several arguments takes no part."""
    assert og.grad(lambda x, y: x * x, (0, 1))(3.0, 1.0) == (6.0, 0.0)


def test_dtypes() -> None:
    """A float32 argument has a float32 gradient, tangent and Jacobian."""
    x = X.astype(np.float32)
    assert og.grad(lambda x: np.sum(x * x))(x).dtype == np.float32
    assert og.jvp(np.exp, (x,), (x,))[1].dtype == np.float32
    assert og.jacobian(lambda x: np.exp(x))(x).dtype == np.float32


def test_pull_checks_structure_and_shape() -> None:
    """A cotangent has the structure and shapes of the result."""
    _, pull = og.vjp(lambda x: {"a": x, "b": 2 * x}, X)
    with pytest.raises(InputError, match="structure"):
        pull({"a": X})
    with pytest.raises(CotangentError, match=re.escape("(3,)")):
        pull({"a": X, "b": 1.0})


@pytest.mark.parametrize("tangents", [(), ([X],), (X[:2],), ({"a": X},)])
def test_jvp_checks_structure_and_shape(tangents: Any) -> None:
    """Tangents have the structure and shapes of the primals."""
    with pytest.raises(InputError, match=r"tangent"):
        og.jvp(np.exp, (X,), tangents)


def test_jvp_of_several_arguments_and_results() -> None:
    """Tangents come in the form of the primals, and go out in that of the result."""
    out, tangent = og.jvp(
        lambda x, p: {"s": x * p["y"], "x": x}, (2.0, {"y": 3.0}), (1.0, {"y": 10.0})
    )
    assert out == {"s": 6.0, "x": 2.0}
    assert tangent == {"s": 23.0, "x": 1.0}


def test_one_pass_for_several_results() -> None:
    """A rule on the way to many results runs once."""
    runs = []

    @og.op
    def noted(x: og.Raw) -> og.Raw:
        return 2 * x

    @noted.vjp
    def _(g: og.Raw, out: og.Raw, x: og.Raw) -> og.Raw:
        runs.append(g)
        return 2 * g

    def f(x: Any) -> Any:
        y = noted(x)
        return [y * i for i in range(5)]

    _, pull = og.vjp(f, 1.0)
    assert pull([1.0] * 5) == (20.0,)
    assert runs == [10.0]


def test_elementwise_grad() -> None:
    """The derivative of each element; of a number too."""
    np.testing.assert_allclose(og.elementwise_grad(lambda x: np.sin(x))(X), np.cos(X))
    assert og.elementwise_grad(lambda x: x * x)(3.0) == 6.0


def test_stop_gradient() -> None:
    """A constant to all transforms, in containers too."""
    assert og.grad(lambda x: x * og.stop_gradient(x))(3.0) == 3.0
    assert og.grad(lambda x: x * og.stop_gradient({"a": [x]})["a"][0])(3.0) == 3.0


def test_a_user_s_op_works_in_every_transform() -> None:
    """An op in a script, with no package."""

    @og.op(elementwise=True)
    def cube(x: og.Raw) -> og.Raw:
        return x**3

    @cube.vjp
    def _(g: og.Raw, out: og.Raw, x: og.Raw) -> og.Raw:
        return g * 3 * x**2

    pushed: Any = og.jvp(cube, (2.0,), (1.0,))
    assert pushed == (8.0, 12.0)
    assert og.grad(cube)(2.0) == 12.0
    assert og.hessian(cube)(2.0) == 12.0
    np.testing.assert_allclose(og.jacobian(cube)(X), np.diag(3 * X**2))


def test_an_exception_leaves_nothing_behind() -> None:
    """After a function that raised, derivatives are as before."""

    def fails(x: Any) -> Any:
        return og.grad(lambda y: y / 0)(x)

    with pytest.raises(ZeroDivisionError):
        og.grad(fails)(1.0)
    assert og.grad(lambda x: x * x)(3.0) == 6.0


@pytest.mark.parametrize("transform", [og.jvp, og.hvp])
def test_a_bare_array_is_no_tuple_of_arguments(transform: Any) -> None:
    """It would be taken for the arguments that it holds."""
    with pytest.raises(InputError, match="primals is a tuple"):
        transform(np.sum, X, X)


def test_jacobian_of_a_complex_result_by_a_real_argument() -> None:
    """The complex derivative, however many numbers there are."""
    x = np.array([1.0, 2.0])
    expected = np.diag(1j * np.exp(1j * x))
    np.testing.assert_allclose(og.jacobian(lambda x: np.exp(1j * x))(x), expected)


def test_jacobian_of_a_complex_result_through_an_opaque_op_is_refused() -> None:
    """Only the way back is open, and there the imaginary part would be lost."""

    @og.op(opaque=True)
    def turned(x: Any) -> Any:
        return x * 1j

    @turned.vjp
    def _(g: Any, out: Any, x: Any) -> Any:
        return g * 1j

    for x in (2.0, np.array([1.0, 2.0])):
        with pytest.raises(og.NotDifferentiable, match="turned"):
            og.jacobian(turned)(x)


def test_jacobian_of_a_real_result_by_a_complex_argument() -> None:
    """Rows are gradients, however many there are."""

    def f(z: Any) -> Any:
        return np.arange(1, 3) * np.abs(z) ** 2

    expected = [og.grad(lambda z, i=i: f(z)[i])(1 + 2j) for i in range(2)]
    np.testing.assert_allclose(og.jacobian(f)(1 + 2j), expected)


def test_elementwise_grad_of_a_complex_result_by_a_real_argument_is_an_error() -> None:
    """The imaginary part would be lost."""
    with pytest.raises(InputError, match="complex"):
        og.elementwise_grad(lambda x: np.exp(1j * x))(X)


def twice_the_same() -> Any:
    """An op of two inputs, whose joint rule returns one array for both."""

    def rule(g: Any, out: Any, x: Any, y: Any) -> Any:
        h = g * np.ones(np.shape(x))
        return h, h

    op = og.Op(name="total", forward=lambda x, y: np.sum(x) + np.sum(y), arity=2)
    op.set_joint_rule(rule)
    return lambda x, y: apply(op, (x, y))


@pytest.mark.parametrize(
    "differentiate",
    [
        lambda f: og.grad(f, argnums=(0, 1))(X, X.copy()),
        lambda f: og.value_and_grad(f, argnums=(0, 1))(X, X.copy())[1],
        lambda f: og.elementwise_grad(f, argnums=(0, 1))(X, X.copy()),
        lambda f: og.vjp(f, X, X.copy())[1](1.0),
        lambda f: og.grad(lambda p: f(*p))((X, X.copy())),
    ],
    ids=["grad", "value_and_grad", "elementwise_grad", "vjp", "container"],
)
def test_two_gradients_are_two_arrays(differentiate: Any) -> None:
    """A rule that returns one array for both inputs: the caller may write to each of them."""
    first, second = differentiate(twice_the_same())
    assert not np.shares_memory(first, second)
    first[:] = 7.0
    np.testing.assert_array_equal(second, np.ones_like(X))


def test_what_a_function_returns_twice_is_two_arrays() -> None:
    """The caller may write to each of them: results, and what is beside them."""
    array = np.ones(2)
    out, _ = og.vjp(lambda x: (x * 2.0, array, array), X)
    aux = og.grad(lambda x: (np.sum(x), [array, array]), has_aux=True)(X)[1]
    for first, second in (out[1:], aux):
        assert not np.shares_memory(first, second)
