"""Distributions whose ops or plugins have the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.registry.conftest import Environment


def test_two_distributions_that_claim_one_op_are_both_named(
    environment: Environment, op_source: Callable[..., str]
) -> None:
    """With their versions; qualified names work, and ``prefer`` settles it."""
    environment.install("opgrad-one", source=op_source("doubled"), version="1.1")
    environment.install("opgrad-two", source=op_source("doubled"), version="2.2")
    message, one, two, preferred = environment.run(
        """
        try:
            og.ops.doubled
        except og.errors.AmbiguousOpError as error:
            message = str(error)
        one, two = og.ops["one.doubled"].module, og.ops["two.doubled"].module
        og.prefer("two")
        result = [message, one, two, og.ops.doubled.module]
        """
    )
    assert "plugin 'one' (opgrad-one 1.1) and by plugin 'two' (opgrad-two 2.2)" in message
    assert (one, two, preferred) == ("opgrad_one", "opgrad_two", "opgrad_two")


@pytest.fixture
def namesakes(environment: Environment, op_source: Callable[..., str]) -> Environment:
    """Two distributions whose plugins are both called ``special``."""
    environment.install("zeta", source=op_source("zeta_op"), plugin="special", version="1.0")
    environment.install("alpha", source=op_source("alpha_op"), plugin="special", version="3.0")
    return environment


def test_of_two_plugins_of_one_name_the_second_is_set_aside(namesakes: Environment) -> None:
    """One warning names both; which is first does not depend on the order of folders."""
    assert namesakes.run("result = [og.ops.alpha_op(1.0).data, warned]") == [
        2.0,
        [
            "plugin 'special' (zeta 1.0) was set aside: plugin 'special' (alpha 3.0) has that "
            "plugin name already; uninstall one, or have its author rename the entry point"
        ],
    ]


def test_a_namesake_set_aside_is_listed_and_suggested(namesakes: Environment) -> None:
    """It shows among the plugins, and where one of its ops is missed."""
    code = """
    plugins = og.default_registry().plugins
    listed = [[i.distribution, i.state] for i in plugins if i.name == "special"]
    try:
        og.ops.zeta_op
    except og.errors.UnknownOpError as error:
        result = [listed, str(error)]
    """
    listed, message = namesakes.run(code)
    assert listed == [["alpha", "loaded"], ["zeta", "broken"]]
    assert "It may be one of plugin 'special' (zeta 1.0), which is broken:" in message


def test_a_third_party_cannot_take_a_built_in_plugin_s_name(
    environment: Environment, op_source: Callable[..., str]
) -> None:
    """``arithmetic`` is OpGrad's."""
    environment.install("impostor", source=op_source("add"), plugin="arithmetic")
    code = "og.default_registry().load_all()\nresult = [og.ops.add(1.0, 2.0).data, warned]"
    total, [message] = environment.run(code)
    assert total == 3.0
    assert message.startswith("plugin 'arithmetic' (impostor 1.0) was set aside: plugin ")
