"""What holds for every built-in op, whatever its kind; and that no op is forgotten elsewhere."""

from __future__ import annotations

import pytest

import opgrad as og
from opgrad.define import OpN
from tests.arrays import test_every_array_op as arrays
from tests.linalg import test_every_linalg_op as linalg
from tests.ops import every_op as elementwise
from tests.scipy import test_every_scipy_op as scipy

MODULES = (elementwise, arrays, linalg, scipy)
EACH_OP = pytest.mark.parametrize(
    "op", [pytest.param(op, id=name) for module in MODULES for name, op in module.OPS.items()]
)


def test_every_built_in_op_is_enumerated_once() -> None:
    """Each op of each built-in plugin is among the ops of exactly one module."""
    registry = og.default_registry()
    builtin = {plugin.name for plugin in registry.plugins if plugin.builtin}
    expected = [name for name in registry.ops if name.partition(".")[0] in builtin]
    enumerated = [name for module in MODULES for name in module.OPS]
    assert sorted(enumerated) == sorted(expected)


@EACH_OP
def test_says_what_its_derivative_is(op: OpN) -> None:
    """The docstring gives the derivative, or says that there is none."""
    assert "Derivative" in op.doc or "No gradient" in op.doc


@EACH_OP
def test_has_a_vjp(op: OpN) -> None:
    """There is a rule for every input."""
    assert op.complete


@EACH_OP
def test_has_every_param_sampled(op: OpN) -> None:
    """Each param is given a value in a sample."""
    assert op.param_names == {name for sample in op.samples for name in sample.params}
