"""What a report holds, and how it reads."""

from __future__ import annotations

import json

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import InputError, UnknownOpError
from opgrad.testing import PROPERTIES, check_op
from tests.docs.doc_pages import ROOT
from tests.testing.planted import defined

SWAPPED = defined(
    lambda x, y: x * y, lambda g, out, x, y: (g * x, g * y), (0.5, 3.0), elementwise=True
)


def test_a_right_op_passes() -> None:
    """The report is true, and says what was checked."""
    report = check_op(og.ops.exp)
    assert report
    assert str(report).startswith("exp: passed (")


def test_an_op_is_found_by_name() -> None:
    """By its qualified name, too."""
    assert check_op("elementary.exp", properties=["gradient"])
    with pytest.raises(UnknownOpError, match="expp"):
        check_op("expp")


def test_every_failure_is_reported_at_once() -> None:
    """Both inputs that are wrong, and the docstring that is missing."""
    report = check_op(SWAPPED)
    assert not report
    assert [(f.property, f.where) for f in report.failures] == [
        ("documented", ""),
        ("gradient", "x"),
        ("gradient", "y"),
    ]


def test_a_forward_that_fails_is_reported_once() -> None:
    """And not by every property, which all need it."""
    op = defined(lambda x: x + None, lambda g, out, x: g, (0.5,))
    runs = next(f for f in check_op(op).failures if f.property == "forward_runs")
    assert runs.given.startswith("TypeError: unsupported operand")
    assert "(test_report.py:" in runs.given
    assert [f.property for f in check_op(op).failures] == ["documented", "forward_runs"]


def test_a_failure_says_where_what_and_why() -> None:
    """Op, property, sample, input, given, expected, likely mistake."""
    failure = check_op(SWAPPED, properties=["gradient"]).failures[0]
    assert str(failure) == (
        "planted: gradient (x at (0.5, 3))\n"
        "  given     -0.63 for g = -1.26\n"
        "  expected  -3.78\n"
        "  likely    the cotangents of x and y are swapped: what was returned for x is right for y"
    )


def test_is_json() -> None:
    """As dicts, lists and strings, which survive a file."""
    record = check_op(SWAPPED, properties=["gradient"]).as_dict()
    assert json.loads(json.dumps(record)) == record
    assert record["passed"] is False
    assert record["failures"][1]["where"] == "y"


def test_samples_may_be_given() -> None:
    """In place of the op's own."""
    report = check_op(og.ops.log, [(np.array([2.0, 3.0]),), og.Sample(0.5)])
    assert report.samples == ("([2., 3.])", "(0.5)")
    assert report


def test_what_is_no_op_is_refused() -> None:
    """And a property that there is not, with those that there are."""
    with pytest.raises(InputError, match="takes an op"):
        check_op(np.exp)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(InputError, match="there are: documented"):
        check_op(og.ops.exp, properties=["gradeint"])


@pytest.mark.parametrize("p", [pytest.param(p, id=p.name) for p in PROPERTIES])
def test_every_property_says_what_holds(p: object) -> None:
    """In one line, a sentence."""
    assert getattr(p, "says", "").endswith(".")


def test_an_input_without_derivative_is_left_out() -> None:
    """A rule may say so for one input of several; the others are checked."""
    op = defined(
        lambda x, n: x**n,
        lambda g, out, x, n: (g * n * x ** (n - 1), og.NotDifferentiable("n is an integer")),
        (2.0, 3),
    )
    assert [f.property for f in check_op(op).failures] == ["documented"]


def test_an_index_is_left_as_it_is() -> None:
    """An integer without a gradient is moved by no difference."""
    op = defined(
        lambda x, k: x[k],
        lambda g, out, x, k: (og.at(np.zeros_like(x), k).set(g), None),
        (np.array([1.0, 2.0]), 1),
    )
    assert [f.property for f in check_op(op).failures] == ["documented"]


@pytest.mark.parametrize("name", [p.name for p in PROPERTIES])
def test_every_property_is_in_the_docs(name: str) -> None:
    """In the table of the page on checking, with what it says."""
    says = next(p.says for p in PROPERTIES if p.name == name)
    assert f"| `{name}` | {says.removesuffix('.')} |" in (ROOT / "docs/check-an-op.md").read_text()
