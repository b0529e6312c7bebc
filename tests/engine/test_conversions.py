"""Python's own functions on Values: each gives a Value that is right, or says what to write."""

from __future__ import annotations

import builtins
import decimal
import fractions
import json
import math
import operator
import random
import statistics
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad import Value
from opgrad.errors import CutGradientError, InputError

HINTS: dict[str, tuple[Callable[[Any], object], str]] = {
    "round(v)": (round, r"np\.round\(v\)"),
    "math.trunc": (math.trunc, r"np\.trunc\(v\)"),
    "math.floor": (math.floor, r"np\.floor\(v\)"),
    "math.ceil": (math.ceil, r"np\.ceil\(v\)"),
    "statistics.mean": (lambda v: statistics.mean([v, v]), r"np\.mean.*np\.stack"),
    "statistics.variance": (lambda v: statistics.variance([v, v]), r"np\.stack"),
    "statistics.fmean": (lambda v: statistics.fmean([v, v]), r"np\.stack"),
    "math.fsum": (lambda v: math.fsum([v]), r"np\.stack"),
    "math.hypot": (math.hypot, r"np\.exp"),
    "math.exp": (math.exp, r"np\.exp\(v\)"),
    "float": (float, r"v\.exp\(\)"),
    "%f": (lambda v: operator.mod("%f", v), r"v\.data"),
    "int": (int, r"v\.data"),
    "complex": (complex, r"v\.data"),
    "range": (range, r"v\.data"),
    "a slice": (lambda v: [1, 2][:v], r"v\.data"),
    "an index": (lambda v: [1, 2][v], r"v\.data"),
    "hex": (hex, r"v\.data"),
    "chr": (chr, r"v\.data"),
    "operator.index": (operator.index, r"v\.data"),
    "text * v": (lambda v: "a" * v, r"v\.data"),
    "v.tolist()": (lambda v: v.tolist(), r"list\(v\)"),
    "v.item()": (lambda v: v.item(), r"v\.data\.item\(\)"),
    "np.float64": (np.float64, r"np\.stack"),
    "np.array of a list": (lambda v: np.array([v, v]), r"np\.stack"),
    "np.random": (lambda v: np.random.default_rng(0).normal(v), r"v\.data"),
}


@pytest.mark.parametrize("name", HINTS)
def test_what_would_cut_says_what_to_write(name: str) -> None:
    """An error of OpGrad's, in plain words, with the NumPy function that keeps the gradient."""
    function, hint = HINTS[name]
    with pytest.raises(CutGradientError, match=f"lose its gradient.*{hint}"):
        function(Value(2.0))


CAUSED: dict[str, Callable[[Any], object]] = {
    "np.fromiter": lambda v: np.fromiter([v], float),
    "a.fill": lambda v: np.zeros(2).fill(v),
    "a[0] = v": lambda v: np.zeros(2).__setitem__(0, v),
}


@pytest.mark.parametrize("name", CAUSED)
def test_numpys_own_error_has_ours_as_its_cause(name: str) -> None:
    """NumPy replaces what an element raises; the hint is in the traceback."""
    with pytest.raises(ValueError, match="sequence") as raised:
        CAUSED[name](Value(1.0))
    assert "np.stack([v, w]) or og.at(a, i).set(v)" in str(raised.value.__cause__)


@pytest.mark.parametrize("sequence", [[1.0, 2.0], (1.0, 2.0), [], ["a"]], ids=repr)
@pytest.mark.parametrize(
    "symbol",
    [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.matmul,
     operator.mod, operator.floordiv, divmod, operator.eq, operator.ne, operator.lt, operator.ge],
)  # fmt: skip
def test_lists_say_how_to_make_an_array_of_them(symbol: Any, sequence: Any) -> None:
    """`[1., 2.] * v` would repeat the list; on the other side, and where it is compared, too."""
    words = r"op '\w+' of plugin .* given (list|tuple).*np\.array"
    with pytest.raises(InputError, match=words):
        symbol(Value(2), sequence)
    with pytest.raises(InputError, match=words):
        symbol(sequence, Value(2))


def test_a_list_of_values_says_to_stack_it() -> None:
    """An array made of it would be refused."""
    v = Value(2.0)
    with pytest.raises(InputError, match=r"np\.stack makes one Value of several"):
        [v, v] * v


