"""Type checkers, run on files beside an installed OpGrad and plugins that come and go."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from opgrad import stubs

ROOT = Path(__file__).parents[2]

SPECIAL = '''
"""A third-party plugin."""

import opgrad as og
from opgrad import Raw


@og.op
def weighted(x: float, weight: float, *, power: int = 1) -> float:
    """Two inputs and a param."""
    return x * weight**power


@weighted.vjp
def _(g: float, out: float, x: float, weight: float, *, power: int = 1) -> tuple[float, None]:
    return g * weight**power, None


@og.op(elementwise=True)
def exp(x: Raw) -> Raw:
    """A built-in op has this name."""
    return x


exp.vjp(lambda g, out, x: g)


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    return [weighted, exp]
'''


class Site:
    """A folder like ``site-packages``, and a project beside it that checkers are run in."""

    def __init__(self, folder: Path) -> None:
        self.packages = folder / "site"
        self.project = folder / "project"
        self.cache = folder / "cache"
        self.packages.mkdir()
        self.project.mkdir()
        for package in (ROOT / "opgrad", *(ROOT / "plugins").glob("opgrad_*")):
            (self.packages / package.name).symlink_to(package)
        entries = distribution("opgrad").read_text("entry_points.txt")
        self._distribution("opgrad", entries or "")

    def _distribution(self, name: str, entry_points: str) -> Path:
        info = self.packages / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(entry_points)
        return info

    def install(self, plugin: str, source: str, *, typed: bool = True) -> None:
        """Lay out what pip would for the distribution ``opgrad-PLUGIN``, or a new version of it."""
        package = self.packages / f"opgrad_{plugin}"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text(dedent(source))
        if typed:
            (package / "py.typed").touch()
        self._distribution(f"opgrad-{plugin}", f"[opgrad]\n{plugin} = opgrad_{plugin}\n")

    def uninstall(self, plugin: str) -> None:
        """Remove it again."""
        shutil.rmtree(self.packages / f"opgrad_{plugin}")
        shutil.rmtree(self.packages / f"opgrad_{plugin}-1.0.dist-info")

    def add(self, name: str, source: str) -> Path:
        """A file of the project."""
        path = self.project / name
        path.write_text(dedent(source))
        return path

    def mypy(self, *files: str | Path, plugin: bool = True) -> list[str]:
        """What mypy --strict says, with or without OpGrad's plugin, line by line."""
        config = self.project / "mypy.ini"
        config.write_text("[mypy]\n" + "plugins = opgrad.mypy_plugin\n" * plugin)
        flags = ["--strict", "--warn-unused-ignores", "--no-pretty", "--no-error-summary"]
        command = [sys.executable, "-P", "-m", "mypy", *flags, f"--config-file={config}"]
        done = self._run([*command, f"--cache-dir={self.cache}", *map(str, files)])
        assert not done.stderr
        return done.stdout.splitlines()

    def pyright(self, *files: str | Path, with_stubs: bool = True) -> list[str]:
        """What pyright says of these files: a line for each message."""
        shutil.rmtree(self.project / stubs.FOLDER, ignore_errors=True)
        if with_stubs:
            written = "from opgrad import stubs; stubs.write()"
            wrote = self._run([sys.executable, "-P", "-W", "ignore", "-c", written])
            assert wrote.returncode == 0, wrote.stderr
        settings = {
            "include": [str(file) for file in files],
            "typeCheckingMode": "standard",
            "enableTypeIgnoreComments": True,
            "reportUnnecessaryTypeIgnoreComment": "error",
            "reportUnusedExpression": "none",  # or it is what an ignored line is ignored for
        }
        self.add("pyrightconfig.json", json.dumps(settings))
        command = ["-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable]
        done = self._run([sys.executable, "-P", *command])
        report: dict[str, Any] = json.loads(done.stdout)
        assert report["summary"]["filesAnalyzed"] == len(files)
        return [
            f"{Path(m['file']).name}:{m['range']['start']['line'] + 1}: {m['message']}"
            for m in report["generalDiagnostics"]
        ]

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a program in the project, with what is installed on its path."""
        environ = {k: v for k, v in os.environ.items() if not re.match("OPGRAD|MYPY|PYTHON", k)}
        return subprocess.run(
            command,
            cwd=self.project,
            env={**environ, "PYTHONPATH": str(self.packages)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """OpGrad and the plugin ``special``, installed; mypy's cache is shared by all that use it."""
    made = Site(tmp_path_factory.mktemp("typing"))
    made.install("special", SPECIAL)
    return made
