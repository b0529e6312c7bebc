"""What the tests of the LLVM backend share: a function's result compared with NumPy's."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import optree

import opgrad as og
from opgrad_llvm.program import Program

MANY = (1, 3, 7, 8, 9, 16, 17, 64, 100, 1000, 9001)
"""Lengths: below, at and beyond those of vectors and blocks."""


def compiled(f: Callable[..., Any]) -> og.Compiled[..., Any]:
    """The function, compiled by LLVM."""
    made: og.Compiled[..., Any] = og.compile(f, backend="llvm")
    return made


def program_of(f: Callable[..., Any], *args: Any) -> Program:
    """The program that a call makes."""
    function = compiled(f)
    with np.errstate(all="ignore"):
        function(*args)
    executable = function.programs[-1].executable
    assert isinstance(executable, Program)
    return executable


def assert_same(f: Callable[..., Any], *args: Any, ulps: float = 16) -> None:
    """The compiled function gives what the function gives: shapes, dtypes, types and values.

    Values may differ by so many units in the last place, of themselves or of the largest one.
    """
    function = compiled(f)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = f(*args)
        function(*args)  # traces, and gives what NumPy gave
        for _ in range(2):  # runs the program; the second time on a used workspace
            assert_equal(function(*args), expected, ulps)
        assert len(function.programs) == 1


def assert_equal(found: Any, expected: Any, ulps: float = 16) -> None:
    """Leaf by leaf."""
    leaves, others = optree.tree_leaves(found), optree.tree_leaves(expected)
    assert len(leaves) == len(others)
    for x, y in zip(leaves, others, strict=True):
        assert type(x) is type(y[()] if isinstance(y, np.ndarray) else y)  # no arrays of no axes
        x, y = np.asarray(x), np.asarray(y)
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        if x.dtype.kind == "f":
            limit = ulps * np.finfo(x.dtype).eps
            finite = y[np.isfinite(y)]
            largest = float(np.abs(finite).max()) if finite.size else 0.0
            np.testing.assert_allclose(x, y, rtol=limit, atol=limit * largest)
        else:
            np.testing.assert_array_equal(x, y)


def called_back(program: Program) -> list[str]:
    """The lines of the report on what Python is called for."""
    return [line for line in program.report() if "called back" in line]


def edges(dtype: Any) -> Any:
    """Zeros, subnormals, the smallest, ordinary ones, the largest, infinities and NaN."""
    info = np.finfo(dtype)
    positive = [0.0, float(info.smallest_subnormal), float(info.tiny), 1e-3, 0.5, 1.0, 1.5, 2.0]
    positive += [3.0, 10.0, 700.0, float(info.max), np.inf]
    return np.array([*positive, *(-x for x in positive), np.nan], dtype)
