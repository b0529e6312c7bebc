"""Which plugins are installed, and which of them the environment lets in.

They are found through entry points. ``OPGRAD_DISABLE`` names those that stay out, and
``OPGRAD_REQUIRE_CERTIFIED`` keeps out those that have not been checked.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from opgrad.certificate import certification
from opgrad.installed import GROUP, Origin, Unreadable, entry_points
from opgrad.plugin import Plugin, PluginInfo, load_or_set_aside

if TYPE_CHECKING:  # importing it takes as long as a third of OpGrad: when a plugin is looked for
    from importlib.metadata import EntryPoint

BUILTIN_DISTRIBUTION = "opgrad"


def builtin_entry_points() -> tuple[EntryPoint, ...]:
    """The entry points of OpGrad's own distribution: one look-up, not a scan of all."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        return tuple(distribution(BUILTIN_DISTRIBUTION).entry_points.select(group=GROUP))
    except PackageNotFoundError:
        return ()


def installed_entry_points() -> tuple[EntryPoint | Unreadable, ...]:
    """The entry points of every distribution on ``sys.path``, always in the same order."""

    def place(found: EntryPoint | Unreadable) -> tuple[str, str]:
        if isinstance(found, Unreadable):
            return found.origin.name or "", ""
        return Origin.of(found.dist).name or "", found.name

    return tuple(sorted(entry_points(), key=place))


def is_own(entry: EntryPoint) -> bool:
    """Whether it is of OpGrad's own distribution."""
    return Origin.of(entry.dist).name == BUILTIN_DISTRIBUTION


def admitted(entry: EntryPoint, info: PluginInfo) -> Plugin:
    """What an entry point names, loaded; or why it is kept out."""
    if kept_out(info).state == "disabled":
        return Plugin(info=kept_out(info))
    if not entry.pattern.match(entry.value):
        cause = f"its entry point names {entry.value!r}, which can be no module"
        return Plugin(info=info.with_state("broken", cause))
    return _if_certified(load_or_set_aside(info, entry.load))


def kept_out(info: PluginInfo) -> PluginInfo:
    """A plugin in the state that the environment wants it in: disabled, or as it is."""
    is_named = info.name in _disabled()
    return info.with_state("disabled", "named in OPGRAD_DISABLE") if is_named else info


def disabled_in_vain(plugins: Collection[str]) -> Iterator[str]:
    """What OPGRAD_DISABLE names that is no plugin, here or in the default registry."""
    unknown = [name for name in _disabled() if name not in plugins]
    if unknown:
        import difflib

        found = installed_entry_points()
        known = {*plugins, *(e.name for e in found if not isinstance(e, Unreadable))}
        for name in unknown:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                meant = f"; did you mean {close[0]!r}?" if close else ""
                yield f"OPGRAD_DISABLE names {name!r}, and no such plugin is installed{meant}"


def _disabled() -> tuple[str, ...]:
    names = os.environ.get("OPGRAD_DISABLE", "").split(",")
    return tuple(name.strip() for name in names if name.strip())


def _if_certified(plugin: Plugin) -> Plugin:
    """The plugin; without anything that it brings, if it is not certified and has to be."""
    if plugin.info.state != "loaded" or os.environ.get("OPGRAD_REQUIRE_CERTIFIED", "0") in (
        "",
        "0",
    ):
        return plugin
    found = certification(plugin)
    return plugin if found else Plugin(info=plugin.info.with_state("uncertified", found.cause))
