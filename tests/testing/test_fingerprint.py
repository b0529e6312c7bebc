"""The hash of an op changes when a derivative might have, and only then."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import opgrad as og
from opgrad.fingerprint import fingerprint

SOURCE = '''
from functools import partial
from types import SimpleNamespace

import numpy as np
import opgrad as og

SCALE = 2.0
TABLE = np.array([1.0, 2.0])

FACTORS = {"one": 1.0, "all": {1.0, 4.0}}
PLACE = SimpleNamespace(phase=0.0)

class Line:
    slope = 1.0

    def __init__(self, start):
        self.start = start

    def __call__(self, x):
        return self.start + self.slope * x

def shifted(x, by):
    return x + by

start = partial(shifted, by=0.0)
line = Line(0.0)

def slope(x):
    return SCALE * np.cos(line(start(x) + PLACE.phase)) * FACTORS["one"]

@og.op(elementwise=True, samples=[(0.5,)])
def waves(x):
    """SCALE * sin(x)."""
    return SCALE * np.sin(x)

@waves.vjp
def _(g, out, x):
    return g * slope(x) + 0 * TABLE[0]
'''

Hash = Callable[[str], str]


@pytest.fixture
def hash_of(tmp_path: Path) -> Hash:
    """The hash of the op ``waves`` of a module with this source."""
    numbers = iter(range(100))

    def hash_of(source: str) -> str:
        path = tmp_path / f"waves_{next(numbers)}.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location("opgrad_waves", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return fingerprint(module.waves)

    return hash_of


def test_the_same_source_gives_the_same(hash_of: Hash) -> None:
    """Wherever it is."""
    assert hash_of(SOURCE) == hash_of(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""SCALE * sin(x)."""', '"""Waves."""'),
        ("return g * slope(x)", "# The chain rule.\n    return (g  *  slope(x))"),
        ("samples=[(0.5,)]", "samples=[(0.5,), (2.0,)]"),
        ("def slope(x):", "def slope(x: float) -> float:"),
        ("SCALE = 2.0", "OTHER = 3.0\nSCALE = 2.0"),
    ],
    ids=["docstring", "comments and layout", "samples", "types", "what it does not use"],
)
def test_unchanged_by(hash_of: Hash, old: str, new: str) -> None:
    """What changes no derivative."""
    assert old in SOURCE
    assert hash_of(SOURCE.replace(old, new)) == hash_of(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return SCALE * np.sin(x)", "return SCALE * np.sin(x) + 1"),
        ("return g * slope(x)", "return -g * slope(x)"),
        ("return SCALE * np.cos(", "return 2 * SCALE * np.cos("),
        ("SCALE = 2.0", "SCALE = 3.0"),
        ("[1.0, 2.0]", "[1.0, 2.5]"),
        ("elementwise=True", "elementwise=True, opaque=True"),
        ('"one": 1.0', '"one": 2.0'),
        ("{1.0, 4.0}", "{1.0, 3.0}"),
        ("phase=0.0", "phase=1.0"),
        ("by=0.0", "by=1.0"),
        ("return x + by", "return x - by"),
        ("slope = 1.0", "slope = 2.0"),
        ("self.start + self", "self.start - self"),
        ("Line(0.0)", "Line(1.0)"),
    ],
    ids=[
        "forward",
        "rule",
        "a function of its module",
        "a constant",
        "an array",
        "a declaration",
        "a dict",
        "a set",
        "a namespace",
        "a partial function's argument",
        "a partial function",
        "a class's constant",
        "a method",
        "an object",
    ],
)
def test_changed_by(hash_of: Hash, old: str, new: str) -> None:
    """What may change one."""
    assert old in SOURCE
    assert hash_of(SOURCE.replace(old, new)) != hash_of(SOURCE)


PACKAGE = """
import opgrad as og
from opgrad_package import inner

@og.op(elementwise=True)
def scaled(x):
    return inner.function(x) * inner.FACTOR
"""
INNER = """
FACTOR = 2.0
OTHER = 3.0

def function(x):
    return x
"""


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("FACTOR = 2.0", "FACTOR = 3.0", True),
        ("return x", "return -x", True),
        ("OTHER = 3.0", "OTHER = 4.0", False),
    ],
)
def test_of_a_module_of_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, changes: bool
) -> None:
    """By what is used of it."""

    def hashed(folder: Path, inner: str) -> str:
        package = folder / "opgrad_package"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(PACKAGE)
        (package / "inner.py").write_text(inner)
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(folder))
            for name in ("opgrad_package", "opgrad_package.inner"):
                patch.delitem(sys.modules, name, raising=False)
            found = fingerprint(importlib.import_module("opgrad_package").scaled)
            for name in ("opgrad_package", "opgrad_package.inner"):
                patch.delitem(sys.modules, name)
        return found

    before = hashed(tmp_path / "before", INNER)
    after = hashed(tmp_path / "after", INNER.replace(old, new))
    assert (before != after) is changes


