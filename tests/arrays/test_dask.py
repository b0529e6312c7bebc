"""Dask arrays as the data of Values: NumPy's results, and nothing computed on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import dask
import dask.array as da
import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.arrays.differences import arbitrary
from tests.ops.every_op import OPS

MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
SQUARE = np.linspace(-0.8, 1.3, 9).reshape(3, 3)
CUBE = np.linspace(-1.3, 2.1, 24).reshape(2, 3, 4)
VECTOR = MATRIX[0]

Function = Callable[..., Any]


@contextmanager
def nothing_computed() -> Iterator[None]:
    """In this context, computing a Dask array is an error."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a Dask array was computed")

    with dask.config.set(scheduler=refuse):
        yield


def lazy(x: Any) -> Any:
    """The same array in Dask's, in chunks of two; a number as it is."""
    return da.from_array(x, chunks=2) if np.ndim(x) else x


def equal(actual: Any, expected: Any) -> None:
    """A Dask array, of the dtype and shape of NumPy's, and with its numbers."""
    assert isinstance(actual, da.Array)
    assert (actual.shape, actual.dtype) == (np.shape(expected), expected.dtype)
    np.testing.assert_allclose(actual.compute(), expected, rtol=1e-12, atol=1e-12)


ELEMENTWISE = [
    pytest.param(op, sample, id=f"{name}-{i}")
    for name, op in OPS.items()
    for i, sample in enumerate(op.samples)
    if any(np.ndim(x) for x in sample.inputs)
]


@pytest.mark.parametrize(("op", "sample"), ELEMENTWISE)
def test_every_elementwise_op(op: OpN, sample: og.Sample) -> None:
    """The result and the gradients of each op on Dask arrays, whose bias is broadcast, too."""
    numpys = [og.Value(x) for x in sample.inputs]
    dasks = [og.Value(lazy(x)) for x in sample.inputs]
    expected = op(*numpys, **sample.params)
    cotangent = np.asarray(arbitrary(expected.data), np.result_type(expected.data, np.float32))
    expected_cts = og.backward(expected, cotangent)
    with nothing_computed():
        out = op(*dasks, **sample.params)
        cts = og.backward(out, lazy(cotangent))
    equal(out.data, expected.data)
    for x, y in zip(dasks, numpys, strict=True):
        assert (x in cts) == (y in expected_cts)
        if y in expected_cts and y.ndim:
            equal(cts[x], expected_cts[y])


REDUCTIONS: list[Function] = [np.sum, np.mean, np.max, np.min, np.prod, np.std, np.var]
AXES: list[dict[str, Any]] = [
    {},
    {"axis": 0},
    {"axis": -1, "keepdims": True},
    {"axis": (0, 1)},
    {"keepdims": True},
]


