"""Traced: an array that records what NumPy is asked to do with it.

Traced arrays stand in the place of raw data while a function is traced: of a program's arguments,
and of everything computed from them. Each has a concrete value beside it, computed as usual, so
that shapes, dtypes and Python's decisions are known. A decision taken from a value is recorded as a
guard. Nothing else gives the value away: what would turn it into plain data is an error.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

import numpy as np

from opgrad.compiler.avals import Aval, aval_of
from opgrad.compiler.captured import as_now
from opgrad.compiler.forms.table import METHODS, in_form
from opgrad.compiler.operators import Operators, is_result
from opgrad.compiler.primitives import (
    ASTYPE,
    BROADCAST,
    ERFC,
    GETITEM,
    NUMBER,
    PICK,
    SCATTER,
    VIEWS,
    Call,
    Hole,
    call,
    elementwise,
    make,
)
from opgrad.containers import flatten
from opgrad.errors import LeakedTraceError, NotTraceable
from opgrad.forward import constant
from opgrad.node import Constant, Node
from opgrad.operation import NO_PARAMS, Op, full_name

BASIC = (int, np.integer, slice, type(Ellipsis), type(None))

LIMIT = 2**63
"""Python's integers have no more bits than this in a program."""


class Trace:
    """One run of a function, being recorded.

    Attributes:
        name: of the function.
        is_open: whether it still runs.
        viewed: nodes of arrays that there may be views of.
        unsettled: the last refusal, or exception of what was traced, that nothing has dealt with.
            If the function goes on all the same, it took a decision that no guard is for.
        guards: nodes whose values Python's decisions were taken from, each with the outcome.
    """

    __slots__ = ("_constants", "guards", "is_open", "name", "unsettled", "viewed")

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_open = True
        self.guards: list[tuple[Node, bool | int]] = []
        self.viewed: set[Node] = set()
        self.unsettled: Exception | None = None
        self._constants: dict[int, tuple[Any, Constant]] = {}

    def input(self, data: Any) -> Traced:
        """An argument of the program."""
        return Traced(self, make(None, (), aval_of(data)), data)

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
        nodes = []
        values = []
        for x in inputs:
            if x.__class__ is Traced:
                if x.trace is not self:
                    raise self._leaked(x.trace)
                nodes.append(x.node)
                values.append(x.concrete)
            else:
                nodes.append(self.constant(x))
                values.append(x)
        if not self.is_open:
            raise self._leaked(self)
        out = self._run(compute or op.forward, *values, **params)
        if out.__class__ is np.ndarray and not out.ndim:
            out = out[()]
        elif out.__class__ is int and not -LIMIT <= out < LIMIT:
            raise self.refusal("an integer of more than 64 bits needs Python itself;")
        if op in VIEWS:
            self.viewed.add(nodes[0])
        node = make(op, tuple(nodes), aval_of(out), params)
        return Traced(self, node, out)

    def call(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        """Call any function on what is traced and what is not, as one step of the program."""
        inputs: list[Traced] = []

        def hollow(x: Any) -> Any:
            if x.__class__ is Traced:
                inputs.append(x)
                return Hole(len(inputs) - 1)
            if isinstance(x, tuple) and hasattr(x, "_fields"):
                return type(x)(*map(hollow, x))
            if isinstance(x, tuple | list):
                return type(x)(map(hollow, x))
            if isinstance(x, dict):
                return {key: hollow(value) for key, value in x.items()}
            return as_now(x)

        run = Call(function, hollow(args), hollow(dict(kwargs)))
        self.viewed.update(x.node for x in inputs)  # it may return what shares their memory
        result = self._run(run, *[x.concrete for x in inputs])
        if result is None:
            raise self.refusal(
                f"{full_name(function)} returns nothing, and so changes an array in place;"
            )
        return self._parts(run, tuple(inputs), result)

    def _parts(self, run: Call, inputs: tuple[Traced, ...], result: Any) -> Any:
        name = full_name(run.function)
        if is_result(result):
            op = call(run, name, aval_of(result))
            return self.record(op, inputs, compute=lambda *_: result)
        parts, structure = flatten(result)
        if not all(is_result(part) or isinstance(part, str | Exception) for part in parts):
            raise self.refusal(f"{name} returns what is no number and no array;")
        positions = [i for i, part in enumerate(parts) if is_result(part)]
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
        if not self.is_open:
            raise self._leaked(self)
        self.guards.append((traced.node, outcome))
        return outcome

    def refusal(self, what: str) -> NotTraceable:
        """The error for what needs plain data."""
        error = NotTraceable(
            f"{what} make it part of an op (og.op), which is then called back. In {self.name}, "
            f"being compiled.",
            self,
        )
        self.unsettled = error
        return error

    def _run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
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


class Traced(Operators):
    """See the module. Not made by users."""

    __slots__ = ("__weakref__", "concrete", "node", "trace")

    def __init__(self, trace: Trace, node: Node, concrete: Any) -> None:
        self.trace = trace
        self.node = node
        self.concrete = concrete

    @property
    def aval(self) -> Aval:
        """What is known of it whatever the arguments are."""
        aval: Any = self.node.data
        return aval  # type: ignore[no-any-return]  # the data of a traced node

    shape = property(lambda self: self.node.data.shape)
    dtype = property(lambda self: self.node.data.dtype)
    ndim = property(lambda self: len(self.node.data.shape))
    size = property(lambda self: self.node.data.size)
    is_number = property(lambda self: self.node.data.number)
    T = property(lambda self: np.transpose(self))
    real = property(lambda self: np.real(self))
    imag = property(lambda self: np.imag(self))

    def __repr__(self) -> str:
        return f"<traced {self.aval}, here {self.concrete!r}>"

    def __hash__(self) -> int:
        raise self._not_plain("a key of a dict, or an element of a set, needs plain data; compare,")

    def __format__(self, spec: str) -> str:
        if spec:
            raise self._not_plain("text made of a number needs plain data;")
        return repr(self)

    # -- indexing ------------------------------------------------------------------------------

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a traced number has no length")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, tuple):
            index = tuple([_decided(part) for part in index])
            is_basic = all(isinstance(part, BASIC) for part in index)
        else:
            index = _decided(index)
            is_basic = isinstance(index, BASIC)
        if is_basic:
            return self.trace.record(GETITEM, (self,), {"index": index})
        return self.trace.call(operator.getitem, (self, index), {})

    def __setitem__(self, index: Any, value: object) -> NoReturn:
        raise self._not_plain("x[i] = value changes an array in place; compute a new one, or")

    # -- NumPy ---------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if not all(map(_takes_part, inputs)):
            return NotImplemented  # a Value's turn
        if method == "at":
            raise self._not_plain("ufunc.at changes an array in place;")
        if kwargs.get("out") is not None:
            raise self._not_plain(f"{full_name(ufunc)} with out= writes in place; leave it out, or")
        if method == "__call__" and not kwargs and ufunc.nout == 1 and ufunc.signature is None:
            return self.trace.record(elementwise(ufunc, ufunc.nin), inputs)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        made = in_form(function, inputs, kwargs)
        return self.trace.call(function, inputs, kwargs) if made is NotImplemented else made

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        if not all(issubclass(cls, Traced | np.ndarray) for cls in types):
            return NotImplemented
        if func in _IN_PLACE or kwargs.get("out") is not None:
            raise self._not_plain(f"{full_name(func)} changes an array in place;")
        made = in_form(func, args, kwargs)
        if made is NotImplemented:
            return self.trace.call(func, args, kwargs)
        if made.__class__ is not Traced:
            return made
        if made.is_number and func is not np.real:
            return made.astype(made.dtype)  # NumPy makes its own numbers of Python's
        if any(made is x for x in args):  # NumPy's result is another object, perhaps a view
            self.trace.viewed.add(made.node)
            return made.copy()
        return made

    # -- methods -------------------------------------------------------------------------------

    def item(self) -> Any:
        """A Python number of an array of no axes; still traced."""
        return self if self.is_number else self.trace.record(NUMBER, (self,))

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """In another dtype."""
        dtype = np.dtype(dtype)
        if dtype == self.dtype and not self.is_number:
            return self.copy()
        return self.trace.record(ASTYPE, (self,), {"dtype": dtype})

    def scatter(self, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of a shape with this added at an index; for lowerings."""
        parts = index if isinstance(index, tuple) else (index,)
        if not all(isinstance(part, BASIC) for part in parts):
            return NotImplemented
        params = {"shape": tuple(shape), "dtype": self.dtype, "indices": (index,)}
        return self.trace.record(SCATTER, (self,), params)

    def erfc(self) -> Any:
        """1 - erf(x); for ops that ask Python's own, one number at a time."""
        return self.trace.record(ERFC, (self,)) if self.dtype.kind == "f" else NotImplemented

    def copy(self, order: str = "C") -> Traced:
        """Another of the same."""
        return Traced(self.trace, self.node, self.concrete)

    def __copy__(self) -> Traced:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Traced:
        return self.copy()

    def __getattr__(self, name: str) -> Any:
        function = METHODS.get(name)
        if function is None:
            if not name.startswith("_") and hasattr(self.concrete, name):
                raise self._not_plain(f"x.{name} needs plain data;")
            raise AttributeError(f"a traced array has no attribute {name!r}")
        return lambda *args, **kwargs: function(self, *args, **kwargs)

    # -- what Python wants to know -------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self.trace.guard(self, bool(self.concrete)))

    def __index__(self) -> int:
        return int(self.trace.guard(self, operator.index(self.concrete)))

    def __int__(self) -> int:
        if self.dtype.kind in "iub":
            return int(self.trace.guard(self, int(self.concrete)))
        truncated: Any = np.trunc(self)
        return int(self.trace.guard(truncated, int(self.concrete)))

    def __float__(self) -> NoReturn:
        raise self._not_plain("float(x), or a function of math, needs plain data; use NumPy's, or")

    __complex__ = __float__

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise self._not_plain("round(x) needs plain data; use np.round, or")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise self._not_plain(
            "np.asarray(x), np.array([x, y]) or a function not made for NumPy's dispatch protocols "
            "needs plain data; use np.stack and the like, or"
        )

    def _not_plain(self, what: str) -> NotTraceable:
        error: NotTraceable = self.trace.refusal(what)
        return error


_IN_PLACE = {np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal}


def _decided(part: Any) -> Any:
    """An index, with ends of a slice that are traced decided on, as the shape depends on them."""
    if not isinstance(part, slice):
        return part
    ends = (part.start, part.stop, part.step)
    return slice(*[operator.index(end) if end.__class__ is Traced else end for end in ends])


def _same(a: Any, b: Any) -> bool:
    """Whether two arrays are equal to the last bit."""
    return bool(a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes())


def _takes_part(x: Any) -> bool:
    return x.__class__ is Traced or not isinstance(x, Node)
