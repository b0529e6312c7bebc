"""A graph in DOT, the language of Graphviz."""

from __future__ import annotations

from collections.abc import Sequence

from opgrad.draw.label import Kind, Names, label
from opgrad.draw.look import EDGE, look_of
from opgrad.node import Node

_SHAPES = {
    Kind.INPUT: 'shape=ellipse, style="filled"',
    Kind.CONSTANT: 'shape=box, style="filled,dashed"',
    Kind.OP: 'shape=box, style="filled,rounded"',
}
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\""})


def to_dot(nodes: Sequence[Node], outputs: Sequence[Node], names: Names) -> str:
    """The graph as DOT: ``n3`` is the fourth of ``nodes``; one edge for each argument."""
    labels = label(nodes, outputs, names)
    lines = [
        "digraph {",
        "  rankdir=LR",
        '  node [fontname="monospace", fontsize=12, margin="0.12,0.06"]',
        f'  edge [color="{EDGE}", arrowsize=0.7]',
    ]
    for i, this in enumerate(labels):
        look = look_of(this)
        text = r"\n".join([line.translate(_ESCAPES) for line in this.lines])
        attributes = (
            f'label="{text}", {_SHAPES[this.kind]}, '
            f'fillcolor="{look.fill}", color="{look.line}", fontcolor="{look.text}"'
        )
        lines.append(f"  n{i} [{attributes}{', peripheries=2' if this.is_output else ''}]")
    lines += [f"  n{source} -> n{i}" for i, this in enumerate(labels) for source in this.inputs]
    return "\n".join([*lines, "}"])
