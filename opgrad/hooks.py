"""The hooks through which plugins bring ops, schedulers, backends and bridges.

A plugin is a module named by an entry point in the group ``opgrad``. It implements any of the
functions below, marked with :data:`hookimpl`. Hooks run once, when the plugin is loaded; what they
return is checked and goes into a frozen table. No hook runs on a hot path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import pluggy

from opgrad.data import say
from opgrad.errors import PluginError
from opgrad.installed import GROUP
from opgrad.node import Node
from opgrad.operation import Op

if TYPE_CHECKING:
    from opgrad.graph import Graph

F = TypeVar("F", bound=Callable[..., object])


@runtime_checkable
class Scheduler(Protocol):
    """Decides in which order, and how, the VJPs of a graph run. See :mod:`opgrad.schedule`."""

    @property
    def name(self) -> str:
        """What users select it by."""

    def run(
        self, root: Node, cotangent: Any, wrt: frozenset[Node] | None, record: bool = False, /
    ) -> Mapping[Node, Any]:
        """The cotangents of ``wrt`` (of every node, if None), given that of ``root``.

        With ``record``, rules run on Values (see :func:`opgrad.schedule.pull_back`).
        """


class Executable(Protocol):
    """A program that a backend made: raw data in, raw data out."""

    def __call__(self, *inputs: Any) -> Sequence[Any]:
        """The values of the graph's outputs, given those of its inputs.

        An output that is an input, a constant, a part of one or what was called back may share its
        memory with that; one that is computed may not.
        """

    def report(self) -> Sequence[str]:
        """What was made of the graph, in lines for people: steps, call-backs and why, sizes."""


@runtime_checkable
class Backend(Protocol):
    """Makes programs of traced graphs. See :mod:`opgrad.compiler`."""

    @property
    def name(self) -> str:
        """What users select it by."""

    def lower(self, graph: Graph, inputs: Sequence[Node], /) -> Executable:
        """A program for a graph of primitives (:mod:`opgrad.compiler.primitives`).

        The data of its nodes are avals; ``inputs`` are the leaves that arguments go to.
        """


@runtime_checkable
class Bridge(Protocol):
    """Takes functions to another framework, and from there. See :mod:`opgrad.crossing`.

    It is asked for by name, so that its framework need not be imported before.
    """

    @property
    def name(self) -> str:
        """The framework's name."""

    def outward(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        """The framework's function that computes what an op, or a function of Values, does."""

    def inward(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        """The function of Values that computes what the framework's function does."""


class OpsHook(Protocol):
    """The type of an ``opgrad_ops`` implementation."""

    def __call__(self) -> Iterable[Op]: ...


class SchedulersHook(Protocol):
    """The type of an ``opgrad_schedulers`` implementation."""

    def __call__(self) -> Iterable[Scheduler]: ...


class FunctionsHook(Protocol):
    """The type of an ``opgrad_functions`` implementation."""

    def __call__(self) -> Mapping[Callable[..., Any], Callable[..., Any]]: ...


class LoweringsHook(Protocol):
    """The type of an ``opgrad_lowerings`` implementation."""

    def __call__(self) -> Mapping[Op, Callable[..., Any]]: ...


class BackendsHook(Protocol):
    """The type of an ``opgrad_backends`` implementation."""

    def __call__(self) -> Iterable[Backend]: ...


class BridgesHook(Protocol):
    """The type of an ``opgrad_bridges`` implementation."""

    def __call__(self) -> Iterable[Bridge]: ...


class HookimplMarker:
    """``@hookimpl`` marks any hook; ``@hookimpl.opgrad_ops`` also type-checks it."""

    _mark = pluggy.HookimplMarker(GROUP)

    def __call__(self, function: F) -> F:
        """Mark an implementation of the hook that has the function's name.

        Raises:
            PluginError: it is no function.
        """
        if not callable(function) or not hasattr(function, "__name__"):
            raise PluginError(f"@og.hookimpl marks a hook, a function; given {say(function)}")
        return self._mark(function)

    def _mark_as(self, hook: str, function: F) -> F:
        name = getattr(function, "__name__", repr(function))
        if name != hook:  # pluggy goes by the name
            raise PluginError(f"@hookimpl.{hook} marks {name}(); name that function {hook}")
        return self(function)

    def opgrad_ops(self, function: OpsHook) -> OpsHook:
        """Mark an implementation of :func:`opgrad_ops`, checked against its type."""
        return self._mark_as("opgrad_ops", function)

    def opgrad_functions(self, function: FunctionsHook) -> FunctionsHook:
        """Mark an implementation of :func:`opgrad_functions`, checked against its type."""
        return self._mark_as("opgrad_functions", function)

    def opgrad_schedulers(self, function: SchedulersHook) -> SchedulersHook:
        """Mark an implementation of :func:`opgrad_schedulers`, checked against its type."""
        return self._mark_as("opgrad_schedulers", function)

    def opgrad_lowerings(self, function: LoweringsHook) -> LoweringsHook:
        """Mark an implementation of :func:`opgrad_lowerings`, checked against its type."""
        return self._mark_as("opgrad_lowerings", function)

    def opgrad_backends(self, function: BackendsHook) -> BackendsHook:
        """Mark an implementation of :func:`opgrad_backends`, checked against its type."""
        return self._mark_as("opgrad_backends", function)

    def opgrad_bridges(self, function: BridgesHook) -> BridgesHook:
        """Mark an implementation of :func:`opgrad_bridges`, checked against its type."""
        return self._mark_as("opgrad_bridges", function)


hookimpl = HookimplMarker()
_hookspec = pluggy.HookspecMarker(GROUP)


@_hookspec
def opgrad_ops() -> Iterable[Op]:
    """Return the plugin's ops.

    Each must be exported from the plugin's module under its own name
    (``module.softplus.name == "softplus"``) and have a VJP for every input.
    """
    return ()


@_hookspec
def opgrad_functions() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """Return functions made of ops, by the NumPy function that each stands in for on Values.

    Such a function takes the NumPy function's arguments. It needs no rule, since gradients flow
    through the ops that it calls; or none at all, if it only tells something of its argument's
    data, as ``np.shape`` does.
    """
    return {}


@_hookspec
def opgrad_schedulers() -> Iterable[Scheduler]:
    """Return the plugin's schedulers, each with a ``name`` to select it by."""
    return ()


@_hookspec
def opgrad_lowerings() -> Mapping[Op, Callable[..., Any]]:
    """Return, for ops whose forward cannot be traced, what to trace in its place.

    Such a function takes the op's inputs and params, and is made of NumPy functions and of what
    :mod:`opgrad.compiler.traced` offers. It may return ``NotImplemented``. An op without one is
    called back by compiled programs.
    """
    return {}


@_hookspec
def opgrad_backends() -> Iterable[Backend]:
    """Return the plugin's backends of ``og.compile``, each with a ``name`` to select it by."""
    return ()


@_hookspec
def opgrad_bridges() -> Iterable[Bridge]:
    """Return the plugin's bridges to other frameworks, each with a ``name`` to select it by.

    The plugin's module must not import the framework; its bridge does so when it is used.
    """
    return ()


HOOKS = tuple(name for name in vars(HookimplMarker) if name.startswith(f"{GROUP}_"))
"""The names of all hooks."""

if TYPE_CHECKING:  # the specifications have the types that implementations are checked against
    _ops: OpsHook = opgrad_ops
    _functions: FunctionsHook = opgrad_functions
    _schedulers: SchedulersHook = opgrad_schedulers
    _lowerings: LoweringsHook = opgrad_lowerings
    _backends: BackendsHook = opgrad_backends
    _bridges: BridgesHook = opgrad_bridges
