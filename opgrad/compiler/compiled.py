"""``og.compile``: a function whose programs are made when it is called, one for each kind of call.

A call is looked up by the structure of its arguments, the shapes and dtypes of arrays, and static
arguments. Its programs are tried in turn: one whose guards do not hold was made for other decisions
than this call takes. If none will do, the function is traced on these arguments.
"""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Generic, ParamSpec, TypeVar, overload

import numpy as np
from attrs import frozen

from opgrad.compiler.passes import optimise
from opgrad.compiler.primitives import OtherShape
from opgrad.compiler.traced import LIMIT
from opgrad.compiler.tracing import Output, Traces, own, trace, tracing
from opgrad.containers import flatten
from opgrad.data import PLAIN
from opgrad.diagnostics import user_frame
from opgrad.errors import CompileWarning, NotTraceable
from opgrad.graph import Graph
from opgrad.hooks import Backend, Executable
from opgrad.registry import default

P = ParamSpec("P")
R = TypeVar("R")

MAX_TRACES = 32
"""How many programs a kind of call may have, before the function runs as it is."""


@frozen(eq=False)
class Program:
    """One trace of a function, made into code.

    Attributes:
        traces: the run that was recorded.
        graph: what became of its graph.
        executable: what the backend made of that.
        seconds: how long each stage took.
    """

    traces: Traces
    graph: Graph
    executable: Executable
    seconds: dict[str, float]

    def run(self, inputs: Sequence[Any]) -> Any:
        """The function's result; ``_OTHER`` if these arguments lead to other decisions."""
        traces = self.traces
        try:
            values = self.executable(*inputs)
        except OtherShape:
            return _OTHER
        except Exception:
            if traces.guards:
                return _OTHER  # perhaps this call would not come here
            raise
        if traces.guards and not values[-1]:
            return _OTHER
        if traces.is_plain:
            return traces.structure.unflatten(values[: len(traces.result)])
        return traces.structure.unflatten(
            [
                values[leaf.position] if isinstance(leaf, Output) else own(leaf.value)
                for leaf in traces.result
            ]
        )


_OTHER: Any = object()


