"""What somebody gets who installs the wheel."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from opgrad.twins import NATIVE
from tests.packaging.conftest import Env

ROOT = Path(__file__).resolve().parents[2]
CLASSIC = """
from opgrad import Value
a = Value(2)
b = Value(-3)
c = Value(10)
d = a + b * c
e = d.relu()
e.backward()
print(a, b, c, d, e, sep="\\n")
"""

pytestmark = pytest.mark.packaging


def packages(wheel: Path) -> set[str]:
    """The names that the wheel makes importable."""
    with ZipFile(wheel) as archive:
        return {
            name.removesuffix("/__init__.py")
            for name in archive.namelist()
            if name.endswith("/__init__.py") and name.count("/") == 1
        }


def test_the_wheel_holds_the_framework_and_every_plugin_of_the_checkout(wheel: Path) -> None:
    """The wheel's top-level packages are opgrad and all that the folder `plugins` has."""
    plugins = {init.parent.name for init in (ROOT / "plugins").glob("*/__init__.py")}
    assert packages(wheel) == {"opgrad"} | plugins


def test_every_package_in_the_wheel_is_typed(wheel: Path) -> None:
    """Type checkers read the annotations of each package: it has a py.typed."""
    with ZipFile(wheel) as archive:
        assert {f"{package}/py.typed" for package in packages(wheel)} <= set(archive.namelist())


def test_a_wheel_with_a_compiled_module_is_of_its_platform(wheel: Path) -> None:
    """And one without is of any."""
    with ZipFile(wheel) as archive:
        compiled = any(Path(name).suffix in (".so", ".pyd") for name in archive.namelist())
    assert compiled != wheel.name.endswith("-py3-none-any.whl")


def test_what_is_compiled_here_is_in_the_wheel(fresh_env: Env) -> None:
    """The wheel's OpGrad has twins, if that of the checkout has."""
    found = fresh_env.python("import opgrad.twins; print(opgrad.twins.NATIVE is not None)")
    assert found.stdout.strip() == str(NATIVE is not None)


def test_the_licence_is_in_the_wheel(wheel: Path) -> None:
    """The wheel brings the text of its licence."""
    with ZipFile(wheel) as archive:
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in archive.namelist())


def test_the_classic_example(fresh_env: Env) -> None:
    """Away from the checkout the classic example prints what it should, and nothing else."""
    result = fresh_env.python(CLASSIC)
    assert result.stdout.splitlines() == [
        "Value(data=2, grad=0)",
        "Value(data=-3, grad=0)",
        "Value(data=10, grad=0)",
        "Value(data=-28, grad=0)",
        "Value(data=0, grad=1)",
    ]
    assert (result.returncode, result.stderr) == (0, "")


def test_the_command_lists_the_ops(fresh_env: Env) -> None:
    """`opgrad ops` succeeds and names relu."""
    result = fresh_env.run("opgrad", "ops")
    assert result.returncode == 0, result.stderr
    assert "relu" in result.stdout


def test_the_command_says_its_version(fresh_env: Env) -> None:
    """`opgrad --version` prints the version in pyproject.toml."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    result = fresh_env.run("opgrad", "--version")
    assert result.returncode == 0, result.stderr
    assert version in result.stdout


def test_the_folder_plugins_is_no_package_of_the_wheel(fresh_env: Env) -> None:
    """`import plugins` fails where the wheel is installed."""
    result = fresh_env.python("import plugins")
    assert result.returncode != 0
    assert "No module named 'plugins'" in result.stderr


def test_the_folder_plugins_is_no_package_of_an_editable_install(tmp_path: Path) -> None:
    """`import plugins` fails in the environment of the tests, which `make` installs editable."""
    result = subprocess.run(
        [sys.executable, "-c", "import opgrad_arithmetic, plugins"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert "No module named 'plugins'" in result.stderr
