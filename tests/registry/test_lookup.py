"""Looking ops up by short and by qualified name."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import AmbiguousOpError, PluginError, UnknownOpError
from opgrad.namespace import Ops

if TYPE_CHECKING:
    from tests.registry.conftest import MakePlugin


def test_short_and_qualified_names_find_the_same_op(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """An op answers to its own name, and to its plugin's and its own."""
    module = make_plugin("softplus")
    registry.register(module, name="special")
    assert registry.lookup("softplus") is registry.lookup("special.softplus") is module.softplus


def test_a_plugin_may_be_named_like_its_op(registry: og.Registry, make_plugin: MakePlugin) -> None:
    """Plugin ``softplus`` with op ``softplus`` confuses nothing."""
    module = make_plugin("softplus", "softminus")
    registry.register(module, name="softplus")
    assert registry.lookup("softplus") is registry.lookup("softplus.softplus") is module.softplus
    assert registry.lookup("softplus.softminus") is module.softminus


def test_a_plugin_name_may_have_dots(registry: og.Registry, make_plugin: MakePlugin) -> None:
    """The last dot of a qualified name separates plugin and op, also where names conflict."""
    registry.register(make_plugin("softplus", module="a"), name="acme.special")
    registry.register(make_plugin("softplus", module="b"), name="other")
    assert registry.lookup("acme.special.softplus").module == "a"
    with pytest.raises(AmbiguousOpError, match=r"'acme\.special'"):
        registry.lookup("softplus")


def test_the_table_of_ops_is_frozen(registry: og.Registry, make_plugin: MakePlugin) -> None:
    """Nobody can add, replace or remove an op behind the registry's back."""
    registry.register(make_plugin("softplus"), name="special")
    table: Any = registry.ops
    with pytest.raises(TypeError):
        table["special.softplus"] = None
    with pytest.raises(TypeError):
        del table["special.softplus"]


def test_the_table_of_schedulers_is_frozen(registry: og.Registry) -> None:
    """Nobody can add a scheduler behind the registry's back."""
    table: Any = registry.schedulers
    with pytest.raises(TypeError):
        table["mine"] = None


