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
from opgrad.compiler.forms import FORMS, METHODS
from opgrad.compiler.primitives import (
    ASTYPE,
    BROADCAST,
    GETITEM,
    NUMBER,
    PICK,
    SCATTER,
    Hole,
    call,
    elementwise,
    make,
)
from opgrad.data import PLAIN
from opgrad.errors import LeakedTraceError, NotTraceable
from opgrad.forward import constant
from opgrad.node import Constant, Node
from opgrad.operation import NO_PARAMS, Op, full_name

BASIC = (int, np.integer, slice, type(Ellipsis), type(None))


class Trace:
    """One run of a function, being recorded.

    Attributes:
        name: of the function.
        is_open: whether it still runs.
        guards: nodes whose values Python's decisions were taken from, each with the outcome.
    """

    __slots__ = ("_constants", "guards", "is_open", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_open = True
        self.guards: list[tuple[Node, bool | int]] = []
        self._constants: dict[int, tuple[Any, Constant]] = {}

    def input(self, data: Any) -> Traced:
        """An argument of the program."""
        return Traced(self, make(None, (), aval_of(data)), data)

    def constant(self, data: Any) -> Node:
        """Data from outside, as they are now."""
        if not isinstance(data, np.ndarray):
            return constant(data)
        if data.size > 1 and not any(data.strides):  # one number many times over
            element = constant(data[(0,) * data.ndim])
            return make(BROADCAST, (element,), aval_of(data), {"shape": data.shape})
        known = self._constants.get(id(data))
        if known is None:
            kept = data.copy() if data.flags.writeable or data.base is not None else data
            known = self._constants[id(data)] = data, constant(kept)
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
        out = (compute or op.forward)(*values, **params)
        if out.__class__ is np.ndarray and not out.ndim:
            out = out[()]
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
            if isinstance(x, np.ndarray) and x.flags.writeable:
                return x.copy()
            return x

        op = call(function, hollow(args), hollow(dict(kwargs)))
        values = tuple([x.concrete for x in inputs])
        result = op.forward(*values)
        if result is None:
            raise NotTraceable(
                f"{full_name(function)} returns nothing, and so changes an array in place; make it "
                f"part of an op (og.op), which is called back. In {self.name}, being compiled.",
                self,
            )
        return self._parts(op, tuple(inputs), result)

    def _parts(self, op: Op, inputs: tuple[Traced, ...], result: Any) -> Any:
        if not isinstance(result, tuple | list):
            return self.record(op, inputs, compute=lambda *_: result)
        positions = [i for i, part in enumerate(result) if _is_data(part)]
        kept = tuple(result[i] for i in positions)

        def forward(*values: Any) -> Any:
            parts = op.forward(*values)
            return tuple(parts[i] for i in positions)

        several = Op(name=op.name, forward=forward, arity=None, opaque=True)
        whole = self.record(several, inputs, compute=lambda *_: kept)
        parts = list(result)
        for k, i in enumerate(positions):
            parts[i] = self.record(PICK, (whole,), {"index": k})
        return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)

    def guard(self, traced: Traced, outcome: Any) -> Any:
        """A decision that Python takes from a value; the program is for this outcome."""
        if not self.is_open:
            raise self._leaked(self)
        self.guards.append((traced.node, outcome))
        return outcome

    def _leaked(self, trace: Trace) -> LeakedTraceError:
        return LeakedTraceError(
            f"a value from inside {trace.name}, being compiled, was kept and is used elsewhere. "
            f"Return what is needed outside; the function runs only when it is traced."
        )


def _is_data(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic) or x.__class__ in PLAIN


def _operator(ufunc: np.ufunc, compute: Callable[..., Any]) -> Any:
    op = elementwise(ufunc, 2)

    def method(x: Traced, y: Any) -> Any:
        if y.__class__ is not Traced and not _is_data(y):
            return NotImplemented
        return x.trace.record(op, (x, y), compute=compute)

    def reflected(y: Traced, x: Any) -> Any:
        if not _is_data(x):
            return NotImplemented
        return y.trace.record(op, (x, y), compute=compute)

    return method, reflected


def _unary(ufunc: np.ufunc, compute: Callable[..., Any]) -> Any:
    op = elementwise(ufunc, 1)
    return lambda x: x.trace.record(op, (x,), compute=compute)


