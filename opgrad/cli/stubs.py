"""``opgrad stubs``: the installed ops, for type checkers that take no plugins."""

from __future__ import annotations

from pathlib import Path

import click

from opgrad import stubs as files
from opgrad.cli.writing import writing
from opgrad.errors import OpgradError


@click.command(short_help="Write stubs that name the installed ops, for pyright.")
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=files.FOLDER,
    show_default=True,
    help="The folder that the stub package goes to.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the stubs are stale.")
def stubs(folder: Path, check: bool) -> None:
    """Write the package opgrad-stubs, which gives og.ops.NAME the type of the installed op.

    It is for pyright and Pylance, which look into the folder "typings" of a project. For mypy
    there is a plugin, opgrad.mypy_plugin, which needs no stubs.

    Write them again when a plugin has brought or lost an op. That an op's parameters changed needs
    no new stubs. For CI, --check compares them with the plugins that are installed there.

    \b
    Examples:
      opgrad stubs
      opgrad stubs --check
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    if not check:
        with writing(folder):
            written = files.write(folder)
        click.echo(written)
    elif stale := files.staleness(folder):
        option = f" --out {folder}" if folder != files.FOLDER else ""
        raise OpgradError(f"{stale}; to write them anew: opgrad stubs{option}")
