"""SciPy is an extra, and takes long to import: what happens without it, and before it is needed."""

from __future__ import annotations

import json
import os
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
    environment = os.environ | {"OPGRAD_DISABLE": "interp"}  # an example that cannot do without
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    value, state, *error = done.stdout.splitlines()
    assert (value, state) == ("1.0", "unavailable")
    (line,) = (line for line in error if "plugin 'scipy'" in line)
    assert "pip install 'opgrad[scipy]'" in line


LAZY = """
import json, sys
import numpy as np
import opgrad as og

np.exp(og.Value(0.0))
before = "scipy" in sys.modules
og.ops.erf
print(json.dumps([before, [p.builtin for p in og.default_registry().plugins if p.name == "scipy"]]))
"""


def test_scipy_is_imported_when_it_is_needed() -> None:
    """The first op of any kind does not wait for it; the plugin is a built-in one all the same."""
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [False, [True]]