KEPT: dict[str, tuple[Callable[[Any], Any], float]] = {  # with the derivative at 2
    "sum": (lambda v: sum([v, v]), 2.0),
    "math.prod": (lambda v: math.prod([v, v]), 4.0),
    "abs": (abs, 1.0),
    "pow": (lambda v: pow(v, 3), 12.0),
    "divmod, the quotient": (lambda v: divmod(v, 0.75)[0] * v, 2.0),
    "divmod, the rest": (lambda v: divmod(v, 0.75)[1], 1.0),
    "divmod by v": (lambda v: divmod(5.0, v)[1], -2.0),
    "divmod by v, the quotient": (lambda v: divmod(5.0, v)[0] * v, 2.0),
    "max": (lambda v: max(v, 1.0) * v, 4.0),
    "min": (lambda v: min([3.0, v]) * v, 4.0),
    "round to digits": (lambda v: round(v * 1.0, 1) * v, 2.0),
    "random.gauss": (lambda v: random.Random(0).gauss(v, 1), 1.0),
    "random.uniform": (lambda v: random.Random(0).uniform(v, v), 1.0),
    "statistics.median": (lambda v: statistics.median([v, 0.0, 5.0]), 1.0),
    "v in a list": (lambda v: v if v in [1.0, 2.0] else 0.0 * v, 1.0),
    "index in a list": (lambda v: [1.0, 2.0].index(v) * v, 1.0),
    "f-string, and v": (lambda v: v if f"{v:.1f}" == "2.0" else 0.0 * v, 1.0),
    "operator.pos": (operator.pos, 1.0),
    "fraction as a power": (lambda v: v ** fractions.Fraction(2), 4.0),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_keeps_the_gradient_is_right(name: str) -> None:
    """The derivative is that of the formula."""
    function, expected = KEPT[name]
    assert og.grad(function)(2.0) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("digits", [0, 1, -1])
@pytest.mark.parametrize("data", [2.345, np.float64(17.25), np.array([1.25, -2.75])], ids=repr)
def test_round_to_digits_is_numpys(data: Any, digits: int) -> None:
    """The same numbers."""
    found: Any = round(Value(data), digits)
    np.testing.assert_array_equal(found.data, np.round(data, digits))


OUTSIDE: dict[str, Callable[[Any], object]] = {
    "decimal.Decimal": decimal.Decimal,
    "fractions.Fraction": fractions.Fraction,
    "decimal * v": lambda v: decimal.Decimal(1) * v,
    "json": json.dumps,
    "memoryview": memoryview,
    "bytes": bytes,
    "struct": lambda v: struct.pack("d", v),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_knows_nothing_of_values_refuses_them(name: str) -> None:
    """In Python's own words."""
    with pytest.raises((TypeError, struct.error)):
        OUTSIDE[name](Value(2.0))


DECIDED = {
    "bool", "print", "repr", "str", "format", "hash", "id", "isinstance", "callable", "type",
    "dir", "vars", "getattr", "hasattr", "setattr", "delattr", "ascii", "object", "iter", "len",
    "list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate", "zip", "map", "filter",
    "any", "all", "next", "issubclass", "dict", "super", "property", "staticmethod", "classmethod",
    "slice", "input", "open", "exec", "eval", "compile", "globals", "locals", "breakpoint", "exit",
    "quit", "help", "copyright", "credits", "license", "aiter", "anext", "bytearray", "bytes",
    "memoryview",
}  # fmt: skip
"""Builtins that tell of a Value, hold it, refuse it, or have nothing to do with one."""

NUMERIC = {
    name: function
    for module in (builtins, math)
    for name, function in vars(module).items()
    if callable(function)
    and not name.startswith("_")
    and not (isinstance(function, type) and issubclass(function, BaseException))
    and name not in DECIDED
}


@pytest.mark.parametrize("name", NUMERIC)
def test_every_function_of_numbers_keeps_or_refuses(name: str) -> None:
    """Of builtins and math: what comes back for a Value is a Value, or there is a TypeError."""
    function, v = NUMERIC[name], Value(0.5)
    for args in ((v,), (v, 2.0), (2.0, v), ([v],), ([v], [v]), (v, 1.0, 3.0)):
        try:
            result = function(*args)
        except TypeError:
            continue
        found = result if isinstance(result, tuple | list) else (result,)
        is_other = any(result is x for x in args)  # max, of the others
        assert all(isinstance(x, Value) for x in found) or is_other, (args, result)
