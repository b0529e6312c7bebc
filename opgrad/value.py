"""Value: a node with operators, NumPy's dispatch protocols, and a place to read its gradient.

Everything computed with Values ends in :func:`apply` (or its short form for the
operators), which runs an op's forward on the raw data and records the result as a new node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np

from opgrad import cotangent, diagnostics, schedule, steps
from opgrad.array_methods import ArrayMethods
from opgrad.binding import bind, place_of_out, plain_index
from opgrad.copies import Copies
from opgrad.data import (
    PLAIN,
    SMALL,
    is_data,
    is_traced,
    read_only,
    say,
    snapshot_of_param,
    why_no_data,
)
from opgrad.errors import ImmutableError, InputError
from opgrad.forward import as_node, as_nodes, constant, recover, run_forward, settle
from opgrad.hooks import Scheduler
from opgrad.node import Constant, Node, Writable, next_number
from opgrad.operation import NO_PARAMS, Data, Op, Raw, full_name
from opgrad.plain import as_numpy_says
from opgrad.plugin import describe
from opgrad.refusals import Refusals, no_op_for, no_operand, no_out
from opgrad.registry import default
from opgrad.residuals import LARGE, only_residuals
from opgrad.schedule import cotangents_from
from opgrad.twins import connect, twin

T = TypeVar("T")
D = TypeVar("D", bound=Data)
Operand: TypeAlias = "Value[Any] | Data"

# -- operators -----------------------------------------------------------------------------------


@twin("binary")
def _binary(name: str, op: Op | None = None) -> Callable[[Value[Any], Operand], Value[Any]]:
    """The method of a binary operator: :func:`apply` for two inputs, on its shortest path."""

    def method(x: Node, y: Any) -> Any:
        nonlocal op
        if y.__class__ is not Value and not isinstance(y, Node):
            if not is_data(y):
                return no_operand(op or default().lookup(name), y)
            y = constant(y)
        if op is None:
            op = default().lookup(name)
        try:
            data = op.forward(x.data, y.data)
        except Exception as error:
            data = recover(error, op, (x, y))
        if data.__class__ not in PLAIN:
            data = settle(op, data, (x, y))
        node: Any = _WritableValue()  # _record(), written out: the call took a tenth of the whole
        node.op = op
        node.x = x
        node.y = y
        node.more = None
        node.data = data
        node.number = next_number()
        node.grad = 0
        node.__class__ = Value
        if _debugging.depth:
            diagnostics.watch(node)
        return node

    return method


def _reflected(name: str) -> Callable[[Value[Any], Operand], Value[Any]]:
    """The method of a reflected operator: the other operand, no Value, comes first."""
    method = _binary(name)

    def reflected(y: Value[Any], x: Any) -> Any:
        if not is_data(x):
            return no_operand(default().lookup(name), x)
        return method(constant(x), y)  # type: ignore[arg-type]  # a Constant will do

    return reflected


@twin("unary")
def _unary(name: str, op: Op | None = None) -> Callable[[Value[Any]], Value[Any]]:
    """The method for a unary op: :func:`apply` for one input, on a shorter path."""

    def method(x: Value[Any]) -> Value[Any]:
        nonlocal op
        if op is None:
            op = default().lookup(name)
        try:
            data = op.forward(x.data)
        except Exception as error:
            data = recover(error, op, (x,))
        if data.__class__ not in PLAIN:
            data = settle(op, data, (x,))
        return _record(op, x, None, None, data)

    return method


# -- the class -----------------------------------------------------------------------------------


class Value(ArrayMethods, Refusals, Copies, Node, Generic[T]):
    """A number or array that remembers how it was computed.

    Args:
        data: a Python number, or an array that speaks NumPy's dispatch protocols. A NumPy array is
            copied, so that later changes of it do not change what was computed here.
        grad: what :attr:`grad` starts from.

    Attributes:
        data: the number or array; can neither be assigned nor written to.
        grad: the sum of what :meth:`backward` has put here so far; may be assigned (``None`` makes
            it 0).

    Comparisons (``==`` too) compare the data and give a Value of the outcome, as NumPy's arrays
    do; hashing is by identity.

    Raises:
        InputError: ``data`` is something else.

    Example:
        >>> x = Value(3.0)
        >>> (x * x).backward()
        >>> x
        Value(data=3.0, grad=6.0)
    """

    __slots__ = ("grad",)

    data: T
    grad: Any

    def __init__(self: Value[D], data: D, grad: Any = 0) -> None:
        if data.__class__ not in PLAIN:
            if isinstance(data, Node) or not is_data(data):
                raise InputError(why_no_data(data, "Value() holds"))
            if isinstance(data, np.ndarray):  # what is recorded must not change with the original
                data = read_only(np.array(data, copy=True, subok=True))
            elif is_traced(data):
                data = copy(data)
        super().__init__(data)
        _set_grad(self, grad if grad.__class__ in PLAIN else self._checked_grad(grad))

    @classmethod
    def leaf(cls, data: Any) -> Value[Any]:
        """A leaf of data that is not copied, for code that sees to it that they do not change."""
        return _record(None, None, None, None, read_only(data))

    def _checked_grad(self, grad: Any) -> Any:
        """Checked now, so that backward(), which adds to it, cannot fail half way."""
        if grad is None:
            return 0
        if isinstance(grad, Node) or not is_data(grad):
            raise InputError(why_no_data(grad, "a Value's 'grad' holds"))
        data: Any = self.data
        if np.shape(grad) not in [(), np.shape(data)]:
            raise InputError(
                f"a Value's 'grad' is a number or has the shape of its data, "
                f"{np.shape(data)}; given {say(grad)}"
            )
        return grad

    def __setattr__(self, name: str, value: object) -> None:
        if name == "grad":
            _set_grad(self, self._checked_grad(value))
        elif name == "data":
            raise ImmutableError(
                "a Value's 'data' cannot be set: the graph that it is part of would no longer be "
                "true. Make a new one instead: p = Value(p.data - rate * p.grad)."
            )
        else:
            super().__setattr__(name, value)

    def backward(self, cotangent: Any = None, *, scheduler: str | Scheduler | None = None) -> None:
        """Add to ``.grad``, of every node this one depends on, this one's derivative by it.

        Args:
            cotangent: the derivative of the final result with respect to this one. May be left out
                at a real scalar: 1.
            scheduler: name or object; ``None``: the current one.

        Raises:
            CotangentError, VjpError, NotDifferentiable: see :func:`opgrad.backward`.
        """
        for node, g in cotangents_from(self, cotangent, None, scheduler).items():
            if g is not None and isinstance(node, Value):
                _set_grad(node, node.grad + g)

    def zero_grad(self) -> None:
        """Set ``.grad`` to 0 here and in every node this one depends on."""
        seen: set[Node] = {self}
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, Value):
                node.grad = 0
            fresh = {parent for parent in node.inputs if parent not in seen}
            seen |= fresh
            stack.extend(fresh)

    __add__, __radd__ = _binary("arithmetic.add"), _reflected("arithmetic.add")
    __sub__, __rsub__ = _binary("arithmetic.sub"), _reflected("arithmetic.sub")
    __mul__, __rmul__ = _binary("arithmetic.mul"), _reflected("arithmetic.mul")
    __truediv__, __rtruediv__ = _binary("arithmetic.div"), _reflected("arithmetic.div")
    __pow__, __rpow__ = _binary("arithmetic.pow"), _reflected("arithmetic.pow")
    __floordiv__, __rfloordiv__ = _binary("arithmetic.floordiv"), _reflected("arithmetic.floordiv")
    __mod__, __rmod__ = _binary("arithmetic.mod"), _reflected("arithmetic.mod")
    __matmul__, __rmatmul__ = _binary("arrays.matmul"), _reflected("arrays.matmul")
    __neg__ = _unary("arithmetic.neg")
    __abs__ = _unary("arithmetic.abs")

    __lt__, __le__ = _binary("arithmetic.less"), _binary("arithmetic.less_equal")
    __gt__, __ge__ = _binary("arithmetic.greater"), _binary("arithmetic.greater_equal")
    __eq__ = _binary("arithmetic.equal")  # type: ignore[assignment]  # object's gives a bool
    __ne__ = _binary("arithmetic.not_equal")  # type: ignore[assignment]
    __hash__ = object.__hash__

    def __pos__(self) -> Value[T]:
        if self.dtype.kind == "b":
            np.positive(self.data)  # type: ignore[call-overload]  # refuses truths
        return self

    def __divmod__(self, other: Operand) -> tuple[Value[Any], Value[Any]]:
        return self // other, self % other

    def __rdivmod__(self, other: Operand) -> tuple[Value[Any], Value[Any]]:
        return other // self, other % self

    def __getitem__(self, index: Any) -> Value[Any]:
        return apply(default().lookup("arrays.getitem"), (self,), {"index": plain_index(index)})

    relu = _unary("activations.relu")
    sigmoid = _unary("activations.sigmoid")
    exp = _unary("elementary.exp")
    log = _unary("elementary.log")
    sqrt = _unary("elementary.sqrt")
    sin = _unary("elementary.sin")
    cos = _unary("elementary.cos")
    tanh = _unary("elementary.tanh")

    # -- NumPy's dispatch protocols --------------------------------------------------------------

    @twin("array_ufunc")
    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:
            operator = default().operators.get(ufunc)
            return operator(*inputs) if operator else _dispatch(ufunc, inputs, kwargs)
        if kwargs.get("out") is not None:
            raise no_out(ufunc)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        return _dispatch(function, inputs, kwargs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        if "out" in kwargs:
            if kwargs["out"] is not None:
                raise no_out(func)
            kwargs = {name: value for name, value in kwargs.items() if name != "out"}
        place = place_of_out(func) if len(args) > 2 else 0
        if 0 < place < len(args) and args[place] is not None:
            raise no_out(func)
        return _dispatch(func, args, kwargs)

    def __bool__(self) -> bool:
        return bool(self.data)

    # -- showing ---------------------------------------------------------------------------------

    def __repr__(self) -> str:
        try:
            return f"Value(data={self.data!r}, grad={self.grad!r})"
        except AttributeError:  # made without its __init__, as a message may have to say
            return object.__repr__(self)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)


_set_grad: Callable[[Node, Any], None] = Value.__dict__["grad"].__set__

# -- recording -----------------------------------------------------------------------------------


class _WritableValue(Writable, Node):
    __slots__ = ("grad",)

    grad: Any


_debugging = diagnostics.state


@twin("apply")
def apply(op: Op, args: tuple[Any, ...], params: Mapping[str, Any] = NO_PARAMS) -> Value[Any]:
    """Run ``op`` on Values and raw data, and record the result.

    Raises:
        InputError: the number of inputs is wrong, or one is neither a Value nor raw data.
        ForwardError: the forward returned something that is neither a number nor an array.
        Exception: whatever the forward raised, with a note that names the op.
    """
    inputs = as_nodes(op, args)
    for name, param in params.items():
        if isinstance(param, Node):
            raise InputError(
                f"{describe(op)}: its {name!r} is a param, static and never differentiated; given "
                f"a Value. If no gradient is to flow to it, give its data: {name}=v.data."
            )
    params = {name: snapshot_of_param(param) for name, param in params.items()}
    data = run_forward(op, inputs, params)
    x = inputs[0] if inputs else None
    y = inputs[1] if len(inputs) > 1 else None
    more = None
    if params or len(inputs) > 2 or op.arity is None:
        more = inputs[2:], params
    return _record(op, x, y, more, data)


@twin("record")
def _record(op: Op | None, x: Node | None, y: Node | None, more: Any, data: Raw) -> Value[Any]:
    node: Any = _WritableValue()
    node.op = op
    node.x = x
    node.y = y
    node.more = more
    node.data = data
    node.number = next_number()
    node.grad = 0
    node.__class__ = Value
    if _debugging.depth:
        diagnostics.watch(node)
    return node  # type: ignore[no-any-return]  # the twin has become a Value


def _dispatch(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Any) -> Any:
    """A NumPy function was called on Values: run the op, or function of ops, that implements it."""
    registry = default()
    operators, found = registry.operators, registry.implementation(function)
    if found is None:
        raise no_op_for(full_name(function))
    if not isinstance(found, Op):
        try:
            return found(*args, **kwargs)
        except Exception as error:
            raise as_numpy_says(error, function, found, args, kwargs) from error.__cause__
    if (
        isinstance(function, np.ufunc)
        and function.nin == found.arity
        and function.nin < 3
        and not found.opaque
    ):
        operators[function] = _operator(found)  # for next time: nothing to bind
    return apply(found, *bind(found, function, args, kwargs))


def _operator(op: Op) -> Callable[..., Any]:
    """What a ufunc of one or two inputs becomes: the shorter path of Python's operators."""
    if op.arity == 1:
        return _unary(op.name, op)
    method = _binary(op.name, op)

    def operator(*inputs: Any) -> Any:
        x, y = inputs
        if x.__class__ is not Value:
            x = as_node(x, op)
        out = method(x, y)
        return apply(op, inputs) if out is NotImplemented else out  # says what is wrong

    return operator


connect(
    Node=Node,
    Constant=Constant,
    Value=Value,
    Op=Op,
    InputError=InputError,
    Float64=np.float64,
    next_number=next_number,
    state=diagnostics.state,
    lookup=lambda name: default().lookup(name),
    default=default,
    is_data=is_data,
    recover=recover,
    settle=settle,
    watch=diagnostics.watch,
    only_residuals=only_residuals,
    LARGE=LARGE,
    SMALL=SMALL,
    snapshot_of_param=snapshot_of_param,
    usual=schedule.USUAL,
    pull_back=schedule.pull_back,
    accumulate=schedule.accumulate,
    wrong_count=cotangent.wrong_count,
    explain=schedule.explain,
    by_number=steps.by_number,
)
