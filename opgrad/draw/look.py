"""Colours: the same in every kind of drawing, to be read on white paper."""

from __future__ import annotations

from attrs import frozen

from opgrad.draw.label import Kind, Label

EDGE = "#94a3b8"
GRADIENT = "#c2410c"
PAPER = "#ffffff"


@frozen
class Look:
    """The colours of one kind of node."""

    fill: str
    line: str
    text: str


OUTPUT = Look(fill="#f5f3ff", line="#8b5cf6", text="#4c1d95")
"""Outputs have their own colours, whichever kind they are of."""

LOOKS = {
    Kind.INPUT: Look(fill="#ecfdf5", line="#10b981", text="#065f46"),
    Kind.CONSTANT: Look(fill="#f8fafc", line="#94a3b8", text="#475569"),
    Kind.OP: Look(fill="#eff6ff", line="#3b82f6", text="#1e3a8a"),
}


def look_of(this: Label) -> Look:
    """The colours to draw a node in."""
    return OUTPUT if this.is_output else LOOKS[this.kind]
