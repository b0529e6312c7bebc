"""What a JVP rule may return for its node's output: checked as cotangents are."""

from __future__ import annotations

from typing import Any

import numpy as np

from opgrad import diagnostics
from opgrad.cotangent import NUMBERS, in_form_of, is_less_precise
from opgrad.data import is_data, is_number, say
from opgrad.errors import JvpError, NonFiniteError, NotDifferentiable
from opgrad.node import Node
from opgrad.plugin import describe


def fit_tangent(node: Node, tangent: Any, *, record: bool = False) -> Any:
    """The tangent of ``node``, as its op's JVP gave it, checked and in the form of its primal.

    Raises:
        NotDifferentiable: the rule returned an instance of it.
        JvpError: it is no number or array, has another shape than the output, is complex where
            that is real, or less precise.
    """
    primal = node.data
    if tangent.__class__ in NUMBERS and primal.__class__ in NUMBERS:
        return tangent
    if isinstance(tangent, NotDifferentiable):
        raise type(tangent)(*tangent.args)
    if not record and isinstance(tangent, Node):  # the rule called an op
        tangent = tangent.data
    data = tangent.data if isinstance(tangent, Node) else tangent
    if data is None:
        raise _misfit(node, "None (is a `return` missing?)", "a number or array")
    if isinstance(data, Node) or not is_data(data):
        raise _misfit(node, say(tangent), "a number or array")
    if np.shape(data) != np.shape(primal):
        raise _misfit(node, say(data), f"shape {np.shape(primal)}")
    if np.iscomplexobj(data) and not np.iscomplexobj(primal):
        raise _misfit(node, say(data), "a real tangent of a real output")
    if is_less_precise(data, primal):
        raise _misfit(node, say(data), f"dtype {primal.dtype}")
    if isinstance(tangent, np.ndarray) and not tangent.ndim:
        tangent = tangent[()]
    return in_form_of(primal, tangent)


def check_tangent(node: Node, given: list[Any], tangent: Any) -> None:
    """Refuse a tangent with a NaN, if those that the op was given had none: in debug mode.

    Raises:
        NonFiniteError: the JVP made the NaN.
    """
    assert node.op is not None
    tangent, *given = (t.data if isinstance(t, Node) else t for t in (tangent, *given))
    if diagnostics.has_nan(tangent) and not any(map(diagnostics.has_nan, given)):
        raise NonFiniteError(
            f"the JVP of {describe(node.op)} made the first NaN of the pass, in the tangent "
            f"{tangent!r}, given {given!r}; {diagnostics.created_at(node)}"
        )


def zero_like(primal: Any) -> Any:
    """A zero in the form of a primal; of floating dtype, where the primal is an integer."""
    dtype = np.result_type(primal)
    if is_number(primal):
        return 0j if dtype.kind == "c" else 0.0
    if dtype.kind not in "fc":
        dtype = np.dtype(np.float64)
    return np.zeros_like(primal, dtype=dtype) if np.shape(primal) else dtype.type(0)


def one_like(primal: Any) -> Any:
    """A number or array of ones, to start a pass from."""
    if is_number(primal):
        return 1.0 + 0j if np.result_type(primal).kind == "c" else 1.0
    return np.ones_like(primal)


def _misfit(node: Node, given: str, expected: str) -> JvpError:
    assert node.op is not None
    return JvpError(
        f"the JVP of {describe(node.op)} returned {given}; expected {expected}. "
        f"The output is {say(node.data)}; {diagnostics.created_at(node)}."
    )
