"""The table: what the loaded plugins bring, and which of several claimants gets a thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from attrs import frozen

from opgrad.claims import BY_RIGHT, Claim, Kind, Thing
from opgrad.errors import AmbiguousError, AmbiguousOpError
from opgrad.operation import Op
from opgrad.plugin import Plugin

CLOSE = 0.75
"""How alike a name must be to be suggested: ``sqr`` is to ``sqrt``, ``sum`` is not to ``sub``."""


@frozen
class Table:
    """Built once per load, never changed.

    What several plugins claim goes to the one that the user prefers, else to the one with the best
    standing, a built-in one mostly, else to nobody: it then has several holders, and using it is an
    error.
    """

    plugins: Mapping[str, Plugin]
    """The loaded ones, by name."""
    preferred: tuple[str, ...]
    """The user's order of preference."""
    ops: Mapping[str, Op]
    """By qualified name: ``plugin.op``."""
    holders: Mapping[Thing, tuple[Claim, ...]]
    """The claims that hold, of all to a thing: one, unless plugins conflict."""

    @classmethod
    def of(cls, plugins: Iterable[Plugin] = (), preferred: tuple[str, ...] = ()) -> Table:
        """What these plugins bring; those that are not loaded bring nothing."""
        loaded = {p.info.name: p for p in plugins if p.info.state == "loaded"}
        claims: dict[Thing, list[Claim]] = {}
        for plugin in loaded.values():
            for claim in plugin.claims:
                claims.setdefault(claim.thing, []).append(claim)
        return cls(
            plugins=MappingProxyType(loaded),
            preferred=preferred,
            ops=MappingProxyType(
                {f"{name}.{op.name}": op for name, p in loaded.items() for op in p.ops}
            ),
            holders=MappingProxyType({k: _settled(all_, preferred) for k, all_ in claims.items()}),
        )

    def held(self, kind: Kind) -> Mapping[Any, tuple[Claim, ...]]:
        """The claims that hold to things of one kind, by what these are found by."""
        return {key: held for (its_kind, key), held in self.holders.items() if its_kind == kind}

    def is_final(self, holders: Sequence[Claim]) -> bool:
        """Whether no plugin that is yet to load could change who has it."""
        return bool(holders) and (
            holders[0].standing == BY_RIGHT or holders[0].plugin in self.preferred
        )

    def only(self, holders: Sequence[Claim]) -> Claim:
        """The one that holds.

        Raises:
            AmbiguousError: there are several.
        """
        if len(holders) == 1:
            return holders[0]
        owners = [self.plugins[claim.plugin].info for claim in holders]
        ops = [f"og.ops['{c.plugin}.{c.made.name}']" for c in holders if isinstance(c.made, Op)]
        settle = f"ettle it once with og.prefer({owners[0].name!r})."
        kind = AmbiguousOpError if ops else AmbiguousError
        raise kind(
            f"{holders[0]} is claimed by {' and by '.join(str(owner) for owner in owners)}. "
            + (f"Use {' or '.join(ops)}, or s{settle}" if ops else f"S{settle}")
        )

    def claims(self, plugin: Plugin) -> Iterator[tuple[Claim, tuple[str, ...]]]:
        """What a plugin would have, and the names of the plugins that hold it."""
        for claim in plugin.claims:
            if claim.made is not None:
                yield claim, tuple(holder.plugin for holder in self.holders[claim.thing])

    def unsettled(self, plugin: Plugin) -> str:
        """A warning of what the plugin claims and another keeps; empty if the user settled it."""
        name = plugin.info.name
        kept: dict[str, list[Claim]] = {}
        for claim, holders in self.claims(plugin):
            if name not in holders and holders[0] not in self.preferred:
                kept.setdefault(holders[0], []).append(claim)
        if not kept:
            return ""
        keepers = "; ".join(
            f"{self.plugins[owner].info} keeps {_enumerate([claim.phrase for claim in claims])}"
            for owner, claims in kept.items()
        )
        ops = [c.made.name for claims in kept.values() for c in claims if isinstance(c.made, Op)]
        return (
            f"{plugin.info} claims what is another's: {keepers}. "
            f"To give it to {name!r}: og.prefer({name!r}); to leave it and hear no more of it: "
            f"og.prefer({', '.join(map(repr, kept))})."
            + (f" og.ops['{name}.{ops[0]}'] works either way." if ops else "")
        )

    def close_to(self, name: str) -> list[str]:
        """The op names that may have been meant by one that there is not."""
        import difflib  # when something is missing only: it takes its time

        plugin, _, op = name.rpartition(".")
        ops = difflib.get_close_matches(op, self.held("op"), n=3, cutoff=CLOSE)
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


def _settled(claims: Sequence[Claim], preferred: tuple[str, ...]) -> tuple[Claim, ...]:
    """Of all claims to one thing, those that hold."""
    first = min(claims, key=lambda claim: _rank(claim.plugin, preferred))
    if first.plugin in preferred:
        return (first,)
    best = max(claim.standing for claim in claims)
    return tuple(claim for claim in claims if claim.standing == best)


def _rank(plugin: str, preferred: tuple[str, ...]) -> int:
    """The place in the user's order of preference; all that are not in it share the last."""
    return (*preferred, plugin).index(plugin)


def _enumerate(things: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(things[:-1]), things[-1])))
