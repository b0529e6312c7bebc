"""Paths that cannot be read or written: each command ends with one line, and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from opgrad.cli.app import app
from tests.cli.conftest import Invoke

MODEL = "import opgrad as og\ndef loss():\n    return og.Value(2.0) * 3.0\n"
PATHS = {
    "in no folder": "nowhere/at/all",
    "under a file": "model.py/x",
    "a folder": "folder",
    "empty": "",
    "too long": "x" * 300,
    "in a loop": "loop/x",
    "of the kernel": "/proc/no/such",
}
"""Relative to a folder with model.py in it, a folder, and a link to itself."""

ARGUMENTS = {  # what else each command needs
    "graph": ["model.py:loss", "--format", "ssa"],
    "new": ["opgrad-surely-new"],
}
WORKS = {  # what of these is a place that a command can write to, or just none of its own
    ("stubs --out", "in no folder"),
    ("stubs --out", "a folder"),
    ("stubs --out", "empty"),
    ("demo --out", "in no folder"),
    ("demo --out", "a folder"),
    ("demo --out", "empty"),
    ("new --in", "a folder"),
    ("new --in", "empty"),
}
"""Folders are made where there are none."""


def path_options() -> Iterator[tuple[str, str]]:
    """Each option of each command that takes a path."""
    for name, command in app.commands.items():
        for param in command.params:
            if isinstance(param.type, click.Path):
                yield name, param.opts[-1]


CASES = [
    pytest.param(command, option, path, id=f"{command} {option} {path}".replace(" ", "_"))
    for command, option in path_options()
    for path in PATHS
    if (f"{command} {option}", path) not in WORKS
]


@pytest.fixture(autouse=True)
def _place(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")


def test_there_are_commands_with_paths() -> None:
    """Or nothing would be tested below."""
    assert {"lock", "stubs", "new", "graph", "doctor", "demo"} == {
        name for name, _ in path_options()
    }


@pytest.mark.parametrize(("command", "option", "path"), CASES)
def test_a_bad_path_is_one_line(invoke: Invoke, command: str, option: str, path: str) -> None:
    """An error that names it, and an exit code other than 0."""
    result = invoke(command, *ARGUMENTS.get(command, ()), option, PATHS[path])
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    assert Path(PATHS[path]).name in last


@pytest.mark.parametrize("target", ["no.py:f", "folder:f", "model.py/x:f", "loop:f", "/proc/no:f"])
def test_a_file_that_cannot_be_run_is_one_line(invoke: Invoke, target: str) -> None:
    """It names the file."""
    result = invoke("graph", target)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (1, 2)
    assert target.partition(":")[0] in result.stderr.strip().splitlines()[-1]


def test_certify_without_names_is_a_usage_error(invoke: Invoke) -> None:
    """It says what to name, and checks nothing."""
    result = invoke("check", "--certify")
    assert result.exit_code == 2
    assert "Error: --certify takes the names of plugins" in result.stderr


def test_a_certificate_that_cannot_be_written_is_one_line(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a plugin is installed in a folder of the system's."""
    monkeypatch.setattr("opgrad.certificate.certificate_path", lambda module: Path("no/where.json"))
    result = invoke("check", "--certify", "logcosh")
    assert result.exit_code == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last == "Error: cannot write no/where.json: No such file or directory"


def test_stale_stubs_in_another_encoding_are_stale(invoke: Invoke, tmp_path: Path) -> None:
    """Not an error of reading them."""
    package = tmp_path / "typings" / "opgrad-stubs"
    package.mkdir(parents=True)
    (package / "namespace.pyi").write_bytes(b"# \xe9t\xe9\n")
    result = invoke("stubs", "--check")
    assert result.exit_code == 1
    assert "the stubs in typings/opgrad-stubs lack" in result.stderr
