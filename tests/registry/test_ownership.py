"""What a plugin provides is its own: of each kind, another's claim to it is settled in one way.

A built-in plugin keeps what it has; two others that claim one thing both go without; ``og.prefer``
gives it to whom the user prefers. And an op's lowering is up to the plugin that brought the op.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from attrs import frozen

import opgrad as og
from opgrad.claims import CLAIMS
from opgrad.errors import AmbiguousError, PluginWarning
from opgrad.hooks import HOOKS
from opgrad.plugin import READ


class Made:
    """A scheduler, backend and bridge, whichever it is asked to be."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, root: Any, cotangent: Any, wrt: Any, record: bool = False, /) -> Any:
        """As a scheduler."""

    def lower(self, graph: Any, inputs: Any, /) -> Any:
        """As a backend."""

    def outward(self, function: Any, /) -> Any:
        """As a bridge."""

    def inward(self, function: Any, /) -> Any:
        """As a bridge."""


def made_op(module: ModuleType, name: str, *implements: Any) -> og.Op:
    """An op that seems to be defined in a module, and is exported from it."""

    def forward(x: og.Raw) -> og.Raw:
        return x * 2.0

    forward.__module__ = module.__name__
    op = og.op(name=name, implements=implements)(forward)
    op.vjp(lambda g, out, x: g * 2.0)
    setattr(module, name, op)
    return op


SHARED = made_op(ModuleType("nobody"), "shared")  # of no plugin


@frozen
class Provided:
    """Something that plugins may claim.

    Attributes:
        hook: that it comes through.
        brought: what the hook returns, made anew for each plugin.
        found: what a registry has of it.
        what: its name in messages.
    """

    hook: str
    brought: Callable[[ModuleType], Any]
    found: Callable[[og.Registry], Any]
    what: str


def stand_in(a: Any) -> Any:
    """Stands for a function made of ops."""
    return a


