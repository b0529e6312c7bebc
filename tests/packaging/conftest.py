"""A fresh virtual environment with the wheel of this checkout in it, for the tests beside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
WHEEL_SOURCES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "opgrad", "plugins")
INHERITED_BY_NO_ENV = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "OPGRAD_DISABLE", "OPGRAD_NATIVE")


def completed(
    args: Sequence[str | Path], cwd: Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command that sees nothing of the environment that the tests run in."""
    environ = {k: v for k, v in os.environ.items() if k not in INHERITED_BY_NO_ENV}
    environ |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", **(variables or {})}
    return subprocess.run(args, cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def must(process: subprocess.CompletedProcess[str]) -> None:
    """Fail, with all that the command printed, unless it succeeded."""
    if process.returncode:
        command = " ".join(map(str, process.args))
        pytest.fail(f"{command}\nexited {process.returncode}\n{process.stdout}{process.stderr}")


@frozen
class Env:
    """A virtual environment and an empty folder outside the checkout, in which its programs run.

    Nothing is installed in it but what a user would have: packages are built with the tools of the
    environment that runs the tests, and put in with its pip.
    """

    home: Path

    @property
    def cwd(self) -> Path:
        """Where its programs run."""
        return self.home / "empty"

    @classmethod
    def make(cls, home: Path) -> Env:
        """Make the environment in this folder."""
        must(completed([sys.executable, "-m", "venv", "--without-pip", home], home))
        env = cls(home)
        env.cwd.mkdir()
        return env

    def run(
        self, program: str, *args: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of this environment, such as ``opgrad``."""
        return completed([self.home / "bin" / program, *args], self.cwd, variables)

    def python(
        self, code: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python code."""
        return self.run("python", "-c", code, variables=variables)

    def pip(self, *args: str) -> None:
        """Run pip on this environment; the test fails if pip does."""
        python = str(self.home / "bin" / "python")
        must(completed([sys.executable, "-m", "pip", "--python", python, *args], self.cwd))

    def pip_install(self, path: Path) -> None:
        """Build and install the package in this folder, without its dependencies."""
        built = self.home / "built" / path.name
        shutil.rmtree(built, ignore_errors=True)
        build_wheel(path, built)
        self.pip("install", "--no-deps", "--force-reinstall", str(only_wheel(built)))

    def pip_uninstall(self, name: str) -> None:
        """Remove an installed distribution."""
        self.pip("uninstall", "--yes", name)


def build_wheel(source: Path, into: Path) -> None:
    """Build a wheel with the build backend that is installed beside the tests."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    must(completed([*build, "--outdir", into, source], source))


def only_wheel(folder: Path) -> Path:
    """The one wheel in this folder."""
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built from a copy so that the checkout stays clean."""
    source = tmp_path_factory.mktemp("source")
    for name in WHEEL_SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.so")
            )
        else:
            shutil.copy(ROOT / name, source / name)
    dist = tmp_path_factory.mktemp("dist")
    build_wheel(source, dist)
    return only_wheel(dist)


@pytest.fixture(scope="session")
def fresh_env(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Env:
    """An environment with ``opgrad[cli]`` from the wheel; what a test adds, it removes."""
    env = Env.make(tmp_path_factory.mktemp("env"))
    env.pip("install", f"{wheel}[cli]")
    return env
