"""The command ``opgrad``, run in this process or in one of its own, and plugins to run it with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner, Result

from opgrad.cli.app import app

ROOT = Path(__file__).resolve().parents[2]

Invoke: TypeAlias = Callable[..., Result]
Finished: TypeAlias = subprocess.CompletedProcess[str]
Run: TypeAlias = Callable[..., Finished]


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Run the command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])  # `opgrad graph` adds the file's folder

    def invoke(*args: str) -> Result:
        return CliRunner().invoke(app, args)

    return invoke


@pytest.fixture
def run(tmp_path: Path, run_in: Run) -> Run:
    """Run Python in a process of its own, in an empty folder."""
    return partial(run_in, tmp_path)


@pytest.fixture(scope="session")
def run_in() -> Run:
    """Run Python in a process and a folder of its own, with folders of plugins on its path."""

    def run_in(
        folder: Path, *args: str | Path, path: tuple[Path, ...] = (), **variables: str
    ) -> Finished:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("OPGRAD")}
        environ |= {"PYTHONPATH": os.pathsep.join(map(str, path)), **variables}
        command = [sys.executable, *map(str, args)]
        return subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, check=False
        )

    return run_in


@pytest.fixture(scope="session")
def logcosh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the smaller example plugin is installed, entry point and all."""
    return install_example("opgrad-logcosh", tmp_path_factory.mktemp("logcosh"))


@pytest.fixture(scope="session")
def interp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the larger example plugin is installed, entry point and all."""
    return install_example("opgrad-interp", tmp_path_factory.mktemp("interp"))


def install_example(name: str, folder: Path) -> Path:
    """Build a package of ``examples/`` with pip, and install it into the folder."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    where = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(folder)]
    subprocess.run([*pip, *where, str(ROOT / "examples" / name)], check=True)
    return folder


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which a plugin is installed whose module cannot be imported."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "opgrad_broken.py").write_text("import no_such_library\n")
    info = folder / "opgrad_broken-3.2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: opgrad-broken\nVersion: 3.2.1\n")
    (info / "entry_points.txt").write_text("[opgrad]\nbroken = opgrad_broken\n")
    return folder


def install_plugin(folder: Path, name: str, op: str, implements: str = "()") -> None:
    """Put a plugin with one op into a folder, with the metadata that make it installed."""
    (folder / f"opgrad_{name}.py").write_text(
        f"import numpy as np\nimport opgrad as og\n"
        f"@og.op(elementwise=True, implements={implements}, samples=[(1.0,)])\n"
        f"def {op}(x):\n    return x\n"
        f"{op}.vjp(lambda g, out, x: g)\n"
        f"@og.hookimpl\ndef opgrad_ops():\n    return [{op}]\n"
    )
    info = folder / f"opgrad_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: opgrad-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[opgrad]\n{name} = opgrad_{name}\n")
