"""Colours: the same in every kind of drawing."""

from __future__ import annotations

from attrs import frozen

from opgrad.draw.label import Kind

EDGE = "#94a3b8"
GRADIENT = "#c2410c"
PAPER = "#ffffff"


@frozen
class Look:
    """The colours of one kind of node, to be read on white paper."""

    fill: str
    line: str
    text: str


LOOKS = {
    Kind.INPUT: Look(fill="#ecfdf5", line="#10b981", text="#065f46"),
    Kind.CONSTANT: Look(fill="#f8fafc", line="#94a3b8", text="#475569"),
    Kind.OP: Look(fill="#eff6ff", line="#3b82f6", text="#1e3a8a"),
}
