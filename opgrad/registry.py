"""The registry: plugins in, a frozen table of ops and schedulers out.

Plugins are found through entry points, loaded by :mod:`opgrad.plugin`, and merged here. The
built-in ones (those of OpGrad's own distribution) load at the first look-up; third-party ones only
when something is looked up that the built-ins do not have, or when the whole table is listed.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import RLock
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from attrs import frozen

from opgrad.errors import (
    AmbiguousOpError,
    PluginError,
    PluginWarning,
    UnknownOpError,
    UnknownSchedulerError,
)
from opgrad.hooks import GROUP, Scheduler
from opgrad.operation import Op
from opgrad.plugin import Plugin, PluginInfo, load, load_or_set_aside

if TYPE_CHECKING:  # importing it takes as long as a third of OpGrad: when a plugin is looked for
    from importlib.metadata import EntryPoint

BUILTIN_DISTRIBUTION = "opgrad"
SLOW_BUILTINS = frozenset({"scipy"})
"""Built-in plugins that import a large package: they load with the third-party ones."""


def builtin_entry_points() -> tuple[EntryPoint, ...]:
    """The entry points of OpGrad's own distribution: one look-up, not a scan of all.

    Without those of :data:`SLOW_BUILTINS`.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(BUILTIN_DISTRIBUTION).entry_points.select(group=GROUP)
    except PackageNotFoundError:
        return ()
    return tuple(entry for entry in found if entry.name not in SLOW_BUILTINS)


def installed_entry_points() -> tuple[EntryPoint, ...]:
    """The entry points of every distribution on ``sys.path``, always in the same order."""
    from importlib.metadata import entry_points

    found = entry_points(group=GROUP)
    return tuple(
        sorted(found, key=lambda entry: (entry.dist.name if entry.dist else "", entry.name))
    )


@frozen
class Table:
    """What the loaded plugins bring: built once per load, never changed."""

    ops: Mapping[str, Op]
    """By qualified name: ``plugin.op``."""
    short: Mapping[str, tuple[str, ...]]
    """Op name to the qualified names that may answer to it: one, unless plugins conflict."""
    implementing: Mapping[Callable[..., Any], tuple[str, ...]]
    """NumPy function to the qualified names of the ops that implement it."""
    functions: Mapping[Callable[..., Any], Callable[..., Any]]
    """NumPy function to the function made of ops that stands in for it."""
    schedulers: Mapping[str, Scheduler]
    """By name."""


