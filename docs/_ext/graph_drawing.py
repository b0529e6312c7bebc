"""The ``{graph}`` directive: Python code whose last line is an ``og.Graph``, and its drawing.

The drawing is made when the docs are built, so it shows what OpGrad computes today.
"""

import ast
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class GraphDirective(SphinxDirective):
    """Show the code, run it, and put the SVG of the graph that its last line gives below it."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The code block and the drawing."""
        self.env.note_reread()  # what draws it is no file that Sphinx could watch
        code = "\n".join(self.content)
        svg = evaluate(code).to_svg()
        drawing = nodes.raw("", f'<div class="graph">{svg}</div>', format="html")
        return [nodes.literal_block(code, code, language="python"), drawing]


def evaluate(code: str) -> Any:
    """The value of the last line of ``code``, which must be an expression."""
    *statements, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    namespace: dict[str, Any] = {}
    exec(compile(ast.Module(statements, []), "<graph>", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "<graph>", "eval"), namespace)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("graph", GraphDirective)
    return {"parallel_read_safe": True}
