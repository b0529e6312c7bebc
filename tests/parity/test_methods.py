"""A Value's methods and operators are those of NumPy's arrays, with all of their arguments.

Enumerated: every attribute of ``np.ndarray`` that a Value has, and every operator of Python.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import CutGradientError, InputError
from tests.parity.inputs import as_values, each_input
from tests.parity.outcomes import Raised, difference, outcome

Method = Callable[[Any], Any]

MASK = np.array([[True, False, True], [False, False, True]])


def _of(name: str, *args: Any, **kwargs: Any) -> Method:
    return lambda x: getattr(x, name)(*args, **kwargs)


def _over_axes(name: str, *more: Method) -> list[tuple[str, Method]]:
    return [
        ("arrays", _of(name)),
        ("arrays", _of(name, 0)),
        ("matrix", _of(name, axis=(0, 1), keepdims=True)),
        ("matrix", _of(name, 7)),
        *(("matrix", call) for call in more),
    ]


def _positions(name: str) -> list[tuple[str, Method]]:
    return [
        ("arrays", _of(name)),
        ("arrays", _of(name, -1, None, keepdims=True)),
        ("matrix", _of(name, axis=7)),
    ]


METHODS: dict[str, list[tuple[str, Method]]] = {
    "sum": _over_axes("sum", _of("sum", 0, None, None, True)),
    "prod": _over_axes("prod", _of("prod", 0, None, None, True)),
    "mean": _over_axes("mean", _of("mean", 0, np.float64, None, True), _of("mean", 1, where=MASK)),
    "max": _over_axes("max", _of("max", 0, None, True)),
    "min": _over_axes("min", _of("min", 0, None, True)),
    "var": _over_axes(
        "var", _of("var", 0, None, None, 1, True), _of("var", 1, np.float64, ddof=0.5)
    ),
    "std": _over_axes("std", _of("std", 0, None, None, 1, True)),
    "any": _over_axes("any", _of("any", where=MASK)),
    "all": _over_axes("all", _of("all", where=MASK)),
    "cumsum": [("arrays", _of("cumsum")), ("arrays", _of("cumsum", -1, None, None))],
    "cumprod": [("arrays", _of("cumprod")), ("arrays", _of("cumprod", axis=0, out=None))],
    "argmax": _positions("argmax"),
    "argmin": _positions("argmin"),
    "argsort": [
        ("arrays", _of("argsort")),
        ("arrays", _of("argsort", None, "stable")),
        ("matrix", _of("argsort", 0, stable=True)),
    ],
    "reshape": [
        ("arrays", _of("reshape", -1)),
        ("matrix", _of("reshape", 3, 2)),
        ("matrix", _of("reshape", (3, -1), order="F")),
        ("fortran", _of("reshape", [3, 2], order="A")),
        ("fortran", _of("reshape", 6, copy=True)),
        ("fortran", _of("reshape", 6, copy=False)),
        ("matrix", _of("reshape", 5, 5)),
    ],
    "ravel": [("arrays", _of("ravel", order)) for order in ("C", "F", "A", "K")],
    "flatten": [("arrays", _of("flatten")), ("arrays", _of("flatten", "F"))],
    "transpose": [
        ("arrays", _of("transpose")),
        ("arrays", _of("transpose", None)),
        ("cube", _of("transpose", 1, 2, 0)),
        ("cube", _of("transpose", (1, 2, 0))),
        ("cube", _of("transpose", 1, 0)),
        ("zero_d", _of("transpose", ())),
        ("vector", _of("transpose", 0)),
        ("cube", _of("transpose", ())),
    ],
    "swapaxes": [("cube", _of("swapaxes", 0, -1)), ("cube", _of("swapaxes", 0, 7))],
    "squeeze": [("arrays", _of("squeeze")), ("row", _of("squeeze", 0)), ("row", _of("squeeze", 1))],
    "repeat": [("arrays", _of("repeat", 2)), ("matrix", _of("repeat", [1, 0, 2], axis=1))],
    "take": [
        ("filled", _of("take", [0, -1])),
        ("filled", _of("take", 5, mode="wrap")),
        ("matrix", _of("take", [5, -9], 1, None, "clip")),
        ("matrix", _of("take", [[9]])),
    ],
    "diagonal": [("arrays", _of("diagonal")), ("cube", _of("diagonal", 1, 2, axis2=0))],
    "trace": [
        ("arrays", _of("trace")),
        ("cube", _of("trace", -1, 1, 2)),
        ("matrix", _of("trace", 0, 0, 1, np.float64, None)),
    ],
    "dot": [("vector", lambda x: x.dot(x)), ("matrix", lambda x: x.dot(x.T, out=None))],
    "clip": [
        ("arrays", _of("clip", 0, 1)),
        ("arrays", _of("clip", max=1)),
        ("arrays", _of("clip", 0.5, None, None)),
        ("arrays", _of("clip")),
    ],
    "nonzero": [("arrays", _of("nonzero"))],
    "compress": [
        ("filled", _of("compress", [True])),
        ("matrix", _of("compress", [False, True], 0, None)),
        ("matrix", _of("compress", [False, True], axis=7)),
    ],
    "copy": [("arrays", _of("copy")), ("arrays", _of("copy", "F"))],
    "round": [("arrays", _of("round")), ("arrays", _of("round", 1, None))],
    "conj": [("arrays", _of("conj"))],
    "conjugate": [("arrays", _of("conjugate"))],
    "astype": [
        ("arrays", _of("astype", "f4")),
        ("arrays", _of("astype", np.complex128, "K", "unsafe", True, False)),
        ("arrays", _of("astype", dtype=int, casting="safe")),
        ("arrays", _of("astype", np.float32, casting="same_kind")),
    ],
    **{
        name: [("arrays", operator.attrgetter(name))]
        for name in ("shape", "ndim", "size", "dtype", "T", "real", "imag")
    },
    "mT": [("filled", operator.attrgetter("mT"))],
}

REFUSED: dict[str, list[Method]] = {
    "item": [_of("item"), _of("item", 3), _of("item", 0, 1)],
    "sort": [_of("sort"), _of("sort", 0, "stable")],
}
"""They would lose the gradient."""

NOT_NUMPYS = ("data", "tolist")  # the second is refused: its elements would be plain numbers
"""The array itself, where NumPy has its memory."""

NOT_KNOWN: list[Method] = [
    _of("sum", dtype=np.float32),
    _of("sum", initial=1.0),
    _of("sum", where=MASK),
    _of("prod", 0, np.float64),
    _of("max", initial=1.0),
    _of("std", dtype=np.float32),
    _of("var", where=MASK),
    _of("cumsum", 0, np.float32),
    _of("clip", 0, 1, casting="unsafe"),
    _of("sum", 0, None, np.zeros(3)),
    _of("take", [0], 0, np.zeros((1, 3))),
]
"""NumPy has these arguments, and no op has them."""


def _public() -> set[str]:
    return {
        name for name in dir(np.ndarray) if not name.startswith("_") and hasattr(og.Value, name)
    }


def test_no_attribute_is_forgotten() -> None:
    """Each that a Value shares with NumPy's arrays is tried here."""
    assert {*METHODS, *REFUSED, *NOT_NUMPYS} == _public()


