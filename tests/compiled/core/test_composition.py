"""Compiled functions among themselves, under transforms, on Values, and as objects."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import UnknownBackendError
from opgrad_logcosh import logcosh
from tests.compiled.core.backends import BACKENDS, EACH_BACKEND
from tests.compiled.core.same import assert_same

X = np.array([0.5, -1.0, 2.0])


def loss(x: Any, scale: float = 1.0) -> Any:
    """A function of a module."""
    return np.sum(np.tanh(x) ** 2) * scale


@og.compile
def decorated(x: Any) -> Any:
    """A decorated function."""
    return np.sum(x * 2)


@og.compile(backend="python", static_argnames=("n",))
def with_options(x: Any, n: int = 2) -> Any:
    """Decorated with options."""
    return x**n


@EACH_BACKEND
def test_every_composition_of_transforms(backend: str) -> None:
    """Values, gradients, Jacobians, Hessians and products with them."""
    v = np.array([1.0, 0.5, -0.5])
    functions: list[Callable[[Any], Any]] = [
        og.value_and_grad(loss),
        og.jacobian(lambda x: np.tanh(x) * x[0]),
        og.hessian(loss),
        lambda x: og.hvp(loss, (x,), (v,)),
        lambda x: og.jvp(loss, (x,), (v,)),
        lambda x: og.vjp(np.tanh, x)[1](v),
        og.elementwise_grad(np.tanh),
        og.grad(og.checkpoint(loss)),
        og.grad(lambda x: loss(x) * og.stop_gradient(loss(x))),
        og.value_and_grad(lambda x: (loss(x), {"aux": x * 2}), has_aux=True),
    ]
    for function in functions:
        compiled = og.compile(function, backend=backend)
        for _ in range(2):
            assert_same(compiled(X), function(X))
        assert len(compiled.programs) == 1


@EACH_BACKEND
def test_a_compiled_function_in_a_compiled_function(backend: str) -> None:
    """Becomes a part of the program around it."""
    inner = og.compile(loss, backend=backend)
    outer = og.compile(lambda x: inner(x) + inner(2 * x), backend=backend)
    for _ in range(2):
        assert_same(outer(X), loss(X) + loss(2 * X))
    assert inner.programs == []


@EACH_BACKEND
def test_a_gradient_of_a_compiled_function(backend: str) -> None:
    """On Values it runs uncompiled; compiled around, both are."""
    inner = og.compile(loss, backend=backend)
    assert_same(og.grad(inner)(X), og.grad(loss)(X))
    assert inner.programs == []
    outer = og.compile(og.grad(inner), backend=backend)
    for _ in range(2):
        assert_same(outer(X), og.grad(loss)(X))


@EACH_BACKEND
def test_cotangents_of_which_some_are_constants(backend: str) -> None:
    """They add up with those that depend on arguments, in any order."""

    def f(x: Any, y: Any) -> Any:
        z = x + 1
        return np.sum(z + z + z) + np.sum(z * y) + np.sum(z - z * y) + np.sum(z)

    function = og.grad(f, argnums=(0, 1))
    compiled = og.compile(function, backend=backend)
    for _ in range(2):
        assert_same(compiled(X, 2 * X), function(X, 2 * X))


@EACH_BACKEND
def test_numbers_in_gradients_of_single_precision(backend: str) -> None:
    """The cotangent of a Python number may come from float32 alone."""

    def f(x: Any, y: float) -> Any:
        return og.grad(lambda x, y: np.sum(x * y + y), argnums=1)(x, y) * y

    compiled = og.compile(og.grad(f, argnums=(0, 1)), backend=backend)
    x = X.astype(np.float32)
    for _ in range(2):
        assert_same(compiled(x, 0.5), og.grad(f, argnums=(0, 1))(x, 0.5))


@EACH_BACKEND
def test_values_as_arguments_are_differentiable(backend: str) -> None:
    """They are recorded, as by the function itself."""
    x = og.Value(X)
    out: Any = og.compile(loss, backend=backend)(x)
    out.backward()
    np.testing.assert_allclose(x.grad, og.grad(loss)(X))


@EACH_BACKEND
def test_debug_mode_and_schedulers_are_of_no_consequence(backend: str) -> None:
    """A gradient traced with another scheduler is the same."""
    compiled = og.compile(og.grad(loss), backend=backend)
    with og.use_scheduler("threaded"):
        assert_same(compiled(X), og.grad(loss)(X))
    assert_same(compiled(X), og.grad(loss)(X))


@EACH_BACKEND
def test_a_third_party_op_compiles_with_no_extra_work(backend: str) -> None:
    """Its forward and rule are plain NumPy, and come apart into primitives."""
    function = og.value_and_grad(lambda x: np.sum(logcosh(x)))
    compiled = og.compile(function, backend=backend)
    for x in (X, 100 * X):
        assert_same(compiled(x), function(x))
    ops = [node.op for node in compiled.graph.nodes if node.op is not None]
    assert {"absolute", "tanh"} <= {op.name for op in ops}
    assert not any(op.opaque for op in ops)


@EACH_BACKEND
def test_methods(backend: str) -> None:
    """The instance is an argument that is hashed: a static one."""

    class Model:
        def __init__(self, scale: float) -> None:
            self.scale = scale

        def predict(self, x: Any) -> Any:
            return x * self.scale

        compiled = og.compile(predict, backend=backend)

    two, three = Model(2.0), Model(3.0)
    for _ in range(2):
        assert_same([two.compiled(X), three.compiled(X)], [X * 2.0, X * 3.0])
    assert len(Model.compiled.programs) == 2


def test_decorators() -> None:
    """With options and without; names and docstrings stay."""
    assert decorated(X) == 3.0
    assert with_options(2.0, n=3) == with_options(2.0, n=3) == 8.0
    assert decorated.__doc__ == "A decorated function."
    assert decorated.__name__ == "decorated"


def test_pickles_by_reference() -> None:
    """Where the name stands for the compiled function itself."""
    assert pickle.loads(pickle.dumps(decorated)) is decorated


def test_pickles_by_function_and_options() -> None:
    """Where it does not; programs are made again."""
    compiled = og.compile(loss, backend="python", static_argnames="scale", max_programs=3)
    compiled(X)
    again = pickle.loads(pickle.dumps(compiled))
    assert again is not compiled
    assert again.function is loss
    assert again.programs == []
    for scale in (1.0, 2.0, 3.0):
        assert_same(again(X, scale=scale), loss(X, scale))
    assert len(again.programs) == 3
    assert_same(copy.deepcopy(compiled)(X), loss(X))


@EACH_BACKEND
def test_graphs_before_and_after_passes(backend: str) -> None:
    """Both can be printed; there are none before a call."""
    compiled = og.compile(lambda x: (x * 1 + x * 1) * 2.0, backend=backend)
    with pytest.raises(LookupError, match="call it first"):
        _ = compiled.graph
    compiled(3.0)
    assert str(compiled.traced_graph).count("multiply") == 3
    assert str(compiled.graph).count("multiply") == 1
    assert "return" in str(compiled.graph)


class Recording:
    """A backend that notes what it is given, and leaves the work to another."""

    name = "recording"

    def __init__(self) -> None:
        self.lowered: list[tuple[og.Graph, Sequence[og.Node]]] = []

    def lower(self, graph: og.Graph, inputs: Sequence[og.Node], /) -> og.Executable:
        """The interpreter's program."""
        self.lowered.append((graph, inputs))
        return og.default_registry().backend("python").lower(graph, inputs)


