"""A graph as a Mermaid flowchart, which GitHub and many wikis draw from Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from opgrad.draw.label import Kind, Label, Names, label
from opgrad.draw.look import LOOKS, OUTPUT, Look
from opgrad.node import Node

_SHAPES = {
    Kind.INPUT: ('(["', '"])'),
    Kind.CONSTANT: ('["', '"]'),
    Kind.OP: ('("', '")'),
}


def to_mermaid(nodes: Sequence[Node], outputs: Sequence[Node], names: Names) -> str:
    """The graph as Mermaid: ``n3`` is the fourth of ``nodes``; one edge for each argument."""
    labels = label(nodes, outputs, names)
    lines = ["flowchart LR"]
    lines += [f"  n{i}{_box(this)}:::{this.kind.value}" for i, this in enumerate(labels)]
    lines += [f"  n{source} --> n{i}" for i, this in enumerate(labels) for source in this.inputs]
    for kind, look in LOOKS.items():
        if any(this.kind is kind for this in labels):
            dashes = ",stroke-dasharray:4" if kind is Kind.CONSTANT else ""
            lines.append(f"  classDef {kind.value} {_colours(look)}{dashes}")
    results = [f"n{i}" for i, this in enumerate(labels) if this.is_output]
    if results:
        lines.append(f"  classDef output {_colours(OUTPUT)},stroke-width:3px")
        lines.append(f"  class {','.join(results)} output")
    return "\n".join(lines)


def _colours(look: Look) -> str:
    return f"fill:{look.fill},stroke:{look.line},color:{look.text}"


def _box(this: Label) -> str:
    before, after = _SHAPES[this.kind]
    return before + "<br/>".join([_escape(line) for line in this.lines]) + after


def _escape(text: str) -> str:
    """Whatever may mean something to Mermaid, Markdown or HTML, as a character code.

    Also what begins a list, "1. " or "- ", which Mermaid would refuse to draw.
    """
    return re.sub(r"[^\w .,:=+-]|[.+-](?= )", lambda match: f"#{ord(match[0])};", text)
