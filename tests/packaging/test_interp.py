"""The example of a larger plugin, as its users have it: pip installs it, with SciPy."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.packaging.conftest import ROOT, Env, build_wheel, must, only_wheel

pytestmark = pytest.mark.packaging

FIT = """
import sys
import numpy as np
import opgrad as og
assert "scipy" not in sys.modules
knots, x = np.linspace(0, 4, 5), np.linspace(0, 4, 40)
misfit = lambda values: np.sum((og.ops.spline(x, knots, values) - x**3) ** 2)
start = np.zeros(5)
step = np.linalg.solve(og.hessian(misfit)(start), og.compile(og.grad(misfit))(start))
print(np.allclose(start - step, knots**3))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its wheel."""
    folder = tmp_path_factory.mktemp("interp")
    build_wheel(ROOT / "examples" / "opgrad-interp", folder)
    return only_wheel(folder)


@pytest.fixture(scope="module")
def env(built: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Env:
    """An environment with both wheels, and what they depend on."""
    env = Env.make(tmp_path_factory.mktemp("user"))
    env.pip("install", f"{wheel}[cli]", str(built))
    return env


def test_the_wheel_is_typed_and_names_its_plugin(built: Path) -> None:
    """It has py.typed, and the entry point."""
    with ZipFile(built) as archive:
        names = archive.namelist()
        (entries,) = [name for name in names if name.endswith("entry_points.txt")]
        assert "interp = opgrad_interp" in archive.read(entries).decode()
    assert "opgrad_interp/py.typed" in names


def test_a_fit_through_the_installed_op(env: Env) -> None:
    """A cubic is its own spline: gradient, Hessian, and compiled, with nothing else imported."""
    done = env.python(FIT)
    must(done)
    assert done.stdout == "True\n"


def test_its_ops_are_listed(env: Env) -> None:
    """With their package and its version."""
    listed = env.run("opgrad", "ops", "--json")
    must(listed)
    ops = [op for op in json.loads(listed.stdout) if op["plugin"] == "interp"]
    assert {op["name"] for op in ops} == {"spline", "spline_transpose", "smooth"}
    assert {(op["distribution"], op["version"]) for op in ops} == {("opgrad-interp", "1.0.0")}