@pytest.mark.parametrize("name", METHODS)
def test_is_numpys(name: str) -> None:
    """On Values of arrays and NumPy's scalars it gives, and raises, what it does on their data."""
    wrong = []
    for forms, call in METHODS[name]:
        for what, (x,) in each_input(forms):
            expected = outcome(call, x)
            found = outcome(call, og.Value(x))
            how = difference(expected, found, [x])
            refused = isinstance(found, Raised) and "complex numbers have no order" in str(found)
            if how and not (refused and name == "clip"):
                wrong.append(f"{name} of {what}: {how}")
    assert not wrong, f"{len(wrong)} calls differ:\n" + "\n".join(wrong[:12])


@pytest.mark.parametrize(("name", "call"), [(n, call) for n in REFUSED for call in REFUSED[n]])
def test_is_refused(name: str, call: Method) -> None:
    """With whatever arguments; the error says what to write."""
    with pytest.raises(CutGradientError, match=rf"v\.{name}\(\)"):
        call(og.Value(np.ones((2, 3))))


@pytest.mark.parametrize("call", NOT_KNOWN)
def test_arguments_that_no_op_has_are_refused(call: Method) -> None:
    """By an error that names them, and not ignored."""
    with pytest.raises((InputError, CutGradientError)):
        call(og.Value(np.ones((2, 3))))


