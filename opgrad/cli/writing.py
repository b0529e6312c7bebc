"""How a command that cannot read or write a file ends: with one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Within this context, a file that cannot be written ends the command.

    Raises:
        ClickException: it names the file, and says why.
    """
    try:
        yield
    except OSError as error:
        raise click.ClickException(
            f"cannot write {error.filename or path}: {why(error)}"
        ) from error


def why(error: OSError) -> str:
    """What the system says."""
    return error.strerror or str(error)
