"""Nobody takes a built-in op's name silently."""

from __future__ import annotations

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
    assert message.startswith(
        "plugin 'special' (opgrad-special 2.0) does not get the op name 'relu', the function add, "
        "which stays with plugin 'activations' (opgrad "
    )
    assert message.endswith(
        "Settle it with og.prefer('special') or og.prefer('activations') or "
        "og.prefer('arithmetic'). og.ops['special.relu'] works either way."
    )


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

            def run(self, root, cotangent, wrt):
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
    assert "does not get the scheduler name 'sequential'" in message[0]


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
    assert "plugin 'handmade' (module handmade ?) does not get the op name 'relu'" in warned[0]
    assert relu == 3.0
