"""Who takes part: a module each.

``CASES`` make entries of a program. ``FIRST`` do all that a first result takes, and ``wake`` what a
process needs before that.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

MODULES = {
    "C": ("plain_c", None),
    "NumPy": ("plain_numpy", None),
    "OpGrad": ("opgrad_compiled", None),
    "CasADi": ("casadi_function", "casadi"),
    "JAX": ("jax_jit", "jax"),
    "torch": ("torch_eager", "torch"),
}
"""By name: the module here, and the package without which it is left out."""
PACKAGES = ("opgrad", "numpy", "llvmlite", "casadi", "jax", "torch")


def chosen(without: Iterable[str] = ()) -> dict[str, Any]:
    """The modules of those that are installed, and not left out, by name."""
    found = {}
    for name, (module, package) in MODULES.items():
        if name in without:
            continue
        if package is not None and find_spec(package) is None:
            print(f"{name} is not installed, and left out")
        else:
            found[name] = import_module(f"{__name__}.{module}")
    return found
