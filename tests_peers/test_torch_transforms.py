"""Functions taken to torch, in torch's modules, transforms and compiled code; and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import opgrad as og
from opgrad.errors import InputError, NotDifferentiable, ShapeError

FORWARD_MODE = pytest.mark.filterwarnings("ignore:`torch.jit.script:DeprecationWarning")
"""Torch warns of what it uses itself when it first goes forward."""

softplus = og.to_torch(og.ops.softplus)
cholesky = og.to_torch(og.ops.cholesky)


@og.to_torch
def energy(params: dict[str, Any], scale: float = 1.0) -> dict[str, Any]:
    """A function of a container that returns one, with something that has no derivative."""
    x, y = params["x"], params["y"]
    return {"value": scale * np.sum(np.exp(x) * y), "largest": np.argmax(x)}


@og.op(opaque=True, samples=[(0.5,)])
def foreign(x: og.Raw) -> og.Raw:
    """The square, by rules that cannot be differentiated."""
    return np.square(x)


@foreign.vjp
def _(g: og.Raw, out: og.Raw, x: og.Raw) -> og.Raw:
    return np.asarray(2 * np.asarray(g) * x)


def points() -> Any:
    """A leaf of five numbers, in double precision."""
    return torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)


def matrices() -> Any:
    """Three positive definite matrices."""
    return torch.stack([torch.eye(2, dtype=torch.float64) * n + 0.5 for n in (1, 2, 3)])


def close(actual: Any, expected: Any) -> None:
    """The tensors agree, in shape and dtype, too."""
    torch.testing.assert_close(actual, expected)


def test_memory_is_shared() -> None:
    """What the op is given is the tensor's memory, and what it returns is the result's."""
    seen = []

    @og.to_torch
    def spied(x: Any) -> Any:
        seen.append(x)
        seen.append(x + 1)
        return seen[-1]

    x = points().detach()
    out = spied(x)
    assert [array.__array_interface__["data"][0] for array in seen] == [
        x.data_ptr(),
        out.data_ptr(),
    ]


def test_a_view_of_an_input_is_copied() -> None:
    """Torch's ops do not return their inputs' memory."""
    x = points().detach()
    out = og.to_torch(lambda x: x[1:])(x)
    out += 1
    close(x, points().detach())


def test_containers_and_numbers() -> None:
    """They go in and come out; what has no derivative is a constant."""
    x, y = points(), points()
    out = energy({"x": x, "y": y}, scale=2.0)
    close(out["value"], 2 * torch.sum(torch.exp(x) * y))
    assert out["largest"] == 4
    assert not out["largest"].requires_grad
    close(torch.autograd.grad(out["value"], y)[0], 2 * torch.exp(x))


def test_arrays_are_arguments_too() -> None:
    """NumPy's arrays stand beside tensors."""
    x = points()
    close(energy({"x": x, "y": np.ones(5)})["value"], torch.exp(x).sum())


def test_an_array_written_to_after_the_call() -> None:
    """The pass backward takes it as it was."""
    x, y = points(), np.ones(5)
    product = og.to_torch(og.ops.mul)(x, y)
    y[:] = 100.0
    close(torch.autograd.grad(product.sum(), x)[0], torch.ones(5, dtype=torch.float64))


def test_float32_is_kept() -> None:
    """In value and gradient, also where a Python number takes part."""
    x = points().detach().float().requires_grad_()
    out = energy({"x": x, "y": x}, scale=0.5)["value"]
    out.backward()
    assert (out.dtype, x.grad.dtype) == (torch.float32, torch.float32)


def test_only_needed_gradients_are_computed() -> None:
    """The rule of an input that needs none does not run."""

    @og.op(elementwise=True)
    def product(x: og.Raw, y: og.Raw) -> og.Raw:
        return x * y

    @product.vjp_wrt(0)
    def _(g: og.Raw, out: og.Raw, x: og.Raw, y: og.Raw) -> og.Raw:
        return g * y

    @product.vjp_wrt(1)
    def _(g: og.Raw, out: og.Raw, x: og.Raw, y: og.Raw) -> og.Raw:
        raise og.NotDifferentiable("not by y")

    x, y = points(), points()
    product_of_tensors = og.to_torch(product)
    product_of_tensors(x, y.detach()).sum().backward()
    close(x.grad, y.detach())
    with pytest.raises(NotDifferentiable, match="not by y"):
        product_of_tensors(x, y).sum().backward()


