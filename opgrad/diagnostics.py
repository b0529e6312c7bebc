"""Debug mode: which op made the first NaN, and which line of the user's code made that node."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np

from opgrad.data import is_lazy, may_change, say
from opgrad.errors import ChangedError, NonFiniteError
from opgrad.node import Node
from opgrad.plugin import describe
from opgrad.twins import twin


class _State:
    """How many ``debug()`` blocks are open, and of each live node where it was created.

    Of arrays that may be written to, also what their elements were then.
    """

    __slots__ = ("checksums", "depth", "sites")

    def __init__(self) -> None:
        self.depth = 0
        self.sites: dict[int, tuple[weakref.ref[Node], str]] = {}
        self.checksums: dict[int, tuple[weakref.ref[Node], int]] = {}


state = _State()


@contextmanager
def debug() -> Iterator[None]:
    """Within this context, an op that makes a NaN, forward or backward, is an error at once.

    So is an array that was written to between the forward and the backward pass. The error names
    the op, its plugin, its inputs, and the line of your code that created the node. Every op is
    slower meanwhile. Blocks may be nested; the mode holds for all threads.

    Example:
        >>> x = og.Value(float("inf"))
        >>> with og.debug():
        ...     loss = x * 0
        Traceback (most recent call last):
        ...
        opgrad.errors.NonFiniteError: op 'mul' of plugin ... made the first NaN: nan; created at ...

    Raises:
        NonFiniteError, ChangedError: within the block.
    """
    state.depth += 1
    try:
        yield
    finally:
        state.depth -= 1
        if not state.depth:
            state.sites.clear()
            state.checksums.clear()


@twin("has_nan")
def has_nan(data: Any, *, if_lazy: bool = False) -> bool:
    """Whether a number or array has a NaN in it (integers, None and foreign types have none).

    A lazy array, such as Dask's, is not asked, since that would compute it: ``if_lazy``, then.
    """
    if data.__class__ is float or data is None:
        return bool(data != data)
    if data.__class__ is np.ndarray and data.dtype.kind == "f" and data.flags.c_contiguous:
        # A sum of squares is NaN only if one of them is, and BLAS makes it in one go.
        total = np.vdot(data, data)
        return bool(total != total)
    if is_lazy(data):
        return if_lazy
    try:
        return bool(np.any(np.isnan(data)))
    except TypeError:
        return False


def watch(node: Node) -> None:
    """Note where a new node was created, and refuse it if it is the first with a NaN.

    Raises:
        NonFiniteError: its data has a NaN, and its inputs have none.
    """
    site = _user_line()
    number = node.number
    forget = state.sites.pop
    state.sites[number] = (weakref.ref(node, lambda _: forget(number, None)), site)
    for leaf in (node, *node.inputs):
        _take_checksum(leaf)
    if has_nan(node.data) and not any(has_nan(parent.data) for parent in node.inputs):
        raise NonFiniteError(
            f"{_application(node)} made the first NaN: {node.data!r}; {created_at(node)}"
        )


def _take_checksum(leaf: Node) -> None:
    data, number = leaf.data, leaf.number
    if leaf.op is not None or number in state.checksums:
        return
    if isinstance(data, np.ndarray) and may_change(data):
        forget = state.checksums.pop
        known = weakref.ref(leaf, lambda _: forget(number, None))
        state.checksums[number] = (known, _checksum(data))


def _checksum(x: Any) -> int:
    """Of its elements; of a large array, of some 65,000, evenly spread."""
    return hash(x.flat[:: 1 + x.size // (1 << 16)].tobytes())


def check_unchanged(node: Node) -> None:
    """Refuse to differentiate an op by arrays that are no longer those that it was applied to.

    Raises:
        ChangedError: one of its inputs has been written to.
    """
    for position, leaf in enumerate(node.inputs):
        known = state.checksums.get(leaf.number)
        if known is not None and known[1] != _checksum(leaf.data):
            assert node.op is not None
            raise ChangedError(
                f"input {position} of {describe(node.op)}, {say(leaf.data)}, was written to since "
                f"the op was applied to it, so that the derivative would be another point's. Give "
                f"the op a copy, or write to a new array; {created_at(node)}"
            )


def check_cotangent(node: Node, position: int, given: Any, cotangent: Any) -> None:
    """Refuse a cotangent with a NaN, if the cotangent that the VJP was given had none.

    Raises:
        NonFiniteError: the VJP made the NaN.
    """
    if has_nan(cotangent) and not has_nan(given):
        raise NonFiniteError(
            f"the VJP of {_application(node)} made the first NaN of the backward pass, in the "
            f"cotangent of input {position}: {cotangent!r}, given {given!r}; {created_at(node)}"
        )


def created_at(node: Node) -> str:
    """Where the node was created, if that was in debug mode; else how to find out.

    The words end a message, after a semicolon.
    """
    entry = state.sites.get(node.number)
    if entry:
        return f"created at {entry[1]}"
    return "run the forward pass under og.debug() to see the line that created it"


def _application(node: Node) -> str:
    assert node.op is not None
    inputs = ", ".join(repr(parent.data) for parent in node.inputs)
    return f"{describe(node.op)} on ({inputs})"


def user_frame() -> FrameType:
    """The innermost frame that is not OpGrad's own."""
    frame = sys._getframe(1)
    while (
        frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "opgrad"
    ):
        frame = frame.f_back
    return frame


def _user_line() -> str:
    frame = user_frame()
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"
