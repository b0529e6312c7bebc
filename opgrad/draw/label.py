"""What to show of a node: its kind, name, value and gradient, as short text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

import numpy as np
from attrs import frozen

from opgrad.errors import OpgradError
from opgrad.node import Constant, Node

Names = Mapping[Node, str]


class DrawError(OpgradError, ValueError):
    """A graph cannot be shown as asked: it is too large, or two of its nodes share a name."""


class Kind(Enum):
    """What a node is; each kind has its own shape and colour."""

    INPUT = "input"
    CONSTANT = "constant"
    OP = "op"


@frozen
class Label:
    """What a drawing shows of one node.

    Attributes:
        kind: what the node is.
        is_output: whether it is one of the graph's outputs.
        title: the op with its params, or the name of a leaf; empty if there is nothing to say.
        value: the data, shortened.
        gradient: the gradient, shortened; ``None`` if the drawing shows none.
        inputs: the indices of the node's inputs, in the order of the op's arguments.
    """

    kind: Kind
    is_output: bool
    title: str
    value: str
    gradient: str | None
    inputs: tuple[int, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The label's text, line by line."""
        gradient = () if self.gradient is None else (f"grad {self.gradient}",)
        return (*((self.title,) if self.title else ()), self.value, *gradient)


def label(nodes: Sequence[Node], outputs: Iterable[Node], names: Names) -> list[Label]:
    """A label for each of ``nodes``, which are in topological order."""
    index = {node: i for i, node in enumerate(nodes)}
    results = frozenset(outputs)
    with_gradients = any(has_gradient(node) for node in nodes)
    return [
        Label(
            kind=kind_of(node),
            is_output=node in results,
            title=_title(node, names.get(node)),
            value=short(node.data),
            gradient=gradient_of(node) if with_gradients else None,
            inputs=tuple([index[parent] for parent in node.inputs]),
        )
        for node in nodes
    ]


def kind_of(node: Node) -> Kind:
    """Whether the node is an input, a constant or the application of an op."""
    if node.op is not None:
        return Kind.OP
    return Kind.CONSTANT if isinstance(node, Constant) else Kind.INPUT


def _title(node: Node, name: str | None) -> str:
    name = " ".join(name.split()) if name else name  # a label's lines are its own
    if node.op is None:
        return name or ("" if isinstance(node, Constant) else "input")
    applied = f"{node.op.name} {params(node)}".rstrip()
    return f"{name} = {applied}" if name else applied


# -- gradients -----------------------------------------------------------------------------------


def has_gradient(node: Node) -> bool:
    """Whether the node has a gradient other than the number 0, from which it starts."""
    gradient = getattr(node, "grad", None)
    if gradient is None:
        return False
    number = _as_number(gradient)
    return number is None or bool(number != 0)  # no array is looked into: it may be far away


def gradient_of(node: Node) -> str | None:
    """The node's gradient, shortened; ``None`` for a node that keeps none."""
    gradient = getattr(node, "grad", None)
    return None if gradient is None else short(gradient)


# -- data ----------------------------------------------------------------------------------------

DIGITS = 6
"""Significant digits of a number, where it is not short as it is."""


def short(data: Any) -> str:
    """A number in at most about a dozen characters, or an array's dtype and shape."""
    number = _as_number(data)
    if number is None:
        return literal(data)
    if isinstance(number, int) and abs(number) >= 10**12:
        return f"{number:.{DIGITS}g}" if number.bit_length() < 1024 else _huge(number)
    text = repr(number)
    return text if len(text) <= DIGITS + 2 else f"{number:.{DIGITS}g}"


def literal(data: Any) -> str:
    """A number with all its digits, or an array's dtype and shape: ``float64[3, 2]``."""
    if isinstance(data, Node):  # the gradient of a recorded backward pass is itself a node
        return literal(data.data)
    number = _as_number(data)
    if number is None:
        return f"{data.dtype}[{', '.join(map(str, data.shape))}]"
    if isinstance(number, int) and number.bit_length() >= 1024:
        return _huge(number)
    return str(data)


def _as_number(data: Any) -> Any:
    """The Python number, also of a NumPy scalar or 0-d array; ``None`` for other arrays."""
    if isinstance(data, Node):
        return _as_number(data.data)
    if isinstance(data, np.generic) or (isinstance(data, np.ndarray) and data.ndim == 0):
        return data.item()
    return data if isinstance(data, int | float | complex) else None


def _huge(number: int) -> str:
    """An integer beyond the range of floats; Python itself refuses to print the largest."""
    return f"{'-' if number < 0 else ''}2**{number.bit_length() - 1}..."


# -- params --------------------------------------------------------------------------------------

MAX_PARAM = 40


def params(node: Node) -> str:
    """An op's params as ``{axis=1, keepdims=True}``; empty if it has none."""
    if not node.params:
        return ""
    shown = ", ".join([f"{name}={_param(value)}" for name, value in node.params.items()])
    return f"{{{shown}}}"


def _param(value: Any) -> str:
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return literal(value)
    return clip(" ".join(repr(value).split()), MAX_PARAM)


def clip(text: str, length: int) -> str:
    """The text, with an ellipsis in the place of what is beyond ``length``."""
    return text if len(text) <= length else text[: length - 1] + "…"