def test_of_lambdas() -> None:
    """By their bytecode: two on one line are two."""
    first, second = (
        og.op(name="f", elementwise=True)(f) for f in (lambda x: x + 1, lambda x: x + 2)
    )
    assert fingerprint(first) != fingerprint(second)


def test_of_what_a_closure_holds() -> None:
    """A factory's ops differ by what they were made with."""

    def made(factor: float) -> og.Op:
        @og.op(elementwise=True)
        def scaled(x: float) -> float:
            return factor * x

        return scaled

    assert fingerprint(made(2.0)) == fingerprint(made(2.0))
    assert fingerprint(made(2.0)) != fingerprint(made(3.0))


def test_is_the_same_in_every_process() -> None:
    """Of every built-in op, whatever the seed of Python's own hashes."""
    code = (
        "import opgrad as og; from opgrad.fingerprint import fingerprint as f; "
        "print([f(op) for op in og.default_registry().ops.values()])"
    )

    def printed(seed: str) -> bytes:
        env = os.environ | {"PYTHONHASHSEED": seed}
        return subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, check=True
        ).stdout

    assert printed("1") == printed("2")


# -- packages ------------------------------------------------------------------------------------

FILES = {
    "__init__.py": """
import opgrad as og
import waves_package
from waves_package import scaled as factors
from waves_package.wrapped import doubled

@og.op(elementwise=True)
def waves(x):
    return factors.double(x) * 0.5

@waves.vjp
@doubled
def _(g, out, x):
    import waves_package.of_import
    from waves_package.of_name import slope
    from . import relative
    from .deep.down import bottom
    total = slope(x) + relative.slope(x) + bottom(x) + waves_package.of_import.slope(x)
    return g * (total + waves_package.by_attribute.inner.slope(x)) * x.special
""",
    "scaled.py": "def double(x):\n    return x * 2.0\n",
    "wrapped.py": """
import functools

def doubled(rule):
    @functools.wraps(rule)
    def wrapper(*args):
        return rule(*args) * 2.0
    return wrapper
""",
    "of_import.py": "def slope(x):\n    return 2.0\n",
    "of_name.py": "FACTOR = 2.0\n\ndef slope(x):\n    return FACTOR\n",
    "relative.py": "def slope(x):\n    return 2.0\n",
    "deep/__init__.py": "",
    "deep/down.py": "def bottom(x):\n    return 2.0\n",
    "by_attribute/__init__.py": "",
    "by_attribute/inner.py": "def slope(x):\n    return 2.0\n",
    "special.py": "unused = 2.0\n",  # of the name of an attribute of x
}
TELL = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(f"waves_package.{module}")
import waves_package
from opgrad.fingerprint import fingerprint
print(fingerprint(waves_package.waves))
"""


@pytest.fixture
def hash_of_package(tmp_path: Path) -> Callable[..., str]:
    """The hash of the op of a package, in an interpreter that has imported some of its modules."""

    def hash_of(changed: str = "", *imported: str) -> str:
        for name, text in FILES.items():
            path = tmp_path / "waves_package" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("2.0", "3.0") if name == changed else text)
        command = [sys.executable, "-B", "-c", TELL, *imported]
        environ = os.environ | {"PYTHONPATH": str(tmp_path)}
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, check=True
        ).stdout

    return hash_of


USED = [name for name, text in FILES.items() if "2.0" in text and name != "special.py"]


@pytest.mark.parametrize("name", USED)
def test_changed_by_what_is_imported(hash_of_package: Callable[..., str], name: str) -> None:
    """At the top or inside a rule, by any form; by attributes of a package; by a decorator."""
    assert hash_of_package(name) != hash_of_package()


def test_unchanged_by_what_has_been_imported(hash_of_package: Callable[..., str]) -> None:
    """Each submodule, also one that has the name of an attribute of something else."""
    modules = ["special", "of_import", "of_name", "relative", "deep.down", "by_attribute.inner"]
    assert len({hash_of_package("", *modules[:n]) for n in range(len(modules) + 1)}) == 1


def test_changed_by_its_lowering() -> None:
    """What is compiled in the place of the forward is part of what an op is."""
    op = og.ops["elementary.exp"]
    lowerings = [None, lambda x: x, lambda x: x + 1]
    assert len({fingerprint(op, lowering) for lowering in lowerings}) == 3


OBJECTS = """
import functools
import numpy as np
import opgrad as og

chosen = np.cos

@functools.cache
def factor():
    return 1.0

class Rule:
    def __call__(self, g, out, x):
        return g * chosen(x) * factor()

@og.op(elementwise=True)
def waves(x):
    return np.sin(x)

waves.vjp(Rule())
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [("chosen = np.cos", "chosen = np.sin"), ("return 1.0", "return 2.0"), ("g * ch", "-g * ch")],
    ids=["a ufunc by another name", "a cached function", "an object that is called"],
)
def test_changed_by_what_is_no_plain_function(hash_of: Hash, old: str, new: str) -> None:
    """And the same in another process: no address is in it."""
    assert hash_of(OBJECTS.replace(old, new)) != hash_of(OBJECTS)
    assert hash_of(OBJECTS) == hash_of(OBJECTS)
