"""A graph as an SVG picture.

The picture needs no style sheet and no ids, so that several can stand in one page, and has its own
paper, so that it is readable on light and dark pages alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from unicodedata import combining, east_asian_width

from opgrad.draw.label import DrawError, Kind, Label, Names, clip, label
from opgrad.draw.layout import Box, Edge, lay_out
from opgrad.draw.look import EDGE, GRADIENT, PAPER, look_of
from opgrad.node import Node

MAX_NODES = 400
MAX_LINE = 32
"""Longer lines are cut; the whole is shown when the pointer rests on the box."""

FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
SIZE = 13
CHARACTER = 0.61 * SIZE
"""The width of a character: about the same in all monospaced fonts."""
LINE = 18
PADDING = (14, 9)
RING = 4
"""Between the two frames of an output."""

_not_xml = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RADIUS = {Kind.INPUT: 20, Kind.CONSTANT: 2, Kind.OP: 8}


def to_svg(nodes: Sequence[Node], outputs: Sequence[Node], names: Names) -> str:
    """The graph as an SVG document, inputs on the left.

    Raises:
        DrawError: there are more than 400 nodes.
    """
    if len(nodes) > MAX_NODES:
        raise DrawError(
            f"a picture shows at most {MAX_NODES} nodes, and this graph has {len(nodes)}. Draw a "
            f"part of it, Graph.of(a node on the way), print it as text, str(graph), or hand "
            f"graph.to_dot() to Graphviz."
        )
    labels = label(nodes, outputs, names)
    layout = lay_out([this.inputs for this in labels], [_size(this) for this in labels])
    width, height = _n(layout.width), _n(layout.height)
    title = f"graph, number of nodes: {len(nodes)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-label="{title}">',
            f'<rect width="{width}" height="{height}" rx="12" fill="{PAPER}"/>',
            f'<g fill="none" stroke="{EDGE}" stroke-width="1.5" stroke-linecap="round" '
            f'stroke-linejoin="round">',
            *[_edge(edge) for edge in layout.edges],
            "</g>",
            f'<g font-family="{FONT}" font-size="{SIZE}" text-anchor="middle" stroke-width="1.5">',
            *[
                _node(i, this, box)
                for i, (this, box) in enumerate(zip(labels, layout.boxes, strict=True))
            ],
            "</g>",
            "</svg>",
        ]
    )


def _size(this: Label) -> tuple[float, float]:
    columns = max([_columns(clip(line, MAX_LINE)) for line in this.lines])
    width = max(columns, 4) * CHARACTER + 2 * PADDING[0]
    height = len(this.lines) * LINE + 2 * PADDING[1]
    return (width + 2 * RING, height + 2 * RING) if this.is_output else (width, height)


def _columns(text: str) -> int:
    """How many characters wide a text is: some are as wide as two, or have no width."""
    return sum(
        [0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text],
    )


def _node(index: int, this: Label, box: Box) -> str:
    look = look_of(this)
    radius = _RADIUS[this.kind]
    kind = f"{this.kind.value} output" if this.is_output else this.kind.value
    dashes = ' stroke-dasharray="4 3"' if this.kind is Kind.CONSTANT else ""
    frame = f'fill="{look.fill}" stroke="{look.line}"{dashes}'
    parts = [
        f'<g data-node="{index}" data-kind="{kind}" fill="{look.text}">',
        f"<title>{_text(chr(10).join(this.lines))}</title>",
        f"<rect {_rectangle(box, radius)} {frame}/>",
    ]
    if this.is_output:  # a second frame
        inner = Box(box.x + RING, box.y + RING, box.width - 2 * RING, box.height - 2 * RING)
        second = f'fill="none" stroke="{look.line}" stroke-width="1"'
        parts.append(f"<rect {_rectangle(inner, radius - RING)} {second}/>")
    middle = _n(box.x + box.width / 2)
    for i, line in enumerate(this.lines):
        is_title = i == 0 and bool(this.title)
        is_gradient = this.gradient is not None and i == len(this.lines) - 1
        weight = ' font-weight="bold"' if is_title else ""
        colour = f' fill="{GRADIENT}"' if is_gradient else ""
        base = _n(box.y + (box.height - LINE * len(this.lines)) / 2 + LINE * (i + 0.75))
        shown = _text(clip(line, MAX_LINE))
        parts.append(f'<text x="{middle}" y="{base}"{weight}{colour}>{shown}</text>')
    return "".join([*parts, "</g>"])


def _rectangle(box: Box, radius: float) -> str:
    return (
        f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}" '
        f'rx="{_n(max(radius, 2))}"'
    )


def _edge(edge: Edge) -> str:
    (x, y), *rest = edge.points
    path = [f"M{_n(x)} {_n(y)}"]
    for i, (to_x, to_y) in enumerate(rest):
        if i % 2 == 0 or y == to_y:
            path.append(f"H{_n(to_x)}")
        else:
            half = _n((x + to_x) / 2)
            path.append(f"C{half} {_n(y)} {half} {_n(to_y)} {_n(to_x)} {_n(to_y)}")
        x, y = to_x, to_y
    path.append("m-6 -4l6 4l-6 4")  # the arrow head: edges arrive from the left
    return f'<path data-edge="{edge.source}-{edge.target}" d="{"".join(path)}"/>'


def _n(number: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{number:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(_not_xml.sub("\ufffd", text))