@pytest.mark.parametrize("name", [name for name in METHODS if callable(getattr(np.ndarray, name))])
def test_has_numpys_arguments(name: str) -> None:
    """Where NumPy tells the signature, each argument has its name and default in the Value's."""
    try:
        numpys = inspect.signature(getattr(np.ndarray, name)).parameters
    except ValueError:  # written in C, and without one, before NumPy 2.4
        return
    ours = inspect.signature(getattr(og.Value, name)).parameters
    for parameter in numpys.values():
        if parameter.name == "self" or parameter.kind is parameter.VAR_KEYWORD:
            continue
        assert ours[parameter.name].default == parameter.default


OPERATORS: dict[str, Any] = {
    "divmod": divmod,
    **{
        name: getattr(operator, name)
        for name in (
            *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
            *("lt", "le", "gt", "ge", "eq", "ne", "and_", "or_", "xor"),
        )
    },
}
OF_ONE: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in ("neg", "pos", "abs", "invert")},
    "bool": bool,
    "len": len,
    "list": list,
}


NUMPYS: dict[str, Callable[..., Any]] = {
    "pow": np.power,
    "matmul": np.matmul,
    "eq": np.equal,
    "ne": np.not_equal,
    "pos": np.positive,
    "invert": np.invert,
}
"""What operators may be on numbers, too: a power is never complex, ``~`` of a truth is one."""


def _differs(name: str, apply: Callable[..., Any], inputs: list[Any], values: list[Any]) -> Any:
    found = outcome(apply, *values)
    how = difference(outcome(apply, *inputs), found, inputs)
    if how and name in NUMPYS and not any(map(np.ndim, inputs)):
        return difference(outcome(NUMPYS[name], *inputs), found, inputs)
    return how


@pytest.mark.parametrize("name", OPERATORS)
def test_operators(name: str) -> None:
    """Between Values, and on either side of plain data: NumPy's result, or its exception."""
    apply = OPERATORS[name]
    wrong: list[str] = []
    for forms in ("few few", "number some", "row matrix", "vector matrix", "special special"):
        for what, inputs in each_input(forms):
            found = (_differs(name, apply, inputs, values) for values in as_values(inputs))
            wrong += [f"{name} of {what}: {how}" for how in found if how]
    assert not wrong, f"{len(wrong)} calls differ:\n" + "\n".join(wrong[:12])


@pytest.mark.parametrize("name", OF_ONE)
def test_operators_of_one(name: str) -> None:
    """NumPy's result, or its exception."""
    wrong = [
        f"{name} of {what}: {how}"
        for what, (x,) in each_input("any")
        if (how := _differs(name, OF_ONE[name], [x], [og.Value(x)]))
    ]
    assert not wrong, f"{len(wrong)} calls differ:\n" + "\n".join(wrong[:12])


INDICES: list[Any] = [
    *(0, -1, 7, True, None, Ellipsis, slice(1, None), slice(None, None, -1), (), (0, 1)),
    *((slice(None), 1), [0, 1], [[0], [1]], np.array([1, 0]), np.uint8(1), np.array(1)),
    *([True, False], MASK, (0, [0, 2]), (MASK[:, 0], 1), (Ellipsis, None, 0), [], 0.5, "a"),
    *((None, 0), np.array([], bool), np.zeros(0, int), (0, 0, 0), np.float64(1.0), [1.0]),
]


def test_indices() -> None:
    """Of every kind, on every form of array: NumPy's elements, or its exception."""
    wrong: list[str] = []
    for index in INDICES:
        for what, (x,) in each_input("arrays"):
            expected = outcome(operator.getitem, x, index)
            found = outcome(operator.getitem, og.Value(x), index)
            how = difference(expected, found, [x])
            if how:
                wrong.append(f"{what}[{index!r}]: {how}")
    assert not wrong, f"{len(wrong)} indices differ:\n" + "\n".join(wrong[:12])
