"""Contestant: OpGrad, compiled; and eager, for the same functions.

Each case calls ``og.compile`` on the function as a user would write it. Where it is called with
parameters, it is called both with one array of them and with a list of numbers. Of programs that
come in tiers, it is the last one: that which a program gets when it has run often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

import opgrad as og
from benchmarks.arrays.programs import Program
from benchmarks.compiled.entry import Entries, Entry, Parts, Step, parts, value_and_vector
from benchmarks.compiled.programs import black_scholes as options
from benchmarks.compiled.programs import bundle as camera
from benchmarks.compiled.programs import mlp

Function = Callable[..., Any]


def scalar_mlp(of: mlp.Problem) -> Entries:
    """The samples are constants of the program."""
    return _of_parameters(_loss_of_parameters(of), of.params, [])


def batched_mlp(of: mlp.Problem) -> Entries:
    """The samples are arrays; the program is that for one sample."""
    X, y = of.arrays()

    def loss(params: Sequence[Any], x1: Any, x2: Any, y: Any) -> Any:
        return np.sum(mlp.sample_loss(og.ops.relu, mlp.unpacked(params), (x1, x2), y))

    return _of_parameters(loss, of.params, [X[:, 0].copy(), X[:, 1].copy(), y])


def black_scholes(inputs: list[Any]) -> Entries:
    """Prices and greeks."""
    erf = _erf()
    return _entries(lambda *inputs: options.greeks(og.grad, np, erf, *inputs), inputs)


def black_scholes_total(inputs: list[Any]) -> Entries:
    """The gradient of the total price."""
    erf = _erf()
    return _with_gradient(lambda *inputs: options.total(np, erf, *inputs), inputs)


def bundle(of: tuple[Any, Any]) -> Entries:
    """Residuals and Jacobian."""
    inputs, observed = _columns(of)

    def blocks(observed: Sequence[Any], *inputs: Any) -> Any:
        return camera.with_jacobian(og.grad, np, inputs, observed)

    return _entries(blocks, [observed, *inputs], read=camera.from_arrays)


def bundle_cost(of: tuple[Any, Any]) -> Entries:
    """The gradient of half the sum of squares."""
    inputs, observed = _columns(of)
    return _with_gradient(lambda *inputs: camera.cost(np, inputs, observed), inputs)


def tensors(of: Program) -> Entries:
    """The gradient by the list of parameters."""

    def loss(params: Any) -> Any:
        return of.loss(np, params, of.data)

    return _entries(og.value_and_grad(loss), [list(of.params)], loss)


def first(of: mlp.Problem) -> Step:
    """The scalar MLP, from the user's function to its value and gradient, with all that it takes.

    The disk cache of compiled objects has to be empty, or off: that is the caller's to see to.
    """
    call, params = og.compile(og.value_and_grad(_loss_of_parameters(of))), np.array(of.params)
    return lambda: call(params)


def wake() -> None:
    """What a process needs once before it compiles anything."""
    og.compile(lambda x: x + 1.0)(1.0)


def _loss_of_parameters(of: mlp.Problem) -> Function:
    def loss(params: Sequence[Any]) -> Any:
        return mlp.loss(og.ops.relu, mlp.unpacked(params), of)

    return loss


def _of_parameters(loss: Function, params: list[float], data: list[Any]) -> Entries:
    """Entries for parameters as one array and as numbers."""
    both, array = og.value_and_grad(loss), np.array(params)
    of_array, of_numbers = og.compile(both), og.compile(both)
    function = og.compile(lambda *inputs: loss(*inputs).data)  # ReLU is an op: it makes Values
    for compiled, of in ((of_array, array), (of_numbers, params), (function, array)):
        compiled(of, *data)
        _optimise(compiled)
    return {
        "OpGrad": Entry(
            lambda: of_array(array, *data), value_and_vector, lambda: function(array, *data)
        ),
        "OpGrad, numbers": Entry(lambda: of_numbers(params, *data), value_and_vector),
        "OpGrad, eager": Entry(lambda: both(params, *data), value_and_vector),
    }


def _optimise(compiled: og.Compiled[..., Any]) -> None:
    """Have the last tier's code made, where there are several."""
    for program in compiled.programs:
        optimise = getattr(program.executable, "optimise", None)
        if optimise is not None:
            optimise()


def _with_gradient(loss: Function, inputs: list[Any]) -> Entries:
    return _entries(og.value_and_grad(loss, argnums=tuple(range(len(inputs)))), inputs, loss)


def _entries(
    f: Function,
    inputs: list[Any],
    function: Function | None = None,
    read: Callable[[Any], Parts] = parts,
) -> Entries:
    """Entries of a function with derivatives, and of that without, if there is one to compare."""
    call = og.compile(f)
    alone = og.compile(function) if function else None
    return {
        "OpGrad": Entry(lambda: call(*inputs), read, partial(alone, *inputs) if alone else None),
        "OpGrad, eager": Entry(
            lambda: f(*inputs), read, partial(function, *inputs) if function else None
        ),
    }


def _erf() -> Function:
    from scipy.special import erf  # an extra: loaded when a case needs it

    function: Function = erf
    return function


def _columns(of: tuple[Any, Any]) -> tuple[list[Any], list[Any]]:
    inputs, observed = ([column.copy() for column in array.T] for array in of)
    return inputs, observed


FIRST = {"OpGrad": first}
CASES = {
    "scalar MLP": scalar_mlp,
    "batched MLP": batched_mlp,
    "Black-Scholes": black_scholes,
    "Black-Scholes, total": black_scholes_total,
    "bundle": bundle,
    "bundle, cost": bundle_cost,
    "tensors": tensors,
}
