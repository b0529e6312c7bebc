"""``opgrad check``: what is right, what is wrong, and exit codes."""

from __future__ import annotations

import json
import re
from types import ModuleType

import pytest

import opgrad as og
from opgrad.cli import check
from opgrad.testing import find_ops
from tests.cli.conftest import Invoke

SOURCE = '''
import numpy as np
import opgrad as og

@og.op(elementwise=True, samples=[(0.5, 3.0), (np.array([1.0, -2.0]), 0.5)])
def product(x, y):
    """x * y."""
    return x * y

@product.vjp
def _(g, out, x, y):
    return g * x, g * y
'''


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked for, a wrong op of plugin ``east`` is found."""
    module = ModuleType("opgrad_east")
    exec(SOURCE, module.__dict__)
    found = {"east.product": module.product}
    monkeypatch.setattr(check, "find_ops", lambda *_: found)


def test_an_op_that_passes(invoke: Invoke) -> None:
    """One line for it, and exit code 0."""
    result = invoke("check", "logcosh")
    assert result.exit_code == 0, result.output
    assert "logcosh.logcosh: passed (" in result.output
    assert result.output.endswith("1 of 1 ops passed\n")


@pytest.mark.usefixtures("wrong")
def test_an_op_that_fails(invoke: Invoke) -> None:
    """A table that names property, input, samples and likely mistake; exit code 1."""
    result = invoke("check", "east")
    assert result.exit_code == 1
    text = " ".join(result.output.split())
    assert re.search(r"east\.product: 1 of \d+ properties do not hold", text)
    assert "gradient x -0.63 for g = -1.26 -3.78 the cotangents of x and y are swapped" in text
    assert "0 of 1 ops passed" in text


@pytest.mark.usefixtures("wrong")
def test_as_json(invoke: Invoke) -> None:
    """Every failure by itself, the same exit code."""
    result = invoke("check", "east", "--json")
    assert result.exit_code == 1
    [record] = json.loads(result.output)
    assert record["qualified_name"] == "east.product"
    assert record["passed"] is False
    assert {f["sample"] for f in record["failures"]} == {"(0.5, 3)", "([ 1., -2.], 0.5)"}


def test_a_name_that_is_none(invoke: Invoke) -> None:
    """A usage error, exit code 2."""
    result = invoke("check", "logcsoh")
    assert result.exit_code == 2
    assert "no plugin and no op is called 'logcsoh'" in result.output


def test_failures_with_one_cause_share_a_row() -> None:
    """Those of one property and input with one likely mistake."""
    square = og.op(elementwise=True, samples=[(0.5,), (2.0,), (3.0,)])(lambda x: x * x)
    square.vjp(lambda g, out, x: g * x)
    ops = find_ops(square)
    reports = check.run(ops, quiet=True)
    failures = [f for f in next(iter(reports.values())).failures if f.property == "gradient"]
    assert [len(group) for group in check.grouped(failures)] == [3]
