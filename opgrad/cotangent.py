"""What may arrive at a node's input in a backward pass, and how arrivals add up.

Nothing wrong passes silently: a cotangent that is not a number or array, has another shape than
its primal (after un-broadcasting, for elementwise ops), is complex where the primal is real, or
less precise than the primal, is a :class:`~opgrad.errors.VjpError`.
"""

from __future__ import annotations

from functools import cache
from sys import getrefcount
from typing import Any

import numpy as np

from opgrad import diagnostics
from opgrad.data import NUMBER_TYPES, is_data, is_lazy, is_number, is_traced, node_of, say, show
from opgrad.errors import CotangentError, NotDifferentiable, VjpError
from opgrad.node import Node
from opgrad.plugin import describe
from opgrad.residuals import LARGE, is_quiet
from opgrad.twins import twin

NUMBERS = frozenset({float, int})
"""The types that pass unchecked between each other: a Python number for a Python number."""


_NUMPYS: frozenset[Any] = frozenset({np.ndarray, np.float64})


def seed(root: Node, cotangent: Any, *, record: bool = False) -> Any:
    """The cotangent to start from: 1 for a scalar root, else one of the root's shape, as a copy.

    Raises:
        CotangentError: the root is no scalar and there is none; or it does not fit.
    """
    if cotangent.__class__ is float and root.data.__class__ is np.float64:
        return np.float64(cotangent)  # as below, and most often
    shape, is_complex = np.shape(root.data), np.iscomplexobj(root.data)
    if cotangent is None:
        if shape or is_complex:
            kind = f"an array of shape {shape}" if shape else "complex"
            raise CotangentError(
                f"backward() starts from 1 only at a real scalar, and this root is {kind}. Reduce "
                f"it to a scalar first, or pass the cotangent to start from: backward(cotangent)."
            )
        return in_form_of(root.data, 1 if isinstance(root.data, int) else 1.0)
    if record and isinstance(cotangent, Node) and np.shape(cotangent.data) == shape:
        return cotangent
    if isinstance(cotangent, Node) or not is_data(cotangent) or np.shape(cotangent) != shape:
        raise CotangentError(
            f"the cotangent of a root of shape {shape} must be a number or array of that shape; "
            f"given {say(cotangent)}"
        )
    if np.iscomplexobj(cotangent) and not is_complex:
        raise CotangentError(f"a real root takes a real cotangent; given {say(cotangent)}")
    if isinstance(cotangent, np.ndarray):  # gradients must not change when the user's array does
        cotangent = cotangent.copy()
    return in_form_of(root.data, cotangent)


@twin("fit")
def fit(node: Node, position: int, primal: Any, ct: Any, *, record: bool = False) -> Any:
    """The cotangent that ``node``'s VJP gave for one input, checked and in the form of its primal.

    ``None`` if it gave none, as a rule may say with ``None`` in that input's place of a tuple.

    For an elementwise op that is also where a cotangent of the output's shape is reduced to the
    input's, by summing over what was broadcast; and for any op that makes complex numbers of real
    ones, where the real part is taken. A rule that calls an op gives a Value: where the pass is not
    recorded, that is its data.

    Raises:
        NotDifferentiable: the rule put an instance in this input's place.
        VjpError: the cotangent does not fit.
    """
    if is_traced(ct) and is_traced(primal):
        known = node_of(ct).data
        if known is node_of(primal).data and known.dtype.kind == "f":
            return ct  # of one shape and dtype
    if ct.__class__ in NUMBERS and primal.__class__ in NUMBERS:
        return ct
    if ct.__class__ in _NUMPYS and primal.__class__ in _NUMPYS:
        # What all the rest would find, and most often.
        dtype = ct.dtype
        if dtype is primal.dtype and dtype.kind == "f":
            shape, given = primal.shape, ct.shape
            if given == shape:
                return ct
            assert node.op is not None
            if node.op.elementwise and given == node.data.shape and _broadcasts(shape, given):
                return _unbroadcast(ct, given, shape)
    if (
        primal.__class__ is float
        and isinstance(ct, np.ndarray | np.float64)  # a scalar rule went through NumPy
        and ct.shape == ()
        and ct.dtype == np.float64
    ):
        return ct.item()  # as below, and most often
    op = node.op
    assert op is not None
    if op.joint_rule is None:  # a rule for one input, which may return a tuple of one
        if ct is None or (isinstance(ct, tuple) and len(ct) != 1):
            raise wrong_count(node, ct)
        if isinstance(ct, tuple):
            [ct] = ct
    if not record and isinstance(ct, Node):  # the rule called an op
        return fit(node, position, primal, ct.data)
    if ct is None:
        return None
    if isinstance(ct, NotDifferentiable):
        raise type(ct)(*ct.args)  # a fresh one: an instance may be shared, and would keep its trace
    raw = ct.data if record and isinstance(ct, Node) else ct
    if isinstance(raw, Node) or not is_data(raw):
        raise _misfit(node, position, ct, "a number or array of the input's shape, or None")
    shape, given, out_shape = np.shape(primal), np.shape(raw), np.shape(node.data)
    if given != shape:
        if not (op.elementwise and given == out_shape and _broadcasts(shape, out_shape)):
            raise _misfit(node, position, ct, f"shape {shape}")
        ct = _unbroadcast(ct, given, shape)
    if np.iscomplexobj(raw) and not np.iscomplexobj(primal):
        if not np.iscomplexobj(node.data):
            raise _misfit(node, position, ct, "a real cotangent between real input and output")
        ct = np.real(ct)
    if is_less_precise(raw, primal):
        raise _misfit(node, position, ct, f"dtype {primal.dtype}")
    return in_form_of(primal, ct)


