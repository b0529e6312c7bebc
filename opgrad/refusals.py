"""What Values refuse: what would cut the gradient, or nothing differentiates; and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from opgrad.data import why_no_data
from opgrad.errors import CutGradientError, InputError, UnknownOpError
from opgrad.operation import Op, full_name
from opgrad.plugin import describe
from opgrad.registry import default

_numpy: Any = np  # its type stubs do not know of its dispatch protocols


class Refusals:
    """Mixed into ``Value``: conversions that Python and NumPy try, and that cut gradients."""

    __slots__ = ()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise _cut(
            "np.asarray(v), or an array or list of Values given to NumPy,",
            "np.exp(v) and the like work on Values as they are, and np.stack([v, w]) makes one of "
            "several",
        )

    def __float__(self) -> NoReturn:
        raise _cut(
            "float(v), a function of math, or a[i] = v",
            "use v.exp(), np.exp(v), og.ops.exp(v), ...; np.stack([v, w]) or og.at(a, i).set(v)",
        )

    def __complex__(self) -> NoReturn:
        raise _cut("complex(v)", "Values take part in arithmetic as they are")

    def __index__(self) -> NoReturn:
        raise _cut("int(v), or a Value where Python wants an integer,", "og.ops.floor(v) keeps it")

    __int__ = __index__

    def __round__(self, ndigits: int | None = None) -> Any:
        if ndigits is None:
            raise _cut("round(v), an integer,", "np.round(v) keeps it; so does round(v, 0)")
        return _numpy.round(self, ndigits)

    def __trunc__(self) -> NoReturn:
        raise _cut("math.trunc(v), an integer,", "np.trunc(v) keeps it")

    def __floor__(self) -> NoReturn:
        raise _cut("math.floor(v), an integer,", "np.floor(v) keeps it")

    def __ceil__(self) -> NoReturn:
        raise _cut("math.ceil(v), an integer,", "np.ceil(v) keeps it")

    def as_integer_ratio(self) -> NoReturn:
        """Refused: ``statistics`` and ``fractions`` call it, and would lose the gradient."""
        raise _cut(
            "a function of statistics, or Fraction(v),",
            "np.mean, np.median, np.var, ... take np.stack([v, w])",
        )

    def tolist(self) -> NoReturn:
        """Refused: its numbers would be plain ones."""
        raise _cut("v.tolist()", "list(v) has its elements as Values")


def no_operand(op: Op, x: object) -> Any:
    """What an operator returns that was given no data: the other side may know what to do.

    Python's lists and tuples do not: they would be repeated, joined, or not equal.

    Raises:
        InputError: it is a list or a tuple.
    """
    if x.__class__ in (list, tuple):
        raise InputError(why_no_data(x, f"{describe(op)} takes"))
    return NotImplemented


def no_op_for(function: str) -> UnknownOpError:
    """The error for a NumPy function that no op implements."""
    return UnknownOpError(
        f"no installed plugin differentiates {function}. To pass data on without a gradient, "
        f"use v.data; to add an op that does it: @og.op(implements=...)." + default().not_in_use()
    )


def no_out(function: Callable[..., Any]) -> CutGradientError:
    """The error for a function that is to write its result into an array."""
    return CutGradientError(
        f"{full_name(function)} cannot write into an array (out=, or an in-place operator on an "
        f"array) where a Value takes part: the gradient would be lost. Use the result instead."
    )


def _cut(what: str, instead: str) -> CutGradientError:
    return CutGradientError(
        f"{what} would turn a Value into plain data and lose its gradient: {instead}. "
        f"If the gradient is to stop here, say so with v.data."
    )
