"""The forms in which numbers come: scalars, arrays of every shape and layout, NaN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from opgrad.define import OpN
from opgrad.testing.point import Point, kind_of, show
from opgrad.testing.properties import at_each_sample, elementwise
from opgrad.testing.report import Finding

RTOL, ATOL = 1e-10, 1e-12
SHAPES = ((1,), (2, 3), (200,))
"""Of arrays that elements are put in."""
MIXED = (((3, 1), (2,), (1, 1)), ((), (3, 2), (2,)), ((3, 2), (), ()))
"""Shapes of a first, a second, and all other inputs, that broadcast to (3, 2)."""


def _several(op: OpN) -> bool:
    return op.elementwise and op.arity != 1


@at_each_sample()
def read_only(point: Point) -> Iterator[Finding]:
    """Arrays that cannot be written to are taken, and give the same."""
    yield from _same_as(point.in_double, point.in_double.at(map(_locked, point.in_double.inputs)))


def _locked(x: Any) -> Any:
    if np.ndim(x):
        x = x.copy()
        x.flags.writeable = False
    return x


@at_each_sample()
def non_contiguous(point: Point) -> Iterator[Finding]:
    """Every other element of a larger array, read backwards, gives the same."""
    at = point.in_double
    if any(np.ndim(x) for x in at.inputs):
        yield from _same_as(at, at.at(map(_strided, at.inputs)), "memory is assumed contiguous")


def _strided(x: Any) -> Any:
    if not np.ndim(x):
        return x
    backwards = (slice(None, None, -1),) * np.ndim(x)
    doubled = np.repeat(x[backwards], 2, axis=-1)
    doubled.flags.writeable = False  # of what can change, a pass has a copy, which is in one piece
    return doubled[..., ::2][backwards]


@at_each_sample(elementwise)
def zero_d(point: Point) -> Iterator[Finding]:
    """Arrays without axes give what numbers do."""
    numbers = _first_numbers(point)
    if numbers is not None:
        arrays = numbers.at(np.asarray(x) for x in numbers.inputs)
        yield from _same_as(numbers, arrays, "arrays without axes are treated as if they had some")


@at_each_sample(elementwise)
def empty(point: Point) -> Iterator[Finding]:
    """Arrays without elements give such."""
    at = point.in_double
    none = at.at(np.zeros((0, 3), np.result_type(x)) for x in at.inputs)
    out, cts = none.pulled()
    for name, x in zip(["output", *map(point.name, at.positions)], (out, *cts), strict=True):
        if np.shape(x) != (0, 3):
            yield Finding(f"shape {np.shape(x)}", "shape (0, 3)", "", name)


@at_each_sample(elementwise)
def scalars_and_arrays_agree(point: Point) -> Iterator[Finding]:
    """Each element of an array gives what it gives as a number."""
    numbers = _first_numbers(point)
    if numbers is None:
        return
    points = [numbers, *_others(numbers)]
    g = np.array([0.7, -1.3, 0.4][: len(points)])
    results = [(p.forward(), *p.pulled(x)[1]) for p, x in zip(points, g, strict=True)]
    expected = [np.stack(column) for column in zip(*results, strict=True)]
    columns = [np.stack(column) for column in zip(*(p.inputs for p in points), strict=True)]
    names = ["output", *map(point.name, point.positions)]
    for shape in (g.shape, *SHAPES):
        array = numbers.at(np.resize(x, shape) for x in columns)
        out, cts = array.pulled(np.resize(g, shape))
        for name, given, column in zip(names, (out, *cts), expected, strict=True):
            wanted = np.resize(column, shape)
            if not _close(given, wanted):
                mistake = (
                    "the op is declared elementwise=True, and mixes elements"
                    if name == "output"
                    else "the rule mixes elements, or takes a branch for all of them by one, or by "
                    "the shape"
                )
                where = name if shape == g.shape else f"{name}, in shape {shape}"
                yield Finding(show(given), show(wanted), mistake, where)
                return


def _others(point: Point) -> Iterator[Point]:
    """Numbers close by, and on the other side of 0, if the op is defined there."""
    for factor in (1 - 2**-8, -1.0):
        other = point.at(x * factor if kind_of(x) in "fc" else x for x in point.inputs)
        try:
            out = other.forward()
        except (ArithmeticError, ValueError):
            continue
        if np.isfinite(out):
            yield other


@at_each_sample(_several)
def broadcasts(point: Point) -> Iterator[Finding]:
    """Inputs of different shapes broadcast, and cotangents are summed over what was stretched."""
    numbers = _first_numbers(point)
    if numbers is None:
        return
    for shapes in MIXED:
        found = list(_when_stretched(numbers, shapes))
        yield from found
        if found:
            return


def _when_stretched(numbers: Point, shapes: Sequence[tuple[int, ...]]) -> Iterator[Finding]:
    """What is wrong when the inputs have these shapes."""
    inputs = [_grid(x, shapes[min(i, 2)]) for i, x in enumerate(numbers.inputs)]
    mixed = numbers.at(inputs)
    full = numbers.at(np.broadcast_to(x, (3, 2)).copy() for x in inputs)
    out, expected = mixed.forward(), full.forward()
    if not _close(out, expected):
        mistake = "the op is declared elementwise=True, and does not broadcast"
        yield Finding(show(out), show(expected), mistake, "output")
        return
    positions = numbers.positions
    for i, ct, stretched in zip(positions, mixed.pulled()[1], full.pulled()[1], strict=True):
        shape = np.shape(inputs[i])
        lacking = tuple(range(2 - len(shape)))
        ones = tuple(k for k, n in enumerate(shape) if n == 1)
        summed = np.sum(np.sum(stretched, axis=lacking), axis=ones, keepdims=True)
        if not _close(ct, summed.reshape(shape)):
            mistake = (
                "the rule sums over broadcast axes itself, or goes by shapes: leave that to OpGrad"
            )
            yield Finding(show(ct), show(summed.reshape(shape)), mistake, numbers.name(i))


@at_each_sample(elementwise)
def nan_passes(point: Point) -> Iterator[Finding]:
    """NaN in an element gives NaN there, as in the NumPy function, and leaves the others alone."""
    numbers = _first_numbers(point)
    if numbers is None or kind_of(numbers.forward()) != "f":
        return
    for i in point.positions:
        if kind_of(numbers.inputs[i]) != "f":
            continue
        clean = numbers.at(np.stack([x, x, x]) for x in numbers.inputs)
        x = clean.inputs[i].copy()
        x[1] = np.nan
        dirty = clean.at((*clean.inputs[:i], x, *clean.inputs[i + 1 :]))
        out, expected = dirty.forward(), np.array(clean.forward())
        if point.op.implements:
            function = point.op.implements[0]
            expected = np.array(function(*dirty.inputs, **dirty.params))
        elif dict(zip(clean.positions, clean.pulled()[1], strict=True))[i][1]:
            expected[1] = np.nan
        else:  # it does not go by this input here, and may ignore it
            expected[1] = np.asarray(out)[1]
        if not np.array_equal(np.isnan(out), np.isnan(expected)):
            mistake = (
                "NaN is lost: a comparison is false for NaN, so that np.where(x > 0, ...) takes "
                "the other branch"
                if not np.isnan(np.asarray(out)[1])
                else "NaN spreads to other elements"
            )
            yield Finding(show(out), show(expected), mistake, point.name(i))


def _first_numbers(point: Point) -> Point | None:
    """The first element of each input, in double precision; ``None`` if one has none."""
    at = point.in_double
    if any(np.size(x) == 0 for x in at.inputs):
        return None
    return at.at(np.ravel(x)[0] for x in at.inputs)


def _grid(x: Any, shape: tuple[int, ...]) -> Any:
    """An array of numbers close to ``x``."""
    steps = np.arange(int(np.prod(shape))).reshape(shape)
    return (x * (1 - 2**-8 * steps) if kind_of(x) in "fc" else np.full(shape, x))[()]


def _same_as(point: Point, other: Point, mistake: str = "") -> Iterator[Finding]:
    """What differs between two forms of one point."""
    if not point.positions:
        out, expected = other.forward(), point.forward()
        cts: tuple[Any, ...] = ()
        wanted: tuple[Any, ...] = ()
    else:
        (out, cts), (expected, wanted) = other.pulled(), point.pulled()
    names = ["output", *map(point.name, point.positions)]
    for name, a, b in zip(names, (out, *cts), (expected, *wanted), strict=True):
        if np.shape(a) != np.shape(b) or not _close(a, b):
            yield Finding(show(a), show(b), mistake, name)


def _close(a: Any, b: Any) -> bool:
    if np.shape(a) != np.shape(b):
        return False
    finite = np.abs(np.asarray(b)[np.isfinite(b)])
    floor = ATOL * max(1.0, float(np.max(finite, initial=0)))
    return bool(np.allclose(a, b, RTOL, floor, equal_nan=True))
