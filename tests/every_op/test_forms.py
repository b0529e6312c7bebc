"""What data every op takes, and what its derivatives look like then, in both modes."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from tests.every_op.points import (
    EACH_OP,
    OPS,
    Point,
    arbitrary,
    at,
    each_op,
    points,
    points_as_given,
)

STACKABLE = [op for name, op in OPS.items() if name.startswith("linalg.")]
"""Ops of matrices, which take stacks of them, also of none."""


def _derivatives(point: Point) -> tuple[Any, tuple[Any, ...], Any]:
    """The result, the gradients by all that varies, and the tangent of the result, if it has one.

    An opaque op need not have one.
    """
    out, pull = og.vjp(point.f, *point.primals)
    cts = pull(arbitrary(out, seed=10))
    return out, cts, None if point.op.opaque else _tangent(point)


def _tangent(point: Point) -> Any:
    tangents = tuple(arbitrary(x, seed=20 + i) for i, x in enumerate(point.primals))
    return og.jvp(point.f, point.primals, tangents)[1]


def _same(point: Point, other: Point) -> None:
    """Fail unless results and derivatives are equal."""
    out, cts, tangent = _derivatives(point)
    other_out, other_cts, other_tangent = _derivatives(other)
    np.testing.assert_allclose(other_out, out, rtol=1e-12, atol=1e-14, err_msg=str(point))
    for ct, other_ct in zip(cts, other_cts, strict=True):
        np.testing.assert_allclose(other_ct, ct, rtol=1e-12, atol=1e-14, err_msg=str(point))
    if tangent is not None:
        np.testing.assert_allclose(other_tangent, tangent, rtol=1e-12, atol=1e-14)


def _with_inputs(point: Point, inputs: list[Any]) -> Point:
    return Point(point.op, tuple(inputs), point.params, point.positions)


@EACH_OP
def test_derivatives_have_shape_and_dtype_of_what_they_are_of(op: OpN) -> None:
    """Gradients those of the inputs, a tangent those of the result: float32 stays float32."""
    for point in points_as_given(op):
        out, cts, tangent = _derivatives(point)
        for x, ct in zip(point.primals, cts, strict=True):
            assert np.shape(ct) == np.shape(x), point
            assert np.result_type(ct) == np.result_type(x), point
        if tangent is not None:
            assert np.shape(tangent) == np.shape(out), point
            if np.result_type(out).kind in "fc":
                assert np.result_type(tangent) == np.result_type(out), point


@EACH_OP
def test_takes_read_only_arrays_and_mutates_none(op: OpN) -> None:
    """Neither mode writes into inputs, cotangents or tangents: writing would raise."""
    for point in points_as_given(op):
        inputs = [np.array(x) for x in point.inputs]
        for x in inputs:
            x.flags.writeable = False
        locked = _with_inputs(point, inputs)
        out, pull = og.vjp(locked.f, *locked.primals)
        pull(_locked(arbitrary(out, seed=10)))
        if not op.opaque:
            og.jvp(locked.f, locked.primals, tuple(_locked(x) for x in locked.primals))
        for x, before in zip(inputs, point.inputs, strict=True):
            np.testing.assert_array_equal(x, before)


def _locked(x: Any) -> Any:
    x = np.array(x)
    x.flags.writeable = False
    return x


@EACH_OP
def test_takes_arrays_that_are_not_contiguous(op: OpN) -> None:
    """Every other element of a larger array, read backwards: the same results and derivatives."""
    for point in points(op):
        inputs = [_strided(x) if np.ndim(x) else x for x in point.inputs]
        _same(point, _with_inputs(point, inputs))


def _strided(x: Any) -> Any:
    backwards = (slice(None, None, -1),) * np.ndim(x)
    strided = np.repeat(x[backwards], 2, axis=-1)[..., ::2][backwards]
    assert strided.shape == x.shape
    return strided


@each_op(op for op in OPS.values() if op.arity != 1)
def test_takes_values_and_raw_data_mixed(op: OpN) -> None:
    """Each input alone a Value, the others raw: its gradient is that among Values only."""
    for point in points(op):
        out, cts, _ = _derivatives(point)
        tangents = 0.0
        for i, x, ct in zip(point.positions, point.primals, cts, strict=True):
            f = point.varying([i])
            mixed_out, pull = og.vjp(f, x)
            [mixed] = pull(arbitrary(out, seed=10))
            np.testing.assert_array_equal(mixed_out, out)
            np.testing.assert_allclose(mixed, ct, rtol=1e-12, atol=1e-14, err_msg=str(point))
            seed = 20 + point.positions.index(i)
            tangents = tangents + og.jvp(f, (x,), (arbitrary(x, seed),))[1]
        if len(point.positions) == sum(np.result_type(x).kind in "fc" for x in point.inputs):
            np.testing.assert_allclose(tangents, _tangent(point), point.rtol, 1e-13)


@each_op(op for op in OPS.values() if op.elementwise)
def test_elementwise_ops_take_arrays_without_axes(op: OpN) -> None:
    """Like numbers: the same results, and derivatives without axes."""
    for sample in op.samples:
        numbers = [np.ravel(np.asarray(x, None))[:1] for x in sample.inputs]
        if any(x.size == 0 for x in numbers):
            continue
        scalars = [x[0] if x.dtype.kind in "fcb" else float(x[0]) for x in numbers]
        for point in at(op, scalars, sample):
            as_arrays = _with_inputs(point, [np.array(x) for x in scalars])
            _same(point, as_arrays)
            assert all(np.shape(ct) == () for ct in _derivatives(as_arrays)[1])


@each_op(op for op in OPS.values() if op.elementwise)
def test_elementwise_ops_take_empty_arrays(op: OpN) -> None:
    """Nothing in, nothing out, for arrays of every dtype of the samples."""
    for sample in op.samples:
        dtypes = [np.result_type(x) for x in sample.inputs]
        inputs = [np.ones((0, 3), dtype if dtype.kind in "fcb" else float) for dtype in dtypes]
        for point in at(op, inputs, sample):
            out, cts, tangent = _derivatives(point)
            shapes = {np.shape(x) for x in (out, *cts, tangent)}
            assert shapes == {(0, 3)}, point


@each_op(STACKABLE)
def test_ops_of_matrices_take_an_empty_stack(op: OpN) -> None:
    """Of no matrices there are no results, and the gradients are as empty."""
    sample = op.samples[0]
    for point in at(op, [np.asarray(x)[None][:0] for x in sample.inputs], sample):
        out, cts, _ = _derivatives(point)
        assert np.shape(out)[0] == 0
        assert [np.shape(ct) for ct in cts] == [np.shape(x) for x in point.primals]
