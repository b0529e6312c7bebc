"""Plugins for tests: as modules made in memory, and as distributions that entry points can find."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

import opgrad as og

MakePlugin = Callable[..., ModuleType]


class Environment:
    """A folder of installed distributions, and fresh interpreters that have it on their path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self,
        distribution: str,
        *,
        source: str | None = None,
        version: str = "1.0",
        plugin: str | None = None,
        module: str | None = None,
    ) -> None:
        """Lay out what pip would: ``opgrad-special`` brings plugin ``special``, opgrad_special.py.

        Without a source there is no module; ``source=""`` is an empty one.
        """
        module = module or distribution.replace("-", "_")
        plugin = plugin or distribution.removeprefix("opgrad-")
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        (info / "METADATA").write_text(metadata)
        (info / "entry_points.txt").write_text(f"[opgrad]\n{plugin} = {module}\n")
        if source is not None:
            (self.folder / f"{module}.py").write_text(dedent(source))

    def run(self, code: str, **variables: str) -> Any:
        """What ``code`` leaves in ``result``, run in an interpreter of its own.

        ``og`` and ``warned``, the messages of the plugin warnings so far, are there to use.
        """
        script = f"import json, sys\n{WARNED}\nimport opgrad as og\n{dedent(code)}\n{REPORT}"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("OPGRAD_", "PYTHON"))}
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**inherited, "PYTHONPATH": str(self.folder), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.rpartition("\n@")[2])


WARNED = """
import warnings
warned = []
def show(message, category, *_, **__):
    assert category.__name__ == "PluginWarning", message
    warned.append(str(message))
warnings.showwarning = show
"""
REPORT = r"""print("\n@" + json.dumps(result))"""


@pytest.fixture(scope="session")
def make_environment() -> Callable[[Path], Environment]:
    """The class, for those that need an environment for longer than a test."""
    return Environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment of the test's own, with no plugins but the built-in ones."""
    return Environment(tmp_path)


@pytest.fixture
def special(environment: Environment, op_source: Callable[..., str]) -> Environment:
    """An environment with plugin ``special``, which brings doubled."""
    environment.install("opgrad-special", source=op_source("doubled"), version="2.0")
    return environment


@pytest.fixture
def registry() -> og.Registry:
    """A registry without plugins."""
    return og.Registry(builtins=tuple, installed=tuple)


def op_source(*names: str, arguments: str = "") -> str:
    """The source of a plugin whose ops, all of one input, double it."""
    ops = "".join(
        f"""
@og.op({arguments})
def {name}(x):
    return x * 2.0

@{name}.vjp
def _(g, out, x):
    return g * 2.0
"""
        for name in names
    )
    hook = f"\n@og.hookimpl\ndef opgrad_ops():\n    return [{', '.join(names)}]\n"
    return f"import numpy as np\nimport opgrad as og\n{ops}{hook}"


@pytest.fixture(name="op_source")
def op_source_fixture() -> Callable[..., str]:
    """The function that writes a plugin."""
    return op_source


@pytest.fixture
def make_plugin() -> MakePlugin:
    """The function that makes a module with these ops in memory."""

    def make(
        *names: str, module: str = "made_up", source: str = "", arguments: str = ""
    ) -> ModuleType:
        made = ModuleType(module)
        exec(dedent(source) or op_source(*names, arguments=arguments), made.__dict__)
        return made

    return make
