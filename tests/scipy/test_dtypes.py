"""Rules as wide as their forward: of each dtype that an op takes, its derivatives are right.

Or it says in words that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.ops.each import each_op, ops_of
from tests.scipy.test_every_scipy_op import NOT_KNOWN

OPS = ops_of("scipy") | ops_of("linalg")
STEP = 1e-5
INTERNAL = ("cofactor_change", "eigh_vectors", "svd_vectors")
"""Ops that rules and functions call, on what others made, which is floating."""


def _cast(x: Any, dtype: Any) -> Any:
    x = np.asarray(x)
    if np.dtype(dtype).kind == "c":
        x = x + 0.1j * (x[..., ::-1] if x.ndim else 1)
    return x.astype(dtype)


def _taken(op: OpN, dtype: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The samples that the forward takes, made of that dtype."""
    for sample in op.samples if op.name != "ode_solution" else ():
        inputs, params = [_cast(x, dtype) for x in sample.inputs], dict(sample.params)
        try:
            np.isfinite(op.forward(*inputs, **params))
        except (TypeError, ValueError, np.linalg.LinAlgError):
            continue
        yield inputs, params


def _arbitrary(like: Any, seed: int) -> Any:
    numbers = np.random.default_rng(seed).normal(size=(2, *np.shape(like)))
    found = numbers[0] + 1j * numbers[1] if np.iscomplexobj(like) else numbers[0]
    return found.astype(np.result_type(like))[()]


@each_op(OPS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_derivatives_of_complex_numbers(op: OpN) -> None:
    """Both modes agree with differences along a complex direction, or refuse."""
    fixed = NOT_KNOWN.get(op.name, ())
    for inputs, params in _taken(op, np.complex128):
        along = [_arbitrary(x, i) * (i not in fixed) for i, x in enumerate(inputs)]

        def f(*moving: Any, inputs: Any = inputs, params: Any = params) -> Any:
            every = list(moving)
            for i in fixed:
                every.insert(i, inputs[i])
            return op(*every, **params)

        moving = [i for i in range(len(inputs)) if i not in fixed]
        above, below = (
            op.forward(*(x + s * t for x, t in zip(inputs, along, strict=True)), **params)
            for s in (STEP, -STEP)
        )
        expected = (above - below) / (2 * STEP)
        primals = tuple(inputs[i] for i in moving)
        tangents = tuple(along[i] for i in moving)
        try:
            out, tangent = og.jvp(f, primals, tangents)
            cotangent = _arbitrary(out, 9)
            cts = og.vjp(f, *primals)[1](cotangent)
        except og.NotDifferentiable:
            continue
        np.testing.assert_allclose(tangent, expected, rtol=1e-6, atol=1e-7)
        paired = sum(np.sum(ct * t) for ct, t in zip(cts, tangents, strict=True))
        np.testing.assert_allclose(
            np.real(paired), np.real(np.sum(cotangent * expected)), rtol=1e-6, atol=1e-7
        )


@each_op(OPS)
@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_derivatives_in_single_precision(op: OpN, dtype: Any) -> None:
    """They have the dtype of what they belong to, and are those in double, rounded; or refused."""
    if op.name in NOT_KNOWN:
        return
    for inputs, params in _taken(op, dtype):

        def f(*xs: Any, params: Any = params) -> Any:
            return op(*xs, **params)

        try:
            out, pull = og.vjp(f, *inputs)
            cts = pull(np.ones_like(out)[()])
            tangent = og.jvp(f, tuple(inputs), tuple(np.ones_like(x) for x in inputs))[1]
        except og.NotDifferentiable:
            continue
        assert [np.result_type(ct) for ct in cts] == [x.dtype for x in inputs]
        assert np.result_type(tangent) == np.result_type(out)
        double = [x.astype(np.result_type(x, np.float64)) for x in inputs]
        expected = og.vjp(f, *double)[1](np.ones_like(op.forward(*double, **params))[()])
        for ct, right in zip(cts, expected, strict=True):
            scale = np.max(np.abs(right), initial=1)
            np.testing.assert_allclose(ct, right, rtol=2e-3, atol=2e-4 * scale)


@each_op(OPS)
@pytest.mark.parametrize("dtype", [np.int64, bool])
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:Matrix is")
def test_rules_run_on_integers_and_booleans(op: OpN, dtype: Any) -> None:
    """Rules run on them, too, or refuse: an integer may stand beside a parameter."""
    if op.name in INTERNAL:
        return
    for inputs, params in _taken(op, dtype):
        values = [og.Value(x) for x in inputs]
        out = op(*values, **params)
        try:
            found = og.backward(out, np.ones_like(out.data)[()], values)
        except (og.NotDifferentiable, np.linalg.LinAlgError):
            continue
        for x, ct in found.items():
            assert np.shape(ct) == np.shape(x.data)
