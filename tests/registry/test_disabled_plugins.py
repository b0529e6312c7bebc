"""OPGRAD_DISABLE switches plugins off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.registry.conftest import Environment

LOADED = "[name for name in sys.modules if name.startswith('opgrad_')]"


@pytest.mark.parametrize(
    "disable", ["special", " special ", "threaded, special", "special,threaded,,"]
)
def test_a_plugin_can_be_switched_off(special: Environment, disable: str) -> None:
    """OPGRAD_DISABLE lists plugins, separated by commas, with spaces or without."""
    code = f"""
    try:
        og.ops.doubled
    except og.errors.UnknownOpError as error:
        result = [str(error), {LOADED}, warned]
    """
    message, loaded, warned = special.run(code, OPGRAD_DISABLE=disable)
    assert "plugin 'special' (opgrad-special 2.0), which is disabled: named in OPGRAD_DISABLE" in (
        message
    )
    assert "opgrad_special" not in loaded
    assert warned == []


def test_several_plugins_can_be_switched_off(
    special: Environment, op_source: Callable[..., str]
) -> None:
    """Each is listed as disabled; the rest is loaded."""
    special.install("opgrad-other", source=op_source("redoubled"))
    special.install("opgrad-third", source=op_source("tripled"))
    code = """
    result = sorted(i.name for i in og.default_registry().plugins if i.state == "disabled")
    """
    assert special.run(code, OPGRAD_DISABLE="special,other") == ["other", "special"]


def test_switching_off_a_plugin_that_is_not_there_is_warned_of(special: Environment) -> None:
    """A misspelt name would otherwise go unnoticed; once, when all plugins are known."""
    code = (
        "og.Value(1.0) + 2.0\nearly = list(warned)\ndir(og.ops)\nog.default_registry().load_all()"
    )
    assert special.run(
        f"{code}\nresult = [early, warned]", OPGRAD_DISABLE="specail,threaded,zzz"
    ) == [
        [],
        [
            "OPGRAD_DISABLE names 'specail', and no such plugin is installed; "
            "did you mean 'special'?",
            "OPGRAD_DISABLE names 'zzz', and no such plugin is installed",
        ],
    ]


def test_a_registry_of_one_s_own_does_not_warn_of_plugins_installed_elsewhere(
    special: Environment,
) -> None:
    """OPGRAD_DISABLE is meant for the default one."""
    code = """
    og.Registry(builtins=tuple, installed=tuple).load_all()
    result = warned
    """
    assert special.run(code, OPGRAD_DISABLE="special") == []


def test_the_default_scheduler_stays_when_its_plugin_is_switched_off(
    environment: Environment,
) -> None:
    """Only its name is gone: something has to run the backward pass."""
    code = """
    x = og.Value(3.0)
    (x * x).backward()
    result = [x.grad, "sequential" in og.default_registry().schedulers]
    """
    assert environment.run(code, OPGRAD_DISABLE="sequential") == [6.0, False]


def test_without_arithmetic_an_operator_says_what_is_missing(environment: Environment) -> None:
    """A built-in plugin can be switched off like any other."""
    code = """
    try:
        og.Value(1.0) + og.Value(2.0)
    except og.errors.UnknownOpError as error:
        result = str(error)
    """
    message = environment.run(code, OPGRAD_DISABLE="arithmetic")
    assert message.startswith("no installed plugin provides op 'arithmetic.add'")
    assert "plugin 'arithmetic' (opgrad " in message
    assert "which is disabled: named in OPGRAD_DISABLE" in message
