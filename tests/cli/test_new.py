"""``opgrad new``: the files that it writes, and what it refuses."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opgrad.cli.new import TAKEN, templates
from tests.cli.conftest import install_plugin

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, Run

WRITTEN = {
    ".github/workflows/check.yml",
    ".gitignore",
    "README.md",
    "pyproject.toml",
    "src/opgrad_soft_abs/__init__.py",
    "src/opgrad_soft_abs/py.typed",
    "tests/test_soft_abs.py",
}


@pytest.fixture
def package(invoke: Invoke, tmp_path: Path) -> Path:
    """A new package; pytest's `tmp_path` is the folder that the command runs in."""
    result = invoke("new", "opgrad-soft-abs")
    assert result.exit_code == 0, result.stderr
    return tmp_path / "opgrad-soft-abs"


def test_new_writes_a_package(package: Path) -> None:
    """These files, and no others."""
    assert {str(p.relative_to(package)) for p in package.rglob("*") if p.is_file()} == WRITTEN


def test_new_lists_what_it_wrote_and_what_comes_next(invoke: Invoke) -> None:
    """Every file; then the commands to install and check it."""
    out = invoke("new", "opgrad-soft-abs").stdout
    assert set(re.findall(r"^  (\S+)$", out, re.M)) == WRITTEN
    for command in ("cd opgrad-soft-abs", "python -m pytest", "opgrad check soft_abs"):
        assert f"  {command}\n" in out


def test_every_placeholder_is_filled(package: Path) -> None:
    """In the files, and in their names."""
    for path in package.rglob("*"):
        assert "@" not in path.name
        if path.is_file():
            assert re.findall(r"@[A-Z]+@", path.read_text()) == []


def test_the_entry_point_names_the_module(package: Path) -> None:
    """Under the plugin's name, in OpGrad's group."""
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    assert project["name"] == "opgrad-soft-abs"
    assert project["entry-points"] == {"opgrad": {"soft_abs": "opgrad_soft_abs"}}


def test_the_licence_is_left_to_the_author(package: Path) -> None:
    """Nobody is licensed anything by a default."""
    text = (package / "pyproject.toml").read_text()
    assert "license" not in tomllib.loads(text)["project"]
    assert "# license = " in text


def test_the_op_can_have_a_name_of_its_own(invoke: Invoke, tmp_path: Path) -> None:
    """With --op; and --in says where the package goes."""
    (tmp_path / "work").mkdir()
    result = invoke("new", "opgrad-soft", "--op", "soft_abs", "--in", "work")
    assert result.exit_code == 0
    source = tmp_path / "work" / "opgrad-soft" / "src" / "opgrad_soft" / "__init__.py"
    assert "def soft_abs(x: Raw" in source.read_text()


def test_names_that_an_op_would_shadow_are_known(package: Path) -> None:
    """All that the new modules import, assign or define, but the op and the tests."""
    bound = set()
    for path in package.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                bound |= {alias.asname or alias.name for alias in node.names}
            elif isinstance(node, ast.FunctionDef) and path.parent.name != "tests":
                bound.add(node.name)
            elif isinstance(node, ast.Assign):
                bound |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    assert bound - {"soft_abs", "_"} == TAKEN


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Soft_Abs", "opgrad-soft-abs"),
        ("softabs", "opgrad-softabs"),
        ("opgrad-Soft", "opgrad-soft"),
        ("opgrad-soft--abs", "opgrad-soft-abs"),
        ("opgrad-soft-", "opgrad-soft"),
        ("opgrad-2d", "opgrad-d"),
        ("opgrad-", "opgrad-softabs"),
        ("../evil", "opgrad-evil"),
    ],
)
def test_a_bad_name_is_refused(invoke: Invoke, name: str, better: str, tmp_path: Path) -> None:
    """The message says what a name looks like, and gives one; nothing is written."""
    result = invoke("new", name)
    assert result.exit_code == 1
    assert f"cannot be called {name!r}" in result.stderr
    assert f"such as {better!r}" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("op", ["lambda", "2d", "soft-abs", "_hidden", "", *sorted(TAKEN)])
def test_a_bad_name_for_the_op_is_refused(invoke: Invoke, op: str, tmp_path: Path) -> None:
    """No identifier, a keyword, or a name that its own file needs."""
    result = invoke("new", "opgrad-soft", "--op", op)
    assert result.exit_code == 1
    assert "op cannot be called" in result.stderr
    assert "--op" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_left_alone(invoke: Invoke, tmp_path: Path) -> None:
    """Whatever is in it."""
    (tmp_path / "opgrad-soft").mkdir()
    result = invoke("new", "opgrad-soft")
    assert result.exit_code == 1
    assert "Error: opgrad-soft exists already." in result.stderr
    assert list((tmp_path / "opgrad-soft").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_an_error(invoke: Invoke, tmp_path: Path) -> None:
    """One message, no traceback. Here a file has the name of the folder's parent."""
    (tmp_path / "work").write_text("")
    result = invoke("new", "opgrad-soft", "--in", "work")
    assert result.exit_code == 2
    assert "'work' is a file" in result.stderr


def test_the_name_of_an_installed_plugin_is_refused(invoke: Invoke) -> None:
    """The message says whose it is."""
    result = invoke("new", "opgrad-linalg")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: plugin 'linalg' (opgrad ")
    assert "is installed: choose another name" in result.stderr


def test_the_name_of_an_installed_module_is_refused(run: Run, tmp_path: Path) -> None:
    """Also of one that is no plugin."""
    (tmp_path / "opgrad_soft.py").write_text("")
    done = run("-m", "opgrad", "new", "opgrad-soft", path=(tmp_path,))
    assert done.returncode == 1
    assert done.stderr == "Error: a module 'opgrad_soft' is installed: choose another name\n"


def test_the_name_of_a_third_partys_op_is_refused(run: Run, tmp_path: Path) -> None:
    """With its qualified name, and the way out."""
    install_plugin(tmp_path, "other", "soft")
    done = run("-m", "opgrad", "new", "opgrad-soft", path=(tmp_path,))
    assert done.returncode == 1
    assert "there is an op 'soft' already, other.soft" in done.stderr
    assert "--op" in done.stderr


def test_templates_are_no_python_to_any_tool() -> None:
    """Each file's name ends in .in."""
    paths = [path for path, _ in templates(files("opgrad.cli") / "templates")]
    assert {path.suffix for path in paths} == {".in"}
    assert len(paths) == len(WRITTEN)


def test_what_it_writes_is_formatted(package: Path) -> None:
    """As ruff's defaults for imports and formatting have it, so that an author can go on so."""
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format", "--check"], ["check", "--isolated", "--select", "E,F,I,D1,UP"]):
        done = subprocess.run(
            [*ruff, *command, "--line-length", "100"], cwd=package, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout
