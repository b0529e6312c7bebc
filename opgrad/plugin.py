"""One plugin: who it is, and how its module is loaded, checked, and set aside if it is broken."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

import pluggy
from attrs import evolve, frozen

from opgrad import hooks
from opgrad.errors import PluginError, PluginWarning
from opgrad.hooks import Scheduler
from opgrad.operation import Op, missing_rule

State: TypeAlias = Literal["loaded", "disabled", "broken"]


@frozen
class PluginInfo:
    """Who a plugin is and how it fares.

    Attributes:
        name: its entry point's name.
        module: the module that the entry point names.
        distribution: the installed package that brought it (``None``: registered by hand).
        version: that package's version.
        builtin: it comes with OpGrad.
        state: ``loaded``, ``disabled`` (by ``OPGRAD_DISABLE``) or ``broken``.
        cause: why it is not loaded.
    """

    name: str
    module: str
    distribution: str | None = None
    version: str = "?"
    builtin: bool = False
    state: State = "loaded"
    cause: str = ""

    def __str__(self) -> str:
        package = self.distribution or f"module {self.module}"
        return f"plugin {self.name!r} ({package} {self.version})"

    @classmethod
    def of(cls, entry: EntryPoint, *, builtin: bool) -> PluginInfo:
        """Read who it is from its entry point's metadata; imports nothing."""
        dist = entry.dist
        return cls(
            name=entry.name,
            module=entry.value,
            distribution=dist.name if dist else None,
            version=dist.version if dist else "?",
            builtin=builtin,
        )

    def with_state(self, state: State, cause: str) -> PluginInfo:
        """The same plugin in another state."""
        return evolve(self, state=state, cause=cause)


@frozen
class Plugin:
    """A plugin and what its hooks returned."""

    info: PluginInfo
    ops: tuple[Op, ...] = ()
    schedulers: tuple[Scheduler, ...] = ()


_owners: WeakKeyDictionary[Op, PluginInfo] = WeakKeyDictionary()


def describe(op: Op) -> str:
    """The op with its plugin and version, as errors name it."""
    owner = _owners.get(op) or _installed_owner(op)
    if owner is None:
        return f"op {op.name!r} (of module {op.module}, not registered by a plugin)"
    return f"op {op.name!r} of {owner}"


def _installed_owner(op: Op) -> PluginInfo | None:
    """Whose module an op comes from that was imported directly, before its plugin was loaded."""
    for entry in entry_points(group=hooks.GROUP):
        if f"{op.module}.".startswith(f"{entry.value}."):
            return PluginInfo.of(entry, builtin=False)
    return None


def set_aside(info: PluginInfo, find_module: Callable[[], ModuleType]) -> Plugin:
    """Load a plugin; if that fails, warn once, and return it as broken."""
    try:
        return load(info, find_module)
    except Exception as error:
        cause = error.__cause__ if isinstance(error, PluginError) and error.__cause__ else error
        broken = info.with_state("broken", f"{type(cause).__name__}: {cause}")
        warnings.warn(f"{info} was set aside: {broken.cause}", PluginWarning, stacklevel=2)
        return Plugin(info=broken)


def load(info: PluginInfo, find_module: Callable[[], ModuleType]) -> Plugin:
    """Import a plugin's module, run its hooks, and check what they return.

    Raises:
        PluginError: a hook is unknown, has unknown arguments, or returned something invalid.
        Exception: whatever the import, or a hook, raised.
    """
    module = find_module()
    manager = pluggy.PluginManager(hooks.GROUP)
    manager.add_hookspecs(hooks)
    try:
        manager.register(module, name=info.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"{info}: {error}") from None
    ops = _items(info, "opgrad_ops", manager.hook.opgrad_ops())
    schedulers = _items(info, "opgrad_schedulers", manager.hook.opgrad_schedulers())
    if not ops and not schedulers:
        raise PluginError(
            f"{info} brings nothing: its module {info.module} implements no hook "
            f"(is it marked with @og.hookimpl?), or its hooks return nothing"
        )
    for op in ops:
        _check_op(info, module, op)
    for name, times in Counter(op.name for op in ops).items():
        if times > 1:
            raise PluginError(f"{info} returns {times} ops named {name!r}")
    for scheduler in schedulers:
        if not isinstance(scheduler, Scheduler):
            raise PluginError(f"{info} returned {scheduler!r} from opgrad_schedulers()")
    for op in ops:
        _owners[op] = info
    return Plugin(info=info, ops=ops, schedulers=schedulers)


def _items(info: PluginInfo, hook: str, results: list[Any]) -> tuple[Any, ...]:
    """The one plugin's result, which pluggy hands over in a list, as a tuple."""
    for result in results:
        if not isinstance(result, Iterable) or isinstance(result, str):
            raise PluginError(f"{info}: {hook}() returned {result!r}, not a list")
        return tuple(result)
    return ()


def _check_op(info: PluginInfo, module: ModuleType, op: object) -> None:
    if not isinstance(op, Op):
        raise PluginError(
            f"{info}: opgrad_ops() returned {op!r}, which is not an op "
            f"(make one with the @og.op decorator)"
        )
    if not op.complete:
        missing = [i for i, rule in enumerate(op.rules) if rule is missing_rule]
        raise PluginError(
            f"{info}: op {op.name!r} has no VJP"
            + (
                f" for input {', '.join(map(str, missing))}"
                if 0 < len(missing) < len(op.rules)
                else ""
            )
            + f"; give it one with @{op.name}.vjp"
        )
    if getattr(module, op.name, None) is not op:
        raise PluginError(
            f"{info}: op {op.name!r} is not exported as {module.__name__}.{op.name}; "
            f"an op must be found in its plugin's module under its own name"
        )
