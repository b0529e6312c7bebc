"""The modules that enumerate ops, taken together, forget none."""

from __future__ import annotations

import opgrad as og
from tests.arrays import test_every_array_op as arrays
from tests.linalg import test_every_linalg_op as linalg
from tests.ops import every_op as elementwise
from tests.scipy import test_every_scipy_op as scipy


def test_every_built_in_op_is_enumerated_once() -> None:
    """Each op of each built-in plugin is among the ops of exactly one module."""
    registry = og.default_registry()
    builtin = {plugin.name for plugin in registry.plugins if plugin.builtin}
    expected = [name for name in registry.ops if name.partition(".")[0] in builtin]
    enumerated = [name for module in (elementwise, arrays, linalg, scipy) for name in module.OPS]
    assert sorted(enumerated) == sorted(expected)
