"""The command ``opgrad``: its commands, and how an error ends it."""

from __future__ import annotations

import warnings
from typing import Any

import click

from opgrad.cli.check import check
from opgrad.cli.demo import demo
from opgrad.cli.doctor import doctor
from opgrad.cli.graph import graph
from opgrad.cli.listing import ops, plugins
from opgrad.cli.lock import lock
from opgrad.cli.new import new
from opgrad.cli.stubs import stubs
from opgrad.cli.writing import why
from opgrad.errors import OpgradError


class _Group(click.Group):
    """Ends OpGrad's errors, and files' ones, as a message on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            try:
                return super().invoke(ctx)
            except OpgradError as error:
                raise click.ClickException(str(error)) from error
            except OSError as error:
                if error.filename is None:  # no file of the user's: a mistake, or a closed pipe
                    raise
                raise click.ClickException(f"{error.filename}: {why(error)}") from error


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    click.echo(f"Warning: {message}", err=True)


@click.group(
    cls=_Group,
    commands=[demo, new, ops, plugins, check, lock, doctor, graph, stubs],
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="opgrad", prog_name="opgrad")
def app() -> None:
    """OpGrad: derivatives of functions written with plain NumPy.

    Every op is a plugin, and yours are as good as those that are built in.

    Each command has a --help of its own. Errors go to stderr, with an exit code other than 0.

    \b
    Examples:
      opgrad demo
      opgrad ops
      opgrad graph model.py:loss --out loss.svg
      opgrad new opgrad-softabs
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
