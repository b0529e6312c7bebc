"""Contestant: CasADi's ``Function``, run by its own virtual machine.

It is called in two ways: on arrays, as usual, and through ``buffer``, its fastest call, which reads
and writes memory given beforehand.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.compiled.entry import Entries, Entry, Parts, Step, value_and_vector
from benchmarks.compiled.programs import bundle as camera
from benchmarks.compiled.programs import mlp

casadi = import_module("casadi")


def scalar_mlp(of: mlp.Problem) -> Entries:
    """Value and gradient by the vector of parameters."""
    function, params = _function(of, with_gradient=True), np.array(of.params)
    by_buffer, results = _buffered(function, [params])
    value, _ = _buffered(_function(of, with_gradient=False), [params])
    return {
        "CasADi, buffer": Entry(by_buffer, lambda _: results, value),
        "CasADi": Entry(lambda: function(params), lambda found: value_and_vector(_dense(found))),
    }


def bundle(of: tuple[Any, Any]) -> Entries:
    """Residuals and Jacobian of one observation, mapped over all."""
    inputs, observed = casadi.SX.sym("x", camera.N_INPUTS), casadi.SX.sym("o", 2)
    elements = casadi.vertsplit(inputs)
    found = casadi.vertcat(*camera.residuals(casadi, elements, casadi.vertsplit(observed)))
    jacobian = casadi.densify(casadi.jacobian(found, inputs))
    function = casadi.Function("residuals", [inputs, observed], [found, jacobian])
    n = len(of[0])
    mapped = function.map(n)
    by_buffer, results = _buffered(mapped, list(of))

    def read(results: Parts) -> Parts:
        found, jacobian = results
        blocks = np.reshape(jacobian, (n, camera.N_INPUTS, 2)).transpose(0, 2, 1)
        return camera.from_blocks((np.reshape(found, (n, 2)), blocks))

    return {
        "CasADi, map, buffer": Entry(by_buffer, lambda _: read(results)),
        "CasADi, map": Entry(
            lambda: mapped(of[0].T, of[1].T),
            lambda found: read([matrix.T for matrix in _dense(found)]),
        ),
    }


def first(of: mlp.Problem) -> Step:
    """The scalar MLP, from the user's function to its value and gradient."""
    return _buffered(_function(of, with_gradient=True), [np.array(of.params)])[0]


def wake() -> None:
    """What a process needs once before it builds anything."""
    x = casadi.SX.sym("x")
    casadi.Function("f", [x], [x + 1.0])(1.0)


def _function(of: mlp.Problem, with_gradient: bool) -> Any:
    params = casadi.SX.sym("params", len(of.params))
    loss = mlp.loss(lambda x: casadi.fmax(x, 0.0), casadi.vertsplit(params), of)
    results = [loss, casadi.gradient(loss, params)] if with_gradient else [loss]
    return casadi.Function("loss", [params], results)


def _buffered(function: Any, inputs: list[Any]) -> tuple[Step, Parts]:
    """The call through a buffer, and the arrays that it writes into."""
    buffer, evaluate = function.buffer()
    arguments = [np.ravel(array) for array in inputs]
    results = [np.zeros(function.nnz_out(i)) for i in range(function.n_out())]
    for i, array in enumerate(arguments):
        buffer.set_arg(i, array.data)
    for i, array in enumerate(results):
        buffer.set_res(i, array.data)

    def step() -> Any:
        evaluate()
        return buffer, arguments, results  # the buffer has their addresses only: they stay alive

    return step, results


def _dense(found: Any) -> Any:
    return [np.array(matrix) for matrix in found]


FIRST = {"CasADi": first}
CASES = {"scalar MLP": scalar_mlp, "bundle": bundle}
