"""Graphs as text and as pictures; each form takes ``(nodes, outputs, names)`` and gives a string.

This package knows nodes only. A graph is first described (:mod:`opgrad.draw.label`); the SSA text,
DOT and Mermaid are written from that; an SVG is also laid out (:mod:`opgrad.draw.layers`, then
:mod:`opgrad.draw.layout`), with no outside program.
"""

from opgrad.draw.dot import to_dot as to_dot
from opgrad.draw.label import DrawError as DrawError
from opgrad.draw.mermaid import to_mermaid as to_mermaid
from opgrad.draw.ssa import to_ssa as to_ssa
from opgrad.draw.svg import MAX_NODES as MAX_NODES
from opgrad.draw.svg import to_svg as to_svg
