"""What `opgrad new` writes, followed from the command to the uninstalled package."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.conftest import Env, build_wheel, completed, must, only_wheel

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def env(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Env:
    """An environment with ``opgrad[cli]`` from the wheel."""
    env = Env.make(tmp_path_factory.mktemp("author"))
    env.pip("install", f"{wheel}[cli]")
    return env


@pytest.fixture(scope="module")
def package(env: Env) -> Path:
    """A package that the installed command wrote."""
    must(env.run("opgrad", "new", "opgrad-softabs"))
    return env.cwd / "opgrad-softabs"


@pytest.fixture(scope="module")
def built(package: Path, env: Env) -> Path:
    """Its wheel."""
    build_wheel(package, env.home / "dist")
    return only_wheel(env.home / "dist")


@pytest.fixture(scope="module")
def installed(built: Path, env: Env) -> Iterator[Env]:
    """The environment with that wheel and what its own tests need."""
    env.pip("install", f"{built}[test]")
    yield env
    env.pip_uninstall("opgrad-softabs")


def in_folder(env: Env, folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the environment in the folder."""
    program, *args = command.split()
    return completed([env.home / "bin" / program, *args], folder)


def ops_of_softabs(env: Env) -> list[str]:
    """The ops of the plugin, as `opgrad ops` lists them."""
    listed = env.run("opgrad", "ops", "--json")
    must(listed)
    return [op["name"] for op in json.loads(listed.stdout) if op["plugin"] == "softabs"]


def test_the_command_of_its_workflow_that_installs_it_is_its_extra(package: Path) -> None:
    """The other tests install that, too."""
    workflow = (package / ".github" / "workflows" / "check.yml").read_text()
    assert "- run: python -m pip install --editable '.[test]'\n" in workflow


def test_every_other_command_of_its_workflow_succeeds(installed: Env, package: Path) -> None:
    """Its tests, its types, and the checks of OpGrad: as it is, nothing fails."""
    workflow = (package / ".github" / "workflows" / "check.yml").read_text()
    commands = [c for c in re.findall(r"- run: (.*)", workflow) if " pip " not in c]
    assert commands == ["python -m pytest", "python -m mypy", "opgrad check softabs"]
    for command in commands:
        must(in_folder(installed, package, command))


def test_its_tests_find_a_wrong_rule(installed: Env, package: Path, tmp_path: Path) -> None:
    """With a factor in the rule that is not in the derivative."""
    copy = tmp_path / "src" / "opgrad_softabs"
    copy.mkdir(parents=True)
    source = (package / "src" / "opgrad_softabs" / "__init__.py").read_text()
    assert "return g * x / " in source
    (copy / "__init__.py").write_text(source.replace("return g * x / ", "return 2 * g * x / "))
    environ = {"PYTHONPATH": str(tmp_path / "src")}
    program = installed.home / "bin" / "python"
    tests = str(package / "tests")
    done = completed([program, "-m", "pytest", "-p", "no:cacheprovider", tests], tmp_path, environ)
    assert done.returncode == 1
    assert "test_op" in done.stdout


def test_its_op_is_listed(installed: Env) -> None:
    """`opgrad ops` finds it through the entry point."""
    assert ops_of_softabs(installed) == ["softabs"]


def test_its_op_is_used(installed: Env, package: Path) -> None:
    """As its README says."""
    readme = (package / "README.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    done = installed.python(f"{example}\nprint(y.data, x.grad)")
    must(done)
    assert done.stdout == "1.0 0.6\n"


def test_its_types_reach_its_users(installed: Env, tmp_path: Path) -> None:
    """The wheel has py.typed: a wrong keyword is an error of mypy."""
    (tmp_path / "use.py").write_text(
        "from opgrad_softabs import softabs\nsoftabs(1.0, width=2.0)\nsoftabs(1.0, wide=2.0)\n"
    )
    done = in_folder(installed, tmp_path, "python -m mypy --strict use.py")
    assert re.findall(r"use.py:(\d+): error: (Unexpected keyword)", done.stdout) == [
        ("3", "Unexpected keyword")
    ]


def test_a_second_of_its_name_is_refused(installed: Env, tmp_path: Path) -> None:
    """Since a plugin of that name is installed now."""
    done = installed.run("opgrad", "new", "opgrad-softabs", "--in", str(tmp_path))
    assert done.returncode == 1
    assert "plugin 'softabs' (opgrad-softabs 0.1.0) is installed" in done.stderr


def test_uninstalled_it_is_gone(installed: Env, built: Path) -> None:
    """From the list, and from `og.ops`."""
    installed.pip_uninstall("opgrad-softabs")
    try:
        assert ops_of_softabs(installed) == []
        done = installed.python("import opgrad as og; print('softabs' in og.ops)")
        assert done.stdout == "False\n"
    finally:
        installed.pip("install", "--no-deps", str(built))
