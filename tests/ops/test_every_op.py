"""What holds for every built-in op, whoever adds one: enumerated, so that none can be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.ops.central_differences import assert_vjp_is_right
from tests.ops.every_op import (
    EACH_FLOAT32_SAMPLE,
    EACH_NUMPY_FUNCTION,
    EACH_OP,
    EACH_SAMPLE,
    OPS,
    first_sample_of,
)
from tests.ops.references import REFERENCES


@EACH_OP
def test_has_samples_of_each_kind(op: OpN) -> None:
    """There are samples of Python numbers, of arrays, and of float32 arrays."""
    inputs = [x for sample in op.samples for x in sample.inputs]
    assert any(isinstance(x, float) for x in inputs)
    assert any(isinstance(x, np.ndarray) and x.dtype == np.float64 for x in inputs)
    assert any(isinstance(x, np.ndarray) and x.dtype == np.float32 for x in inputs)


@pytest.mark.parametrize("name", [name for name, op in OPS.items() if (op.arity or 0) > 1])
def test_has_samples_that_broadcast(name: str) -> None:
    """An op of several inputs has samples in which each of two inputs is stretched."""
    shapes = [tuple(np.shape(x) for x in sample.inputs) for sample in OPS[name].samples]
    assert any(len(set(each)) > 1 and () not in each for each in shapes)


def test_has_a_reference() -> None:
    """Each op has a reference to compare it with, and no reference is of an op that is gone."""
    assert set(REFERENCES) == set(OPS)


@EACH_SAMPLE
def test_value_is_that_of_the_reference(op: OpN, sample: og.Sample) -> None:
    """The forward gives what an independent implementation gives."""
    expected = REFERENCES[_qualified(op)](*sample.inputs, **sample.params)
    actual = np.asarray(op(*sample.inputs, **sample.params).data)
    tolerance = 1e-6 if actual.dtype == np.float32 else 1e-13
    np.testing.assert_allclose(actual, expected, rtol=tolerance)
    assert actual.shape == np.shape(expected)


@EACH_SAMPLE
def test_gradient_is_that_of_central_differences(op: OpN, sample: og.Sample) -> None:
    """The VJP agrees with differences of the forward, for each input."""
    assert_vjp_is_right(op, sample)


@EACH_SAMPLE
def test_mutates_no_input(op: OpN, sample: og.Sample) -> None:
    """Neither forward nor VJP writes into inputs, output or cotangent."""
    inputs = [_locked(x) for x in sample.inputs]
    out = _locked(op.forward(*inputs, **sample.params))
    cotangent = _locked(np.ones(np.shape(out)))
    _raw_cotangents(op, cotangent, out, og.Sample(*inputs, **sample.params))  # writing would raise


@EACH_FLOAT32_SAMPLE
def test_keeps_float32(op: OpN, sample: og.Sample) -> None:
    """Single precision stays single precision, forward and in what the rules return."""
    out = op.forward(*sample.inputs, **sample.params)
    cotangents = _raw_cotangents(op, np.ones_like(out, np.float32), out, sample)
    dtypes = {x.dtype for x in (out, *cotangents)}
    assert dtypes <= {np.dtype(np.float32), np.dtype(bool)}


@EACH_OP
def test_turns_python_numbers_into_one(op: OpN) -> None:
    """Python numbers in, a Python number out; and so are the gradients."""
    inputs = [og.Value(x) for x in first_sample_of(op).inputs]
    out = op(*inputs)
    gradients = og.backward(out, 1.0)
    assert type(out.data) in (float, int, bool)
    assert {type(gradients.get(x, 0.0)) for x in inputs} <= {float, int}


@EACH_NUMPY_FUNCTION
def test_numpy_function_becomes_the_op(op: OpN, function: Callable[..., Any]) -> None:
    """The NumPy function that the op implements, called on a Value, is recorded as this op."""
    raw = first_sample_of(op).inputs
    values = [og.Value(x) for x in raw]
    out = function(*values)
    assert out.op is op
    assert out.inputs == tuple(values)


@EACH_NUMPY_FUNCTION
def test_numpy_function_gives_the_same_value(op: OpN, function: Callable[..., Any]) -> None:
    """The op computes what the NumPy function computes on an array of the same numbers."""
    raw = [np.asarray(x) for x in first_sample_of(op).inputs]
    np.testing.assert_allclose(op(*raw).data, function(*raw), rtol=1e-15)


def _qualified(op: OpN) -> str:
    return next(name for name, other in OPS.items() if other is op)


def _locked(x: Any) -> Any:
    """A copy of an array that cannot be written to; a number as it is."""
    if isinstance(x, np.ndarray):
        x = x.copy()
        x.flags.writeable = False
    return x


def _raw_cotangents(op: OpN, g: Any, out: Any, sample: og.Sample) -> tuple[Any, ...]:
    """What the rules return before the scheduler makes it fit, without those of no gradient."""
    args = (g, out, *sample.inputs)
    if op.joint_rule is not None:
        cts = op.joint_rule(*args, **sample.params)
    else:
        cts = tuple(rule(*args, **sample.params) for rule in op.rules)
    return tuple(ct for ct in cts if not isinstance(ct, tuple) and ct is not None)