def test_a_backend_itself() -> None:
    """In the place of its name; it is given each program once, with the inputs in their order."""
    backend = Recording()
    compiled = og.compile(lambda x, unused, y: (y - x) * 2, backend=backend)
    for x in (1.0, 2.0):
        assert compiled(x, 5.0, 4.0) == (4.0 - x) * 2
    [(graph, inputs)] = backend.lowered
    assert graph is compiled.graph
    assert graph.inputs == tuple(inputs)
    assert len(inputs) == 3


def test_an_unknown_backend() -> None:
    """The error lists those that there are."""
    with pytest.raises(UnknownBackendError, match="python"):
        og.compile(loss, backend="pyhton")(X)


@pytest.mark.parametrize("backend", [*BACKENDS, "auto"])
def test_threads(backend: str) -> None:
    """Several call one compiled function at once, the first calls included."""
    compiled = og.compile(
        og.value_and_grad(lambda x: loss(x) if x[0] > 0 else -loss(x)), backend=backend
    )
    rng = np.random.default_rng(0)
    arguments = [rng.normal(size=3) for _ in range(200)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(compiled, arguments))
    for x, (value, _) in zip(arguments, results, strict=True):
        assert value == pytest.approx(loss(x) * (1 if x[0] > 0 else -1))


@EACH_BACKEND
@pytest.mark.parametrize("f", [np.sort, np.median])
def test_second_derivatives_that_called_back_ops_leave_at_zero(f: Any, backend: str) -> None:
    """A gradient that does not depend on its argument is plain data to the next derivative."""
    compiled = og.compile(og.hessian(lambda x: np.sum(f(x))), backend=backend)
    np.testing.assert_array_equal(compiled(np.array([0.25, 0.5])), np.zeros((2, 2)))


@EACH_BACKEND
@pytest.mark.parametrize(
    "f",
    [lambda a, s: np.sin(s), lambda a, s: s * 2, lambda a, s: s > 1],
    ids=["float", "number", "truth"],
)
def test_a_loss_that_does_not_depend_on_what_is_differentiated(backend: str, f: Any) -> None:
    """It has the gradient zero; what is traced is no Value in disguise."""
    both = og.value_and_grad(f)
    given = og.compile(both, backend=backend)([1.5, X], 2.0)
    assert_same(given, both([1.5, X], 2.0))


@EACH_BACKEND
def test_a_class_that_is_returned(backend: str) -> None:
    """It is that of the data, also where the function has asked a stand-in for its type."""
    compiled = og.compile(lambda x, y: [y * 2, type(x), type(y)], backend=backend)
    for x in (1.5, 2, np.float64(1.5), True):
        for _ in range(2):
            assert compiled(x, X)[1:] == [type(x), np.ndarray]
            assert all(type(cls) is type for cls in compiled(x, X)[1:])
