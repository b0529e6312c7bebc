"""Every function of numpy.linalg on Values: NumPy's value, dtype, shape and kind of error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import opgrad as og
import opgrad_linalg

Call = Callable[..., Any]

la: Any = np.linalg
REAL = np.array([[2.0, -0.3, 0.8], [0.5, 1.7, -0.4], [-0.6, 0.9, 2.4]])
SYMMETRIC = REAL @ REAL.T + np.eye(3)
SQUARE: dict[str, Any] = {
    "float64": REAL,
    "symmetric": SYMMETRIC,
    "float32": REAL.astype(np.float32),
    "complex": SYMMETRIC + 0.3j * (REAL - REAL.T),
    "complex64": (SYMMETRIC + 0.3j * (REAL - REAL.T)).astype(np.complex64),
    "int": np.array([[4, 1, 0], [1, 3, 1], [0, 1, 5]]),
    "bool": np.eye(3, dtype=bool),
    "F order": np.asfortranarray(SYMMETRIC),
    "stack": np.stack([SYMMETRIC, 2 * SYMMETRIC]),
    "stack of none": np.zeros((0, 3, 3)),
    "0x0": np.zeros((0, 0)),
    "1x1": np.array([[2.5]]),
    "singular": np.diag([1.0, 0.0, 2.0]),
    "zero": np.zeros((2, 2)),
    "nan": np.array([[1.0, np.nan], [0.0, 1.0]]),
    "inf": np.array([[1.0, np.inf], [0.0, 1.0]]),
    "not square": np.arange(6.0).reshape(2, 3),
    "tall": np.arange(6.0).reshape(3, 2) ** 2,
    "vector": np.array([3.0, -4.0, 1.0]),
    "0-d": np.array(2.0),
    "no rows": np.zeros((0, 2)),
}


def _one(**params: Any) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    yield from (((x,), params) for x in SQUARE.values())


def _each(*several: dict[str, Any]) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    return [case for params in ({}, *several) for case in _one(**params)]


def _two(*others: Any, **params: Any) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    return [((x, y), params) for x in SQUARE.values() for y in others]


COLUMNS = [np.ones((3, 2)), np.arange(3), np.array([1.0, 2.0, 3.0], np.float32), np.ones((2, 3, 1))]
CASES: dict[Call, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    la.cholesky: _each({"upper": True}),
    la.cond: _each(*({"p": p} for p in (2, -2, 1, -1, np.inf, "fro", "nuc"))),
    la.cross: [((x, y), {}) for x in (REAL, np.arange(3)) for y in (REAL, REAL[0], np.arange(3))],
    la.det: _each(),
    la.diagonal: _each({"offset": 1}),
    la.eig: _each(),
    la.eigh: _each({"UPLO": "U"}),
    la.eigvals: _each(),
    la.eigvalsh: _each({"UPLO": "U"}),
    la.inv: _each(),
    la.lstsq: [((x, y), {}) for x in (REAL, SQUARE["tall"], SQUARE["int"]) for y in COLUMNS[:3]],
    la.matmul: _two(REAL, SYMMETRIC.astype(np.float32), np.arange(3)),
    la.matrix_norm: _each(
        *({"ord": p} for p in (1, -1, 2, -2, np.inf, -np.inf, "fro", "nuc")), {"keepdims": True}
    ),
    la.matrix_power: [((x, n), {}) for x in SQUARE.values() for n in (0, 1, 3, -1)],
    la.matrix_rank: _each(),
    la.matrix_transpose: _each(),
    la.multi_dot: [(([x, x, REAL[0]],), {}) for x in (REAL, SQUARE["float32"], SQUARE["int"])],
    la.norm: _each(
        *({"ord": p} for p in (0, 1, -1, 2, -2, 3, 0.5, np.inf, -np.inf, "fro", "nuc")),
        *({"axis": axis, "ord": p} for axis in (0, -1) for p in (None, 0, 1, 2, 3, np.inf)),
        {"axis": (0, 1), "keepdims": True},
        {"keepdims": True},
    ),
    la.outer: [((x, y), {}) for x in COLUMNS[1:3] for y in COLUMNS[1:3]],
    la.pinv: _each({"hermitian": True}, {"rcond": 0.1}, {"rtol": 0.1}),
    la.qr: _each(*({"mode": mode} for mode in ("reduced", "r"))),
    la.slogdet: _each(),
    la.solve: _two(*COLUMNS),
    la.svd: _each({"full_matrices": False}, {"compute_uv": False}, {"hermitian": True}),
    la.svdvals: _each(),
    la.tensordot: [((REAL, x), {"axes": n}) for x in (REAL, SQUARE["int"]) for n in (1, 2)],
    la.tensorinv: [
        ((np.eye(6).reshape(2, 3, 6),), {}),
        ((np.eye(4).reshape(4, 2, 2),), {"ind": 1}),
    ],
    la.tensorsolve: [((np.eye(6).reshape(2, 3, 6), np.ones((2, 3))), {})],
    la.trace: _each({"offset": 1}, {"dtype": np.float32}),
    la.vecdot: [((x, y), {}) for x in (REAL, np.arange(3)) for y in (REAL, np.arange(3))],
    la.vector_norm: _each(
        *({"ord": p} for p in (0, 1, 2, 3, np.inf)), {"axis": 0}, {"keepdims": True}
    ),
}


def test_every_function_is_tried() -> None:
    """All that OpGrad stands in for; a new one fails here until it has calls to be tried with."""
    provided = set(opgrad_linalg.opgrad_functions()) | {la.norm}
    for name in og.default_registry().ops:
        if name.startswith("linalg."):
            provided |= set(og.ops[name].implements)
    assert provided == set(CASES)


def _outcome(function: Call, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    try:
        found = function(*args, **params)
    except Exception as error:
        return error
    return [
        og.stop_gradient(x) if not isinstance(x, og.Value) else x.data
        for x in (found if isinstance(found, tuple) else (found,))
    ]


def _as_value(x: Any) -> Any:
    return list(map(_as_value, x)) if type(x) is list else og.Value(x) if _is_array(x) else x


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray)


def _is_same(found: Any, expected: Any) -> bool:
    if isinstance(expected, Exception) or isinstance(found, Exception):
        either = TypeError | ValueError  # NumPy itself is not at one which is which
        both_bad = isinstance(found, either) and isinstance(expected, either)
        return both_bad or isinstance(found, type(expected))
    return len(found) == len(expected) and all(map(_is_close, found, expected))


def _is_close(x: Any, y: Any) -> bool:
    dtype = np.result_type(y)
    rtol = 1e-4 if dtype in (np.float32, np.complex64) else 1e-10
    return (
        np.result_type(x) == dtype
        and np.shape(x) == np.shape(y)
        and np.allclose(x, y, rtol=rtol, atol=rtol, equal_nan=True)
    )


def _is_refused_on_purpose(function: Call, args: tuple[Any, ...], found: Any) -> bool:
    """The vectors of no singular value, of a matrix that is not square: they are arbitrary."""
    return function is la.svd and isinstance(found, og.NotDifferentiable)


@pytest.mark.parametrize("function", [pytest.param(f, id=f.__name__) for f in CASES])
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")
def test_is_numpy_s(function: Call) -> None:
    """Of each dtype, empty, in Fortran's order, of no axis, singular, not finite, and of errors."""
    wrong = []
    for args, params in CASES[function]:
        expected = _outcome(function, args, params)
        found = _outcome(function, tuple(map(_as_value, args)), params)
        if not _is_same(found, expected) and not _is_refused_on_purpose(function, args, found):
            wrong.append((args, params, expected, found))
    assert not wrong, "\n".join(map(str, wrong))
