"""One line in an author's test file; and pytest's own option."""

from __future__ import annotations

import pytest

import opgrad as og
from opgrad.errors import InputError, UnknownPluginError
from opgrad.testing import PROPERTIES, find_ops, op_tests
from tests.testing.planted import defined

pytest_plugins = ["pytester"]

SIN = 'og.op(elementwise=True, samples=[(0.5,)], name="sin")(lambda x: np.sin(x))'
AUTHORS_FILE = f"""
import numpy as np
import opgrad as og
from opgrad.testing import op_tests

op = {SIN}
op.vjp(lambda g, out, x: -g * np.cos(x))
test_op = op_tests(op)
"""


def _ids(test: object) -> list[str]:
    [mark] = test.pytestmark  # type: ignore[attr-defined]  # pytest's
    return [case.id for case in mark.args[1]]


def test_there_is_a_test_for_each_op_and_property() -> None:
    """Of those properties that apply to the op."""
    expected = [f"elementary.exp-{p.name}" for p in PROPERTIES if p.applies(og.ops.exp)]
    assert _ids(op_tests("elementary.exp")) == expected


@pytest.mark.parametrize("name", ["logcosh", "opgrad_logcosh"])
def test_a_plugin_goes_by_its_name_or_its_module(name: str) -> None:
    """Either names all of its ops."""
    assert list(find_ops(name)) == ["logcosh.logcosh"]


def test_all_plugins_without_a_name() -> None:
    """Every op that is installed."""
    assert list(find_ops()) == list(og.default_registry().ops)


def test_an_op_that_no_plugin_brings() -> None:
    """Goes by its own name."""
    op = defined(lambda x: x, lambda g, out, x: g, (0.5,))
    assert find_ops(op) == {"planted": op}


def test_a_name_that_is_none() -> None:
    """An error that lists the plugins."""
    with pytest.raises(UnknownPluginError, match=r"'logcsoh'; plugins: activations, "):
        op_tests("logcsoh")
    with pytest.raises(InputError, match="neither a name nor an op"):
        op_tests(3)  # type: ignore[arg-type]  # what is tested


def test_in_an_authors_file(pytester: pytest.Pytester) -> None:
    """The test of what is wrong fails, with the report; the others pass."""
    pytester.makepyfile(AUTHORS_FILE)
    result = pytester.runpytest_subprocess("-q", *_options())
    result.stdout.fnmatch_lines(["*sin-gradient*", "sin: gradient (x at (0.5))"])
    result.stdout.fnmatch_lines(["*likely*the sign is wrong"])
    failed = result.parseoutcomes()["failed"]
    assert failed == 2  # and the docstring
    assert result.parseoutcomes()["passed"] > 15


def test_by_an_option(pytester: pytest.Pytester) -> None:
    """``pytest --opgrad-plugin=NAME`` needs no file."""
    result = pytester.runpytest_subprocess("--opgrad-plugin=logcosh", "-v", *_options())
    result.stdout.fnmatch_lines(["opgrad::logcosh*-gradient PASSED*"])
    expected = sum(p.applies(og.ops.logcosh) for p in PROPERTIES)
    assert result.parseoutcomes()["passed"] == expected


def test_an_option_for_a_plugin_that_is_none(pytester: pytest.Pytester) -> None:
    """A usage error."""
    result = pytester.runpytest_subprocess("--opgrad-plugin=logcsoh", *_options())
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no plugin and no op is called 'logcsoh'*"])


def _options() -> tuple[str, ...]:
    return "-p", "no:cacheprovider"