def accumulate(cotangents: dict[Node, Any], owned: set[Node], node: Node, ct: Any) -> None:
    """Add what arrives at a node; in place, where what is there is a sum that was made here."""
    old = cotangents[node]
    if old is None or ct is None:
        cotangents[node] = ct if old is None else old
    elif is_traced(old) or is_traced(ct):
        cotangents[node] = old + ct
    elif (
        (node in owned or _is_ours(getrefcount(old), old, ct))
        and isinstance(old, np.ndarray)  # of a recorded pass, some cotangents are Values, some not
        and not isinstance(ct, Node)
        and old.dtype == ct.dtype
    ):
        np.add(old, ct, out=old)
    else:
        cotangents[node] = new = old + ct
        if isinstance(new, np.ndarray):
            owned.add(node)


def _is_ours(references: int, old: Any, ct: Any) -> bool:
    """Whether a cotangent is an array that nobody else has, nor its memory."""
    return (
        type(old) is type(ct) is np.ndarray
        and old.nbytes >= LARGE  # smaller ones are faster made anew
        and old.dtype.isnative
        and old.flags.owndata
        and old.flags.writeable
        and is_quiet()
        and references == _by_accumulate()
    )


@cache
def _by_accumulate() -> int:
    """What ``getrefcount`` says there of what a dict knows, and no one else."""
    places = {0: object()}
    old = places[0]
    return getrefcount(old)


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    if shape == to[len(to) - len(shape) :]:
        return True  # most often: a bias
    pairs = zip(reversed(shape), reversed(to), strict=False)
    return len(shape) <= len(to) and all(n in (1, m) for n, m in pairs)


def _unbroadcast(ct: Any, given: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    lead = len(given) - len(shape)
    add_up: Any = np.add.reduce if ct.__class__ is np.ndarray else np.sum  # Dask has no reduce
    if shape == given[lead:]:
        return add_up(ct, axis=0 if lead == 1 else tuple(range(lead)))
    stretched = [lead + i for i, n in enumerate(shape) if n == 1 and given[lead + i] != 1]
    total = add_up(ct, axis=(*range(lead), *stretched), keepdims=True)
    return np.reshape(total, shape) if lead else total


def is_less_precise(ct: Any, primal: Any) -> bool:
    """Whether digits were lost on the way: a float16 cotangent for a float32 primal."""
    given, wanted = getattr(ct, "dtype", None), getattr(primal, "dtype", None)
    if given is None or wanted is None or given == wanted or is_number(primal):
        return False
    is_floating = given.kind in "fc" and wanted.kind in "fc"
    return is_floating and bool(np.finfo(given).eps > np.finfo(wanted).eps)


def in_form_of(primal: Any, ct: Any) -> Any:
    """A Python number for a Python number; in the primal's dtype, if that is floating.

    Integer and boolean dtypes hold no derivative (theirs wrap around): float64 for these.
    """
    if is_number(primal):
        return ct if is_number(ct) or isinstance(ct, Node) or is_lazy(ct) else ct.item()
    dtype = primal.dtype if primal.dtype.kind in "fc" else np.dtype(np.float64)
    given = getattr(ct, "dtype", None)
    if is_lazy(primal) and isinstance(ct, NUMBER_TYPES):
        return np.full_like(primal, ct, dtype=dtype)  # so that what comes of it is lazy, too
    if given is None:  # before it is compared: to NumPy, None is float64
        return dtype.type(ct)
    if given == dtype or (given.kind in "fc" and primal.dtype.kind not in "fc"):
        return ct
    return ct.astype(dtype)


def wrong_count(node: Node, cts: object) -> VjpError:
    """The error for a rule that did not return what it should in number."""
    assert node.op is not None
    n = len(node.inputs)
    if cts is None:
        got = "None (is a `return` missing?)"
    elif isinstance(cts, tuple):
        got = f"{len(cts)} cotangents"
    else:
        got = f"{type(cts).__name__} {show(cts)}"
    if node.op.joint_rule is None:
        expected = "the cotangent of one input ((None,) if that has no gradient)"
    else:
        expected = f"a tuple of {n}, one for each input (None for an input without a gradient)"
    return VjpError(
        f"the VJP of {describe(node.op)} returned {got}; expected {expected}; "
        f"{diagnostics.created_at(node)}"
    )


def _misfit(node: Node, position: int, ct: Any, expected: str) -> VjpError:
    assert node.op is not None
    return VjpError(
        f"the VJP of {describe(node.op)} returned, for input {position} of {len(node.inputs)} "
        f"({say(node.inputs[position].data)}), {say(ct)}; expected {expected}. "
        f"The output is {say(node.data)}; {diagnostics.created_at(node)}."
    )
