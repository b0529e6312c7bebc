"""``opgrad graph FILE:FUNCTION``: draws what a function of the user's computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from opgrad.cli.usercode import Call, call
from opgrad.cli.writing import writing
from opgrad.graph import Graph
from opgrad.node import Node
from opgrad.value import Value

FORMATS: Mapping[str, Callable[[Graph], str]] = {
    "ssa": str,
    "mermaid": Graph.to_mermaid,
    "dot": Graph.to_dot,
    "svg": Graph.to_svg,
}
SUFFIXES = {
    ".svg": "svg",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".txt": "ssa",
}


@click.command(short_help="Draw what a function of yours computes.")
@click.argument("target", metavar="FILE:FUNCTION")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(FORMATS)),
    help="ssa: text, one node to a line. mermaid: for Markdown. dot: for Graphviz. svg: a picture. "
    "If left out: what the name after --out ends in, or else ssa.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write, instead of standard output.",
)
def graph(target: str, format_name: str | None, out: Path | None) -> None:
    """Draw the graph of what FUNCTION, in the Python file FILE, returns.

    The function is called without arguments, and returns a Value, or several in a tuple, list or
    dict. Its local variables name the nodes. This runs the file: name only one that you trust.

    \b
    Examples:
      opgrad graph examples/classic.py:classic
      opgrad graph examples/classic.py:classic --out classic.svg
      opgrad graph examples/classic.py:classic --format dot | dot -Tpdf > classic.pdf
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    name = format_name or _format_of(out)  # before anything runs: it may be a mistake
    done = call(target)
    outputs = _outputs(done.result, target)
    drawing = Graph.of(*outputs, names=_names(done))
    text = FORMATS[name](drawing)
    if out is None:
        click.echo(text)
        return
    with writing(out):
        out.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def _format_of(out: Path | None) -> str:
    """The format that a file's name tells.

    Raises:
        click.BadParameter: it tells none.
    """
    if out is None:
        return "ssa"
    known = SUFFIXES.get(out.suffix.lower())
    if known is None:
        *others, last = SUFFIXES
        raise click.BadParameter(
            f"{out} ends in none of {', '.join(others)} and {last}, which tell the format. End it "
            f"in one of these, or say what you want with --format",
            param_hint="--out",
        )
    return known


def _outputs(result: Any, target: str) -> list[Value[Any]]:
    """The Values that a function returned.

    Raises:
        click.ClickException: it returned none, or something besides.
    """
    several = tuple(result.values()) if isinstance(result, dict) else result
    outputs = list(several) if isinstance(several, list | tuple) else [several]
    wrong = [x for x in outputs if not isinstance(x, Value)]
    if not outputs or wrong:
        given = f"{type(wrong[0]).__name__} {wrong[0]!r}" if wrong else f"an empty {result!r}"
        raise click.ClickException(f"{target} must return a Value, or several; it returned {given}")
    return outputs


def _names(done: Call) -> dict[Node, str]:
    """What the function itself calls its nodes: one name to a node, the first that is free."""
    returned = done.result if isinstance(done.result, dict) else {}
    names: dict[Node, str] = {}
    taken = set()
    for name, value in (*returned.items(), *done.local_names.items()):
        if isinstance(value, Value) and value not in names and name not in taken:
            names[value] = name
            taken.add(name)
    return names