class Traced:
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

    # -- operators -----------------------------------------------------------------------------

    __add__, __radd__ = _operator(np.add, operator.add)
    __sub__, __rsub__ = _operator(np.subtract, operator.sub)
    __mul__, __rmul__ = _operator(np.multiply, operator.mul)
    __truediv__, __rtruediv__ = _operator(np.divide, operator.truediv)
    __floordiv__, __rfloordiv__ = _operator(np.floor_divide, operator.floordiv)
    __mod__, __rmod__ = _operator(np.remainder, operator.mod)
    __pow__, __rpow__ = _operator(np.power, operator.pow)
    __and__, __rand__ = _operator(np.bitwise_and, operator.and_)
    __or__, __ror__ = _operator(np.bitwise_or, operator.or_)
    __xor__, __rxor__ = _operator(np.bitwise_xor, operator.xor)
    __lt__, _ = _operator(np.less, operator.lt)
    __le__, _ = _operator(np.less_equal, operator.le)
    __gt__, _ = _operator(np.greater, operator.gt)
    __ge__, _ = _operator(np.greater_equal, operator.ge)
    __eq__, _ = _operator(np.equal, operator.eq)
    __ne__, _ = _operator(np.not_equal, operator.ne)
    __hash__ = object.__hash__
    __neg__ = _unary(np.negative, operator.neg)
    __abs__ = _unary(np.absolute, operator.abs)
    __invert__ = _unary(np.invert, operator.invert)

    def __pos__(self) -> Traced:
        return self

    def __matmul__(self, other: Any) -> Any:
        return np.matmul(self, other) if _takes_part(other) else NotImplemented

    def __rmatmul__(self, other: Any) -> Any:
        return np.matmul(other, self) if _takes_part(other) else NotImplemented

    # -- indexing ------------------------------------------------------------------------------

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a traced number has no length")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        if all(isinstance(part, BASIC) for part in parts):
            return self.trace.record(GETITEM, (self,), {"index": index})
        return self.trace.call(operator.getitem, (self, index), {})

    def __setitem__(self, index: Any, value: object) -> NoReturn:
        raise self._not_plain("x[i] = value changes an array in place; compute a new one, or")

    # -- NumPy ---------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if not all(map(_takes_part, inputs)):
            return NotImplemented  # a Value's turn
        if kwargs.get("out") is not None:
            raise self._not_plain(f"{full_name(ufunc)} with out= writes in place; leave it out, or")
        if method == "__call__" and not kwargs:
            if ufunc.nout == 1 and ufunc.signature is None:
                return self.trace.record(elementwise(ufunc, ufunc.nin), inputs)
            form = FORMS.get(ufunc)
            return form(*inputs) if form else self.trace.call(ufunc, inputs, {})
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        form = FORMS.get(function)
        made = form(*inputs, **kwargs) if form else NotImplemented
        return self.trace.call(function, inputs, kwargs) if made is NotImplemented else made

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        if not all(issubclass(cls, Traced | np.ndarray) for cls in types):
            return NotImplemented
        form = FORMS.get(func)
        made = form(*args, **kwargs) if form else NotImplemented
        return self.trace.call(func, args, kwargs) if made is NotImplemented else made

    # -- methods -------------------------------------------------------------------------------

    def item(self) -> Any:
        """A Python number of an array of no axes; still traced."""
        return self if self.is_number else self.trace.record(NUMBER, (self,))

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """In another dtype."""
        dtype = np.dtype(dtype)
        if dtype == self.dtype and not self.is_number:
            return self
        return self.trace.record(ASTYPE, (self,), {"dtype": dtype})

    def scatter(self, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of a shape with this added at an index; for lowerings."""
        parts = index if isinstance(index, tuple) else (index,)
        if not all(isinstance(part, BASIC) for part in parts):
            return NotImplemented
        params = {"shape": tuple(shape), "dtype": self.dtype, "indices": (index,)}
        return self.trace.record(SCATTER, (self,), params)

    def copy(self) -> Traced:
        """Itself: it cannot change."""
        return self

    def __getattr__(self, name: str) -> Any:
        function = METHODS.get(name)
        if function is None:
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

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise self._not_plain(
            "np.asarray(x), np.array([x, y]) or a function not made for NumPy's dispatch protocols "
            "needs plain data; use np.stack and the like, or"
        )

    def _not_plain(self, what: str) -> NotTraceable:
        return NotTraceable(
            f"{what} make it an op (og.op), which is then called back. In {self.trace.name}, being "
            f"compiled.",
            self.trace,
        )


def _takes_part(x: Any) -> bool:
    return x.__class__ is Traced or not isinstance(x, Node)