def test_an_opaque_op_has_no_second_derivative() -> None:
    """The first is there; for the second, the error says why not."""
    x = points()
    (g,) = torch.autograd.grad(og.to_torch(foreign)(x).sum(), x, create_graph=True)
    close(g, 2 * x)
    with pytest.raises(NotDifferentiable, match="opaque"):
        g.sum().backward()


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_compiled_functions(backend: str) -> None:
    """Programs of OpGrad's compiler cross, with their derivatives of both orders."""

    @og.compile(backend=backend)
    def f(x: Any, y: Any) -> Any:
        return np.sum(np.exp(x) * np.tanh(y))

    crossed, inputs = og.to_torch(f), (points(), points())
    # The first call runs NumPy while it is traced: its last digit may be another.
    assert torch.autograd.gradcheck(crossed, inputs, nondet_tol=1e-12)
    assert torch.autograd.gradgradcheck(crossed, inputs, nondet_tol=1e-12)
    assert f.programs


def test_grad_of_grad() -> None:
    """``torch.func.grad`` nests."""
    x = points().detach()[1]
    close(torch.func.grad(torch.func.grad(softplus))(x), torch.sigmoid(x) * torch.sigmoid(-x))


@FORWARD_MODE
def test_forward_mode() -> None:
    """``jvp``, and forward over reverse in ``hessian``."""
    x = points().detach()
    _, tangent = torch.func.jvp(softplus, (x,), (torch.ones_like(x),))
    close(tangent, torch.sigmoid(x))
    hessian = torch.func.hessian(lambda x: softplus(x).sum())(x)
    close(hessian, torch.diag(torch.sigmoid(x) * torch.sigmoid(-x)))


def test_vmap_of_an_elementwise_op() -> None:
    """Cotangents are summed over what broadcasts, not over what is mapped."""
    add = og.to_torch(og.ops.add)

    def loss(a: Any, b: Any) -> Any:
        return (add(a, b) ** 3).sum()

    a, b = torch.randn(2, 4, 3, dtype=torch.float64), torch.randn(3, dtype=torch.float64)
    grads = torch.vmap(torch.func.grad(loss, argnums=(0, 1)), in_dims=(1, None))(a, b)
    expected = 3 * (a.movedim(1, 0) + b) ** 2
    close(grads[0], expected)
    close(grads[1], expected.sum(1))


def test_vmap_of_any_op() -> None:
    """Element by element, stacked; of the gradient, too."""
    a = matrices()
    close(torch.vmap(cholesky)(a), torch.linalg.cholesky(a))
    jacobian = torch.func.jacrev(cholesky)
    close(torch.vmap(jacobian)(a), torch.stack([jacobian(each) for each in a]))


@pytest.mark.parametrize("dynamic", [False, True])
def test_torch_compile(dynamic: bool) -> None:
    """Without a break in the graph; forward and backward; for another shape, too."""

    def step(x: Any) -> Any:
        return softplus(2 * x).sum() + energy({"x": x, "y": [x][0]}, scale=2.0)["value"]

    compiled = torch.compile(step, fullgraph=True, backend="aot_eager", dynamic=dynamic)
    for x in (points(), torch.ones(7, dtype=torch.float64, requires_grad=True)):
        close(compiled(x), step(x))
        close(torch.autograd.grad(compiled(x), x), torch.autograd.grad(step(x), x))


