"""One plugin: who it is, and how its module is loaded, checked, and set aside if it is broken."""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from types import FunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

import pluggy
from attrs import evolve, frozen

from opgrad import hooks
from opgrad.errors import MissingExtra, PluginError
from opgrad.hooks import Backend, Bridge, Scheduler
from opgrad.operation import NO_MODULE, Op, full_name, missing_rule

if TYPE_CHECKING:  # importing it takes as long as a third of OpGrad: when a plugin is looked for
    from importlib.metadata import EntryPoint

State: TypeAlias = Literal["loaded", "disabled", "unavailable", "uncertified", "broken"]


@frozen
class PluginInfo:
    """Who a plugin is and how it fares.

    Attributes:
        name: its entry point's name.
        module: the module that the entry point names.
        distribution: the installed package that brought it (``None``: registered by hand).
        version: that package's version.
        builtin: it comes with OpGrad.
        state: ``loaded``, ``disabled`` (by ``OPGRAD_DISABLE``), ``unavailable`` (it needs a package
            that is not installed), ``uncertified`` (and ``OPGRAD_REQUIRE_CERTIFIED`` refuses it) or
            ``broken``.
        cause: why it is not loaded.
        ops: the names of the ops that it brings.
        schedulers: the names of the schedulers that it brings.
        backends: the names of the backends that it brings.
    """

    name: str
    module: str
    distribution: str | None = None
    version: str = "?"
    builtin: bool = False
    state: State = "loaded"
    cause: str = ""
    ops: tuple[str, ...] = ()
    schedulers: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()

    def __str__(self) -> str:
        package = self.distribution or f"module {self.module}"
        return f"plugin {self.name!r} ({package} {self.version})"

    @classmethod
    def of(cls, entry: EntryPoint, *, builtin: bool) -> PluginInfo:
        """Read who it is from its entry point's metadata; imports nothing."""
        dist = entry.dist
        return cls(
            name=entry.name,
            module=entry.value.partition("[")[0].strip(),  # without extras
            distribution=dist.name if dist else None,
            version=(dist.version if dist else None) or "?",
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
    functions: Mapping[Callable[..., Any], Callable[..., Any]] = MappingProxyType({})
    lowerings: Mapping[Any, Callable[..., Any]] = MappingProxyType({})
    backends: tuple[Backend, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    schedulers: tuple[Scheduler, ...] = ()


_owners: WeakKeyDictionary[Op, PluginInfo] = WeakKeyDictionary()


def describe(op: Op) -> str:
    """The op with its plugin and version, as errors name it."""
    owner = _owners.get(op) or _installed_owner(op)
    if owner is None:
        home = "defined in no module" if op.module == NO_MODULE else f"of module {op.module}"
        return f"op {op.name!r} ({home}, not registered by a plugin)"
    return f"op {op.name!r} of {owner}"


def _installed_owner(op: Op) -> PluginInfo | None:
    """Whose module an op comes from that was imported directly, before its plugin was loaded."""
    from importlib.metadata import entry_points

    for entry in entry_points(group=hooks.GROUP):
        if f"{op.module}.".startswith(f"{entry.module}."):
            return PluginInfo.of(entry, builtin=False)
    return None


def load_or_set_aside(info: PluginInfo, find_module: Callable[[], ModuleType]) -> Plugin:
    """Load a plugin; if that fails, return it as unavailable or broken, with the cause."""
    try:
        return load(info, find_module())
    except MissingExtra as error:
        return Plugin(info=info.with_state("unavailable", str(error)))
    except PluginError as error:
        cause = str(error)
    except (Exception, SystemExit) as error:  # a module may be a script that exits
        cause = f"{type(error).__name__}: {error}{_where(error, info)}"
    return Plugin(info=info.with_state("broken", cause))


def _where(error: BaseException, info: PluginInfo) -> str:
    """The line of the plugin that failed, and how to see more if its import did."""
    import traceback  # when a plugin is broken only: it takes its time

    module = info.module.partition(":")[0]
    package = module.partition(".")[0]
    lines = [
        f" ({PurePath(frame.f_code.co_filename).name}:{number})"
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__", "").partition(".")[0] == package
    ]
    line = lines[-1] if lines and not isinstance(error, SyntaxError) else ""  # that says its own
    imported = module in sys.modules
    return line + ("" if imported else f"; for the traceback: python -c 'import {module}'")


def load(info: PluginInfo, module: ModuleType) -> Plugin:
    """Run the hooks of a plugin's module, and check what they return.

    Raises:
        PluginError: a hook is unknown, has unknown arguments, or returned something invalid; the
            message leaves it to the caller to say which plugin that is.
        Exception: whatever a hook raised.
    """
    if not isinstance(module, ModuleType):
        raise PluginError(f"its entry point names {info.module}, which is no module: {module!r}")
    manager = pluggy.PluginManager(hooks.GROUP)
    manager.add_hookspecs(hooks)
    try:
        manager.register(module, name=info.name)
    except pluggy.PluginValidationError as error:
        detail = str(error).partition("\n")[2]  # its first line names the plugin again
        raise PluginError(f"one of its hooks does not fit: {' '.join(detail.split())}") from None
    implemented = {caller.name: caller for caller in manager.get_hookcallers(module) or ()}
    for name, caller in implemented.items():
        if not caller.has_spec():
            raise PluginError(f"it implements {name}(), and there is no such hook; {_meant(name)}")
    for name in hooks.HOOKS:
        if name not in implemented and isinstance(vars(module).get(name), FunctionType):
            raise PluginError(f"its {name}() is not marked with @og.hookimpl")
    ops = _items(manager.hook.opgrad_ops)
    functions = _functions(manager.hook.opgrad_functions)
    lowerings = _lowerings(manager.hook.opgrad_lowerings)
    schedulers = _items(manager.hook.opgrad_schedulers)
    backends = _items(manager.hook.opgrad_backends)
    bridges = _items(manager.hook.opgrad_bridges)
    if not any((ops, functions, lowerings, schedulers, backends, bridges)):
        raise PluginError(
            f"it brings nothing: its module {info.module} implements no hook "
            f"(is it marked with @og.hookimpl?), or its hooks return nothing"
        )
    for op in ops:
        _check_op(module, op)
    for scheduler in schedulers:
        _check_made("opgrad_schedulers", Scheduler, scheduler)
    for backend in backends:
        _check_made("opgrad_backends", Backend, backend)
    for bridge in bridges:
        _check_made("opgrad_bridges", Bridge, bridge)
    _check_unique("backends named {}", (repr(b.name) for b in backends))
    _check_unique("bridges named {}", (repr(b.name) for b in bridges))
    _check_unique("ops named {}", (repr(op.name) for op in ops))
    _check_unique("ops that implement {}", (full_name(f) for op in ops for f in op.implements))
    _check_unique("schedulers named {}", (repr(s.name) for s in schedulers))
    info = evolve(
        info,
        ops=tuple(op.name for op in ops),
        schedulers=tuple(scheduler.name for scheduler in schedulers),
        backends=tuple(backend.name for backend in backends),
    )
    for op in ops:
        _owners.setdefault(op, info)  # a plugin may pass on another's op
    return Plugin(
        info=info,
        ops=ops,
        functions=functions,
        schedulers=schedulers,
        lowerings=lowerings,
        backends=backends,
        bridges=bridges,
    )


def _functions(hook: pluggy.HookCaller) -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """What the one plugin's implementation of ``opgrad_functions`` returned, if it has one."""
    result = hook()[0] if hook.get_hookimpls() else {}
    if not isinstance(result, Mapping) or not all(map(callable, (*result, *result.values()))):
        raise PluginError(
            f"{hook.name}() returned {result!r}, not a mapping from functions to functions"
        )
    return MappingProxyType(dict(result))


def _lowerings(hook: pluggy.HookCaller) -> Mapping[Any, Callable[..., Any]]:
    """What the one plugin's implementation of ``opgrad_lowerings`` returned, if it has one."""
    result = _functions(hook)
    for op in result:
        if not isinstance(op, Op):
            raise PluginError(f"{hook.name}() returned a lowering of {op!r}, which is no op")
    return result


def _meant(name: str) -> str:
    """The hook that was probably meant, or all that there are."""
    import difflib  # when something is wrong only: it takes its time

    close = difflib.get_close_matches(name, hooks.HOOKS, n=1)
    return f"did you mean {close[0]}()?" if close else f"there are: {', '.join(hooks.HOOKS)}"


def _items(hook: pluggy.HookCaller) -> tuple[Any, ...]:
    """What the one plugin's implementation of a hook returned, if it has one, as a tuple."""
    if not hook.get_hookimpls():
        return ()
    results = hook()  # a list with one result, empty if that is None
    result = results[0] if results else None
    if not isinstance(result, Iterable) or isinstance(result, str):
        raise PluginError(f"{hook.name}() returned {result!r}, not a list")
    return tuple(result)


def _check_op(module: ModuleType, op: object) -> None:
    if not isinstance(op, Op) or not callable(op):
        raise PluginError(
            f"opgrad_ops() returned {op!r}, which was not made with the @og.op decorator"
        )
    if not op.complete:
        missing = [i for i, rule in enumerate(op.rules) if rule is missing_rule]
        some = 0 < len(missing) < len(op.rules)
        inputs = f" for input {', '.join(map(str, missing))}" if some else ""
        raise PluginError(f"op {op.name!r} has no VJP{inputs}; give it one with @{op.name}.vjp")
    if getattr(module, op.name, None) is not op:
        raise PluginError(
            f"op {op.name!r} is not exported as {module.__name__}.{op.name}; "
            f"an op must be found in its plugin's module under its own name"
        )


def _check_made(hook: str, protocol: type[Scheduler | Backend | Bridge], made: object) -> None:
    """A scheduler or its like: a name to select it by, and the methods that are called."""
    kind, methods = protocol.__name__.lower(), _CALLED[protocol]
    what = f"{hook}() returned {made!r}, which is no {kind}"
    if isinstance(made, type) or not isinstance(made, protocol):
        calls = [f".{method}({', '.join(arguments)})" for method, arguments in methods.items()]
        raise PluginError(f"{what}: an object with .name and {' and '.join(calls)}")
    if not isinstance(made.name, str):
        raise PluginError(f"{what}: its .name is {made.name!r}, not a string")
    for method, arguments in methods.items():
        try:
            inspect.signature(getattr(made, method)).bind(*arguments)
        except (TypeError, ValueError) as error:
            raise PluginError(
                f"{what}: its .{method} does not take ({', '.join(arguments)}): {error}"
            ) from None


_CALLED: Mapping[type, Mapping[str, tuple[str, ...]]] = {
    Scheduler: {"run": ("root", "cotangent", "wrt", "record")},
    Backend: {"lower": ("graph", "inputs")},
    Bridge: {"outward": ("function",), "inward": ("function",)},
}
"""The methods of each that OpGrad calls, and with what, by position."""


def _check_unique(what: str, things: Iterable[str]) -> None:
    for thing, times in Counter(things).items():
        if times > 1:
            raise PluginError(f"it brings {times} {what.format(thing)}")
