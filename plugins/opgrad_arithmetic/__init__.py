"""Built-in plugin: Python's operators, choosing between two values, and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import opgrad as og
from opgrad_arithmetic.comparisons import equal as equal
from opgrad_arithmetic.comparisons import greater as greater
from opgrad_arithmetic.comparisons import greater_equal as greater_equal
from opgrad_arithmetic.comparisons import less as less
from opgrad_arithmetic.comparisons import less_equal as less_equal
from opgrad_arithmetic.comparisons import not_equal as not_equal
from opgrad_arithmetic.operators import abs as abs
from opgrad_arithmetic.operators import add as add
from opgrad_arithmetic.operators import div as div
from opgrad_arithmetic.operators import identity as identity
from opgrad_arithmetic.operators import mul as mul
from opgrad_arithmetic.operators import neg as neg
from opgrad_arithmetic.operators import sub as sub
from opgrad_arithmetic.power import pow as pow
from opgrad_arithmetic.remainders import floordiv as floordiv
from opgrad_arithmetic.remainders import fmod as fmod
from opgrad_arithmetic.remainders import mod as mod
from opgrad_arithmetic.selection import choose
from opgrad_arithmetic.selection import maximum as maximum
from opgrad_arithmetic.selection import minimum as minimum
from opgrad_arithmetic.selection import where as where


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    operators = [identity, add, sub, mul, div, floordiv, mod, fmod, neg, pow, abs]
    selection = [maximum, minimum, where]
    comparisons = [less, less_equal, greater, greater_equal, equal, not_equal]
    return [*operators, *selection, *comparisons]


@og.hookimpl.opgrad_functions
def opgrad_functions() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """NumPy functions made of these ops."""
    return {
        np.where: choose,
        np.divmod: lambda x, y: (np.floor_divide(x, y), np.remainder(x, y)),
    }
