"""``og.compile``: a function whose programs are made when it is called, one for each kind of call.

A call is looked up by the structure of its arguments, the shapes and dtypes of arrays, and static
arguments. Its programs are tried in turn: one whose guards do not hold was made for other decisions
than this call takes. If none will do, the function is traced on these arguments.

One call at a time makes a program. Another one that has none meanwhile, in another thread or from
inside the function, runs the function as it is, which is always right: nobody waits for anybody.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from threading import Lock
from time import perf_counter
from typing import Any, Generic, ParamSpec, TypeVar, Unpack, overload

from opgrad.compiler.arguments import Form, Key
from opgrad.compiler.backends import Lowering
from opgrad.compiler.collecting import uncollected
from opgrad.compiler.errstate import is_strict
from opgrad.compiler.forecast import why_untraceable
from opgrad.compiler.kind import OTHER, Kind, Program
from opgrad.compiler.options import Options, check_fit, checked
from opgrad.compiler.passes import optimise
from opgrad.compiler.report import explain, parameters_of, variations
from opgrad.compiler.store import Store
from opgrad.compiler.tracing import trace, tracing
from opgrad.containers import flatten_in_order
from opgrad.diagnostics import state, user_frame
from opgrad.errors import CompileWarning, NotTraceable
from opgrad.exact import Exactly, NoKeyError
from opgrad.graph import Graph

P = ParamSpec("P")
R = TypeVar("R")
X = TypeVar("X")


class Compiled(Generic[P, R]):
    """What :func:`compile` returns: called as the function is, with the same results.

    Attributes:
        function: the function.
    """

    def __init__(self, function: Callable[P, R], **options: Unpack[Options]) -> None:
        name = getattr(function, "__name__", repr(function))  # a partial has none
        chosen = checked(options)
        check_fit(function, name, chosen)
        functools.update_wrapper(self, function, updated=())
        self.__name__ = name
        self.__qualname__ = getattr(function, "__qualname__", name)
        self.function = function
        self._options = options
        self._static_argnums = chosen.static_argnums
        self._static_argnames = chosen.static_argnames
        self._is_order_free = not _takes_any_name(function)
        self._form: Form | None = None
        self._recent: Program | None = None
        self._store = Store(chosen.max_programs)
        self._lowering = Lowering(chosen.backend, name, self._warn)
        self._making = Lock()
        self._plain: Counter[str] = Counter()
        self._warned: set[str] = set()
        self._has_warned_of_many = False

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
        try:
            if form is None or leaves is None:
                leaves, structure = flatten_in_order(arguments)
                form = self._form_of(structure, tuple(map(type, leaves)))
            key = form.kind_key(leaves)
        except (NoKeyError, RecursionError) as error:
            return self._without_key(error, args, kwargs)
        kind = form.kinds.get(key)
        if kind is None:
            return self._without_program((), form, key, leaves, args, kwargs)
        if kind.is_watched:
            return self._with_care(kind, leaves, args, kwargs)
        inputs = leaves
        if form.static:
            inputs = [leaves[i] for i in form.dynamic]
        programs = kind.programs
        for program in programs:
            found = program.run(inputs)
            if found is not OTHER:
                if program is not self._recent:
                    self._recent = program
                    program.used = self._store.clock = self._store.clock + 1
                result: R = found
                return result
        return self._without_program(programs, form, key, leaves, args, kwargs)

    @functools.cached_property
    def _why_untraceable(self) -> str | None:
        return why_untraceable(self.function)

    def _form_of(self, structure: Any, types: tuple[type, ...]) -> Form:
        form = self._store.form(Form.key_of(structure, types), structure, types)
        self._form = form  # most likely that of the next call, too
        return form

    # -- calls that run uncompiled -------------------------------------------------------------

    def _without_key(self, error: Exception, args: Any, kwargs: Any) -> R:
        why = "an argument is a part of itself" if isinstance(error, RecursionError) else str(error)
        self._plain[why] += 1
        return self.function(*args, **kwargs)

    def _with_care(self, kind: Kind, leaves: Any, args: Any, kwargs: Any) -> R:
        if kind.why is not None:
            kind.used = self._store.clock = self._store.clock + 1
            if kind.form.foreign is not None:
                self._plain[kind.why] += 1
            return self.function(*args, **kwargs)
        if not kind.is_worth_trying:
            return self._unearned(kind, args, kwargs)
        programs = kind.programs
        found = self._store.run(kind, [leaves[i] for i in kind.form.dynamic])
        if found is OTHER:
            return self._without_program(programs, kind.form, kind.key, leaves, args, kwargs)
        result: R = found
        return result

    def _unearned(self, kind: Kind | None, args: Any, kwargs: Any) -> R:
        self._plain["there are as many programs as may be"] += 1
        result: R = self._store.earn(kind, self.function, args, kwargs)
        return result

    def _without_program(
        self, tried: Sequence[Program], form: Form, key: Key, leaves: Any, args: Any, kwargs: Any
    ) -> R:
        """Those that were tried, if any, do not fit: make one that does, or do without."""
        self._recent = None  # so that the clock goes on when the next one is found
        why = form.why_uncompiled(leaves, key)
        if why is not None:
            self._plain[why] += 1
            return self.function(*args, **kwargs)
        if not self._making.acquire(blocking=False):
            self._plain["a program was being made meanwhile"] += 1
            return self.function(*args, **kwargs)
        try:
            form = self._form = self._store.forms.get(form.key, form)
            found = self._looked_up_again(tried, form, key, leaves)
            may_make = self._store.may_make
            if found is OTHER and may_make and not form.is_noted(key):
                with uncollected():
                    found = self._made(form, key, leaves)
        finally:
            self._making.release()
        if isinstance(found, NotTraceable):
            plain = self.function(*args, **kwargs)  # or its exception, at last
            static = [_plain(leaves[i]) for i in form.static]
            self._run_uncompiled(f"{found} {_RAN_TWICE}", form, key, static)
            return plain
        if found is not OTHER:
            result: R = found
            return result
        if may_make:
            return self.function(*args, **kwargs)
        self._warn_of_many()
        kind = form.kinds.get(key)
        if kind is not None:
            kind.is_watched = True
        return self._unearned(kind, args, kwargs)

    def _looked_up_again(self, tried: Sequence[Program], form: Form, key: Key, leaves: Any) -> Any:
        """What a program gives that another thread has made, or whose backend is at fault."""
        kind = form.kinds.get(key)
        if kind is None:
            return OTHER
        inputs = [leaves[i] for i in form.dynamic]
        for program in kind.programs:
            found = OTHER if program in tried else program.run(inputs)
            if found is OTHER and program.has_raised:
                found = self._lowering.run_again(program, inputs)
            if found is not OTHER:
                return found
        return OTHER

    # -- making programs -----------------------------------------------------------------------

    def _made(self, form: Form, key: Key, leaves: Any) -> Any:
        """Make a program, while the function runs, whose result this is.

        ``OTHER`` if none can be made of it, and the function was not run; why, if it has to run
        again.
        """
        self._lowering.find()  # if there is none, the function shall not run
        static = [_plain(leaves[i]) for i in form.static]
        if self._why_untraceable is not None:
            self._run_uncompiled(self._why_untraceable, form, key, static)
            return OTHER
        start = perf_counter()
        try:
            traces, returned = trace(
                self._unmarked, self.__name__, leaves, form.structure, form.dynamic
            )
        except Exception as error:
            self._store.spend(perf_counter() - start)
            cause = NotTraceable.behind(error)
            if cause is None:
                raise
            return cause
        if isinstance(traces, NotTraceable):
            self._store.spend(perf_counter() - start)
            self._run_uncompiled(str(traces), form, key, static)
            return returned
        traced = perf_counter()
        graph = optimise(traces.graph)
        optimised = perf_counter()
        executable = self._lowering.lower(graph, traces.inputs)
        lowered = perf_counter()
        seconds = {
            "trace": traced - start,
            "passes": optimised - traced,
            "backend": lowered - optimised,
        }
        self._store.spend(lowered - start)
        self._store.add(Program(traces, graph, executable, seconds), form, key, static)
        return returned

    def _run_uncompiled(self, why: str, form: Form, key: Key, static: Sequence[Any]) -> None:
        self._store.note(why, form, key, static)
        self._warn(f"runs uncompiled: {why}")

    def _unmarked(self, *args: Any, **kwargs: Any) -> R:
        plain = {name: _plain(x) for name, x in kwargs.items()}
        return self.function(*map(_plain, args), **plain)

    def _marked(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        n = len(args)
        chosen = {i % n for i in self._static_argnums if -n <= i < n}
        marked = tuple([Exactly(x) if i in chosen else x for i, x in enumerate(args)])
        names = self._static_argnames
        return marked, {k: Exactly(x) if k in names else x for k, x in kwargs.items()}

    # -- for people ----------------------------------------------------------------------------

    def _warn_of_many(self) -> None:
        if self._has_warned_of_many:
            return
        self._has_warned_of_many = True
        names = parameters_of(self.function)
        varied = variations(names, self._store.kinds)
        words, advice = varied[0] if varied else ("nothing that can be told", "Call it alike")
        self._warn(
            f"is called in more ways than it may have programs ({self._store.limit}). What varies "
            f"most: {words}. {advice}; or raise max_programs. From now on the program that was "
            f"used least recently makes room for a new one, which is made less often, and calls "
            f"that have none run uncompiled; see .explain()"
        )

    def _warn(self, what: str) -> None:
        """Say it, once."""
        if what in self._warned:
            return
        self._warned.add(what)
        frame = user_frame()
        warnings.warn_explicit(
            f"{self.__name__}, compiled, {what}",
            CompileWarning,
            frame.f_code.co_filename,
            frame.f_lineno,
        )

    def beside(self, function: Callable[..., X]) -> Compiled[..., X]:
        """Another function, compiled as this one is; it has no static arguments."""
        options = {k: x for k, x in self._options.items() if not k.startswith("static")}
        return Compiled(function, **options)  # type: ignore[arg-type]  # Options, without some

    @property
    def programs(self) -> list[Program]:
        """Those that there are now, the latest made last."""
        return self._store.programs

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
        programs = self.programs
        if not programs:
            raise LookupError(f"{self.__name__} has no program yet: call it first")
        return programs[-1]

    def explain(self) -> str:
        """What was made of the function so far, in lines for people.

        Its programs, each with the calls that it is for; what these calls differ in; and which
        calls run uncompiled, and why.
        """
        return explain(self.__name__, self.function, self._store, dict(self._plain))

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


_RAN_TWICE = (
    "That was known only after it had begun, so it ran twice, with whatever else it does (random "
    "numbers, counters, files); from now on, once. If that matters, do not compile it, or make "
    "what has effects an opaque op"
)


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
    return x.value if isinstance(x, Exactly) else x


@overload
def compile(f: Callable[P, R], **options: Unpack[Options]) -> Compiled[P, R]: ...
@overload
def compile(
    f: None = None, **options: Unpack[Options]
) -> Callable[[Callable[P, R]], Compiled[P, R]]: ...
def compile(f: Callable[..., Any] | None = None, **options: Any) -> Any:
    """The function, compiled when it is called.

    Args:
        f: a function of numbers, arrays and containers of them; transforms of functions are such
            functions, too. Left out: a decorator.
        backend: the name of one, such as ``"python"``, or one itself; ``"auto"``: the fastest that
            there is.
        static_argnums, static_argnames: arguments that are part of the program, by position and by
            name: another value makes another program. What is no number and no array is static
            anyway.
        max_programs: how many programs there may be, 64 if nothing is said: for arguments of other
            shapes, dtypes or structures, for other static arguments, and for other decisions that
            Python takes from values (``if x > 0``). Where more are asked for, a warning says once
            what varies; the program used least recently then makes room for a new one, and many
            calls run uncompiled.

    Returns:
        A function that takes the same arguments and gives the same results, to rounding.

    Raises:
        InputError: it is no function, an option is unknown, or its value makes no sense.
        UnknownBackendError: when called: no installed plugin has that backend.
        BackendError: when called: the backend that was chosen failed.
    """
    if f is None:
        checked(options)
        return lambda function: Compiled(function, **options)
    return Compiled(f, **options)