@pytest.mark.parametrize("params", AXES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_reductions(reduction: Function, params: dict[str, Any]) -> None:
    """Over an axis, several, or all; with these kept or not."""
    check(lambda x: reduction(x, **params), MATRIX)


@pytest.mark.parametrize("reduction", [np.std, np.var])
def test_degrees_of_freedom(reduction: Function) -> None:
    """The ddof of a deviation."""
    check(lambda x: reduction(x, axis=1, ddof=1), MATRIX)


PRODUCTS: list[tuple[Any, Any]] = [
    (MATRIX, MATRIX.T),
    (MATRIX, VECTOR),
    (VECTOR, MATRIX.T),
    (VECTOR, VECTOR),
    (CUBE, np.swapaxes(CUBE, 1, 2)),
]


@pytest.mark.parametrize(("x", "y"), PRODUCTS)
def test_products(x: Any, y: Any) -> None:
    """x @ y of vectors, matrices, and stacks of matrices."""
    check(lambda x, y: x @ y, x, y)


OTHERS: list[Function] = [
    lambda x: x + VECTOR,
    lambda x: np.tanh(x + x[0]) * x[:, :1],
    lambda x: 3 * x**2 - x / 4,
    lambda x: np.where(x > 0, x, 0.1 * x),
    lambda x: x[1:],
    lambda x: x[0, -1],
    lambda x: x[:, ::-2],
    lambda x: x[None, ..., 0],
    lambda x: x[:, [2, 0]],
    lambda x: np.take(x, [1], axis=0),
    lambda x: x.T.reshape(3, 1, 2),
    lambda x: x.reshape(-1),
    lambda x: np.expand_dims(np.ravel(x), 1),
    lambda x: np.broadcast_to(x, (2, 2, 3)),
    lambda x: np.concatenate([x, 2 * x], axis=1),
    lambda x: np.stack([x, x * x]),
    lambda x: np.split(x, 3, axis=1)[1],
    lambda x: np.pad(x, 1),
    lambda x: np.roll(np.flip(x, 1), 1, axis=0),
    lambda x: np.tile(np.repeat(x, 2, axis=0), 2),
    lambda x: np.diff(x),
    lambda x: np.triu(x),
    lambda x: np.cumsum(x, axis=0),
    lambda x: np.cumprod(x, axis=1),
    lambda x: np.linalg.norm(x, axis=1),
    lambda x: np.einsum("ij,kj->ik", x, x),
    lambda x: np.tensordot(x, x, ([0, 1], [0, 1])),
    lambda x: og.at(x, 0).set(x[1] ** 2),
    lambda x: og.at(x, (slice(None), 1)).add(2.5) ** 2,
    lambda x: og.vjp(lambda x: og.ops.softmax(x, axis=0), x)[0],
    lambda x: og.vjp(lambda x: og.ops.log_softmax(x), x)[0],
    lambda x: og.vjp(lambda x: og.ops.logsumexp(x, axis=1), x)[0],
]


@pytest.mark.parametrize("function", OTHERS)
def test_functions_of_shapes_and_elements(function: Function) -> None:
    """Broadcasting, choosing, joining, rearranging; and what is made of such functions."""
    check(function, MATRIX)


def check(function: Function, *arrays: Any) -> None:
    """Results, cotangents, tangents and gradients are Dask's, not computed, and NumPy's numbers."""
    expected = function(*arrays)
    cotangent = arbitrary(expected)[()]
    tangents = [arbitrary(x, 0.3, 1.4) for x in arrays]
    every = tuple(range(len(arrays)))

    def loss(*arrays: Any) -> Any:
        return np.sum(function(*arrays) ** 2)

    dasks = [lazy(x) for x in arrays]
    with nothing_computed():
        out, pull = og.vjp(function, *dasks)
        pulled = pull(lazy(cotangent))
        _, pushed = og.jvp(function, dasks, [lazy(t) for t in tangents])
        value, gradients = og.value_and_grad(loss, every)(*dasks)
        products = og.hvp(lambda x: loss(x, *dasks[1:]), dasks[:1], [lazy(tangents[0])])
    equal(out, expected)
    for each in (
        (pulled, og.vjp(function, *arrays)[1](cotangent)),
        (
            gradients,
            og.grad(loss, every)(*arrays),
        ),
    ):
        for ct, expected_ct in zip(*each, strict=True):
            equal(ct, expected_ct)
    equal(pushed, og.jvp(function, arrays, tangents)[1])
    equal(value, loss(*arrays))
    equal(products, og.hvp(lambda x: loss(x, *arrays[1:]), arrays[:1], tangents[:1]))


def test_single_precision_is_kept() -> None:
    """The gradient of float32 is float32."""
    gradient = og.grad(lambda x: np.mean(np.exp(x) * x))(lazy(MATRIX.astype(np.float32)))
    assert gradient.dtype == np.float32


def test_gradient_of_what_does_not_matter_is_a_dask_array_of_zeros() -> None:
    """A zero has the form of its argument."""
    equal(og.grad(lambda x: 3.0)(lazy(MATRIX)), np.zeros((2, 3)))


def test_jacobian_and_hessian() -> None:
    """Matrices of derivatives are Dask arrays."""
    with nothing_computed():
        jacobian = og.jacobian(lambda x: lazy(SQUARE) @ np.sin(x))(lazy(VECTOR))
        hessian = og.hessian(lambda x: np.sum(np.sin(x) * x[0]))(lazy(VECTOR))
    equal(jacobian, og.jacobian(lambda x: SQUARE @ np.sin(x))(VECTOR))
    equal(hessian, og.hessian(lambda x: np.sum(np.sin(x) * x[0]))(VECTOR))


def test_elementwise_grad_and_checkpoint() -> None:
    """They start from ones, and compute again, in Dask's arrays."""
    with nothing_computed():
        slope = og.elementwise_grad(og.checkpoint(np.sin))(lazy(MATRIX))
    equal(slope, np.cos(MATRIX))


@pytest.mark.parametrize("scheduler", ["sequential", "threaded"])
def test_backward_puts_lazy_sums_into_grad(scheduler: str) -> None:
    """`.grad` adds up without computing."""
    v = og.Value(lazy(MATRIX))
    with nothing_computed():
        loss = np.sum(v * v)
        loss.backward(scheduler=scheduler)
        loss.backward(scheduler=scheduler)
    equal(v.grad, 4 * MATRIX)


@pytest.mark.parametrize(
    "show", [repr, str, lambda v: str(og.Graph.of(v)), lambda v: og.Graph.of(v).to_svg()]
)
def test_showing_a_value_computes_nothing(show: Callable[[Any], str]) -> None:
    """A Value and its graph are shown as Dask shows its arrays."""
    with nothing_computed():
        assert "dask.array" in show(og.Value(lazy(MATRIX)) * 2.0) or show is not repr


def test_shape_size_and_dtype_compute_nothing() -> None:
    """What is known without computing is told without."""
    v: Any = og.Value(lazy(MATRIX))
    with nothing_computed():
        assert (v.shape, v.ndim, v.size, len(v), np.size(v)) == ((2, 3), 2, 6, 2, 6)
        assert v.dtype == np.float64


def test_comparisons_and_masks_compute_nothing() -> None:
    """They give lazy truths."""
    with nothing_computed():
        smaller, finite = (og.Value(lazy(MATRIX)) < 0).data, np.isfinite(og.Value(lazy(MATRIX)))
    equal(smaller, MATRIX < 0)
    equal(finite, np.isfinite(MATRIX))


def test_a_condition_computes() -> None:
    """A branch has to know."""
    assert og.Value(lazy(MATRIX))[0, 0] > 0


def test_mixed_with_numpy_arrays_on_either_side() -> None:
    """A Value of one kind of array and raw data of the other."""
    with nothing_computed():
        results = [
            (og.Value(VECTOR) * lazy(VECTOR)).data,
            (lazy(VECTOR) * og.Value(VECTOR)).data,
            (VECTOR * og.Value(lazy(VECTOR))).data,
            np.multiply(lazy(VECTOR), og.Value(VECTOR)).data,
        ]
    for result in results:
        equal(result, VECTOR**2)


def test_parameters_of_numpy_and_data_of_dask() -> None:
    """The gradient by a NumPy array, through Dask's, is lazy as well."""
    with nothing_computed():
        gradient = og.grad(lambda w: np.mean((lazy(MATRIX) @ w - 1.0) ** 2))(VECTOR)
    equal(gradient, og.grad(lambda w: np.mean((MATRIX @ w - 1.0) ** 2))(VECTOR))


def test_what_was_not_chosen_stays_zero() -> None:
    """No NaN where the other branch has an infinite derivative, as with NumPy's arrays."""
    x = np.array([0.0, 4.0])
    with nothing_computed():
        gradient = og.grad(lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0)))(lazy(x))
    with np.errstate(divide="ignore", invalid="ignore"), dask.config.set(scheduler="sync"):
        np.testing.assert_array_equal(gradient.compute(), [0.0, 0.25])


def test_debug_mode_computes_nothing() -> None:
    """It does not look for NaN in lazy arrays."""
    with nothing_computed(), og.debug():
        gradient = og.grad(lambda x: np.sum(x * x))(lazy(VECTOR))
    equal(gradient, 2 * VECTOR)


@pytest.mark.parametrize(
    "function", [da.sum, lambda v: da.concatenate([v, lazy(VECTOR)]), da.asarray]
)
def test_functions_of_dask_are_refused(function: Function) -> None:
    """They would take a Value for data; the error names the way that keeps the gradient."""
    with pytest.raises(og.errors.CutGradientError, match=r"np\.sum\(v\)"):
        function(og.Value(lazy(VECTOR)))


def test_repeated_integers_are_refused() -> None:
    """Dask cannot add up at an index, so such a gradient is an error that says so."""
    with pytest.raises(og.NotDifferentiable, match="repeated integers"):
        og.grad(lambda x: np.sum(x[[0, 0]]))(lazy(VECTOR))
    with pytest.raises(og.NotDifferentiable, match="repeated integers"):
        og.at(og.Value(lazy(VECTOR)), [0, 0]).add(1.0)