class Compiled(Generic[P, R]):
    """What :func:`compile` returns: called as the function is, with the same results.

    Attributes:
        function: the function.
        programs: those made so far, the latest last.
    """

    def __init__(
        self,
        function: Callable[P, R],
        *,
        backend: str | Backend = "auto",
        static_argnums: int | Sequence[int] = (),
        static_argnames: str | Sequence[str] = (),
        max_traces: int = MAX_TRACES,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.programs: list[Program] = []
        self._options = {
            "backend": backend,
            "static_argnums": static_argnums,
            "static_argnames": static_argnames,
            "max_traces": max_traces,
        }
        self._backend = backend
        self._static_argnums = (
            (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)
        )
        self._static_argnames = (
            (static_argnames,) if isinstance(static_argnames, str) else tuple(static_argnames)
        )
        self._max_traces = max_traces
        self._kinds: dict[Any, _Kind] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The function's result on these arguments."""
        if tracing.get():
            return self.function(*args, **kwargs)  # becomes part of the program around it
        leaves, structure = flatten((self._marked(args), self._marked_names(kwargs)))
        try:
            key = structure, tuple([_kind_of(leaf) for leaf in leaves])
            kind = self._kinds.get(key)
        except TypeError:  # a static argument that cannot be hashed, or a Value
            return self.function(*args, **kwargs)
        if kind is None:
            kind = self._kinds[key] = _Kind(
                [i for i, leaf in enumerate(leaves) if _is_dynamic(leaf)]
            )
        if kind.is_eager:
            return self.function(*args, **kwargs)
        inputs = leaves if len(kind.dynamic) == len(leaves) else [leaves[i] for i in kind.dynamic]
        for program in kind.programs:
            found = program.run(inputs)
            if found is not _OTHER:
                result: R = found
                return result
        return self._trace(kind, leaves, structure, args, kwargs)

    def _trace(self, kind: _Kind, leaves: Any, structure: Any, args: Any, kwargs: Any) -> R:
        if len(kind.programs) >= self._max_traces:
            kind.is_eager = True
            self._warn(
                f"takes more than {self._max_traces} ways through decisions on the values of its "
                f"arguments, and runs uncompiled from now on for arguments of these shapes. Use "
                f"np.where for decisions that are taken element by element, or raise max_traces"
            )
            return self.function(*args, **kwargs)
        start = perf_counter()
        try:
            traces = trace(self._unmarked, self.__name__, leaves, structure, kind.dynamic)
        except Exception as error:
            cause = NotTraceable.behind(error)
            if cause is None:
                raise
            kind.is_eager = True
            self._warn(f"runs uncompiled: {cause}")
            return self.function(*args, **kwargs)
        traced = perf_counter()
        graph = optimise(traces.graph)
        optimised = perf_counter()
        executable = self._chosen_backend().lower(graph, traces.inputs)
        seconds = {
            "trace": traced - start,
            "passes": optimised - traced,
            "backend": perf_counter() - optimised,
        }
        program = Program(traces, graph, executable, seconds)
        kind.programs.append(program)
        self.programs.append(program)
        result: R = traces.returned
        return result

    def _unmarked(self, *args: Any, **kwargs: Any) -> R:
        plain = {name: _plain(x) for name, x in kwargs.items()}
        return self.function(*map(_plain, args), **plain)

    def _marked(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self._static_argnums:
            return args
        chosen = {i % len(args) for i in self._static_argnums if -len(args) <= i < len(args)}
        return tuple(StaticArgument(x) if i in chosen else x for i, x in enumerate(args))

    def _marked_names(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        if not self._static_argnames:
            return kwargs
        return {
            name: StaticArgument(x) if name in self._static_argnames else x
            for name, x in kwargs.items()
        }

    def _chosen_backend(self) -> Backend:
        if not isinstance(self._backend, str):
            return self._backend
        return automatic_backend() if self._backend == "auto" else default().backend(self._backend)

    def _warn(self, what: str) -> None:
        frame = user_frame()
        warnings.warn_explicit(
            f"{self.__name__}, compiled, {what}",
            CompileWarning,
            frame.f_code.co_filename,
            frame.f_lineno,
        )

    @property
    def graph(self) -> Graph:
        """What the latest program computes, in primitives.

        Raises:
            LookupError: the function has not been called yet.
        """
        return self._latest().graph

    @property
    def traced_graph(self) -> Graph:
        """The same before any pass."""
        return self._latest().traces.graph

    def _latest(self) -> Program:
        if not self.programs:
            raise LookupError(f"{self.__name__} has no program yet: call it first")
        return self.programs[-1]

    def explain(self) -> str:
        """What was made of the function so far, in lines for people."""
        lines = [f"{self.__name__}: {len(self.programs)} program(s)"]
        for number, program in enumerate(self.programs):
            stages = ", ".join(f"{name} {1e3 * s:.1f} ms" for name, s in program.seconds.items())
            lines += [
                f"program {number}: {len(program.traces.graph)} nodes traced, "
                f"{len(program.graph)} after passes; {program.traces.guards} guard(s); {stages}",
                *(f"  {line}" for line in program.executable.report()),
            ]
        return "\n".join(lines)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __reduce__(self) -> Any:
        home: Any = sys.modules.get(self.__module__)
        for part in self.__qualname__.split("."):
            home = getattr(home, part, None)
        if home is self:
            return self.__qualname__  # by reference, as functions are
        return _compile_again, (self.function, self._options)

    def __repr__(self) -> str:
        return f"<compiled {self.__qualname__}: {len(self.programs)} program(s)>"

    __name__: str
    __qualname__: str


def _compile_again(function: Callable[..., Any], options: dict[str, Any]) -> Compiled[..., Any]:
    return Compiled(function, **options)


class StaticArgument:
    """Around an argument that is part of the program."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StaticArgument) or type(self.value) is not type(other.value):
            return False
        return bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, StaticArgument) else x


class _Kind:
    """What is known of calls with arguments of one structure, of the same shapes and dtypes."""

    __slots__ = ("dynamic", "is_eager", "programs")

    def __init__(self, dynamic: list[int]) -> None:
        self.dynamic = dynamic
        self.programs: list[Program] = []
        self.is_eager = False


def _is_dynamic(leaf: Any) -> bool:
    return leaf.__class__ is np.ndarray or leaf.__class__ in PLAIN or isinstance(leaf, np.generic)


def _kind_of(leaf: Any) -> Any:
    """What a program depends on, of one leaf of the arguments.

    Raises:
        TypeError: it depends on a leaf that cannot be hashed.
    """
    cls = leaf.__class__
    if cls is int and not -LIMIT <= leaf < LIMIT:
        raise TypeError
    if cls in PLAIN:
        return cls
    if cls is np.ndarray:
        if leaf.dtype.kind not in "fiubc":
            raise TypeError
        return leaf.dtype, leaf.shape
    if isinstance(leaf, np.generic):
        return cls
    if hasattr(leaf, "__array_ufunc__"):  # a Value, or another library's array
        raise TypeError
    hash(leaf)
    return cls, leaf


def automatic_backend() -> Backend:
    """LLVM if it can be had, else the interpreter."""
    return default().backend("python")


@overload
def compile(f: Callable[P, R], **options: Any) -> Compiled[P, R]: ...
@overload
def compile(f: None = None, **options: Any) -> Callable[[Callable[P, R]], Compiled[P, R]]: ...
def compile(f: Callable[..., Any] | None = None, **options: Any) -> Any:
    """The function, compiled when it is called.

    Args:
        f: a function of numbers, arrays and containers of them; transforms of functions are such
            functions, too. Left out: a decorator.
        backend: the name of one, such as ``"python"``, or one itself; ``"auto"``: the fastest that
            there is.
        static_argnums, static_argnames: arguments that are part of the program, by position and by
            name: another value makes another program. They must be hashable. Anything that is no
            number and no array is static anyway.
        max_traces: how many programs there may be for arguments of the same shapes, which differ in
            decisions that Python takes from values (``if x > 0``).

    Returns:
        A function that takes the same arguments and gives the same results, to rounding.

    Raises:
        UnknownBackendError: when called: no installed plugin has that backend.
    """
    if f is None:
        return lambda function: Compiled(function, **options)
    return Compiled(f, **options)
