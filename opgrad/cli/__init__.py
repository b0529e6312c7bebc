"""The command ``opgrad``. It needs click and rich: the extra ``opgrad[cli]``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command, or say what to install for it."""
    try:
        from opgrad.cli.app import app
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.exit(
            f"Error: the command line of OpGrad needs {error.name}, which is not installed; "
            f"pip install 'opgrad[cli]'"
        )
    app(prog_name="opgrad")
