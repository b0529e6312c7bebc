"""Torch and JAX are extras, and take long to import: what happens without them, and before."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = """
import sys, warnings
warnings.simplefilter("error")
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] not in {"torch", "jax"}:
            return PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
import numpy as np
import opgrad as og

print([p.state for p in og.default_registry().plugins if p.name in {"torch", "jax"}])
try:
    og.FUNCTION(np.exp)
except og.errors.UnknownBridgeError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("function", "framework"),
    [("to_torch", "torch"), ("from_torch", "torch"), ("to_jax", "jax"), ("from_jax", "jax")],
)
def test_says_what_to_install(function: str, framework: str) -> None:
    """No warning where nobody asks for them; where one is needed, how to get it."""
    program = WITHOUT.replace("FUNCTION", function)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    states, missing, *causes = done.stdout.splitlines()
    assert states == "['unavailable', 'unavailable']"
    assert f"no installed plugin provides the bridge '{framework}'" in missing
    [cause] = (line for line in causes if f"plugin '{framework}'" in line)
    assert f"pip install 'opgrad[{framework}]'" in cause


LAZY = """
import sys
import numpy as np
import opgrad as og

np.exp(og.Value(0.0))
og.default_registry().load_all()
print(sorted({"torch", "jax", "opgrad.crossing", "opgrad.foreign"} & set(sys.modules)))
"""


def test_frameworks_are_imported_when_they_are_needed() -> None:
    """Not by OpGrad, nor when all of its plugins are loaded."""
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
