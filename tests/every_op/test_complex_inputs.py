"""Every op, at each of its samples with imaginary parts added, wherever its forward takes those.

So the rules are held to all dtypes that the forward takes, also those that no sample has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.exceptions import ComplexWarning

import opgrad as og
from opgrad.define import OpN
from tests.arrays.derivatives import arbitrary
from tests.arrays.differences import differences, paired
from tests.every_op.points import EACH_OP, OPS, Point, at, in_double

HEIGHTS = (0.2, 2.5)
"""Imaginary parts: small ones, and ones that are larger than most real parts."""


def with_imaginary_part(x: Any, height: float) -> Any:
    """Floats, made complex; whatever else as it is."""
    x = in_double(x) if np.result_type(x).kind in "fc" else x
    if np.result_type(x).kind != "f":
        return x
    return (x + 1j * np.linspace(0.8, 1.2, np.size(x)).reshape(np.shape(x)) * height)[()]


def complex_points(op: OpN) -> Iterator[Point]:
    """The samples, made complex; those that the forward takes, and finds numbers for."""
    for sample in op.samples:
        for height in HEIGHTS:
            for point in at(op, [with_imaginary_part(x, height) for x in sample.inputs], sample):
                try:
                    with np.errstate(all="ignore"):
                        out = op.forward(*point.inputs, **point.params)
                except (TypeError, ValueError, ComplexWarning):  # what NumPy and SciPy refuse by
                    continue
                if any(map(np.iscomplexobj, point.primals)) and np.all(np.isfinite(out)):
                    yield point


@EACH_OP
def test_gradients_by_complex_inputs_are_those_of_differences(op: OpN) -> None:
    """It is df/dx - i df/dy; or it is refused in words."""
    for point in complex_points(op):
        try:
            out, pull = og.vjp(point.f, *point.primals)
            g = arbitrary(out)
            found = pull(g)
        except og.NotDifferentiable:
            continue

        def paired_with_g(*xs: Any, point: Point = point, g: Any = g) -> float:
            return paired(g, og.stop_gradient(point.f(*xs)))

        noise = 1e-10 * float(np.sum(np.abs(g * out)))
        for i, ct in enumerate(found):
            expected = differences(paired_with_g, point.primals, i)
            np.testing.assert_allclose(ct, expected, 1e-6, noise, err_msg=f"{point}, {i}")


@EACH_OP
def test_tangents_of_complex_inputs_pair_with_gradients(op: OpN) -> None:
    """The real part of the cotangent times the tangent is that of the inputs."""
    for point in complex_points(op):
        tangents = tuple(arbitrary(x) for x in point.primals)
        try:
            out, pushed = og.jvp(point.f, point.primals, tangents)
            g = arbitrary(out)
            pulled = og.vjp(point.f, *point.primals)[1](g)
        except og.NotDifferentiable:
            continue
        terms = [np.sum(t * ct).real for t, ct in zip(tangents, pulled, strict=True)]
        noise = 1e-12 * float(np.sum(np.abs(g * pushed)))
        np.testing.assert_allclose(
            sum(terms), paired(g, pushed), point.rtol, noise, err_msg=str(point)
        )


@pytest.mark.parametrize("name", ["std", "norm", "abs", "max", "eigvalsh", "matmul", "where"])
def test_there_are_complex_points_of(name: str) -> None:
    """So that the tests above are not of nothing: of real results, of choices and of matrices."""
    (op,) = [op for op in OPS.values() if op.name == name]
    assert list(complex_points(op))
