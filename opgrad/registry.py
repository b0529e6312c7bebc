"""The registry: plugins in, a frozen table of ops and schedulers out.

Plugins are found through entry points, loaded by :mod:`opgrad.plugin`, and merged here. The
built-in ones (those of OpGrad's own distribution) load at the first look-up; third-party ones only
when something is looked up that the built-ins do not have, or when the whole table is listed.
"""

from __future__ import annotations

import difflib
import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import (
    EntryPoint,
    PackageNotFoundError,
    distribution,
    entry_points,
)
from threading import RLock
from types import MappingProxyType, ModuleType
from typing import Any, NoReturn

from attrs import frozen

from opgrad.errors import (
    AmbiguousOpError,
    PluginWarning,
    UnknownOpError,
    UnknownSchedulerError,
)
from opgrad.hooks import GROUP, Scheduler
from opgrad.operation import Op
from opgrad.plugin import Plugin, PluginInfo, load, set_aside

BUILTIN_DISTRIBUTION = "opgrad"


def builtin_entry_points() -> tuple[EntryPoint, ...]:
    """The entry points of OpGrad's own distribution: one look-up, not a scan of all."""
    try:
        return tuple(distribution(BUILTIN_DISTRIBUTION).entry_points.select(group=GROUP))
    except PackageNotFoundError:
        return ()


def installed_entry_points() -> tuple[EntryPoint, ...]:
    """The entry points of every distribution on ``sys.path``."""
    return tuple(entry_points(group=GROUP))


@frozen
class Table:
    """What the loaded plugins bring: built once per load, never changed."""

    ops: Mapping[str, Op]
    """By qualified name: ``plugin.op``."""
    short: Mapping[str, tuple[str, ...]]
    """Op name to the qualified names that may answer to it: one, unless plugins conflict."""
    implementing: Mapping[Callable[..., Any], tuple[str, ...]]
    """NumPy function to the qualified names of the ops that implement it."""
    schedulers: Mapping[str, Scheduler]
    """By name."""


