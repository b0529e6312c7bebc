"""``og.compile``: a function whose programs are made when it is called, one for each kind of call.

A call is looked up by the structure of its arguments, the shapes and dtypes of arrays, and static
arguments. Its programs are tried in turn: one whose guards do not hold was made for other decisions
than this call takes. If none will do, the function is traced on these arguments.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from time import perf_counter
from typing import Any, Generic, ParamSpec, TypeVar, overload

from opgrad.compiler.arguments import Form, StaticArgument
from opgrad.compiler.collecting import uncollected
from opgrad.compiler.errstate import is_strict
from opgrad.compiler.forecast import why_untraceable
from opgrad.compiler.kind import OTHER, Kind, Program
from opgrad.compiler.passes import optimise
from opgrad.compiler.structures import key_types
from opgrad.compiler.tracing import trace, tracing
from opgrad.containers import flatten_in_order
from opgrad.diagnostics import state, user_frame
from opgrad.errors import CompileWarning, NotTraceable, UnknownBackendError
from opgrad.graph import Graph
from opgrad.hooks import Backend, Executable
from opgrad.node import Node
from opgrad.registry import default

P = ParamSpec("P")
R = TypeVar("R")
X = TypeVar("X")

MAX_TRACES = 32
"""How many programs a kind of call may have, before the function runs as it is."""


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
        functools.update_wrapper(self, function, updated=())
        self.__name__ = getattr(function, "__name__", repr(function))  # a partial has none
        self.__qualname__ = getattr(function, "__qualname__", self.__name__)
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
        self._is_order_free = not _takes_any_name(function)
        self._forms: dict[Any, Form] = {}
        self._form: Form | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The function's result on these arguments."""
        if tracing.get() or state.depth or is_strict():
            # It becomes part of the program around it; or is looked at, in debug mode; or raises
            # where a program would not.
            return self.function(*args, **kwargs)
        if len(kwargs) > 1 and self._is_order_free:
            kwargs = dict(sorted(kwargs.items()))  # type: ignore[assignment]  # P's, in its order
        arguments = args, kwargs
        if self._static_argnums or self._static_argnames:
            arguments = self._marked(args, kwargs)
        form = self._form
        leaves = form.leaves_of(arguments) if form is not None else None
        if form is None or leaves is None:
            leaves, structure = flatten_in_order(arguments)
            form = self._form_of(structure, tuple(map(type, leaves)))
        try:
            kind = form.kind(leaves)
        except TypeError:  # a static argument cannot be hashed, or an integer is large
            return self.function(*args, **kwargs)
        if kind.is_eager:
            return self.function(*args, **kwargs)
        inputs = leaves
        if len(form.dynamic) < len(leaves):
            inputs = [leaves[i] for i in form.dynamic]
        for program in kind.programs:
            found = program.run(inputs)
            if found is not OTHER:
                result: R = found
                return result
        return self._trace(form, kind, leaves, args, kwargs)

    @functools.cached_property
    def _why_untraceable(self) -> str | None:
        return why_untraceable(self.function)

    def _form_of(self, structure: Any, types: tuple[type, ...]) -> Form:
        key = structure, types, key_types(structure)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = Form(structure, types)
        self._form = form  # most likely that of the next call, too
        return form

    def _trace(self, form: Form, kind: Kind, leaves: Any, args: Any, kwargs: Any) -> R:
        if len(kind.programs) >= self._max_traces:
            kind.is_eager = True
            self._warn(
                f"takes more than {self._max_traces} ways through decisions on the values of its "
                f"arguments, and runs uncompiled from now on for arguments of these shapes. Use "
                f"np.where for decisions that are taken element by element, or raise max_traces"
            )
            return self.function(*args, **kwargs)
        if self._why_untraceable is not None:
            kind.is_eager = True
            self._warn(f"runs uncompiled: {self._why_untraceable}")
            return self.function(*args, **kwargs)
        with uncollected():
            returned = self._program(form, kind, leaves)
        if isinstance(returned, NotTraceable):
            cause, returned = returned, self.function(*args, **kwargs)  # or its exception, at last
            kind.is_eager = True
            self._warn(
                f"runs uncompiled: {cause} That was known only after it had begun, so it ran "
                f"twice, with whatever else it does (random numbers, counters, files); from now "
                f"on, once. If that matters, do not compile it, or make what has effects an "
                f"opaque op"
            )
        result: R = returned
        return result

    def _program(self, form: Form, kind: Kind, leaves: Any) -> Any:
        """Make one, while the function runs; its result, or why the function has to run again."""
        start = perf_counter()
        try:
            traces, returned = trace(
                self._unmarked, self.__name__, leaves, form.structure, form.dynamic
            )
        except Exception as error:
            cause = NotTraceable.behind(error)
            if cause is None:
                raise
            return cause
        if isinstance(traces, NotTraceable):
            kind.is_eager = True
            self._warn(f"runs uncompiled: {traces}")
            return returned
        traced = perf_counter()
        graph = optimise(traces.graph)
        optimised = perf_counter()
        executable = self._lower(graph, traces.inputs)
        seconds = {
            "trace": traced - start,
            "passes": optimised - traced,
            "backend": perf_counter() - optimised,
        }
        program = Program(traces, graph, executable, seconds)
        kind.programs.append(program)
        self.programs.append(program)
        return returned

    def _unmarked(self, *args: Any, **kwargs: Any) -> R:
        plain = {name: _plain(x) for name, x in kwargs.items()}
        return self.function(*map(_plain, args), **plain)

    def _marked(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        n = len(args)
        chosen = {i % n for i in self._static_argnums if -n <= i < n}
        marked = tuple(StaticArgument(x) if i in chosen else x for i, x in enumerate(args))
        names = self._static_argnames
        return marked, {k: StaticArgument(x) if k in names else x for k, x in kwargs.items()}

    def _lower(self, graph: Graph, inputs: Sequence[Node]) -> Executable:
        if not isinstance(self._backend, str):
            return self._backend.lower(graph, inputs)
        if self._backend != "auto":
            return default().backend(self._backend).lower(graph, inputs)
        backend = automatic_backend()
        try:
            return backend.lower(graph, inputs)
        except Exception as error:  # a backend that fails does not take the program down
            self._warn(f"runs by NumPy, step by step, since its backend failed: {error!r}")
            return default().backend("python").lower(graph, inputs)

    def _warn(self, what: str) -> None:
        frame = user_frame()
        warnings.warn_explicit(
            f"{self.__name__}, compiled, {what}",
            CompileWarning,
            frame.f_code.co_filename,
            frame.f_lineno,
        )

    def beside(self, function: Callable[..., X]) -> Compiled[..., X]:
        """Another function, compiled as this one is; it has no static arguments."""
        return Compiled(function, backend=self._backend, max_traces=self._max_traces)

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


def _takes_any_name(function: Callable[..., Any]) -> bool:
    """Whether it takes ``**kwargs``, and could go by their order."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C, and without one
        return True
    return any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)


def _compile_again(function: Callable[..., Any], options: dict[str, Any]) -> Compiled[..., Any]:
    return Compiled(function, **options)


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, StaticArgument) else x


@cache
def automatic_backend() -> Backend:
    """LLVM if it can be had, else the interpreter, after saying how to get LLVM."""
    try:
        return default().backend("llvm")
    except UnknownBackendError as error:
        frame = user_frame()
        warnings.warn_explicit(
            f"compiled functions run by NumPy, step by step: {error}",
            CompileWarning,
            frame.f_code.co_filename,
            frame.f_lineno,
        )
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
