"""The table: what the loaded plugins bring, and which of several claimants gets a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from attrs import frozen

from opgrad.errors import AmbiguousOpError
from opgrad.hooks import Backend, Bridge, Scheduler
from opgrad.operation import Op, full_name
from opgrad.plugin import Plugin

CLOSE = 0.75
"""How alike a name must be to be suggested: ``sqr`` is to ``sqrt``, ``sum`` is not to ``sub``."""


@frozen
class Table:
    """Built once per load, never changed.

    A name or function that several plugins claim goes to the one that the user prefers, else to a
    built-in one, else to nobody: it then has several holders, and using it is an error.
    """

    plugins: Mapping[str, Plugin]
    """The loaded ones, by name."""
    preferred: tuple[str, ...]
    """The user's order of preference."""
    ops: Mapping[str, Op]
    """By qualified name: ``plugin.op``."""
    short: Mapping[str, tuple[str, ...]]
    """Op name to the qualified names that may answer to it: one, unless plugins conflict."""
    implementing: Mapping[Callable[..., object], tuple[str, ...]]
    """NumPy function to the qualified names of the ops that implement it."""
    functions: Mapping[Callable[..., object], Callable[..., object]]
    """NumPy function to the function made of ops that stands in for it."""
    schedulers: Mapping[str, Scheduler]
    """By name."""
    lowerings: Mapping[Op, Callable[..., Any]]
    """What to trace in the place of an op's forward."""
    backends: Mapping[str, Backend]
    """By name."""
    bridges: Mapping[str, Bridge]
    """By name."""

    @classmethod
    def of(cls, plugins: Iterable[Plugin] = (), preferred: tuple[str, ...] = ()) -> Table:
        """What these plugins bring; those that are not loaded bring nothing."""
        loaded = {p.info.name: p for p in plugins if p.info.state == "loaded"}
        ops = {f"{name}.{op.name}": op for name, p in loaded.items() for op in p.ops}
        short: dict[str, list[str]] = {}
        implementing: dict[Callable[..., object], list[str]] = {}
        for qualified, op in ops.items():
            short.setdefault(op.name, []).append(qualified)
            for function in op.implements:
                implementing.setdefault(function, []).append(qualified)

        def settle(names: list[str]) -> tuple[str, ...]:
            first = min(names, key=lambda name: _rank(plugin_of(name), preferred))
            if plugin_of(first) in preferred:
                return (first,)
            return tuple(n for n in names if loaded[plugin_of(n)].info.builtin) or tuple(names)

        by_rank = sorted(loaded.values(), key=lambda p: _rank(p.info.name, preferred))
        return cls(
            plugins=MappingProxyType(loaded),
            preferred=preferred,
            ops=MappingProxyType(ops),
            short=MappingProxyType({k: settle(names) for k, names in short.items()}),
            implementing=MappingProxyType({k: settle(names) for k, names in implementing.items()}),
            functions=MappingProxyType(
                {f: g for p in reversed(by_rank) for f, g in p.functions.items()}
            ),
            schedulers=MappingProxyType(
                {s.name: s for p in reversed(by_rank) for s in p.schedulers}
            ),
            lowerings=MappingProxyType(
                {op: f for p in reversed(by_rank) for op, f in p.lowerings.items()}
            ),
            backends=MappingProxyType({b.name: b for p in reversed(by_rank) for b in p.backends}),
            bridges=MappingProxyType({b.name: b for p in reversed(by_rank) for b in p.bridges}),
        )

    def only(self, holders: tuple[str, ...], what: str) -> Op:
        """The op of the one holder (a qualified name) of something.

        Raises:
            AmbiguousOpError: there are several.
        """
        if len(holders) == 1:
            return self.ops[holders[0]]
        owners = [self.plugins[plugin_of(name)].info for name in holders]
        raise AmbiguousOpError(
            f"{what} is claimed by {' and by '.join(str(owner) for owner in owners)}. Use "
            f"{' or '.join(f'og.ops[{name!r}]' for name in holders)}, "
            f"or settle it once with og.prefer({owners[0].name!r})."
        )

    def claims(self, plugin: Plugin) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What a plugin would have, and the names of the plugins that hold it."""
        for op in plugin.ops:
            yield f"the op name {op.name!r}", _plugins_of(self.short[op.name])
            for function in op.implements:
                yield full_name(function), _plugins_of(self.implementing[function])
        for scheduler in plugin.schedulers:
            chosen = self.schedulers[scheduler.name]
            owners = (name for name, p in self.plugins.items() if chosen in p.schedulers)
            yield f"the scheduler name {scheduler.name!r}", tuple(owners)

    def unsettled(self, plugin: Plugin) -> str:
        """A warning of what the plugin claims and another keeps; empty if the user settled it."""
        name = plugin.info.name
        kept: dict[str, list[str]] = {}
        for what, holders in self.claims(plugin):
            if name not in holders and holders[0] not in self.preferred:
                kept.setdefault(holders[0], []).append(what)
        if not kept:
            return ""
        keepers = "; ".join(
            f"{self.plugins[owner].info} keeps {_enumerate(whats)}" for owner, whats in kept.items()
        )
        qualified = [f"{name}.{op.name}" for op in plugin.ops]
        return (
            f"{plugin.info} claims what is another's: {keepers}. "
            f"To give it to {name!r}: og.prefer({name!r}); to leave it and hear no more of it: "
            f"og.prefer({', '.join(map(repr, kept))})."
            + (f" og.ops[{qualified[0]!r}] works either way." if qualified else "")
        )

    def close_to(self, name: str) -> list[str]:
        """The op names that may have been meant by one that there is not."""
        import difflib  # when something is missing only: it takes its time

        plugin, _, op = name.rpartition(".")
        ops = difflib.get_close_matches(op, self.short, n=3, cutoff=CLOSE)
        if not plugin:
            return ops
        # Right op, wrong plugin; or both nearly right.
        plugins = difflib.get_close_matches(plugin, self.plugins, n=3, cutoff=CLOSE)
        return [
            qualified
            for meant in ops
            for qualified in self.ops
            if qualified.rpartition(".")[2] == meant
            and (meant == op or plugin_of(qualified) in plugins)
        ]


def plugin_of(qualified: str) -> str:
    """``special`` of ``special.softplus``; a plugin's name may have dots, an op's has none."""
    return qualified.rpartition(".")[0]


def _plugins_of(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(plugin_of(name) for name in names)


def _rank(plugin: str, preferred: tuple[str, ...]) -> int:
    """The place in the user's order of preference; all that are not in it share the last."""
    return (*preferred, plugin).index(plugin)


def _enumerate(things: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(things[:-1]), things[-1])))
