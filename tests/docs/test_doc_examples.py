"""Every example in README, docs and docstrings does what the page says.

The blocks of a page share one namespace and one folder, in order:

- ``python``: run. With ``>>>``, as a doctest; else, if a ``text`` block follows directly, that is
  what it must print.
- any block captioned with a file's name: that file is written first.
- ``console``: the commands behind ``$`` are run in the page's folder, and their output compared.
  One whose output is not shown must succeed. After ``cd``, that is another folder. Projects are
  installed, and wheels built, without a network.
- ``{graph}``: run; the docs draw what its last line gives.
- ``{literalinclude}``: if a ``text`` block follows directly, the file is run as a script, and that
  is what it must print.
- anything else (``sh``: commands for the reader) is not run.

``...`` in an output stands for anything, and white space for any other.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import pkgutil
import re
import runpy
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.docs.doc_pages import PAGES, ROOT, Block, blocks, name_of

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = sorted(
    m.name for m in pkgutil.walk_packages(og.__path__, "opgrad.") if "__main__" not in m.name
)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_example_of_the_page_works(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All blocks of the page run, in order, and print what the page shows."""
    monkeypatch.chdir(tmp_path)
    text = page.read_text()
    shell = Shell(tmp_path)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found = blocks(text)
    for i, block in enumerate(found):
        after = found[i + 1] if i + 1 < len(found) else None
        follows = after and after.kind == "text" and not text[block.end : after.start].strip()
        shown = after.text if after and follows else None
        where = f"{name_of(page)}:{block.line}"
        if block.caption is not None:
            file = shell.folder / block.caption
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text.lstrip("\n"))
        elif block.kind == "console":
            for command, output in commands(block.text):
                compare(where, output, shell.run(command, may_fail=bool(output)))
        elif block.kind in ("python", "{graph}"):
            if block.text.startswith(">>>"):
                run_doctest(block, namespace, where)
            else:
                printed = run_plain(block, namespace, page)
                if shown is not None:
                    compare(where, shown, printed)
        elif block.kind.startswith("{literalinclude}") and shown is not None:
            compare(where, shown, run_script(page.parent / block.kind.split()[1]))


@pytest.mark.parametrize("module", MODULES)
def test_every_docstring_example_works(module: str) -> None:
    """The examples in the module's docstrings give what they show."""
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    finder = doctest.DocTestFinder(exclude_empty=True)
    report = io.StringIO()
    public = {name: getattr(og, name) for name in dir(og) if not name.startswith("_")}
    for test in finder.find(import_module(module), extraglobs={**public, "og": og, "np": np}):
        runner.run(test, out=report.write)
    assert runner.summarize(verbose=False).failed == 0, report.getvalue()


def run_plain(block: Block, namespace: dict[str, Any], page: Path) -> str:
    """Run a block without prompts; what it printed."""
    printed = io.StringIO()
    source = "\n" * (block.line - 1) + block.text  # so that a traceback has the page's line
    with contextlib.redirect_stdout(printed):
        exec(compile(source, str(page), "exec"), namespace)
    return printed.getvalue()


def run_script(script: Path) -> str:
    """Run a file as Python runs a script; what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(script), run_name="__main__")
    return printed.getvalue()


def run_doctest(block: Block, namespace: dict[str, Any], where: str) -> None:
    """Run a block with prompts and compare what follows each."""
    test = doctest.DocTestParser().get_doctest(block.text, namespace, where, where, block.line - 1)
    report = io.StringIO()
    result = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.write, clear_globs=False)
    namespace.update(test.globs)
    assert result.failed == 0, report.getvalue()


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output shown below it."""
    pairs = re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", text, re.M)
    assert pairs, f"a console block without a command: {text}"
    return pairs


class Shell:
    """Where a page's commands run, and what is installed for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = [folder, packages(folder)]

    def run(self, command: str, *, may_fail: bool) -> str:
        """What a command prints."""
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return ""
        if re.fullmatch(r"(python -m )?pip install (-e|--editable) .*", command):
            return self.install()
        if command.startswith("python -m build"):
            command += " --no-isolation"  # the build backend is installed beside the tests
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(map(str, self.path)),
            # OpGrad brings a plugin of pytest's, and here it is an editable install.
            "PYTEST_ADDOPTS": "-W 'ignore:Module already:pytest.PytestAssertRewriteWarning'",
            "COLUMNS": "100",
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            command, shell=True, cwd=self.folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0 or may_fail, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def install(self) -> str:
        """What `pip install -e .` comes to, without a network: metadata beside the module."""
        project = tomllib.loads((self.folder / "pyproject.toml").read_text())["project"]
        home = next(path for path in (self.folder / "src", self.folder) if path.exists())
        info = home / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        )
        (info / "entry_points.txt").write_text(
            "".join(
                f"[{group}]\n" + "".join(f"{name} = {module}\n" for name, module in entries.items())
                for group, entries in project["entry-points"].items()
            )
        )
        self.path.append(home)
        return ""


def packages(folder: Path) -> Path:
    """Where type checkers find OpGrad: they do not follow the finders of an editable install."""
    found = folder / ".packages"
    found.mkdir()
    for package in (ROOT / "opgrad", *(ROOT / "plugins").glob("opgrad_*")):
        (found / package.name).symlink_to(package)
    return found


def compare(where: str, expected: str, got: str) -> None:
    """The output must be what the page shows; if it shows none, it may be anything."""
    pieces = [r"\s+".join(map(re.escape, piece.split())) for piece in expected.split("...")]
    if expected.strip() and not re.fullmatch(".*".join(pieces), got.strip(), re.DOTALL):
        pytest.fail(f"{where}: expected\n{expected}\ngot\n{got}")


def test_the_pages_are_found() -> None:
    """The list of pages is not empty by mistake."""
    assert {ROOT / "README.md", ROOT / "docs" / "index.md"} < set(PAGES)
