"""The hash of an op changes when a derivative might have, and only then."""

from __future__ import annotations

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
import numpy as np
import opgrad as og

SCALE = 2.0
TABLE = np.array([1.0, 2.0])

def slope(x):
    return SCALE * np.cos(x)

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
        ("return SCALE * np.cos(x)", "return SCALE * np.cos(x) * 2"),
        ("SCALE = 2.0", "SCALE = 3.0"),
        ("[1.0, 2.0]", "[1.0, 2.5]"),
        ("elementwise=True", "elementwise=True, opaque=True"),
    ],
    ids=["forward", "rule", "a function of its module", "a constant", "an array", "a declaration"],
)
def test_changed_by(hash_of: Hash, old: str, new: str) -> None:
    """What may change one."""
    assert old in SOURCE
    assert hash_of(SOURCE.replace(old, new)) != hash_of(SOURCE)


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
