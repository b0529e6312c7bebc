"""NumPy's functions on Values are NumPy's: value, type, dtype, shape, and what they raise.

Enumerated: every function that is dispatched, on every form and dtype of data that ``inputs`` has.
What differs on purpose is in ``ON_PURPOSE``, and in docs/use.md.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import CutGradientError, InputError
from opgrad.operation import full_name
from tests.parity.calls import CALLS, REFUSED
from tests.parity.inputs import as_values, each_input
from tests.parity.outcomes import PYTHONS, Raised, difference, outcome

NEED_AN_ORDER = (
    *(np.maximum, np.minimum, np.fmax, np.fmin, np.maximum.outer, np.minimum.outer),
    *(np.sign, np.clip),
)
"""NumPy compares real parts first, which has no derivative."""

_SAME: dict[np.ufunc, Callable[..., Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.power: operator.pow,
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
}
AS_PYTHON: dict[Any, Callable[..., Any]] = {
    **_SAME,
    **{ufunc.outer: python for ufunc, python in _SAME.items()},
    np.float_power: operator.pow,
    np.floor_divide: operator.floordiv,
    np.remainder: operator.mod,
    np.divmod: divmod,
    np.negative: operator.neg,
    np.absolute: abs,
    np.square: lambda x: x * x,
    np.reciprocal: lambda x: 1 / x,
    np.ptp: lambda x, *_, **__: x - x,
    np.kron: operator.mul,
    **dict.fromkeys((np.round, np.around), lambda x, decimals=0: round(x, decimals)),
}
"""On Python's numbers alone they are Python's operators: 1 / 0 raises, True + True is 2."""

NOT_ASKED = (np.select, np.full_like)
"""Of a Value that is their last argument, NumPy does not ask what to do with it."""

TAKE_NO_LISTS = (np.matmul,)
"""They are ops themselves, whose inputs are numbers and arrays."""


def _has(kind: str, inputs: Sequence[Any]) -> bool:
    return any(np.result_type(x).kind == kind for x in inputs)


def _differs_on_purpose(function: Any, call: Any, inputs: Sequence[Any], found: Any) -> bool:
    error = found.error if isinstance(found, Raised) else None
    if function in NEED_AN_ORDER and "complex numbers have no order" in str(error):
        return True
    if function in AS_PYTHON and all(isinstance(x, PYTHONS) for x in inputs):
        pythons = outcome(call, AS_PYTHON[function], *inputs)
        return difference(pythons, found, inputs) is None
    if function is np.power and isinstance(found, og.Value) and _has("b", inputs):
        return bool(found.dtype == np.int8)  # as the operator ** has it
    if function is np.i0 and np.result_type(*inputs) == np.float16:
        return True  # SciPy's, which has no half precision
    if function is np.interp and "real points" in str(error):
        return True  # NumPy drops the imaginary part, with a warning
    if function in NOT_ASKED and isinstance(error, CutGradientError):
        return True
    return function in TAKE_NO_LISTS and isinstance(error, InputError) and "list" in str(error)


def dispatched() -> set[Callable[..., Any]]:
    """NumPy's functions that ops, or functions made of ops, stand in for; those of np.linalg apart.

    They and SciPy's have tests of their own.
    """
    registry = og.default_registry()
    registry.load_all()
    functions = {*registry.functions, *(f for op in registry.ops.values() for f in op.implements)}
    return {
        f for f in functions if full_name(f).startswith("numpy.") and "linalg" not in full_name(f)
    }


def test_no_function_is_forgotten() -> None:
    """Each has its calls here; and there are no calls of what is not dispatched."""
    names = {full_name(f) for f in (*CALLS, *REFUSED)}
    assert names == {full_name(f) for f in dispatched()}


@pytest.mark.parametrize("function", CALLS, ids=full_name)
def test_is_numpys(function: Any) -> None:
    """What it gives on Values is what it gives on their data; so is what it raises."""
    wrong = []
    for forms, call in CALLS[function]:
        for what, inputs in each_input(forms):
            expected = outcome(call, function, *inputs)
            for values in as_values(inputs):
                found = outcome(call, function, *values)
                how = difference(expected, found, inputs)
                if how and not _differs_on_purpose(function, call, inputs, found):
                    wrong.append(f"{full_name(function)} of {what}: {how}")
    assert not wrong, f"{len(wrong)} calls differ:\n" + "\n".join(wrong[:12])


@pytest.mark.parametrize("function", REFUSED, ids=full_name)
def test_what_writes_in_place_is_refused(function: Any) -> None:
    """A Value cannot be written to."""
    with pytest.raises(CutGradientError, match="writes into an array"):
        function(
            og.Value(np.ones(2)), *{np.put_along_axis: (0, 1.0, 0)}.get(function, ([0], [1.0]))
        )