class Registry:
    """A set of plugins and the table of what they bring.

    There is one :func:`default` registry, fed by entry points; tests make their own
    (``Registry(builtins=(), installed=tuple)`` starts empty) and :meth:`register` modules.

    Args:
        builtins: yields the entry points of built-in plugins, loaded at the first look-up.
        installed: yields all entry points, read when the built-ins do not have what is asked.
    """

    def __init__(
        self,
        *,
        builtins: Callable[[], Iterable[EntryPoint]] = builtin_entry_points,
        installed: Callable[[], Iterable[EntryPoint]] = installed_entry_points,
    ) -> None:
        self._sources = {True: builtins, False: installed}
        self._loaded: set[bool] = set()
        self._plugins: dict[str, Plugin] = {}
        self._preferred: tuple[str, ...] = ()
        self._table = Table({}, {}, {}, {})
        self._lock = RLock()

    # -- looking up ------------------------------------------------------------------------------

    def lookup(self, name: str) -> Op:
        """The op of that short (``softplus``) or qualified (``special.softplus``) name.

        Raises:
            UnknownOpError: no loaded plugin has it.
            AmbiguousOpError: several plugins do, and none is preferred.
        """
        is_qualified = "." in name
        for load_stage in self._stages():
            load_stage()
            if is_qualified and name in self._table.ops:
                return self._table.ops[name]
            if not is_qualified and name in self._table.short:
                return self._one_of(self._table.short[name], f"op name {name!r}")
        self._raise_unknown(name)

    def implementing(self, function: Callable[..., Any]) -> Op | None:
        """The op that ``function``, a NumPy function or ufunc, becomes on a ``Value``, if any.

        Raises:
            AmbiguousOpError: several plugins implement it, and none is preferred.
        """
        for load_stage in self._stages():
            load_stage()
            if names := self._table.implementing.get(function):
                return self._one_of(names, f"function {getattr(function, '__name__', function)}")
        return None

    def scheduler(self, name: str) -> Scheduler:
        """The scheduler of that name.

        Raises:
            UnknownSchedulerError: no installed plugin has it.
        """
        for load_stage in self._stages():
            load_stage()
            if name in self._table.schedulers:
                return self._table.schedulers[name]
        raise UnknownSchedulerError(
            f"no installed plugin provides the scheduler {name!r}; "
            f"there are: {', '.join(sorted(self._table.schedulers)) or 'none'}"
        )

    @property
    def ops(self) -> Mapping[str, Op]:
        """Every op by its qualified name; loads all plugins."""
        self.load_all()
        return self._table.ops

    @property
    def schedulers(self) -> Mapping[str, Scheduler]:
        """Every scheduler by its name; loads all plugins."""
        self.load_all()
        return self._table.schedulers

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every plugin found, also the disabled and the broken ones; loads all."""
        self.load_all()
        return tuple(plugin.info for plugin in self._plugins.values())

    def prefer(self, *plugins: str) -> None:
        """Settle conflicts over short names and NumPy functions in favour of these plugins.

        Raises:
            LookupError: no plugin of that name is installed.
        """
        known = {plugin.name for plugin in self.plugins}
        for name in plugins:
            if name not in known:
                raise LookupError(
                    f"no plugin {name!r} to prefer; there are: {', '.join(sorted(known))}"
                )
        with self._lock:
            self._preferred = (*plugins, *(p for p in self._preferred if p not in plugins))
            self._rebuild()

    # -- filling ---------------------------------------------------------------------------------

    def register(self, module: ModuleType, *, name: str, version: str = "?") -> None:
        """Add a module as a plugin, without an entry point.

        Raises:
            PluginError: the module's hooks, or what they return, are not valid.
        """
        info = PluginInfo(name=name, module=module.__name__, version=version)
        with self._lock:
            self._plugins[name] = load(info, lambda: module)
            self._rebuild()

    def load_builtins(self) -> None:
        """Load the built-in plugins, if that has not happened yet."""
        self._load(builtin=True)

    def load_all(self) -> None:
        """Load every installed plugin, if that has not happened yet."""
        self._load(builtin=True)
        self._load(builtin=False)

    def _stages(self) -> tuple[Callable[[], None], ...]:
        return (self.load_builtins, self.load_all)

    def _load(self, *, builtin: bool) -> None:
        if builtin in self._loaded:
            return
        with self._lock:
            if builtin in self._loaded:
                return
            # Marked first: a plugin that looks an op up while it is imported must not recurse.
            self._loaded.add(builtin)
            disabled = {n.strip() for n in os.environ.get("OPGRAD_DISABLE", "").split(",")}
            for entry in self._sources[builtin]():
                if entry.name not in self._plugins:
                    info = PluginInfo.of(entry, builtin=builtin)
                    self._plugins[entry.name] = (
                        Plugin(info=info.with_state("disabled", "named in OPGRAD_DISABLE"))
                        if entry.name in disabled
                        else set_aside(info, entry.load)
                    )
                elif not builtin and self._plugins[entry.name].info.module != entry.value:
                    _warn_name_taken(entry, self._plugins[entry.name].info)
            self._rebuild()

    def _rebuild(self) -> None:
        plugins = [p for p in self._plugins.values() if p.info.state == "loaded"]
        claims = {f"{p.info.name}.{op.name}": (p.info, op) for p in plugins for op in p.ops}
        short: dict[str, list[str]] = {}
        implementing: dict[Callable[..., Any], list[str]] = {}
        for qualified, (_, op) in claims.items():
            short.setdefault(op.name, []).append(qualified)
            for function in op.implements:
                implementing.setdefault(function, []).append(qualified)
        self._table = Table(
            ops=MappingProxyType({qualified: op for qualified, (_, op) in claims.items()}),
            short=MappingProxyType({k: self._settle(n, claims) for k, n in short.items()}),
            implementing=MappingProxyType(
                {k: self._settle(n, claims) for k, n in implementing.items()}
            ),
            schedulers=MappingProxyType(
                {s.name: s for p in reversed(plugins) for s in p.schedulers}
            ),
        )

    def _settle(
        self, names: list[str], claims: Mapping[str, tuple[PluginInfo, Op]]
    ) -> tuple[str, ...]:
        """Who of several claimants gets it: a preferred plugin, else a built-in, else nobody."""
        for preferred in self._preferred:
            for name in names:
                if claims[name][0].name == preferred:
                    return (name,)
        return tuple(n for n in names if claims[n][0].builtin) or tuple(names)

    # -- failing ---------------------------------------------------------------------------------

    def _one_of(self, names: tuple[str, ...], what: str) -> Op:
        if len(names) == 1:
            return self._table.ops[names[0]]
        owners = [self._plugins[name.partition(".")[0]].info for name in names]
        raise AmbiguousOpError(
            f"{what} is claimed by {' and by '.join(str(owner) for owner in owners)}. Use "
            f"{' or '.join(f'og.ops[{name!r}]' for name in names)}, "
            f"or settle it once with og.prefer({owners[0].name!r})."
        )

    def _raise_unknown(self, name: str) -> NoReturn:
        known = [*self._table.short, *self._table.ops]
        close = difflib.get_close_matches(name, known, n=3)
        message = f"no installed plugin provides op {name!r}"
        if close:
            message += f"; did you mean {' or '.join(repr(c) for c in close)}?"
        out = [p.info for p in self._plugins.values() if p.info.state != "loaded"]
        if out:
            message += "\nIt may be one of a plugin that is not in use: " + "; ".join(
                f"{info} is {info.state}: {info.cause}" for info in out
            )
        raise UnknownOpError(message)


def _warn_name_taken(entry: EntryPoint, owner: PluginInfo) -> None:
    other = PluginInfo.of(entry, builtin=False)
    warnings.warn(
        f"{other} was set aside: {owner} has that plugin name already. "
        f"Uninstall one, or have its author rename the entry point.",
        PluginWarning,
        stacklevel=2,
    )


_default = Registry()


def default() -> Registry:
    """The registry that ``Value``'s operators, ``og.ops`` and NumPy's dispatch use."""
    return _default
