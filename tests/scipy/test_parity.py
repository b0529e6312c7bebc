"""Every function of SciPy that works on Values: SciPy's value, dtype, shape and kind of error."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.signal
import scipy.special

import opgrad as og
from opgrad_scipy import integrate, linalg, signal, special
from tests.ops.each import ops_of

Call = Callable[..., Any]

NAN, INF = np.nan, np.inf
SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 170.0, 1e-300, 1e300, INF, -INF, NAN])
DATA: dict[str, Any] = {
    "special values": SPECIAL,
    "float32": np.delete(SPECIAL, [8, 9]).astype(np.float32),
    "complex": SPECIAL[[0, 2, 4, 5, 6]] * (1 + 0.5j),
    "complex64": (SPECIAL[[2, 4, 6]] * (1 - 0.5j)).astype(np.complex64),
    "int": np.array([0, 1, 2, 5, -1]),
    "bool": np.array([True, False]),
    "0-d": np.array(0.5),
    "number": 0.5,
    "empty": np.zeros((0, 2)),
    "F order": np.asfortranarray(np.linspace(0.1, 0.9, 6).reshape(2, 3)),
    "float16": np.array([0.5, 1.0], np.float16),
}
UFUNCS = [(op, f) for op in ops_of("scipy").values() for f in op.implements]


def _outcome(function: Call, *args: Any, **params: Any) -> Any:
    try:
        found = function(*args, **params)
    except Exception as error:
        return error
    several = found if isinstance(found, tuple) else (found,)
    return [x.data if isinstance(x, og.Value) else x for x in several]


def _is_same(found: Any, expected: Any, rtol: float = 0.0) -> bool:
    if isinstance(expected, Exception) or isinstance(found, Exception):
        either = TypeError | ValueError
        both_bad = isinstance(found, either) and isinstance(expected, either)
        return both_bad or (isinstance(found, type(expected)))
    return len(found) == len(expected) and all(
        np.result_type(x) == np.result_type(y)
        and np.shape(x) == np.shape(y)
        and np.allclose(x, y, rtol=rtol, atol=0.0, equal_nan=True)
        for x, y in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize("function", [pytest.param(f, id=op.name) for op, f in UFUNCS])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_ufuncs_are_scipy_s(function: Call) -> None:
    """Of each dtype, at special values, empty, in Fortran's order, of no axis, and broadcast."""
    count = getattr(function, "nin", 1)
    for name, x in DATA.items():
        column = np.reshape(x, (-1, 1)) if np.ndim(x) == 1 else x
        args = [
            (x, *(column,) * (count - 1)),
            (x, *(0.5,) * (count - 1)),
            (*(0.5,) * (count - 1), x),
        ]
        for xs in args:
            expected = _outcome(function, *xs)
            found = _outcome(function, *map(og.Value, xs))
            assert _is_same(found, expected), f"{name}: {xs} {found}, not {expected}"


