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
from opgrad.claims import Claim, claims_of, is_home
from opgrad.errors import MissingExtra, PluginError
from opgrad.hooks import Backend, Bridge, Scheduler
from opgrad.installed import GROUP, Origin, Unreadable, entry_points
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
        functions: the NumPy functions that it has functions made of ops for.
        lowerings: the ops that it says how to lower.
        schedulers: the names of the schedulers that it brings.
        backends: the names of the backends that it brings.
        bridges: the names of the bridges that it brings.
    """

    name: str
    module: str
    distribution: str | None = None
    version: str = "?"
    builtin: bool = False
    state: State = "loaded"
    cause: str = ""
    ops: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    lowerings: tuple[str, ...] = ()
    schedulers: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    bridges: tuple[str, ...] = ()

    def __str__(self) -> str:
        package = self.distribution or f"module {self.module}"
        return f"plugin {self.name!r} ({package} {self.version})"

    @classmethod
    def of(cls, entry: EntryPoint, *, builtin: bool) -> PluginInfo:
        """Read who it is from its entry point's metadata; imports nothing."""
        origin = Origin.of(entry.dist)
        return cls(
            name=entry.name,
            module=entry.value.partition("[")[0].strip(),  # without extras
            distribution=origin.name,
            version=origin.version,
            builtin=builtin,
        )

    @classmethod
    def unreadable(cls, found: Unreadable) -> PluginInfo:
        """What stands for the plugins of a distribution whose entry points cannot be read."""
        name, version = found.origin.name, found.origin.version
        return cls(name or "?", "?", name, version, state="broken", cause=found.cause)

    def with_state(self, state: State, cause: str) -> PluginInfo:
        """The same plugin in another state."""
        return evolve(self, state=state, cause=cause)


@frozen
class Plugin:
    """A plugin and what it claims: all that its hooks returned."""

    info: PluginInfo
    ops: tuple[Op, ...] = ()
    claims: tuple[Claim, ...] = ()


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
    for entry in entry_points():
        if not isinstance(entry, Unreadable):
            info = PluginInfo.of(entry, builtin=False)
            if f"{op.module}.".startswith(f"{info.module}."):
                return info
    return None


def load_or_set_aside(info: PluginInfo, find_module: Callable[[], ModuleType]) -> Plugin:
    """Load a plugin; if that fails, return it as unavailable or broken, with the cause.

    Whatever its module or its hooks raise is the plugin's fault and no one else's, but what a
    signal brings: the user's Ctrl-C, or a handler that ends the program.
    """
    try:
        return load(info, find_module())
    except MissingExtra as error:
        return Plugin(info=info.with_state("unavailable", str(error)))
    except PluginError as error:
        cause = str(error)
    except BaseException as error:
        if _is_of_signal(error):
            raise
        cause = f"{type(error).__name__}: {_text(error)}{_where(error, info)}"
    return Plugin(info=info.with_state("broken", cause))


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # it has a __str__ of its own, which is as broken
        return "(it has no text)"


def _is_of_signal(error: BaseException) -> bool:
    """Whether an exception came out of a signal's handler, and so may have come at any line."""
    import signal  # when a plugin is broken only
    from opcode import opname

    handlers = {getattr(signal.getsignal(s), "__code__", None) for s in signal.valid_signals()}
    raised_here = False
    link = error.__traceback__
    while link is not None:
        code = link.tb_frame.f_code
        if code in handlers:
            return True
        raised_here = opname[code.co_code[link.tb_lasti]] == "RAISE_VARARGS"
        link = link.tb_next
    # Python's own handler, of Ctrl-C, has no frame.
    return isinstance(error, KeyboardInterrupt) and not raised_here


def _where(error: BaseException, info: PluginInfo) -> str:
    """The line of the plugin that failed, and how to see more if its import did."""
    import traceback  # when a plugin is broken only: it takes its time

    module = info.module.partition(":")[0]
    package = module.partition(".")[0]
    lines = [
        f" ({PurePath(frame.f_code.co_filename).name}:{number})"
        for frame, number in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package
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
    manager = pluggy.PluginManager(GROUP)
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
    brought = {hook: READ[hook](getattr(manager.hook, hook)) for hook in hooks.HOOKS}
    if not any(brought.values()):
        raise PluginError(
            f"it brings nothing: its module {info.module} implements no hook "
            f"(is it marked with @og.hookimpl?), or its hooks return nothing"
        )
    ops = brought["opgrad_ops"]
    for op in ops:
        _check_op(module, op)
    for hook, protocol in _MADE.items():
        for made in brought[hook]:
            _check_made(hook, protocol, made)
    claims = claims_of(info.name, info.module, builtin=info.builtin, brought=brought)
    _check_unique(claims)
    info = evolve(
        info,
        ops=tuple(op.name for op in ops),
        functions=tuple(map(full_name, brought["opgrad_functions"])),
        lowerings=tuple(f"{op.module}.{op.name}" for op in brought["opgrad_lowerings"]),
        schedulers=tuple(scheduler.name for scheduler in brought["opgrad_schedulers"]),
        backends=tuple(backend.name for backend in brought["opgrad_backends"]),
        bridges=tuple(bridge.name for bridge in brought["opgrad_bridges"]),
    )
    for op in ops:  # a plugin may pass on another's op
        if op not in _owners or (is_home(info.module, op) > is_home(_owners[op].module, op)):
            _owners[op] = info
    return Plugin(info=info, ops=ops, claims=claims)


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


READ: Mapping[str, Callable[[pluggy.HookCaller], Any]] = {
    "opgrad_ops": _items,
    "opgrad_functions": _functions,
    "opgrad_lowerings": _lowerings,
    "opgrad_schedulers": _items,
    "opgrad_backends": _items,
    "opgrad_bridges": _items,
}
"""How what each hook returned is read."""


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


_MADE: Mapping[str, type[Scheduler | Backend | Bridge]] = {
    "opgrad_schedulers": Scheduler,
    "opgrad_backends": Backend,
    "opgrad_bridges": Bridge,
}
_CALLED: Mapping[type, Mapping[str, tuple[str, ...]]] = {
    Scheduler: {"run": ("root", "cotangent", "wrt", "record")},
    Backend: {"lower": ("graph", "inputs")},
    Bridge: {"outward": ("function",), "inward": ("function",)},
}
"""The methods of each that OpGrad calls, and with what, by position."""


def _check_unique(claims: Iterable[Claim]) -> None:
    named = {claim.thing: claim.phrase for claim in claims}
    for thing, times in Counter(claim.thing for claim in claims).items():
        if times > 1:
            raise PluginError(f"it claims {named[thing]} {times} times")
