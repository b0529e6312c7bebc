"""What holds for every op that is not elementwise, and for complex samples of all.

The ops are those of the plugins that ``tests/ops`` enumerates the elementwise ops of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.arrays.differences import (
    arbitrary,
    differences,
    in_double,
    is_floating,
    noise,
    paired,
)
from tests.ops.every_op import PLUGINS

ALL = {
    name: og.ops[name] for name in og.default_registry().ops if name.partition(".")[0] in PLUGINS
}
OPS = {name: op for name, op in ALL.items() if not op.elementwise}
SAMPLES = [
    pytest.param(op, sample, id=f"{name}-{i}")
    for name, op in ALL.items()
    for i, sample in enumerate(op.samples)
    if not op.elementwise or any(map(np.iscomplexobj, sample.inputs))
]
SINGLE = (np.dtype(np.float32), np.dtype(np.complex64))


def _is_single(sample: og.Sample) -> bool:
    dtypes = [np.asarray(x).dtype for x in sample.inputs if is_floating(x)]
    return bool(dtypes) and all(dtype in SINGLE for dtype in dtypes)


EACH_OP = pytest.mark.parametrize("op", [pytest.param(op, id=name) for name, op in OPS.items()])
EACH_SAMPLE = pytest.mark.parametrize(("op", "sample"), SAMPLES)
EACH_TRANSPARENT_SAMPLE = pytest.mark.parametrize(
    ("op", "sample"),
    [p for p in SAMPLES if not p.values[0].opaque],  # type: ignore[union-attr]  # an op
)
EACH_SINGLE_SAMPLE = pytest.mark.parametrize(
    ("op", "sample"),
    [p for p in SAMPLES if _is_single(p.values[1])],  # type: ignore[arg-type]  # a sample
)
EACH_FUNCTION = pytest.mark.parametrize(
    ("op", "function", "sample"),
    [
        pytest.param(op, function, sample, id=f"{name}-{function.__name__}-{i}")
        for name, op in OPS.items()
        for function in op.implements
        for i, sample in enumerate(op.samples)
    ],
)


@EACH_OP
def test_has_samples_of_both_precisions(op: OpN) -> None:
    """There are samples in double and in single precision."""
    dtypes = {np.asarray(x).dtype for sample in op.samples for x in sample.inputs}
    assert dtypes & {np.dtype(np.float64), np.dtype(np.complex128)}
    assert dtypes & set(SINGLE)


@EACH_SAMPLE
def test_gradient_is_that_of_central_differences(op: OpN, sample: og.Sample) -> None:
    """The VJP agrees with differences of the forward, for each input."""
    raw = [in_double(x) for x in sample.inputs]
    out = op.forward(*raw, **sample.params)
    cotangent = arbitrary(out)
    found = _cotangents(op, sample, cotangent, raw)

    def loss(*inputs: Any) -> float:
        return paired(cotangent, op.forward(*inputs, **sample.params))

    for i, x in enumerate(raw):
        expected = differences(loss, raw, i) if is_floating(x) else 0.0
        limit = noise(cotangent * out)
        np.testing.assert_allclose(found[i], expected, 1e-6, limit, err_msg=f"input {i}")


@EACH_TRANSPARENT_SAMPLE
def test_second_derivatives_are_those_of_central_differences(op: OpN, sample: og.Sample) -> None:
    """A recorded VJP, differentiated by cotangent and inputs, agrees with differences of it."""
    raw = [in_double(x) for x in sample.inputs]
    g = arbitrary(op.forward(*raw, **sample.params))
    weights = [arbitrary(x, 0.3, 1.4) for x in raw]
    values = [og.Value(x) for x in (g, *raw)]
    out = op(*values[1:], **sample.params)
    recorded = og.backward(out, values[0], wrt=values[1:], record=True)
    found: list[Any] = [0.0] * len(values)
    for value, weight in zip(values[1:], weights, strict=True):
        if isinstance(ct := recorded.get(value), og.Value):
            gradients = og.backward(ct, weight)
            found = [a + gradients.get(v, 0.0) for a, v in zip(found, values, strict=True)]

    def weighted(g: Any, *inputs: Any) -> float:
        cts = _cotangents(op, sample, g, inputs)
        return sum(paired(w, ct) for w, ct in zip(weights, cts, strict=True))

    pulled = _cotangents(op, sample, g, raw)
    limit = noise(*(w * ct for w, ct in zip(weights, pulled, strict=True)))
    for i, x in enumerate((g, *raw)):
        expected = differences(weighted, (g, *raw), i) if is_floating(x) else 0.0
        actual = np.broadcast_to(found[i], np.shape(x))
        np.testing.assert_allclose(actual, expected, 1e-6, limit, err_msg=f"input {i}")


@EACH_SAMPLE
def test_gradients_have_form_of_inputs(op: OpN, sample: og.Sample) -> None:
    """Each gradient has the shape and the dtype of its input."""
    values = [og.Value(np.asarray(x)) for x in sample.inputs]
    out = op(*values, **sample.params)
    gradients = og.backward(out, np.ones(out.shape, out.dtype))
    for value in values:
        if value in gradients and is_floating(value.data):
            assert np.shape(gradients[value]) == value.shape
            assert gradients[value].dtype == value.dtype


@EACH_SINGLE_SAMPLE
def test_keeps_single_precision(op: OpN, sample: og.Sample) -> None:
    """Single precision stays single precision, forward and in what the rules return."""
    out = op.forward(*sample.inputs, **sample.params)
    g = np.ones_like(out)[()]
    if op.joint_rule is not None:
        returned = op.joint_rule(g, out, *sample.inputs, **sample.params)
    else:
        returned = tuple(rule(g, out, *sample.inputs, **sample.params) for rule in op.rules)
    cts = [ct for ct in returned if ct is not None and not isinstance(ct, tuple)]
    results = cts if "dtype" in sample.params else [out, *cts]
    assert all(x.dtype in SINGLE for x in results if is_floating(x))


@EACH_SAMPLE
def test_mutates_nothing(op: OpN, sample: og.Sample) -> None:
    """Neither forward nor VJP writes into inputs, output or cotangent."""
    inputs = [np.array(x) for x in sample.inputs]
    for x in inputs:
        x.flags.writeable = False
    values = [og.Value.leaf(x) for x in inputs]
    before = [x.copy() for x in inputs]
    out = op(*values, **sample.params)
    cotangent = np.ones(out.shape, out.dtype)
    cotangent.flags.writeable = False
    og.backward(out, cotangent)  # writing into a read-only array would raise
    for x, old in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(x, old)


@EACH_SAMPLE
def test_takes_strided_arrays(op: OpN, sample: og.Sample) -> None:
    """Arrays that are not contiguous give the same result."""
    strided = [np.repeat(x, 2, axis=-1)[..., ::2] if np.ndim(x) else x for x in sample.inputs]
    expected = op.forward(*sample.inputs, **sample.params)
    np.testing.assert_allclose(op(*strided, **sample.params).data, expected, rtol=1e-6)


@EACH_SAMPLE
def test_takes_values_and_raw_data_mixed(op: OpN, sample: og.Sample) -> None:
    """With one input a Value and the others raw, its gradient is that of all being Values."""
    raw = [in_double(x) for x in sample.inputs]
    g = arbitrary(op.forward(*raw, **sample.params))
    expected = _cotangents(op, sample, g, raw)
    for i, x in enumerate(raw):
        value = og.Value(x)
        out = op(*raw[:i], value, *raw[i + 1 :], **sample.params)
        ct = og.backward(out, g).get(value, np.zeros(x.shape))
        np.testing.assert_allclose(ct, expected[i], rtol=1e-12)


@EACH_FUNCTION
def test_numpy_function_becomes_the_op(
    op: OpN, function: Callable[..., Any], sample: og.Sample
) -> None:
    """The NumPy function that the op implements is recorded as it, and gives NumPy's result."""
    arrays = [np.asarray(x) for x in sample.inputs]
    out = function(*map(og.Value, arrays), **sample.params)
    assert out.op is op
    np.testing.assert_allclose(out.data, function(*arrays, **sample.params), rtol=1e-6)


def _cotangents(op: OpN, sample: og.Sample, g: Any, inputs: Any) -> list[Any]:
    """The cotangents of all inputs, zero where there is none."""
    values = [og.Value(x) for x in inputs]
    gradients = og.backward(op(*values, **sample.params), g)
    return [gradients.get(value, np.zeros(value.shape)) for value in values]
