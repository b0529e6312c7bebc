"""A graph as text in static single assignment form: one line for each leaf and op."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from opgrad.draw.label import (
    Kind,
    Names,
    gradient_of,
    has_gradient,
    kind_of,
    literal,
    params,
    short,
)
from opgrad.node import Node

TAB = 8
MAX_COLUMN = 64
"""Comments are aligned at a tab stop, no further right than this."""

_plain = re.compile(r"[A-Za-z_][\w.]*", re.ASCII).fullmatch


def to_ssa(nodes: Sequence[Node], outputs: Sequence[Node], names: Names) -> str:
    """The graph as text, inputs first.

    Each line gives a name, ``%3``, to the result of an op, and shows its value as a comment;
    constants stand in the place of the argument. Names that are no identifiers are quoted.
    """
    with_gradients = any(has_gradient(node) for node in nodes)
    reference: dict[Node, str] = {}
    rows: list[tuple[str, str]] = []
    for node in nodes:
        kind = kind_of(node)
        if kind is Kind.CONSTANT and node not in names:
            reference[node] = literal(node.data)
            continue
        reference[node] = _reference(names[node]) if node in names else f"%{len(rows)}"
        if node.op is None:
            made_by, notes = f"{kind.value} {literal(node.data)}", []
        else:
            arguments = ", ".join([reference[parent] for parent in node.inputs])
            made_by = f"{node.op.name} {arguments} {params(node)}".rstrip()
            notes = [short(node.data)]
        gradient = gradient_of(node) if with_gradients else None
        if gradient is not None:
            notes.append(f"grad {gradient}")
        rows.append((f"{reference[node]} = {made_by}", ", ".join(notes)))
    returned = ", ".join([reference[node] for node in outputs])
    column = _comment_column([len(code) for code, note in rows if note])
    lines = [f"{code.ljust(column - 2)}  # {note}" if note else code for code, note in rows]
    return "\n".join([*lines, f"return {returned}".rstrip()])


def _reference(name: str) -> str:
    return f"%{name}" if _plain(name) else f"%{json.dumps(name, ensure_ascii=False)}"


def _comment_column(lengths: Sequence[int]) -> int:
    """The first tab stop that leaves two spaces behind the longest line of usual length."""
    longest = max((n for n in lengths if n + 2 <= MAX_COLUMN), default=0)
    return -(-(longest + 2) // TAB) * TAB
