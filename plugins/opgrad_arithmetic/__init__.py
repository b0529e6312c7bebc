"""Built-in plugin: Python's operators, choosing between two values, and comparisons."""

from __future__ import annotations

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
from opgrad_arithmetic.selection import maximum as maximum
from opgrad_arithmetic.selection import minimum as minimum
from opgrad_arithmetic.selection import where as where


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    operators = [identity, add, sub, mul, div, neg, pow, abs]
    selection = [maximum, minimum, where]
    comparisons = [less, less_equal, greater, greater_equal, equal, not_equal]
    return [*operators, *selection, *comparisons]