M = np.array([[1.1, 0.4, -0.2], [0.3, 1.6, 0.5], [-0.1, 0.2, 0.9]])
B = np.array([[0.9, -0.4], [1.3, 0.7], [-0.2, 1.6]])
MATRICES = [M, M.astype(np.float32), M + 0.1j, np.array([[2, 1], [0, 3]]), np.eye(2, dtype=bool)]
MATRICES += [np.asfortranarray(M), np.stack([M, M.T]), np.zeros((0, 0)), np.ones((2, 3)), B[:, 0]]
VECTORS = [np.array([0.5, -1.0, 2.0]), np.array([1, 2]), np.array([1 + 2j, 0.5]), np.zeros(0)]
VECTORS += [np.array([True, False]), np.array([1, 2], np.float32), np.array(2.0)]
VECTORS += [M]
ARRAYS = [
    SPECIAL,
    SPECIAL[:5],
    *VECTORS,
    SPECIAL[:6].reshape(2, 3),
    np.zeros((2, 0)),
    np.array(1.5),
]
CASES: dict[tuple[ModuleType, ModuleType, str], list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    (linalg, scipy.linalg, "expm"): [((a,), {}) for a in MATRICES],
    (linalg, scipy.linalg, "sqrtm"): [((a,), {}) for a in MATRICES],
    (linalg, scipy.linalg, "solve_sylvester"): [
        ((a, a, a), {}) for a in MATRICES if np.shape(a) != (3,)
    ],
    (linalg, scipy.linalg, "solve_triangular"): [
        ((a, b), {"lower": lower, "trans": trans})
        for a in MATRICES
        for b in (B, B[:, 0], np.ones(2, int))
        for lower in (False, True)
        for trans in (0, 1, 2, "T", "x")
    ],
    (signal, scipy.signal, "convolve"): [
        ((x, y), {"mode": mode})
        for x in VECTORS
        for y in (*VECTORS, B)
        for mode in ("full", "same", "valid", "typo")
    ],
    (special, scipy.special, "logsumexp"): [
        *(((x,), {"axis": a, "keepdims": k}) for x in ARRAYS for a in (None, 0) for k in (0, 1)),
        *(((x,), {"b": b}) for x in ARRAYS for b in (0.0, 2.0, -1.0)),
        *(((x,), {"b": 0.5, "return_sign": True}) for x in ARRAYS),
        (([1000.0, 1.0],), {"b": [0.0, 1.0]}),
    ],
    (special, scipy.special, "softmax"): [((x,), {"axis": a}) for x in ARRAYS for a in (None, 0)],
    (special, scipy.special, "log_softmax"): [
        ((x,), {"axis": a}) for x in ARRAYS for a in (None, 0)
    ],
}
NOT_HERE = {"odeint"}
"""It is solved by another of SciPy's solvers, to its tolerance: see test_odeint."""


def test_every_function_is_tried() -> None:
    """A new one fails here until it has calls to be tried with."""
    tried = {(ours.__name__, name) for ours, _, name in CASES}
    ops = {(linalg.__name__, op.name) for op in vars(linalg).values() if isinstance(op, og.Op)}
    functions = {
        (module.__name__, name)
        for module in (signal, special, integrate)
        for name, f in vars(module).items()
        if callable(f) and getattr(f, "__module__", "") == module.__name__
        if not name.startswith("_") and not isinstance(f, og.Op) and name not in NOT_HERE
    }
    assert tried == ops | functions


def _differs_on_purpose(name: str, args: tuple[Any, ...], params: Any, found: Any) -> bool:
    """Sums of exponentials: of complex numbers refused, of nothing and of booleans computed.

    SciPy has an error for the last two. And where all factors are 0, the sum is 0 here, whatever
    is infinite or NaN beside them.
    """
    [x] = args if name in ("logsumexp", "softmax", "log_softmax") else [None]
    if x is None:
        return False
    is_complex = isinstance(found, TypeError) and "complex" in str(found)
    no_factors = params.get("b") == 0.0 and not np.all(np.isfinite(x))
    return is_complex or no_factors or 0 in np.shape(x) or np.asarray(x).dtype == bool


@pytest.mark.parametrize("case", [pytest.param(case, id=case[2]) for case in CASES])
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:Matrix is")
def test_functions_are_scipy_s(case: Any) -> None:
    """Of each dtype, empty, in Fortran's order, of no axis, with each argument, and of errors."""
    wrong = []
    ours, theirs, name = case
    for args, params in CASES[case]:
        expected = _outcome(getattr(theirs, name), *args, **params)
        values = [og.Value(np.array(x) if isinstance(x, list) else x) for x in args]
        found = _outcome(getattr(ours, name), *values, **params)
        rtol = 1e-5 if values[0].data.dtype in (np.float32, np.complex64) else 1e-12
        if not _is_same(found, expected, rtol) and not _differs_on_purpose(
            name, args, params, found
        ):
            wrong.append((args, params, expected, found))
    assert not wrong, f"{len(wrong)} of {len(CASES[case])}\n" + "\n".join(map(str, wrong))