class Registry:
    """A set of plugins and the table of what they bring.

    There is one :func:`default` registry, fed by entry points; tests make their own
    (``Registry(builtins=tuple, installed=tuple)`` starts empty) and :meth:`register` modules.

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
        self._loading: set[bool] = set()
        self._plugins: dict[str, Plugin] = {}
        self._namesakes: list[PluginInfo] = []  # set aside: their plugin name was taken
        self._preferred: tuple[str, ...] = ()
        self._table = Table({}, {}, {}, {}, {})
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
        raise self._unknown(name)

    def implementation(self, function: Callable[..., Any]) -> Op | Callable[..., Any] | None:
        """What ``function``, a NumPy function or ufunc, becomes on Values.

        An op; or a function made of ops, of the same arguments; or ``None``.

        Raises:
            AmbiguousOpError: several plugins implement it, and none is preferred.
        """
        for load_stage in self._stages():
            load_stage()
            if names := self._table.implementing.get(function):
                return self._one_of(names, f"function {_name_of(function)}")
            if found := self._table.functions.get(function):
                return found
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
            f"there are: {', '.join(sorted(self._table.schedulers)) or 'none'}{self._not_in_use()}"
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
        return (*(plugin.info for plugin in self._plugins.values()), *self._namesakes)

    def prefer(self, *plugins: str) -> None:
        """Settle conflicts over names and NumPy functions in favour of these plugins.

        Of several preferred ones, the one named first, and most recently, comes first.

        Raises:
            LookupError: no plugin of that name is installed.
        """
        with self._lock:
            before = self._preferred
            # Set first: what is settled by this needs no warning when the plugins load.
            self._preferred = (*plugins, *(p for p in before if p not in plugins))
            try:
                self.load_all()
                for name in plugins:
                    if name not in self._plugins:
                        known = ", ".join(sorted(self._plugins))
                        raise LookupError(f"no plugin {name!r} to prefer; there are: {known}")
            except BaseException:
                self._preferred = before
                raise
            finally:
                self._rebuild()

    # -- filling ---------------------------------------------------------------------------------

    def register(self, module: ModuleType, *, name: str, version: str = "?") -> None:
        """Add a module as a plugin, without an entry point.

        Raises:
            PluginError: the module's hooks, or what they return, are not valid; or another plugin
                has that name.
        """
        self.load_builtins()  # or the module could take the name of one
        info = PluginInfo(name=name, module=module.__name__, version=version)
        with self._lock:
            owner = self._plugins.get(name)
            try:
                if owner is not None and owner.info.module != info.module:
                    raise PluginError(f"{owner.info} has that plugin name already")
                plugin = load(info, lambda: module)
            except PluginError as error:
                raise PluginError(f"{info} cannot be registered: {error}") from None
            self._plugins[name] = plugin
            self._rebuild()
        _warn(self._unsettled([plugin]))

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
            if builtin in self._loaded or builtin in self._loading:
                return  # being loaded, by this thread: a plugin looks an op up while it is imported
            self._loading.add(builtin)
            try:
                found = [self._admit(entry, builtin) for entry in self._sources[builtin]()]
                self._rebuild()
                self._loaded.add(builtin)
            finally:
                self._loading.discard(builtin)
        # Last, when all is in place: warnings may have been made errors.
        broken = [p.info for p in found if p is not None and p.info.state == "broken"]
        _warn(f"{info} was set aside: {info.cause}" for info in broken)
        _warn(self._unsettled([p for p in found if p is not None]))

    def _admit(self, entry: EntryPoint, builtin: bool) -> Plugin | None:
        """Load what an entry point names; None if it is loaded already."""
        info = PluginInfo.of(entry, builtin=builtin or _is_slow_builtin(entry))
        owner = self._plugins.get(info.name)
        if owner is None:
            disabled = os.environ.get("OPGRAD_DISABLE", "").split(",")
            if info.name in (name.strip() for name in disabled):
                plugin = Plugin(info=info.with_state("disabled", "named in OPGRAD_DISABLE"))
            else:
                plugin = load_or_set_aside(info, entry.load)
            self._plugins[info.name] = plugin
            return plugin
        if owner.info.module == info.module:  # every built-in is listed as installed, too
            return None
        cause = (
            f"{owner.info} has that plugin name already; "
            f"uninstall one, or have its author rename the entry point"
        )
        namesake = info.with_state("broken", cause)
        self._namesakes.append(namesake)
        return Plugin(info=namesake)

    def _rebuild(self) -> None:
        plugins = [p for p in self._plugins.values() if p.info.state == "loaded"]
        claims = {f"{p.info.name}.{op.name}": op for p in plugins for op in p.ops}
        short: dict[str, list[str]] = {}
        implementing: dict[Callable[..., Any], list[str]] = {}
        for qualified, op in claims.items():
            short.setdefault(op.name, []).append(qualified)
            for function in op.implements:
                implementing.setdefault(function, []).append(qualified)
        by_rank = sorted(plugins, key=lambda p: self._rank(p.info.name))
        self._table = Table(
            ops=MappingProxyType(claims),
            short=MappingProxyType({k: self._settle(names) for k, names in short.items()}),
            implementing=MappingProxyType(
                {k: self._settle(names) for k, names in implementing.items()}
            ),
            functions=MappingProxyType(
                {f: g for p in reversed(by_rank) for f, g in p.functions.items()}
            ),
            schedulers=MappingProxyType(
                {s.name: s for p in reversed(by_rank) for s in p.schedulers}
            ),
        )

    def _rank(self, plugin: str) -> int:
        """The place in the user's order of preference; all that are not in it share the last."""
        return (*self._preferred, plugin).index(plugin)

    def _settle(self, names: list[str]) -> tuple[str, ...]:
        """Who of several claimants gets it: a preferred plugin, else a built-in, else nobody."""
        first = min(names, key=lambda name: self._rank(_plugin_of(name)))
        if _plugin_of(first) in self._preferred:
            return (first,)
        builtin = (n for n in names if self._plugins[_plugin_of(n)].info.builtin)
        return tuple(builtin) or tuple(names)

    def _unsettled(self, plugins: Iterable[Plugin]) -> Iterator[str]:
        """What plugins claim and do not get, unless the user has settled that."""
        for plugin in plugins:
            name = plugin.info.name
            lost = {
                what: holders[0]
                for what, holders in self._claims(plugin)
                if name not in holders and holders[0] not in self._preferred
            }
            if lost:
                owners = dict.fromkeys(lost.values())
                settle = " or ".join(f"og.prefer({owner!r})" for owner in (name, *owners))
                qualified = [f"{name}.{op.name}" for op in plugin.ops]
                yield (
                    f"{plugin.info} does not get {', '.join(lost)}, which stays with "
                    f"{' and '.join(str(self._plugins[owner].info) for owner in owners)}. "
                    f"Settle it with {settle}."
                    + (f" og.ops[{qualified[0]!r}] works either way." if qualified else "")
                )

    def _claims(self, plugin: Plugin) -> Iterator[tuple[str, list[str]]]:
        """What a plugin would have, and the names of the plugins that do have it."""
        for op in plugin.ops:
            yield f"the op name {op.name!r}", [_plugin_of(n) for n in self._table.short[op.name]]
            for function in op.implements:
                names = self._table.implementing[function]
                yield f"the function {_name_of(function)}", [_plugin_of(n) for n in names]
        for scheduler in plugin.schedulers:
            chosen = self._table.schedulers[scheduler.name]
            owners = [n for n, p in self._plugins.items() if chosen in p.schedulers]
            yield f"the scheduler name {scheduler.name!r}", owners

    # -- failing ---------------------------------------------------------------------------------

    def _one_of(self, names: tuple[str, ...], what: str) -> Op:
        if len(names) == 1:
            return self._table.ops[names[0]]
        owners = [self._plugins[_plugin_of(name)].info for name in names]
        raise AmbiguousOpError(
            f"{what} is claimed by {' and by '.join(str(owner) for owner in owners)}. Use "
            f"{' or '.join(f'og.ops[{name!r}]' for name in names)}, "
            f"or settle it once with og.prefer({owners[0].name!r})."
        )

    def _unknown(self, name: str) -> UnknownOpError:
        import difflib  # when something is missing only: it takes its time

        known = self._table.ops if "." in name else self._table.short
        close = difflib.get_close_matches(name, known, n=3)
        meant = f"; did you mean {' or '.join(repr(c) for c in close)}?" if close else ""
        return UnknownOpError(
            f"no installed plugin provides op {name!r}{meant}{self._not_in_use()}"
        )

    def _not_in_use(self) -> str:
        """The plugins that might have brought what is missing."""
        if self._loading:
            return (
                "\nPlugins are still being loaded: a plugin cannot look up another's ops while it "
                "is imported. Import that plugin's module instead."
            )
        return "".join(
            f"\nIt may be one of {info}, which is {info.state}: {info.cause}"
            for info in (*(p.info for p in self._plugins.values()), *self._namesakes)
            if info.state != "loaded"
        )


def _is_slow_builtin(entry: EntryPoint) -> bool:
    is_own = entry.dist is not None and entry.dist.name == BUILTIN_DISTRIBUTION
    return is_own and entry.name in SLOW_BUILTINS


def _plugin_of(qualified: str) -> str:
    return qualified.rpartition(".")[0]


def _name_of(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", repr(function))


def _warn(messages: Iterable[str]) -> None:
    for message in messages:
        warnings.warn(message, PluginWarning, stacklevel=2)


_default = Registry()


def default() -> Registry:
    """The registry that ``Value``'s operators, ``og.ops`` and NumPy's dispatch use."""
    return _default
