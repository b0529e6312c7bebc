"""Compiled programs give what eager code gives."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from opgrad.errors import UnknownBackendError
from opgrad.testing.point import Point, kind_of, show
from opgrad.testing.properties import at_each_sample
from opgrad.testing.report import Finding

TOLERANCE = {np.dtype(np.float32): 2e-5, np.dtype(np.complex64): 2e-5, np.dtype(np.float16): 2e-3}
"""Relative, by dtype; 1e-10 for others."""


def with_llvm(op: OpN) -> bool:
    """The backend ``llvm`` is installed."""
    try:
        og.default_registry().backend("llvm")
    except UnknownBackendError:
        return False
    return True


@at_each_sample()
def compiled(point: Point) -> Iterator[Finding]:
    """Compiled for the backend python, output and cotangents are the same."""
    yield from _differing(point, "python")


@at_each_sample(with_llvm)
def compiled_llvm(point: Point) -> Iterator[Finding]:
    """Compiled to machine code, output and cotangents are the same."""
    yield from _differing(point, "llvm")


def _differing(point: Point, backend: str) -> Iterator[Finding]:
    point = point.in_floats
    if not point.positions or kind_of(point.forward()) not in "fc":
        return

    def both(*primals: Any) -> Any:
        out, pull = og.vjp(point.f, *primals)
        return (out, *pull(out * 0 + 1.25))

    expected = both(*point.primals)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", og.CompileWarning)
        program = og.compile(both, backend=backend)
        program(*point.primals)
        given = program(*point.primals)
    names = ["output", *map(point.name, point.positions)]
    for name, a, b in zip(names, given, expected, strict=True):
        if not _close(a, b):
            yield Finding(
                show(a),
                show(b),
                "compiled, it is another: forward or rule goes by something other than its "
                "arguments, such as a random number, a clock or a global",
                name,
            )


def _close(a: Any, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    tolerance = TOLERANCE.get(b.dtype, 1e-10)
    finite = np.abs(b[np.isfinite(b)]) if b.shape else ()
    floor = tolerance * max(float(np.max(finite, initial=0)), 1.0)
    return bool(np.allclose(a, b, tolerance, floor, equal_nan=True))
