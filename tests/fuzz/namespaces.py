"""What the names in a program stand for: OpGrad's functions, or plain NumPy's and SciPy's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import SimpleNamespace
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

IMPORTS = """\
import math

import numpy as np
from scipy import special

import opgrad as og
from opgrad_scipy import linalg, signal, stats
from opgrad_scipy import special as og_special
"""


class _Forwards(Mapping[str, Callable[..., Any]]):
    """Every op's forward, by the op's name."""

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return og.ops[name].forward

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
PLAIN: dict[str, Any] = OPGRAD | {
    "og_special": scipy.special,
    "linalg": scipy.linalg,
    "signal": scipy.signal,
    "stats": scipy.stats,
    "og": SimpleNamespace(ops=_Forwards(), at=_plain_at, stop_gradient=lambda x: x),
}