def _alike(x: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: x


PROVIDED = {
    "op name": Provided(
        "opgrad_ops",
        lambda module: [made_op(module, "thing")],
        lambda registry: registry.lookup("thing"),
        "the op name 'thing'",
    ),
    "function of an op": Provided(
        "opgrad_ops",
        lambda module: [made_op(module, f"of_{module.__name__}", np.cbrt)],
        lambda registry: registry.implementation(np.cbrt),
        "numpy.cbrt",
    ),
    "function": Provided(
        "opgrad_functions",
        lambda module: {np.ptp: _alike(module)},
        lambda registry: registry.implementation(np.ptp),
        "numpy.ptp",
    ),
    "lowering": Provided(
        "opgrad_lowerings",
        lambda module: {SHARED: _alike(module)},
        lambda registry: registry.lowering(SHARED),
        "the lowering of nobody.shared",
    ),
    "scheduler": Provided(
        "opgrad_schedulers",
        lambda module: [Made("thing")],
        lambda registry: registry.scheduler("thing"),
        "the scheduler name 'thing'",
    ),
    "backend": Provided(
        "opgrad_backends",
        lambda module: [Made("thing")],
        lambda registry: registry.backend("thing"),
        "the backend name 'thing'",
    ),
    "bridge": Provided(
        "opgrad_bridges",
        lambda module: [Made("thing")],
        lambda registry: registry.bridge("thing"),
        "the bridge name 'thing'",
    ),
}
EACH = pytest.mark.parametrize("kind", PROVIDED)


def plugin(name: str, **hooks: Callable[[ModuleType], Any]) -> tuple[ModuleType, dict[str, Any]]:
    """A module with these hooks, and what they return."""
    module: Any = ModuleType(name)
    brought = {hook: make(module) for hook, make in hooks.items()}
    for hook, what in brought.items():
        function = eval("lambda: what", {"what": what})  # hooks take no arguments
        function.__name__ = hook
        setattr(module, hook, og.hookimpl(function))
    return module, brought


def the_one(brought: Any) -> Any:
    """What a look-up gives, of what a hook returned."""
    [one] = brought.values() if isinstance(brought, dict) else brought
    return one


class Entry:
    """An entry point of OpGrad's own distribution, or of another, for a module made in memory."""

    pattern = type("Any", (), {"match": staticmethod(lambda value: True)})
    extras = ()
    dist = None

    def __init__(self, module: ModuleType) -> None:
        self.name = self.value = module.__name__
        self._module = module

    def load(self) -> ModuleType:
        """The module."""
        return self._module


class Setting:
    """Plugins that all bring one kind of thing, built-in or not, in a registry."""

    def __init__(self, kind: str, *, builtin: str = "", others: str = "") -> None:
        hook, make = PROVIDED[kind].hook, PROVIDED[kind].brought
        made = {name: plugin(name, **{hook: make}) for name in (*builtin, *others)}
        self.things = {name: the_one(brought[hook]) for name, (_, brought) in made.items()}
        entries: Any = {name: Entry(module) for name, (module, _) in made.items()}
        self.registry = og.Registry(
            builtins=lambda: [entries[name] for name in builtin],
            installed=lambda: [entries[name] for name in (*builtin, *others)],
        )
        self._found = PROVIDED[kind].found

    @property
    def holder(self) -> str:
        """Whose thing a look-up finds."""
        found = self._found(self.registry)
        return "".join(name for name, thing in self.things.items() if thing is found)


def test_every_hook_is_read_and_claims_what_it_provides() -> None:
    """A new one is not forgotten: not where plugins are read, nor where they claim, nor here."""
    assert {*HOOKS} == {*READ} == {*CLAIMS} == {provided.hook for provided in PROVIDED.values()}


@EACH
def test_what_one_plugin_provides_is_found(kind: str) -> None:
    """And makes no conflict."""
    setting = Setting(kind, others="a")
    assert setting.holder == "a"
    assert setting.registry.conflicts("a") == {}


@EACH
@pytest.mark.filterwarnings("ignore::opgrad.errors.PluginWarning")  # where a look-up loads all
@pytest.mark.parametrize("loaded_before", [False, True])
def test_a_built_in_keeps_what_it_has(kind: str, loaded_before: bool) -> None:
    """Whether the other plugin has been loaded or not; and who loads it is told."""
    setting = Setting(kind, builtin="a", others="z")
    if loaded_before:
        with pytest.warns(PluginWarning, match="plugin 'a' .* keeps") as warned:
            setting.registry.load_all()
        assert PROVIDED[kind].what in str(warned[0].message)
    assert setting.holder == "a"


@EACH
def test_what_two_others_claim_is_nobodys(kind: str) -> None:
    """Using it is an error that names both, and the way out."""
    setting = Setting(kind, others="ab")
    with pytest.raises(AmbiguousError, match=r"claimed by plugin 'a' .* and by plugin 'b'") as told:
        _ = setting.holder
    assert "og.prefer('a')" in str(told.value)
    claims = {what: by for what, by in setting.registry.conflicts("a").items() if len(by) > 1}
    assert claims == {PROVIDED[kind].what: ("a", "b")}


@EACH
@pytest.mark.parametrize(("builtin", "others"), [("", "ab"), ("a", "b"), ("", "abc"), ("a", "bc")])
@pytest.mark.parametrize("preferred", ["a", "b"])
def test_prefer_settles_it(kind: str, builtin: str, others: str, preferred: str) -> None:
    """In favour of a built-in plugin or another, without a warning about that one."""
    setting = Setting(kind, builtin=builtin, others=others)
    setting.registry.prefer(preferred)
    assert setting.holder == preferred


@EACH
def test_a_plugin_registered_by_hand_settles_nothing(kind: str) -> None:
    """Another that is installed, and not loaded yet, claims the same: that is found out first."""
    setting = Setting(kind, others="b")
    module, _ = plugin("a", **{PROVIDED[kind].hook: PROVIDED[kind].brought})
    setting.registry.register(module, name="a")
    with pytest.raises(AmbiguousError):
        _ = setting.holder


@EACH
def test_no_plugin_claims_a_thing_twice(kind: str) -> None:
    """It would depend on the order which of the two is used. A mapping has no two."""
    hook, make = PROVIDED[kind].hook, PROVIDED[kind].brought
    if hook in ("opgrad_functions", "opgrad_lowerings"):
        return
    module, _ = plugin("a", **{hook: lambda module: [*make(module), *make(module)]})
    registry = og.Registry(builtins=tuple, installed=tuple)
    with pytest.raises(og.errors.PluginError, match=r"2 times|is not exported"):
        registry.register(module, name="a")


def test_an_op_and_a_function_made_of_ops_are_two_claims_to_one_function() -> None:
    """Neither comes before the other; in one plugin, they are refused."""
    of_op, _ = plugin("a", opgrad_ops=lambda module: [made_op(module, "f", np.ptp)])
    of_function, _ = plugin("b", opgrad_functions=lambda module: {np.ptp: stand_in})
    registry = og.Registry(builtins=tuple, installed=tuple)
    registry.register(of_op, name="a")
    registry.register(of_function, name="b")
    with pytest.raises(AmbiguousError, match=r"^numpy\.ptp is claimed by"):
        registry.implementation(np.ptp)
    registry.prefer("b")
    assert registry.implementation(np.ptp) is stand_in
    both, _ = plugin(
        "c",
        opgrad_ops=lambda module: [made_op(module, "f", np.ptp)],
        opgrad_functions=lambda module: {np.ptp: stand_in},
    )
    with pytest.raises(og.errors.PluginError, match=r"claims numpy\.ptp 2 times"):
        registry.register(both, name="c")


# -- lowerings -----------------------------------------------------------------------------------


def lowered(*, own: bool) -> tuple[og.Registry, og.Op, Any]:
    """A registry with an op's plugin, that lowers it or not, and another that does."""
    owner, brought = plugin("owner", opgrad_ops=lambda module: [made_op(module, "owned")])
    op = brought["opgrad_ops"][0]
    if own:
        owner, _ = plugin(
            "owner", opgrad_ops=lambda _: [op], opgrad_lowerings=lambda _: {op: _alike("own")}
        )
        owner.owned = op  # type: ignore[attr-defined]  # made in memory
    other, _ = plugin("other", opgrad_lowerings=lambda _: {op: _alike("another's")})
    return og.Registry(builtins=tuple, installed=tuple), op, (owner, other)


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("owner_first", [False, True])
def test_another_plugins_lowering_is_not_used(own: bool, owner_first: bool) -> None:
    """Of an op whose own plugin has one or has none, in whatever order they come."""
    registry, op, (owner, other) = lowered(own=own)
    if not owner_first:
        registry.register(other, name="other")
    registry.register(owner, name="owner")
    with pytest.warns(PluginWarning, match=r"keeps the lowering of owner\.owned"):
        registry.register(other, name="other")
    lowering = registry.lowering(op)
    assert (lowering and lowering()) == ("own" if own else None)
    assert registry.conflicts("other") == {"the lowering of owner.owned": ("owner",)}
    assert registry.conflicts("owner") == {}


def test_another_plugins_lowering_is_used_if_preferred() -> None:
    """Then the user has said so."""
    registry, op, (owner, other) = lowered(own=True)
    registry.register(owner, name="owner")
    with pytest.warns(PluginWarning):
        registry.register(other, name="other")
    registry.prefer("other")
    lowering = registry.lowering(op)
    assert lowering is not None
    assert lowering() == "another's"


def test_a_plugin_that_passes_an_op_on_does_not_settle_its_lowering() -> None:
    """Even if it comes first: the op's own package does."""
    registry, op, (owner, _) = lowered(own=True)
    passes_on, _ = plugin("collection", opgrad_ops=lambda _: [op])
    passes_on.owned = op  # type: ignore[attr-defined]  # made in memory
    registry.register(passes_on, name="collection")
    registry.register(owner, name="owner")
    lowering = registry.lowering(op)
    assert lowering is not None
    assert lowering() == "own"


def test_an_op_passed_on_first_is_still_its_makers() -> None:
    """Errors blame the plugin whose package defines it."""
    registry, op, (owner, _) = lowered(own=True)
    passes_on, _ = plugin("collection", opgrad_ops=lambda _: [op])
    passes_on.owned = op  # type: ignore[attr-defined]  # made in memory
    registry.register(passes_on, name="collection")
    registry.register(owner, name="owner")
    with pytest.raises(og.errors.InputError, match="plugin 'owner'"):
        op("text")  # type: ignore[operator]  # an Op that og.op made
