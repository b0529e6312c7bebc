"""Transforms in transforms: in any order, without confusing whose derivative is whose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og

X = np.array([0.5, -1.0, 2.0])


def f(x: Any) -> Any:
    """A scalar function of an array."""
    return np.sum(np.sin(x) * x**2)


HESSIAN = np.diag(2 * np.sin(X) + 4 * X * np.cos(X) - X**2 * np.sin(X))


def derivative(g: Any) -> Any:
    """By JVP."""
    return lambda x: og.jvp(g, (x,), (1.0,))[1]


@pytest.mark.parametrize("outer", [og.grad, derivative])
@pytest.mark.parametrize("inner", [og.grad, derivative])
def test_no_perturbation_confusion(outer: Any, inner: Any) -> None:
    """The classic: d/dx (x * d/dy (x + y)) is 1, not 2."""
    assert outer(lambda x: x * inner(lambda y: x + y)(x))(1.0) == 1.0


@pytest.mark.parametrize("outer", [og.grad, derivative])
@pytest.mark.parametrize("inner", [og.grad, derivative])
def test_an_outer_variable_in_an_inner_function(outer: Any, inner: Any) -> None:
    """d/dx (d/dy (x² y³) at y = x) is 3 · 4 x³."""
    assert outer(lambda x: inner(lambda y: x**2 * y**3)(x))(2.0) == pytest.approx(96.0)


@pytest.mark.parametrize("first", [og.grad, derivative])
@pytest.mark.parametrize("second", [og.grad, derivative])
@pytest.mark.parametrize("third", [og.grad, derivative])
def test_third_derivatives_in_every_order(first: Any, second: Any, third: Any) -> None:
    """(x⁴)''' is 24 x."""
    assert third(second(first(lambda x: x**4)))(2.0) == pytest.approx(48.0)


def test_hessians() -> None:
    """Hessian, Jacobian of the gradient, and Hessian-vector products agree."""
    np.testing.assert_allclose(og.hessian(f)(X), HESSIAN)
    np.testing.assert_allclose(og.jacobian(og.grad(f))(X), HESSIAN)
    np.testing.assert_allclose(og.hvp(f, (X,), (X,)), HESSIAN @ X)
    np.testing.assert_allclose(og.jvp(og.grad(f), (X,), (X,))[1], HESSIAN @ X)


def test_hvp_of_several_arguments() -> None:
    """All blocks take part: x² y has the Hessian [[2y, 2x], [2x, 0]]."""
    assert og.hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 10.0)) == (46.0, 4.0)


def test_containers_of_second_derivatives() -> None:
    """The Hessian by a dict is a dict of dicts."""
    found = og.hessian(lambda p: p["a"] ** 2 * p["b"])({"a": 2.0, "b": 3.0})
    assert found == {"a": {"a": 6.0, "b": 4.0}, "b": {"a": 4.0, "b": 0.0}}


def test_jacobian_shapes() -> None:
    """The result's shape, then the argument's; fewer columns or fewer rows."""
    W = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(og.jacobian(lambda x: W @ x)(X), W)
    np.testing.assert_array_equal(og.jacobian(lambda y: W.T @ y)(np.ones(2)), W.T)
    assert og.jacobian(lambda x: x[:, None] * W[0])(X).shape == (3, 3, 3)
    assert og.jacobian(lambda x: x[:0])(X).shape == (0, 3)


def test_jacobian_of_containers() -> None:
    """One block for each array of the result and each array of the arguments."""
    found = og.jacobian(lambda x, y: [x * y, y], (0, 1))(X, 2.0)
    np.testing.assert_array_equal(found[0][0], 2 * np.eye(3))
    np.testing.assert_array_equal(found[0][1], X)
    np.testing.assert_array_equal(found[1][0], np.zeros(3))
    assert found[1][1] == 1.0


def test_jacobian_through_an_opaque_op() -> None:
    """Few columns would be cheaper, but only rows are possible."""
    opaque = make_opaque(elementwise=False)
    np.testing.assert_array_equal(og.jacobian(lambda t: opaque(t * X))(2.0), 2 * X)


def make_opaque(elementwise: bool = True) -> Any:
    """An op whose rule cannot be differentiated."""

    def double(x: og.Raw) -> og.Raw:
        return 2 * x

    def rule(g: og.Raw, out: og.Raw, x: og.Raw) -> og.Raw:
        return 2 * g

    make: Any = og.op  # its overloads want to know what is elementwise
    foreign = make(elementwise=elementwise, opaque=True, name="foreign")(double)
    foreign.vjp(rule)
    return foreign


def test_opaque_ops_have_no_second_derivative() -> None:
    """The error names the op."""
    opaque = make_opaque()
    assert og.grad(opaque)(3.0) == 2.0
    with pytest.raises(og.NotDifferentiable, match="foreign"):
        og.grad(og.grad(opaque))(3.0)
    with pytest.raises(og.NotDifferentiable, match="foreign"):
        derivative(derivative(opaque))(3.0)


def test_supports_says_it_before() -> None:
    """By function, Value, graph, op; in the mode and order asked for."""
    opaque = make_opaque()
    y = opaque(og.Value(1.0)) * 2
    for what in (y, og.Graph.of(y), opaque):
        assert og.supports(what, "vjp")
        assert og.supports(what, "vjp", order=2).missing == (opaque,)
        assert og.supports(what, "jvp")  # it is elementwise
        assert not og.supports(what, "jvp", order=2)
    assert "foreign" in str(og.supports(lambda x: opaque(x), "vjp", 2, args=(1.0,)))
    assert og.supports(np.sin, "jvp", 3, args=(X,))
    assert not og.supports(og.checkpoint(opaque), "jvp", 2, args=(1.0,))
    with pytest.raises(og.errors.InputError):
        og.supports(opaque, "vjp", order=0)


def test_a_captured_value_makes_the_result_a_value() -> None:
    """A gradient that depends on a Value from outside can be differentiated by it."""
    w = og.Value(3.0)
    g = og.grad(lambda x: w * x * x)(2.0)
    assert isinstance(g, og.Value)
    g.backward()
    assert (g.data, w.grad) == (12.0, 4.0)


def test_a_value_that_does_not_matter_stays_outside() -> None:
    """The gradient of w + x² by x does not depend on w: it is raw; so is aux."""
    w = og.Value(3.0)
    value, g = og.value_and_grad(lambda x: (w + x * x, 2 * x), has_aux=True)(2.0)
    assert isinstance(value[0], og.Value)
    assert (value[1], g) == (4.0, 4.0)
    assert type(g) is float


def test_a_value_made_inside_does_not_leak() -> None:
    """The function's own leaves are constants to the caller."""
    assert type(og.grad(lambda x: x * og.Value(2.0))(3.0)) is float


def test_grad_of_a_value_is_a_value() -> None:
    """The argument comes from outside."""
    x = og.Value(2.0)
    g = og.grad(lambda x: x**3)(x)
    assert og.backward(g, wrt=[x])[x] == 12.0


def test_a_pull_is_differentiable_by_its_cotangent() -> None:
    """Also long after its function ran, with nothing left over from it."""
    _, pull = og.vjp(lambda x: np.sin(x) * x, 2.0)
    g = og.grad(lambda c: pull(c * c)[0])(3.0)
    assert type(g) is float
    assert g == pytest.approx(6 * (np.cos(2.0) * 2 + np.sin(2.0)))


def test_make_ggnvp() -> None:
    """JᵀHJv, against the matrices."""
    W = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 1.0]])
    J = og.jacobian(lambda x: np.tanh(W @ x))(X)
    v = np.array([1.0, 0.5, -2.0])
    product = og.make_ggnvp(lambda x: np.tanh(W @ x))(X)
    np.testing.assert_allclose(product(v), J.T @ J @ v)
    product = og.make_ggnvp(lambda x: np.tanh(W @ x), lambda y: np.sum(y**4))(X)
    H = np.diag(12 * np.tanh(W @ X) ** 2)
    np.testing.assert_allclose(product(v), J.T @ H @ J @ v)
