"""What the names in a program stand for: OpGrad's functions, or plain NumPy's and SciPy's."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import scipy.linalg
import scipy.signal
import scipy.special
import scipy.stats

import opgrad as og
import opgrad_scipy.linalg
import opgrad_scipy.signal
import opgrad_scipy.special
import opgrad_scipy.stats
from tests.fuzz.leaves import leaves

IMPORTS = """\
import math

import numpy as np
from scipy import special

import opgrad as og
from opgrad_scipy import linalg, signal, stats
from opgrad_scipy import special as og_special
"""


class _Settled:
    """A module whose functions give Python's numbers where they are given no others.

    So do OpGrad's ops, on purpose: a chain of Python's numbers stays one.
    """

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if isinstance(found, type | ModuleType) or not callable(found):
            found = _Settled(found) if isinstance(found, ModuleType) else found
        else:
            found = _settled(found)
        setattr(self, name, found)
        return found


def _settled(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def settled(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        numpys = isinstance(result, np.generic) or (
            isinstance(result, np.ndarray) and not result.ndim
        )
        if numpys and result.dtype.kind in "biufc" and "dtype" not in kwargs:
            inputs = [
                x
                for x in leaves((args, kwargs))
                if isinstance(x, complex | float | int | np.generic | np.ndarray)
            ]
            if not any(isinstance(x, np.generic | np.ndarray) for x in inputs):
                return result.item()
        return result

    for method in ("reduce", "accumulate", "outer"):
        if isinstance(function, np.ufunc):
            setattr(settled, method, getattr(function, method))
    return settled


class _Forwards(Mapping[str, Callable[..., Any]]):
    """Every op's forward, by the op's name."""

    def __init__(self, settle: bool = False) -> None:
        self._settle = settle

    def __getitem__(self, name: str) -> Callable[..., Any]:
        forward = og.ops[name].forward
        return _settled(forward) if self._settle else forward

    def __iter__(self) -> Any:
        return iter(og.default_registry().ops)

    def __len__(self) -> int:
        return len(og.default_registry().ops)


def _plain_at(array: Any, index: Any) -> SimpleNamespace:
    """What ``og.at`` is documented to give, by writing into a copy."""

    def put(x: Any) -> Any:
        copy = np.array(array)
        copy[index] = x
        return copy

    def add(x: Any) -> Any:
        copy = np.array(array)
        np.add.at(copy, index, x)
        return copy

    return SimpleNamespace(set=put, add=add)


OPGRAD: dict[str, Any] = {
    "np": np,
    "math": math,
    "special": scipy.special,
    "og_special": opgrad_scipy.special,
    "linalg": opgrad_scipy.linalg,
    "signal": opgrad_scipy.signal,
    "stats": opgrad_scipy.stats,
    "og": og,
}


def _of_truths_as_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's softmax refuses truths; OpGrad's takes them for 0 and 1, on purpose."""

    @functools.wraps(function)
    def taking(x: Any, axis: Any = None) -> Any:
        data = np.asarray(x)
        return function(data.astype(np.int8) if data.dtype == np.bool_ else x, axis=axis)

    return taking


def _cut_convolution(in1: Any, in2: Any, mode: str = "full") -> Any:
    """SciPy's, but that other modes take a part of the full one, on purpose.

    By itself SciPy has NaN in more places, where something is infinite.
    """
    part = scipy.signal.convolve(in1, in2, mode)
    if np.all(np.isfinite(part)) or mode != "same":
        return part
    full = scipy.signal.convolve(in1, in2)
    starts = [(full_n - n) // 2 for full_n, n in zip(full.shape, part.shape, strict=True)]
    return full[tuple(slice(i, i + n) for i, n in zip(starts, part.shape, strict=True))]


_PLAIN_ONLY: dict[str, Any] = {
    "og_special": SimpleNamespace(
        logsumexp=scipy.special.logsumexp,
        softmax=_of_truths_as_numbers(scipy.special.softmax),
        log_softmax=_of_truths_as_numbers(scipy.special.log_softmax),
    ),
    "linalg": scipy.linalg,
    "signal": SimpleNamespace(convolve=_cut_convolution),
    "stats": scipy.stats,
}
PLAIN: dict[str, Any] = OPGRAD | _PLAIN_ONLY
PLAIN["og"] = SimpleNamespace(ops=_Forwards(), at=_plain_at)
"""NumPy's and SciPy's own functions, and the forwards of ops."""

SETTLED: dict[str, Any] = PLAIN | {"np": _Settled(np), "special": _Settled(scipy.special)}
SETTLED["og"] = SimpleNamespace(ops=_Forwards(settle=True), at=_plain_at)
"""The same, but that Python's numbers lead to Python's numbers."""
