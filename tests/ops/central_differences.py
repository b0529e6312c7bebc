"""Checks an op's VJP, and its derivative, against central differences, in float64.

One number of one input is perturbed at a time, and the forward run on raw data. An input that no
gradient flows to must have no effect on the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from tests.arrays.differences import STEP, noise

TOLERANCE = 1e-7


def assert_vjp_is_right(op: OpN, sample: og.Sample) -> None:
    """Fail unless the op's cotangents at the sample are those that differences give.

    The output's cotangent is arbitrary, so that a rule which ignores it, or mixes up elements, is
    caught. Boolean inputs cannot be perturbed: no gradient may flow to them.

    Raises:
        AssertionError: names the op, the input and both gradients.
    """
    inputs = [og.Value(in_float64(x)) for x in sample.inputs]
    out = op(*inputs, **sample.params)
    cotangent = arbitrary_cotangent(out.data)
    gradients = og.backward(out, cotangent)

    def loss(*raw: Any) -> float:
        return float(np.sum(cotangent * op.forward(*raw, **sample.params)))

    for position, x in enumerate(inputs):
        where = f"op {op.name!r} on {sample.inputs} {dict(sample.params)}, input {position}"
        if np.asarray(x.data).dtype == bool:
            assert x not in gradients, f"{where}: a gradient to a boolean"
            continue
        expected = differences(loss, [in_float64(x) for x in sample.inputs], position)
        actual = np.broadcast_to(gradients.get(x, 0.0), expected.shape)
        rounding = 4e-15 * np.max(np.abs(expected), initial=0.0)  # a rule's, of what cancels
        limit = noise(cotangent * out.data) + rounding
        np.testing.assert_allclose(actual, expected, TOLERANCE, limit, err_msg=where)


def assert_second_derivatives_are_right(
    op: OpN, sample: og.Sample, wrt: Sequence[int], rtol: float = 1e-6
) -> None:
    """Fail unless the recorded gradient, differentiated, is what differences of it give.

    Args:
        op: one whose rules can be recorded.
        sample: where.
        wrt: the positions of the inputs that there is a derivative by.
        rtol: how exact the op's forward is.

    Raises:
        AssertionError: names the two inputs.
    """
    raw = [in_float64(x) for x in sample.inputs]
    values = [og.Value(x) if i in wrt else x for i, x in enumerate(raw)]
    for first, g in gradient(op, sample, values, wrt, record=True).items():
        weights = arbitrary_cotangent(g.data)
        seconds = og.backward(g, weights)

        def weighted(*raw: Any, first: int = first, weights: Any = weights) -> float:
            return float(np.sum(weights * gradient(op, sample, raw, wrt)[first]))

        for second in wrt:
            expected = differences(weighted, raw, second)
            actual = np.broadcast_to(seconds.get(values[second], 0.0), expected.shape)
            where = f"by inputs {first} and {second}"
            limit = noise(weights * g.data)
            np.testing.assert_allclose(actual, expected, rtol, limit, err_msg=where)


def gradient(
    op: OpN, sample: og.Sample, inputs: Sequence[Any], wrt: Sequence[int], *, record: bool = False
) -> dict[int, Any]:
    """By position, what the op's rules make of an arbitrary cotangent at these inputs."""
    values = [
        og.Value(x) if i in wrt and not isinstance(x, og.Value) else x for i, x in enumerate(inputs)
    ]
    out = op(*values, **sample.params)
    wanted = [values[i] for i in wrt]
    found = og.backward(out, arbitrary_cotangent(out.data), wanted, record=record)
    return {i: found[values[i]] for i in wrt}


def in_float64(x: og.Raw) -> og.Raw:
    """The same number or array in double precision; booleans as they are."""
    if isinstance(x, bool):
        return x
    if isinstance(x, int | float):
        return float(x)
    return x if x.dtype == bool else x.astype(np.float64)


def arbitrary_cotangent(out: og.Raw) -> og.Raw:
    """A number, or an array of the shape of ``out``, none of whose elements are equal."""
    if np.ndim(out) == 0:
        return 0.8
    return np.linspace(-1.1, 0.9, np.size(out)).reshape(np.shape(out))


def differences(f: Callable[..., float], point: Sequence[Any], position: int) -> Any:
    """The gradient of ``f(*point)`` by the input at ``position``, in that input's shape."""
    x = np.array(point[position])
    gradient = np.zeros(x.shape)

    def at(shift: float, index: tuple[int, ...]) -> float:
        moved = x.copy()
        moved[index] += shift
        return f(*point[:position], moved[()], *point[position + 1 :])

    for index in np.ndindex(x.shape):
        gradient[index] = (at(STEP, index) - at(-STEP, index)) / (2 * STEP)
    return gradient
