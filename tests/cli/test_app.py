"""The command as a whole: how it starts, helps, and fails to start."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, Run

COMMANDS = ("demo", "graph", "ops", "plugins")


def test_help_names_every_command(invoke: Invoke) -> None:
    """Each with a line that says what it is for, not cut short."""
    result = invoke("--help")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    for command in COMMANDS:
        (line,) = (words for words in lines if words[:1] == [command])
        assert line[-1].endswith(".")
        assert not line[-1].endswith("...")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples_in_its_help(invoke: Invoke, command: str) -> None:
    """And they begin with the command itself."""
    result = invoke(command, "--help")
    assert f"Examples:\n    opgrad {command}" in result.stdout


def test_version_is_that_of_the_distribution(invoke: Invoke) -> None:
    """It is written in one place only."""
    assert invoke("--version").stdout == f"opgrad, version {version('opgrad')}\n"


def test_unknown_command_is_an_error(invoke: Invoke) -> None:
    """On stderr, with an exit code of its own."""
    result = invoke("draw")
    assert result.exit_code == 2
    assert "No such command 'draw'" in result.stderr


def test_python_m_opgrad_is_the_command(run: Run) -> None:
    """Also under its own name in the help."""
    done = run("-m", "opgrad", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: opgrad [OPTIONS]")


def test_script_opgrad_is_the_command(run: Run) -> None:
    """The entry point that pip makes a script of leads to it."""
    script = Path(sys.executable).parent / "opgrad"
    assert run(script, "--version").stdout == run("-m", "opgrad", "--version").stdout


@pytest.mark.parametrize("library", ["click", "rich"])
def test_without_its_libraries_the_command_says_what_to_install(
    run: Run, tmp_path: Path, library: str
) -> None:
    """One line on stderr, no traceback."""
    _hide(library, tmp_path)
    done = run("-m", "opgrad", "ops", path=(tmp_path,))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Error: the command line of OpGrad needs {library}, which is not installed; "
        f"pip install 'opgrad[cli]'\n"
    )


def test_another_missing_module_is_not_mistaken_for_the_extra(run: Run, tmp_path: Path) -> None:
    """Advice that does not help would hide what is wrong."""
    (tmp_path / "rich.py").write_text("import no_such_library")
    done = run("-m", "opgrad", "ops", path=(tmp_path,))
    assert done.returncode == 1
    assert "No module named 'no_such_library'" in done.stderr
    assert "opgrad[cli]" not in done.stderr


def _hide(library: str, folder: Path) -> None:
    """Put a module on the path whose import fails as that of a library which is not there."""
    (folder / f"{library}.py").write_text(
        f"raise ModuleNotFoundError('No module named {library}', name={library!r})"
    )
