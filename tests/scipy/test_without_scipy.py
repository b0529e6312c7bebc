"""SciPy is an extra: without it the plugin is set aside, and says how to get it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, warnings
warnings.simplefilter("error")
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] != "scipy":
            return PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
import numpy as np
import opgrad as og

print(np.exp(og.Value(0.0)).data)
info = next(p for p in og.default_registry().plugins if p.name == "scipy")
print(info.state)
try:
    og.ops.erf
except og.errors.UnknownOpError as error:
    print(error)
"""


def test_says_how_to_get_scipy() -> None:
    """No warning where nobody asks for its ops; where one is looked up, what to install."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    value, state, *error = done.stdout.splitlines()
    assert (value, state) == ("1.0", "unavailable")
    assert "plugin 'scipy'" in error[1]
    assert "pip install 'opgrad[scipy]'" in error[1]
