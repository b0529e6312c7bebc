"""The registry: plugins in, a frozen table of what they provide out.

Plugins are found through entry points, loaded by :mod:`opgrad.plugin`, and merged here. The
built-in ones (those of OpGrad's own distribution) load at the first look-up; third-party ones only
when something is looked up that the built-ins do not have, or when the whole table is listed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard

from opgrad.certificate import Certification, Fingerprints, certification, fingerprints
from opgrad.claims import Claim, Kind
from opgrad.diagnostics import user_frame
from opgrad.discovery import (
    admitted,
    builtin_entry_points,
    disabled_in_vain,
    installed_entry_points,
    is_own,
    kept_out,
)
from opgrad.errors import (
    PluginError,
    PluginWarning,
    UnknownBackendError,
    UnknownBridgeError,
    UnknownOpError,
    UnknownPluginError,
    UnknownSchedulerError,
)
from opgrad.hooks import Backend, Bridge, Scheduler
from opgrad.installed import Unreadable
from opgrad.operation import Op
from opgrad.plugin import Plugin, PluginInfo, load
from opgrad.table import Table

if TYPE_CHECKING:  # importing it takes as long as a third of OpGrad: when a plugin is looked for
    from importlib.metadata import EntryPoint

LOAD_TIMEOUT = 60.0
"""How many seconds a thread waits for another one that loads plugins."""


class Registry:
    """A set of plugins and the table of what they bring.

    There is one :func:`default` registry, fed by entry points; tests make their own
    (``Registry(builtins=tuple, installed=tuple)`` starts empty) and :meth:`register` modules.

    Args:
        builtins: yields the entry points of built-in plugins, loaded at the first look-up; but
            those that need an extra load with the third-party ones.
        installed: yields all entry points, read when the built-ins do not have what is asked.
    """

    def __init__(
        self,
        *,
        builtins: Callable[[], Iterable[EntryPoint]] = builtin_entry_points,
        installed: Callable[[], Iterable[EntryPoint | Unreadable]] = installed_entry_points,
    ) -> None:
        self._sources = {True: builtins, False: installed}
        self._loaded: set[bool] = set()
        self._loading: set[bool] = set()
        self._plugins: dict[str, Plugin] = {}
        self._aside: list[PluginInfo] = []  # their plugin name was taken, or cannot be read
        self._preferred: tuple[str, ...] = ()
        self._table = Table.of()
        self._implementations: dict[Callable[..., Any], Op | Callable[..., Any]] = {}
        self.operators: dict[Callable[..., Any], Callable[..., Any]] = {}
        self._lock = RLock()

    # -- looking up ------------------------------------------------------------------------------

    def lookup(self, name: str) -> Op:
        """The op of that short (``softplus``) or qualified (``special.softplus``) name.

        Raises:
            UnknownOpError: no loaded plugin has it.
            AmbiguousOpError: several plugins do, and none is preferred.
        """
        if "." not in name:
            if claim := self._claim("op", name, *self._stages()):
                return claim.made  # type: ignore[no-any-return]  # of that kind
        else:
            for load_stage in self._stages():
                load_stage()
                if name in self._table.ops:
                    return self._table.ops[name]
        raise self._unknown(name)

    def implementing(self, function: Callable[..., Any]) -> Op | None:
        """The op that ``function``, a NumPy function or ufunc, becomes on a ``Value``, if any.

        Raises:
            AmbiguousOpError: several plugins implement it, and none is preferred.
        """
        found = self.implementation(function)
        return found if isinstance(found, Op) else None

    def implementation(self, function: Callable[..., Any]) -> Op | Callable[..., Any] | None:
        """What ``function`` becomes on Values: an op, or a function made of ops, if any.

        Raises:
            AmbiguousError: several plugins implement it, and none is preferred.
        """
        if found := self._implementations.get(function):
            return found
        if claim := self._claim("function", function, *self._stages()):
            self._implementations[function] = claim.made
            return claim.made  # type: ignore[no-any-return]  # of that kind
        return None

    def scheduler(self, name: str) -> Scheduler:
        """The scheduler of that name.

        Raises:
            UnknownSchedulerError: no installed plugin has it.
            AmbiguousError: several do, and none is preferred.
        """
        found: Scheduler = self._named("scheduler", name, UnknownSchedulerError)
        return found

    def lowering(self, op: Op) -> Callable[..., Any] | None:
        """What to trace in the place of an op's forward, if its plugin says so.

        Raises:
            AmbiguousError: several other plugins do, of an op that no plugin brings.
        """
        claim = self._claim("lowering", op, *self._stages())
        return None if claim is None else claim.made

    def backend(self, name: str) -> Backend:
        """The backend of that name.

        Raises:
            UnknownBackendError: no installed plugin has it.
            AmbiguousError: several do, and none is preferred.
        """
        found: Backend = self._named("backend", name, UnknownBackendError)
        return found

    def bridge(self, name: str) -> Bridge:
        """The bridge to the framework of that name.

        Raises:
            UnknownBridgeError: no installed plugin has it.
            AmbiguousError: several do, and none is preferred.
        """
        found: Bridge = self._named("bridge", name, UnknownBridgeError)
        return found

    def certification(self, plugin: PluginInfo) -> Certification:
        """Whether what a plugin brings has been checked, as it is now."""
        if plugin.builtin:
            return Certification("built in")
        held = self._plugins.get(plugin.name)
        if held is None or held.info != plugin or plugin.state != "loaded":
            return Certification("uncertified", plugin.cause)
        return certification(held)

    def fingerprints(self, plugin: str) -> Fingerprints:
        """The hashes of what a plugin brings, as it is now; loads all.

        Raises:
            UnknownPluginError: no plugin of that name is installed.
        """
        return fingerprints(self._plugin(plugin))

    def _named(self, kind: Kind, name: str, error: type[Exception]) -> Any:
        stages = (self.load_builtins, lambda: self._load_extra(name), self.load_all)
        if claim := self._claim(kind, name, *stages):
            return claim.made
        there_are = ", ".join(sorted(self._table.held(kind))) or "none"
        raise error(
            f"no installed plugin provides the {kind} {name!r}; "
            f"there are: {there_are}{self.not_in_use()}"
        )

    def _claim(self, kind: Kind, key: Any, *stages: Callable[[], None]) -> Claim | None:
        """The claim that holds, of all plugins, loaded as far as another could change that.

        Raises:
            AmbiguousError: there are several.
        """
        holders: Sequence[Claim] = ()
        for load_stage in stages:
            load_stage()
            table = self._table
            holders = table.holders.get((kind, key), ())
            if table.is_final(holders) or (holders and len(self._loaded) == len(self._sources)):
                break
        return self._table.only(holders) if holders else None

    @property
    def ops(self) -> Mapping[str, Op]:
        """Every op by its qualified name; loads all plugins."""
        self.load_all()
        return self._table.ops

    @property
    def functions(self) -> Mapping[Callable[..., Any], Callable[..., Any]]:
        """What stands in for NumPy functions and is made of ops; loads all plugins."""
        self.load_all()
        held = self._table.held("function").items()
        return MappingProxyType(
            {f: one.made for f, (one, *more) in held if not more and not _implements(one.made, f)}
        )

    @property
    def schedulers(self) -> Mapping[str, Scheduler]:
        """Every scheduler by its name, but those of names that nobody has; loads all plugins."""
        self.load_all()
        held = self._table.held("scheduler").items()
        return MappingProxyType({name: one.made for name, (one, *more) in held if not more})

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every plugin found, also the disabled and the broken ones; loads all."""
        self.load_all()
        return (*(plugin.info for plugin in self._plugins.values()), *self._aside)

    def conflicts(self, plugin: str) -> Mapping[str, tuple[str, ...]]:
        """What a plugin claims and does not have, to the plugins that have it; loads all.

        If several have it, among them this one, nobody does until the user prefers one.

        Raises:
            UnknownPluginError: no plugin of that name is installed.
        """
        claims = self._table.claims(self._plugin(plugin))
        return MappingProxyType({c.phrase: held for c, held in claims if held != (plugin,)})

    def _plugin(self, name: str) -> Plugin:
        self.load_all()
        if name not in self._plugins:
            raise UnknownPluginError(
                f"no plugin {name!r}; there are: {', '.join(sorted(self._plugins))}"
            )
        return self._plugins[name]

    def prefer(self, *plugins: str) -> None:
        """Settle conflicts over names, NumPy functions and lowerings in favour of these plugins.

        Of several preferred ones, the one named first, and most recently, comes first.

        Raises:
            UnknownPluginError: no plugin of that name is installed.
        """
        with self._lock:
            before = self._preferred
            # Set first: what is settled by this needs no warning when the plugins load.
            self._preferred = (*plugins, *(p for p in before if p not in plugins))
            try:
                for name in plugins:
                    self._plugin(name)
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
                plugin = load(info, module)
            except PluginError as error:
                raise PluginError(f"{info} cannot be registered: {error}") from None
            self._plugins[name] = plugin
            self._rebuild()
        _warn([self._table.unsettled(plugin)])

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
        with self._exclusively():
            if builtin in self._loaded or builtin in self._loading:
                return  # being loaded, by this thread: a plugin looks an op up while it is imported
            self._loading.add(builtin)
            try:
                found = [
                    self._admit(entry, builtin)
                    for entry in self._sources[builtin]()
                    if not (builtin and _needs_extra(entry))
                ]
                self._rebuild()
                self._loaded.add(builtin)
            finally:
                self._loading.discard(builtin)
        self._report(found)
        if not builtin:
            _warn(disabled_in_vain({*self._plugins, *(info.name for info in self._aside)}))

    def _load_extra(self, name: str) -> None:
        """Load the built-in plugin of that name that needs an extra, and no other plugin.

        Others of these import much that who compiles a function may have no use for.
        """
        with self._exclusively():
            found = [
                self._admit(entry, True)
                for entry in self._sources[True]()
                if _needs_extra(entry) and entry.name == name
            ]
            self._rebuild()
        self._report(found)

    def _report(self, found: Iterable[Plugin | None]) -> None:
        """Warn of plugins just loaded; when all is in place, as warnings may be made errors."""
        loaded = [plugin for plugin in found if plugin is not None]
        broken = [plugin.info for plugin in loaded if plugin.info.state == "broken"]
        _warn(f"{info} was set aside: {info.cause}" for info in broken)
        _warn(self._table.unsettled(plugin) for plugin in loaded)

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """One thread loads at a time. The others wait, but not for ever.

        A thread that imports a plugin which, while it is imported, looks an op up, and another that
        loads that plugin, would wait for each other.
        """
        if not self._lock.acquire(timeout=LOAD_TIMEOUT):
            raise PluginError(
                f"waited {LOAD_TIMEOUT} s for another thread that loads plugins. Does a plugin's "
                f"module look up another plugin's op while it is imported? It should do so when it "
                f"is called, or import that plugin's module."
            )
        try:
            yield
        finally:
            self._lock.release()

    def _admit(self, entry: EntryPoint | Unreadable, builtin: bool) -> Plugin | None:
        """Load what an entry point names; None if it is loaded already."""
        if isinstance(entry, Unreadable):
            unreadable = kept_out(PluginInfo.unreadable(entry))
            self._aside.append(unreadable)
            return Plugin(info=unreadable)
        info = PluginInfo.of(entry, builtin=builtin or is_own(entry))
        owner = self._plugins.get(info.name)
        if owner is None:
            plugin = self._plugins[info.name] = admitted(entry, info)
            return plugin
        if owner.info.module == info.module:  # every built-in is listed as installed, too
            return None
        cause = (
            f"{owner.info} has that plugin name already; "
            f"uninstall one, or have its author rename the entry point"
        )
        namesake = info.with_state("broken", cause)
        self._aside.append(namesake)
        return Plugin(info=namesake)

    def _rebuild(self) -> None:
        self._table = Table.of(self._plugins.values(), self._preferred)
        self._implementations, self.operators = (
            {},
            {},
        )  # after the table, whose implementations it remembers

    # -- failing and warning ---------------------------------------------------------------------

    def not_in_use(self) -> str:
        """A line for each plugin that might have brought what is missing, to end a message with."""
        if self._loading:
            return (
                "\nPlugins are still being loaded: a plugin cannot look up another's ops while it "
                "is imported. Import that plugin's module instead."
            )
        infos = [*(p.info for p in self._plugins.values()), *self._aside]
        infos.sort(key=lambda info: info.state == "unavailable")  # what is broken is likelier
        return "".join(
            f"\nIt may be one of {info}, which is {info.state}: {info.cause}"
            for info in infos
            if info.state != "loaded"
        )

    def _unknown(self, name: str) -> UnknownOpError:
        close = self._table.close_to(name)
        meant = f"; did you mean {' or '.join(repr(c) for c in close)}?" if close else ""
        return UnknownOpError(f"no installed plugin provides op {name!r}{meant}{self.not_in_use()}")


def _needs_extra(entry: EntryPoint | Unreadable) -> TypeGuard[EntryPoint]:
    return not isinstance(entry, Unreadable) and bool(entry.extras)


def _implements(made: Any, function: Callable[..., Any]) -> bool:
    return isinstance(made, Op) and function in made.implements


def _warn(messages: Iterable[str]) -> None:
    """Warn at the user's line."""
    for message in filter(None, messages):
        frame = user_frame()
        seen = frame.f_globals.setdefault("__warningregistry__", {})
        place = frame.f_code.co_filename, frame.f_lineno, frame.f_globals.get("__name__")
        warnings.warn_explicit(message, PluginWarning, *place, seen)


_default = Registry()


def default() -> Registry:
    """The registry that ``Value``'s operators, ``og.ops`` and NumPy's dispatch use."""
    return _default
