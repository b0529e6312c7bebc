"""Nobody takes a built-in op's name silently."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.registry.conftest import Environment


@pytest.fixture
def claimed(environment: Environment, op_source: Callable[..., str]) -> Environment:
    """An environment whose plugin ``special`` claims relu, and another op that is np.add."""
    source = op_source("relu") + op_source("plus", arguments="implements=np.add")
    source += "\n@og.hookimpl\ndef opgrad_ops(): return [relu, plus]\n"
    environment.install("opgrad-special", source=source, version="2.0")
    return environment


LOAD = "og.default_registry().load_all()\n"


def test_a_built_in_keeps_its_name_with_a_warning(claimed: Environment) -> None:
    """One warning for all that the plugin does not get: who, what, and what to do."""
    [message] = claimed.run(LOAD + "result = warned")
    assert re.fullmatch(
        r"plugin 'special' \(opgrad-special 2\.0\) claims what is another's: "
        r"plugin 'activations' \(opgrad \S+\) keeps the op name 'relu'; "
        r"plugin 'arithmetic' \(opgrad \S+\) keeps numpy\.add\. "
        r"To give it to 'special': og\.prefer\('special'\); to leave it and hear no more of it: "
        r"og\.prefer\('activations', 'arithmetic'\)\. "
        r"og\.ops\['special\.relu'\] works either way\.",
        message,
    )


def test_what_one_plugin_keeps_is_enumerated(
    environment: Environment, op_source: Callable[..., str]
) -> None:
    """Its names and functions stand together."""
    environment.install("opgrad-special", source=op_source("exp", arguments="implements=np.exp"))
    [message] = environment.run(LOAD + "result = warned")
    assert "keeps the op name 'exp' and numpy.exp. To give it" in message


def test_the_warning_points_at_the_user_s_line(claimed: Environment) -> None:
    """Not into OpGrad."""
    code = """
    with warnings.catch_warnings(record=True) as caught:
        dir(og.ops)
    result = [warning.filename for warning in caught]
    """
    assert claimed.run(code) == ["<string>"]


def test_conflicts_says_who_has_what_a_plugin_claims(claimed: Environment) -> None:
    """For listings: also what the user has settled."""
    code = """
    registry = og.default_registry()
    registry.prefer("activations")
    result = [dict(registry.conflicts("special")), dict(registry.conflicts("activations"))]
    """
    assert claimed.run(code) == [
        {"the op name 'relu'": ["activations"], "numpy.add": ["arithmetic"]},
        {},
    ]


def test_a_preferred_plugin_has_what_it_claims(claimed: Environment) -> None:
    """Then it is the built-in one that does not."""
    code = """
    registry = og.default_registry()
    registry.prefer("special")
    result = [dict(registry.conflicts("special")), dict(registry.conflicts("activations"))]
    """
    assert claimed.run(code) == [{}, {"the op name 'relu'": ["special"]}]


def test_the_short_name_is_the_built_in_s(claimed: Environment) -> None:
    """Before and after the claimant has been loaded."""
    code = f"before = og.ops.relu(3.0).data\n{LOAD}result = [before, og.ops.relu(3.0).data]"
    assert claimed.run(code) == [3.0, 3.0]


def test_the_qualified_name_is_the_claimant_s(claimed: Environment) -> None:
    """Its op is reachable all the same."""
    assert claimed.run("result = og.ops['special.relu'](3.0).data") == 6.0


def test_prefer_gives_the_claimant_the_name_without_a_warning(claimed: Environment) -> None:
    """The user has said so: nothing to warn of."""
    code = "og.prefer('special')\nresult = [og.ops.relu(3.0).data, warned]"
    assert claimed.run(code) == [6.0, []]


def test_prefer_gives_the_claimant_the_function(claimed: Environment) -> None:
    """np.add on a Value is then the preferred plugin's op."""
    code = """
    import numpy as np
    og.prefer('special')
    result = og.default_registry().implementing(np.add).name
    """
    assert claimed.run(code) == "plus"


def test_the_function_is_the_built_in_s(claimed: Environment) -> None:
    """NumPy's dispatch is not taken over by installing something."""
    code = f"""
    import numpy as np
    {LOAD}
    result = og.default_registry().implementing(np.add).name
    """
    assert claimed.run(code) == "add"


def test_preferring_the_built_ins_silences_the_warning(claimed: Environment) -> None:
    """The user can also say that all is well as it is."""
    code = "og.prefer('activations', 'arithmetic')\nresult = [og.ops.relu(3.0).data, warned]"
    assert claimed.run(code) == [3.0, []]


def test_operators_stay_the_built_in_s_whatever_is_preferred(
    environment: Environment, op_source: Callable[..., str]
) -> None:
    """``v + w`` is arithmetic.add, by its qualified name."""
    environment.install("opgrad-special", source=op_source("add"))
    code = "og.prefer('special')\nresult = (og.Value(1.0) + og.Value(2.0)).data"
    assert environment.run(code) == 3.0


def test_a_scheduler_s_name_stays_with_who_had_it(environment: Environment) -> None:
    """A second ``sequential`` is warned of, unused, and can be preferred."""
    environment.install(
        "opgrad-distributed",
        source="""
        import opgrad as og

        class Mine:
            name = "sequential"

            def run(self, root, cotangent, wrt, record=False):
                return {}

        @og.hookimpl
        def opgrad_schedulers():
            return [Mine()]
        """,
    )
    before, message, after = environment.run(
        """
        registry = og.default_registry()
        registry.load_all()
        before = type(registry.scheduler("sequential")).__name__
        og.prefer("distributed")
        result = [before, warned, type(registry.scheduler("sequential")).__name__]
        """
    )
    assert (before, after) == ("Sequential", "Mine")
    assert len(message) == 1
    assert "keeps the scheduler name 'sequential'" in message[0]


def test_registering_by_hand_warns_too(environment: Environment) -> None:
    """``register`` is the same door."""
    code = """
    import types
    module = types.ModuleType("handmade")
    exec(source, module.__dict__)
    og.default_registry().register(module, name="handmade")
    result = [warned, og.ops.relu(3.0).data]
    """
    source = """
import opgrad as og
@og.op
def relu(x): return x
@relu.vjp
def _(g, out, x): return g
@og.hookimpl
def opgrad_ops(): return [relu]
"""
    warned: Any
    warned, relu = environment.run(f"source = {source!r}\n" + code.replace("\n    ", "\n"))
    assert len(warned) == 1
    assert warned[0].startswith("plugin 'handmade' (module handmade ?) claims what is another's: ")
    assert relu == 3.0