def test_compiled_functions_are_kept_apart() -> None:
    """What torch compiled of one is not taken for another."""
    twice, thrice = og.to_torch(lambda x: 2 * x), og.to_torch(lambda x: 3 * x)
    call = torch.compile(lambda f, x: f(x), fullgraph=True, backend="aot_eager")
    x = torch.ones(2)
    close((call(twice, x), call(thrice, x), call(twice, x)), (2 * x, 3 * x, 2 * x))
    close(torch.compile(thrice, backend="aot_eager")(x), 3 * x)


def test_torch_compile_of_a_transform() -> None:
    """A gradient taken inside of what is compiled."""
    gradient = torch.func.grad(lambda x: softplus(x).sum())
    x = points().detach()
    close(torch.compile(gradient, fullgraph=True, backend="aot_eager")(x), torch.sigmoid(x))


def test_a_module_trains() -> None:
    """Torch's optimiser, torch's layers, and an op of OpGrad between them."""
    torch.manual_seed(0)

    class Net(torch.nn.Module):  # type: ignore[misc]  # torch is not looked into
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = torch.nn.Linear(2, 8), torch.nn.Linear(8, 1)

        def forward(self, x: Any) -> Any:
            return self.last(softplus(self.first(x)))

    net, x = Net(), torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    optimiser = torch.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(400):
        optimiser.zero_grad()
        loss = ((net(x) - y) ** 2).mean()
        loss.backward()
        optimiser.step()
    assert loss.item() < 1e-3


def test_a_dtype_that_numpy_has_not() -> None:
    """The error names it, and says how to convert."""
    with pytest.raises(InputError, match=r"no bfloat16.*softplus\(x.float\(\)\)"):
        softplus(torch.ones(2, dtype=torch.bfloat16))


def test_another_device() -> None:
    """The error names it, and says how to move the tensor."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():  # a machine without a GPU has no other such tensors
        x = torch.empty(2, device="cuda")
        with pytest.raises(InputError, match=r"on cuda.*softplus\(x.cpu\(\)\)"):
            softplus(x)


def test_a_sparse_tensor() -> None:
    """The error says what it is, and how to make it dense."""
    with pytest.raises(InputError, match=r"sparse_coo.*x.to_dense\(\)"):
        softplus(torch.eye(2).to_sparse())


def test_no_tensor() -> None:
    """A call without one is refused: torch would not know what to do with it."""
    with pytest.raises(InputError, match="a tensor or more"):
        softplus(1.0)


def test_wrong_calls_of_an_op() -> None:
    """Too many inputs, an unknown param, something that is no data."""
    x = points()
    with pytest.raises(InputError, match="takes 1 input"):
        softplus(x, x)
    with pytest.raises(InputError, match="has no param 'axis'"):
        softplus(x, axis=0)
    with pytest.raises(InputError, match="takes numbers and arrays"):
        softplus("x")


def test_shapes_that_do_not_fit() -> None:
    """What the op raises comes through."""
    with pytest.raises(ValueError, match="broadcast"):
        og.to_torch(og.ops.add)(torch.ones(2), torch.ones(3))


def test_shapes_that_are_not_known_beforehand() -> None:
    """Where code is traced on placeholders that a function refuses, the error says so."""

    @og.to_torch
    def picky(x: Any) -> Any:
        if np.all(x < 1):
            raise ValueError("too small")
        return x * 2

    traced = torch.compile(picky, fullgraph=True, backend="aot_eager")
    with pytest.raises(torch._dynamo.exc.Unsupported) as caught:
        traced(torch.full((3,), 2.0))
    error: BaseException | None = caught.value
    while error is not None and not isinstance(error, ShapeError):
        error = error.__context__
    assert "have to be known before it runs" in str(error)
    assert "too small" in str(error)


@pytest.mark.filterwarnings("ignore:__array_wrap__:DeprecationWarning")  # torch's, to NumPy
def test_a_captured_tensor_is_refused() -> None:
    """NumPy would multiply by it, and its gradient would be lost."""
    scale = torch.ones(3, dtype=torch.float64, requires_grad=True)
    f = og.to_torch(lambda x: np.multiply(x, scale))
    with pytest.raises(InputError, match="Pass it as an argument"):
        f(torch.ones(3, dtype=torch.float64))