def test_a_later_plugin_does_not_change_a_table_already_handed_out(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """Each load makes a new table."""
    before = registry.ops
    registry.register(make_plugin("softplus"), name="special")
    assert not before
    assert list(registry.ops) == ["special.softplus"]


def test_registries_do_not_see_each_other(registry: og.Registry, make_plugin: MakePlugin) -> None:
    """What one registry has is unknown in another, and in the default one."""
    registry.register(make_plugin("softplus_of_this_test"), name="special")
    other = og.Registry(builtins=tuple, installed=tuple)
    for unaware in (other, og.default_registry()):
        with pytest.raises(UnknownOpError):
            unaware.lookup("softplus_of_this_test")


# -- unknown names -------------------------------------------------------------------------------


def test_an_unknown_name_suggests_close_ones(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """A misspelt short name gets short names, each once."""
    registry.register(make_plugin("softplus"), name="special")
    with pytest.raises(UnknownOpError) as caught:
        registry.lookup("sofplus")
    assert str(caught.value) == (
        "no installed plugin provides op 'sofplus'; did you mean 'softplus'?"
    )


def test_an_unknown_qualified_name_suggests_qualified_ones(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """A misspelt plugin name is as forgivable as a misspelt op."""
    registry.register(make_plugin("softplus"), name="special")
    with pytest.raises(UnknownOpError, match=r"did you mean 'special\.softplus'\?"):
        registry.lookup("specal.softplus")


def test_an_op_of_the_wrong_plugin_is_suggested(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """However little the plugins' names are alike."""
    registry.register(make_plugin("softplus"), name="special")
    with pytest.raises(UnknownOpError, match=r"did you mean 'special\.softplus'\?"):
        registry.lookup("activations.softplus")


@pytest.mark.parametrize("name", ["zzz", "sum", "special.zzz", "special.sum", "zzz.sum"])
def test_nothing_is_suggested_where_nothing_is_close(
    registry: og.Registry, make_plugin: MakePlugin, name: str
) -> None:
    """No far-fetched suggestions: two letters of three make no likeness, nor does the plugin."""
    registry.register(make_plugin("softplus", "sub"), name="special")
    with pytest.raises(UnknownOpError) as caught:
        registry.lookup(name)
    assert str(caught.value) == f"no installed plugin provides op {name!r}"


def test_an_unknown_op_is_an_attribute_error_of_the_namespace() -> None:
    """``hasattr`` and ``getattr`` with a default work on ``og.ops``."""
    assert not hasattr(og.ops, "no_such_op")


def test_the_namespace_lists_short_names(registry: og.Registry, make_plugin: MakePlugin) -> None:
    """Tab completion offers each op once."""
    registry.register(make_plugin("softplus", "softminus"), name="special")
    assert dir(Ops(registry)) == ["softminus", "softplus"]


def test_the_namespace_contains_short_and_qualified_names(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """``name in ops``: whether ``ops[name]`` finds one."""
    registry.register(make_plugin("softplus"), name="special")
    ops = Ops(registry)
    assert "softplus" in ops
    assert "special.softplus" in ops
    assert "softminus" not in ops
    assert 3 not in ops


def test_a_contested_name_is_not_in_the_namespace(contested: og.Registry) -> None:
    """Looking it up is an error; the qualified ones are there."""
    ops = Ops(contested)
    assert "softplus" not in ops
    assert list(ops) == ["one.softplus", "two.softplus"]
    assert all(name in ops for name in ops)


def test_the_namespace_has_a_length_and_shows_its_names(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """As many as there are ops."""
    registry.register(make_plugin("softplus", "softminus"), name="special")
    ops = Ops(registry)
    assert len(ops) == 2
    assert repr(ops) == "<2 ops: softminus, softplus>"


def test_probing_the_namespace_for_private_names_loads_nothing() -> None:
    """IPython and copy ask any object for protocol methods; that must not load plugins."""

    def installed() -> tuple[Any, ...]:
        raise AssertionError("third-party plugins were read")

    ops = Ops(og.Registry(builtins=tuple, installed=installed))
    for name in ("_repr_html_", "__deepcopy__"):
        with pytest.raises(AttributeError):
            getattr(ops, name)


# -- conflicts -----------------------------------------------------------------------------------


@pytest.fixture
def contested(registry: og.Registry, make_plugin: MakePlugin) -> og.Registry:
    """A registry in which plugins ``one`` and ``two`` claim op softplus and np.logaddexp2."""
    claim = "implements=np.logaddexp2"
    registry.register(make_plugin("softplus", module="m1", arguments=claim), name="one")
    registry.register(make_plugin("softplus", module="m2", arguments=claim), name="two")
    return registry


def test_a_contested_short_name_is_an_error_that_names_both_owners(contested: og.Registry) -> None:
    """It says who, and the two ways out."""
    with pytest.raises(AmbiguousOpError) as caught:
        contested.lookup("softplus")
    assert str(caught.value) == (
        "op name 'softplus' is claimed by plugin 'one' (module m1 ?) and by plugin 'two' "
        "(module m2 ?). Use og.ops['one.softplus'] or og.ops['two.softplus'], "
        "or settle it once with og.prefer('one')."
    )


def test_qualified_names_work_in_a_conflict(contested: og.Registry) -> None:
    """Both ops stay reachable."""
    assert contested.lookup("one.softplus").module == "m1"
    assert contested.lookup("two.softplus").module == "m2"


def test_prefer_settles_a_conflict(contested: og.Registry) -> None:
    """The preferred plugin's op gets the short name."""
    contested.prefer("two")
    assert contested.lookup("softplus").module == "m2"


def test_the_latest_preference_comes_first(contested: og.Registry) -> None:
    """A user can change their mind."""
    contested.prefer("two")
    contested.prefer("one")
    assert contested.lookup("softplus").module == "m1"


def test_the_first_of_several_preferred_plugins_comes_first(contested: og.Registry) -> None:
    """``prefer("two", "one")`` is an order."""
    contested.prefer("two", "one")
    assert contested.lookup("softplus").module == "m2"


def test_a_preference_holds_for_plugins_registered_later(
    contested: og.Registry, make_plugin: MakePlugin
) -> None:
    """A new claimant does not reopen what is settled."""
    contested.prefer("two")
    contested.register(make_plugin("softplus", module="m3"), name="three")
    assert contested.lookup("softplus").module == "m2"


def test_preferring_an_unknown_plugin_is_an_error_and_changes_nothing(
    contested: og.Registry,
) -> None:
    """It names those that there are; what was preferred before still is."""
    contested.prefer("two")
    with pytest.raises(LookupError, match=r"no plugin 'tow'; there are: one, two"):
        contested.prefer("one", "tow")
    assert contested.lookup("softplus").module == "m2"


def test_a_contested_function_is_an_error_that_names_both_owners(contested: og.Registry) -> None:
    """Two plugins that implement one NumPy function conflict as two op names do."""
    with pytest.raises(AmbiguousOpError, match=r"^numpy\.logaddexp2 is .* 'one' .* 'two'"):
        contested.implementing(np.logaddexp2)


def test_what_is_contested_is_listed_for_each_claimant(contested: og.Registry) -> None:
    """Nobody has it, so both claim in vain."""
    expected = {"the op name 'softplus'": ("one", "two"), "numpy.logaddexp2": ("one", "two")}
    assert contested.conflicts("one") == contested.conflicts("two") == expected


def test_conflicts_of_an_unknown_plugin_is_an_error(contested: og.Registry) -> None:
    """It names those that there are."""
    with pytest.raises(LookupError, match=r"no plugin 'tow'; there are: one, two"):
        contested.conflicts("tow")


def test_prefer_settles_a_contested_function(contested: og.Registry) -> None:
    """The preferred plugin's op is what the NumPy function becomes."""
    contested.prefer("two")
    found = contested.implementing(np.logaddexp2)
    assert found is not None
    assert found.module == "m2"


def test_a_function_nobody_implements_has_no_op(contested: og.Registry) -> None:
    """None, not an error: the caller knows better what to say."""
    assert contested.implementing(np.linalg.inv) is None


# -- registering by hand -------------------------------------------------------------------------


def test_a_taken_plugin_name_is_refused(registry: og.Registry, make_plugin: MakePlugin) -> None:
    """Another module cannot silently replace a plugin."""
    registry.register(make_plugin("softplus", module="m1"), name="special", version="1.0")
    with pytest.raises(PluginError, match=r"plugin 'special' \(module m1 1\.0\) has that plugin"):
        registry.register(make_plugin("softplus", module="m2"), name="special")
    assert registry.lookup("softplus").module == "m1"


def test_the_same_module_may_be_registered_again(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """In a notebook a plugin is edited and run again; the new ops replace the old ones."""
    registry.register(make_plugin("softplus"), name="special")
    again = make_plugin("softplus")
    registry.register(again, name="special")
    assert registry.lookup("softplus") is again.softplus


def test_a_refused_plugin_is_named_once(registry: og.Registry) -> None:
    """The message says who and what, and does not repeat itself."""
    with pytest.raises(PluginError) as caught:
        registry.register(ModuleType("empty"), name="special", version="2.0")
    assert str(caught.value) == (
        "plugin 'special' (module empty 2.0) cannot be registered: it brings nothing: its module "
        "empty implements no hook (is it marked with @og.hookimpl?), or its hooks return nothing"
    )


def test_an_op_that_a_second_plugin_passes_on_stays_its_maker_s(
    registry: og.Registry, make_plugin: MakePlugin
) -> None:
    """Errors blame the plugin that made the op, not one that re-exports it."""
    module = make_plugin("softplus", module="m1")
    registry.register(module, name="maker")
    collection = make_plugin(
        module="m2", source="import opgrad as og\n@og.hookimpl\ndef opgrad_ops(): return [softplus]"
    )
    collection.softplus = module.softplus  # type: ignore[attr-defined]  # made in memory
    registry.register(collection, name="collection")
    with pytest.raises(og.errors.InputError, match="plugin 'maker'"):
        module.softplus("text")
