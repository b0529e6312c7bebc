"""Every function that a program may call, and what is dispatched that none calls."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import opgrad as og
from opgrad.operation import full_name
from tests.fuzz import calls_arrays, calls_elementwise, calls_linalg, calls_python, calls_scipy
from tests.fuzz.arguments import Kind, one_of, sample_input
from tests.fuzz.namespaces import OPGRAD
from tests.fuzz.table import Table

MODULES = (calls_elementwise, calls_arrays, calls_linalg, calls_scipy, calls_python)

REFUSED = {"at", "copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"}
"""What writes into its argument is only there to refuse."""


def _tables() -> Table:
    table = Table()
    for module in MODULES:
        for name, forms in module.CALLS.items():
            table.setdefault(name, []).extend(forms)
    for name, op in og.default_registry().ops.items():
        if name.startswith("scipy.ode_solution"):  # called through odeint, with functions
            continue
        for sample in op.samples:
            if sample.params.get("hermitian"):  # there, moving one element means nothing
                continue
            kinds: list[Kind] = [sample_input(x) for x in sample.inputs]
            params = {key: one_of(value) for key, value in sample.params.items()}
            table.add([f"og.ops[{name!r}]"], *kinds, need=params)
    return table


CALLS = _tables()
NAMES = sorted(CALLS)


def reached(name: str) -> Any:
    """The function that a name of the table stands for, if it can be looked up."""
    try:
        return eval(name, OPGRAD)
    except (SyntaxError, NameError, AttributeError):
        return None


def dispatched() -> set[Callable[..., Any]]:
    """Every NumPy and SciPy function that becomes an op, or a function of ops, on a Value."""
    registry = og.default_registry()
    found = {function for op in registry.ops.values() for function in op.implements}
    for plugin in registry.plugins:
        if plugin.state == "loaded":
            found |= set(getattr(import_module(plugin.module), "opgrad_functions", dict)())
    return found


def not_called() -> list[str]:
    """Functions that are dispatched, and that the table has no calls of."""
    known = [reached(name) for name in NAMES]  # not all of these can be hashed
    missing = [full_name(f) for f in dispatched() if f not in known]
    return sorted(name for name in missing if name.rpartition(".")[2] not in REFUSED)
