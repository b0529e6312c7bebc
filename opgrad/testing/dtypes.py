"""The numbers in which an op is computed: single precision, and integers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import opgrad as og
from opgrad.testing.point import Point, arbitrary, copied, kind_of, show
from opgrad.testing.properties import at_each_sample, elementwise
from opgrad.testing.report import Finding

SINGLE = {"f": np.float32, "c": np.complex64}
ROUGHLY = 0.02
"""By how much, relatively, single precision may be off: terms may cancel in a forward."""


@at_each_sample()
def float32_is_kept(point: Point) -> Iterator[Finding]:
    """Inputs in single precision give an output, and cotangents, in single precision.

    At the samples that are in single precision; if none is, at all of them, made so.
    """
    single = _single(point)
    if single is None:
        return
    out = single.forward()
    kind = kind_of(out)
    if kind in "fc":
        if np.result_type(out) != SINGLE[kind]:
            yield Finding(
                f"dtype {np.result_type(out)}",
                f"dtype {np.dtype(SINGLE[kind])}",
                "the forward computes in another precision than its input's: a float64 array "
                "among its constants, or a dtype that is spelt out",
                "output",
            )
            return
        for i, ct in zip(single.positions, single.pulled()[1], strict=True):
            wanted = np.result_type(single.inputs[i])
            if np.result_type(ct) != wanted:
                yield Finding(f"dtype {np.result_type(ct)}", f"dtype {wanted}", "", point.name(i))


@at_each_sample()
def float32_agrees(point: Point) -> Iterator[Finding]:
    """In single precision output and cotangents are those of double precision, roughly."""
    single = _single(point)
    if single is None or kind_of(single.forward()) not in "fc":
        return
    (out, cts), (expected, wanted) = single.pulled(), single.in_double.pulled()
    names = ["output", *map(point.name, point.positions)]
    for name, a, b in zip(names, (out, *cts), (expected, *wanted), strict=True):
        if np.all(np.isfinite(b)) and not _close(a, b, ROUGHLY):
            mistake = "a branch by dtype, or a constant that suits double precision only"
            yield Finding(show(a), show(b), mistake, name)


@at_each_sample(elementwise)
def integers_agree(point: Point) -> Iterator[Finding]:
    """Whole numbers give what they give as floating-point numbers, where an op takes them."""
    if any(kind_of(x) == "c" for x in point.inputs):
        return
    pairs = zip(point.inputs, point.roles, strict=True)
    whole = point.at(x if role == "fixed" else _whole(x) for x, role in pairs)
    try:
        out, expected = whole.forward(*map(copied, whole.inputs)), whole.in_double.forward()
    except (ArithmeticError, TypeError, ValueError):  # outside the domain, or it takes none
        return
    if kind_of(expected) not in "fc" or not np.all(np.isfinite(expected)):
        return
    mistake = "what is made in the dtype of an integer input, is cut to an integer"
    if not _close(out, expected, 1e-9):
        yield Finding(show(out), show(expected), mistake, "output")
        return
    g = arbitrary(expected)
    # og.vjp takes no integers: a leaf may hold them. A rule that calls an op returns a Value.
    given = list(map(og.stop_gradient, whole.raw_cotangents(g, out)))
    wanted = list(map(og.stop_gradient, whole.in_double.raw_cotangents(g, expected)))
    for i in point.positions:
        if np.all(np.isfinite(wanted[i])) and not _close(given[i], wanted[i], 1e-9):
            yield Finding(show(given[i]), show(wanted[i]), mistake, point.name(i))


def _whole(x: Any) -> Any:
    if kind_of(x) != "f":
        return x
    return int(np.rint(x)) if isinstance(x, float) else np.rint(x).astype(np.int64)


def _single(point: Point) -> Point | None:
    """The point in single precision, if it says something."""
    if any(isinstance(value, type | np.dtype) for value in point.params.values()):
        return None  # a param says what the output's dtype is
    if not point.op.elementwise and not any(hasattr(x, "dtype") for x in point.inputs):
        return None  # an op of Python's numbers
    if any(map(_is_single, point.op.samples)) and not _is_single(point):
        return None  # params, such as a tolerance, may be for double precision
    inputs = [_in_single(x) for x in point.in_floats.inputs]
    if point.op.elementwise and not any(map(np.ndim, inputs)):
        inputs = [np.full(1, x) for x in inputs]
    return point.at(inputs)


def _is_single(sample: og.Sample | Point) -> bool:
    return any(np.result_type(x) in SINGLE.values() for x in sample.inputs)


def _in_single(x: Any) -> Any:
    kind = kind_of(x)
    return np.asarray(x, SINGLE[kind])[()] if kind in SINGLE else x


def _close(a: Any, b: Any, rtol: float) -> bool:
    size = float(np.max(np.abs(b), initial=0.0))
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol, rtol * size))
