"""Trace: one run of a function, being recorded.

Every stand-in has a concrete value beside it, computed as usual, so that shapes, dtypes and
Python's decisions are known. A decision taken from a value is recorded as a guard.

Where a value would become plain data, as text or in ``float(x)``, no program can follow. If an op
is running, its call is given up, and it is called back as a whole. Otherwise the trace is given up:
from there on the same run goes on with the concrete values, and so it is the plain run, and the
only one.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from opgrad.compiler.avals import aval_of
from opgrad.compiler.captured import as_now
from opgrad.compiler.errstate import is_strict
from opgrad.compiler.operators import is_result
from opgrad.compiler.own import is_own_module
from opgrad.compiler.primitives import BROADCAST, PICK, VIEWS, Call, Hole, call, make
from opgrad.compiler.traced import Traced, plain, stand_in
from opgrad.containers import flatten
from opgrad.data import concrete_of, is_traced, node_of, tracer_of
from opgrad.diagnostics import user_frame
from opgrad.errors import LeakedTraceError, NotTraceable
from opgrad.forward import constant
from opgrad.node import Constant, Node
from opgrad.operation import NO_PARAMS, Op, full_name

LIMIT = 2**63
"""Python's integers have no more bits than this in a program."""


class Trace:
    """See the module.

    Attributes:
        name: of the function.
        is_open: whether it still runs.
        given_up: why no program comes of it, if none does.
        viewed: nodes of arrays that there may be views of.
        unsettled: the last refusal, or exception of what was traced, that nothing has dealt with.
            If the function goes on all the same, it took a decision that no guard is for.
        guards: nodes whose values Python's decisions were taken from, each with the outcome.
    """

    __slots__ = (
        "_constants",
        "_warnings",
        "given_up",
        "guards",
        "is_open",
        "name",
        "unsettled",
        "viewed",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_open = True
        self.given_up: NotTraceable | None = None
        self.guards: list[tuple[Node, Any]] = []
        self.viewed: set[Node] = set()
        self.unsettled: Exception | None = None
        self._constants: dict[int, tuple[Any, Constant]] = {}
        self._warnings = _warning_state()

    def input(self, data: Any) -> Traced:
        """An argument of the program."""
        return stand_in(self, make(None, (), aval_of(data)), data)

    def constant(self, data: Any) -> Node:
        """Data from outside, as they are now.

        A copy, also of what cannot be written to: it may be a view of what can, or be made so.
        """
        if isinstance(data, list | tuple):
            data = np.asarray(data)
        if not isinstance(data, np.ndarray):
            return constant(data)
        if data.size > 1 and not any(data.strides):  # one number many times over
            element = constant(data[(0,) * data.ndim])
            return make(BROADCAST, (element,), aval_of(data), {"shape": data.shape})
        known = self._constants.get(id(data))
        if known is None or not _same(known[1].data, data):
            known = self._constants[id(data)] = data, constant(data.copy())
        return known[1]

    def record(
        self,
        op: Op,
        inputs: tuple[Any, ...],
        params: Mapping[str, Any] = NO_PARAMS,
        *,
        compute: Callable[..., Any] | None = None,
    ) -> Any:
        """Run a primitive on what is traced and what is not, and note it down.

        Raises:
            LeakedTraceError: the trace is over, or an input is of another one.
        """
        function = compute or op.forward
        if not self.can_follow():
            return function(*plain(inputs), **params)
        nodes = []
        values = []
        for x in inputs:
            if is_traced(x):
                tracer = tracer_of(x)
                if tracer is self:
                    nodes.append(node_of(x))
                    values.append(concrete_of(x))
                    continue
                if tracer.given_up is None:
                    raise self._leaked(tracer)
                x = x.concrete
            nodes.append(self.constant(x))
            values.append(x)
        out = self.compute(function, *values, **params)
        if type(out) is np.ndarray and not out.ndim:
            out = out[()]
        elif type(out) is int and not -LIMIT <= out < LIMIT:
            self.escape("an integer of more than 64 bits needs Python itself;")
            return out
        if op in VIEWS:
            self.viewed.add(nodes[0])
        return stand_in(self, make(op, tuple(nodes), aval_of(out), params), out)

    def call(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        """Call any function on what is traced and what is not, as one step of the program."""
        if not self.can_follow():
            return function(*plain(args), **plain(dict(kwargs)))
        inputs: list[Traced] = []

        def hollow(x: Any) -> Any:
            if isinstance(x, Traced):
                inputs.append(x)
                return Hole(len(inputs) - 1)
            if isinstance(x, tuple) and hasattr(x, "_fields"):
                return type(x)(*map(hollow, x))
            if isinstance(x, tuple | list):
                return type(x)(map(hollow, x))
            if isinstance(x, dict):
                return {key: hollow(value) for key, value in x.items()}
            if isinstance(x, slice):
                return slice(hollow(x.start), hollow(x.stop), hollow(x.step))
            return as_now(x)

        run = Call(function, hollow(args), hollow(dict(kwargs)))
        self.viewed.update(x.node for x in inputs)  # it may return what shares their memory
        result = self.compute(function, *plain(args), **plain(dict(kwargs)))
        name = full_name(function)
        if result is None:
            self.escape(f"{name} returns nothing, and so changes an array in place;")
            return None
        if is_result(result):
            op = call(run, name, aval_of(result))
            return self.record(op, tuple(inputs), compute=lambda *_: result)
        return self._parts(run, name, tuple(inputs), result)

    def _parts(self, run: Call, name: str, inputs: tuple[Any, ...], result: Any) -> Any:
        parts, structure = flatten(result)
        positions = [i for i, part in enumerate(parts) if is_result(part)]
        rest = [part for part in parts if not is_result(part)]
        if rest and not (_is_own(run.function) and all(isinstance(x, str) for x in rest)):
            self.escape(f"{name} returns what is no number and no array;")
            return result
        kept = tuple(parts[i] for i in positions)

        def several(*values: Any) -> Any:
            found, _ = flatten(run(*values))
            return tuple(found[i] for i in positions)

        op = call(several, name, aval_of(kept))
        whole = self.record(op, inputs, compute=lambda *_: kept)
        for k, i in enumerate(positions):
            parts[i] = self.record(PICK, (whole,), {"index": k})
        return structure.unflatten(parts)

    def guard(self, traced: Traced, outcome: Any) -> Any:
        """A decision that Python takes from a value; the program is for this outcome."""
        if not self.is_open and self.given_up is None:
            raise self._leaked(self)
        if self.given_up is None:
            self.guards.append((traced.node, outcome))
        return outcome

    def can_follow(self) -> bool:
        """Whether what is computed now becomes part of a program.

        Raises:
            LeakedTraceError: the trace is over.
        """
        if self.given_up is not None:
            return False
        if not self.is_open:
            raise self._leaked(self)
        if is_strict():
            self.escape("np.errstate that raises, calls or prints needs NumPy itself;")
        elif _is_other(self._warnings) and _warns_otherwise(self._warnings):
            self.escape("warnings that are recorded, or are errors, need NumPy itself;")
        return self.given_up is None

    def escape(self, what: str) -> None:
        """Let a value become plain data: no program comes of this run, which goes on without one.

        Raises:
            NotTraceable: OpGrad is running, and may call an op back.
            LeakedTraceError: the trace is over.
        """
        if self.given_up is not None:
            return
        if not self.is_open:
            raise self._leaked(self)
        if _may_call_back():
            raise self.refusal(what)
        self.give_up(what)

    def give_up(self, what: str) -> None:
        """Note that no program comes of this run, and why."""
        if self.given_up is None:
            self.given_up = self._not_traceable(what)

    def refusal(self, what: str) -> NotTraceable:
        """The error for what needs plain data."""
        error = self.unsettled = self._not_traceable(what)
        return error

    def _not_traceable(self, what: str) -> NotTraceable:
        frame = user_frame()
        return NotTraceable(
            f"{what} make it part of an op (og.op), which is then called back. In {self.name}, "
            f"being compiled; {frame.f_code.co_filename}:{frame.f_lineno}.",
            self,
        )

    def compute(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What a function makes of plain data. Its exceptions are those of the plain run, too."""
        try:
            return function(*args, **kwargs)
        except Exception as error:
            self.unsettled = error
            if NotTraceable.behind(error.__context__) is not None:
                error.__suppress_context__ = True  # that was dealt with, by calling back
            raise

    def _leaked(self, trace: Trace) -> LeakedTraceError:
        return LeakedTraceError(
            f"a value from inside {trace.name}, being compiled, was kept and is used elsewhere. "
            f"Return what is needed outside; the function runs only when it is traced."
        )


def _may_call_back() -> bool:
    """Whether OpGrad runs between the function that is traced and the value that is asked.

    It may run an op, which is then called back. A Value that shows itself is none.
    """
    frame = sys._getframe(2)
    while frame.f_globals.get("__name__") != "opgrad.compiler.tracing":
        name = frame.f_globals.get("__name__", "")
        is_engine = is_own_module(name) and not name.startswith("opgrad.compiler.")
        if is_engine and frame.f_code.co_name not in ("__repr__", "__format__"):
            return True
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False


def _is_own(function: Callable[..., Any]) -> bool:
    return is_own_module(getattr(function, "__module__", None) or "")


def _warning_state() -> tuple[Any, ...]:
    """What tells that a function has changed what becomes of warnings."""
    module: Any = warnings
    return id(module.filters), len(module.filters), module._showwarnmsg_impl, module.filters[:1]


def _is_other(before: tuple[Any, ...]) -> bool:
    """Whether that has changed since; asked for each operation."""
    module: Any = warnings
    filters = module.filters
    return (
        id(filters) != before[0]
        or len(filters) != before[1]
        or module._showwarnmsg_impl is not before[2]
        or filters[:1] != before[3]
    )


def _warns_otherwise(before: tuple[Any, ...]) -> bool:
    """Whether warnings are recorded, or are errors; not merely ignored."""
    module: Any = warnings
    is_recorded = module._showwarnmsg_impl is not before[2]
    first = module.filters[:1]
    return is_recorded or (first != before[3] and first != [] and first[0][0] == "error")


def _same(a: Any, b: Any) -> bool:
    """Whether two arrays are equal to the last bit."""
    return bool(a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes())
