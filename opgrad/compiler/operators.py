"""Python's operators on traced arrays: NumPy's, but for what Python has otherwise for numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from opgrad.compiler.primitives import VIEWS, elementwise
from opgrad.data import PLAIN, is_number, is_traced
from opgrad.node import Node

_numpy: Any = np  # its type stubs do not know of its dispatch protocols


def is_result(x: Any) -> bool:
    """Whether it is a number or array of NumPy's or Python's."""
    return isinstance(x, np.ndarray | np.generic) or x.__class__ in PLAIN


def binary(
    ufunc: np.ufunc,
    compute: Callable[..., Any],
    *,
    takes_bools: bool = False,
    divides: bool = False,
) -> tuple[Any, Any, Any]:
    """Methods for ``x + y``, for ``y + x`` where y has no such operator, and for ``x += y``.

    Args:
        ufunc: what NumPy has for it.
        compute: Python's operator.
        takes_bools: whether it does to bools something else than to the integers that they are.
        divides: whether Python raises for numbers if the second is zero, which then is a decision.
    """
    op = elementwise(ufunc, 2)

    def method(x: Any, y: Any) -> Any:
        if y.__class__ is not x.__class__ and not is_result(y):
            if not isinstance(y, list | tuple):
                return NotImplemented
            y = np.asarray(y)
        if divides and is_traced(y) and is_number(x) and is_number(y):
            bool(y)
        if x.concrete.__class__ is bool and not takes_bools and is_number(y):
            x = as_int(x)
        return x.trace.record(op, (x, y), compute=compute)

    def reflected(y: Any, x: Any) -> Any:
        if not is_result(x):
            if not isinstance(x, list | tuple):
                return NotImplemented
            x = np.asarray(x)
        if divides and is_number(x) and is_number(y):
            bool(y)
        if y.concrete.__class__ is bool and not takes_bools and is_number(x):
            y = as_int(y)
        return y.trace.record(op, (x, y), compute=compute)

    def in_place(x: Any, y: Any) -> Any:
        return x.become(method(x, y)) if x.shape else method(x, y)

    return method, reflected, in_place


def comparison(ufunc: np.ufunc, compute: Callable[..., Any]) -> Any:
    """A method for ``x < y``."""
    return binary(ufunc, compute, takes_bools=True)[0]


def unary(ufunc: np.ufunc, compute: Callable[..., Any]) -> Any:
    """A method for an operator of one operand."""
    op = elementwise(ufunc, 1)

    def method(x: Any) -> Any:
        if x.concrete.__class__ is bool:
            x = as_int(x)
        return x.trace.record(op, (x,), compute=compute)

    return method


def as_int(x: Any) -> Any:
    """The integer that a bool is."""
    return np.where(x, 1, 0).item()


def power(x: Any, y: Any) -> Any:
    """``x ** y``. Of numbers, what Python makes depends on signs, which then are decisions.

    Raises:
        NotTraceable: Python made a complex number of a negative one, or NumPy integers of bools.
    """
    trace = (x if is_traced(x) else y).trace
    if is_number(x) and is_number(y):
        given = [z.concrete if is_traced(z) else z for z in (x, y)]
        whole = not is_traced(y) and y == int(y) if not isinstance(y, complex) else False
        if not (whole and y >= 0) and not any(map(np.iscomplexobj, given)):
            if not bool(x > 0) and not bool(x == 0) and not whole and isinstance(given[1], float):
                raise trace.refusal("a complex root of a negative number needs Python itself;")
            if all(isinstance(z, int) for z in given) and bool(y < 0):
                x = x * 1.0
    elif is_traced(x) and x.dtype.kind == "b" and is_number(y):
        raise trace.refusal("a power of an array of bools needs NumPy itself;")
    return _power(x, y) if is_traced(x) else _reflected_power(y, x)


_power, _reflected_power, _ = binary(np.power, operator.pow)


class Operators:
    """Mixed into ``Traced``; also what Python does without operators' signs: ``x += y``, ``+x``."""

    __slots__ = ()

    node: Node
    trace: Any
    concrete: Any
    shape: Any
    copy: Callable[[], Any]

    __add__, __radd__, __iadd__ = binary(np.add, operator.add)
    __sub__, __rsub__, __isub__ = binary(np.subtract, operator.sub)
    __mul__, __rmul__, __imul__ = binary(np.multiply, operator.mul)
    __truediv__, __rtruediv__, __itruediv__ = binary(np.divide, operator.truediv, divides=True)
    __floordiv__, __rfloordiv__, __ifloordiv__ = binary(
        np.floor_divide, operator.floordiv, divides=True
    )
    __mod__, __rmod__, __imod__ = binary(np.remainder, operator.mod, divides=True)
    __lshift__, __rlshift__, __ilshift__ = binary(np.left_shift, operator.lshift)
    __rshift__, __rrshift__, __irshift__ = binary(np.right_shift, operator.rshift)
    __and__, __rand__, __iand__ = binary(np.bitwise_and, operator.and_, takes_bools=True)
    __or__, __ror__, __ior__ = binary(np.bitwise_or, operator.or_, takes_bools=True)
    __xor__, __rxor__, __ixor__ = binary(np.bitwise_xor, operator.xor, takes_bools=True)
    __lt__ = comparison(np.less, operator.lt)
    __le__ = comparison(np.less_equal, operator.le)
    __gt__ = comparison(np.greater, operator.gt)
    __ge__ = comparison(np.greater_equal, operator.ge)
    __eq__ = comparison(np.equal, operator.eq)
    __ne__ = comparison(np.not_equal, operator.ne)

    __neg__ = unary(np.negative, operator.neg)
    __abs__ = unary(np.absolute, operator.abs)
    __invert__ = unary(np.invert, operator.invert)

    def __pow__(self, other: Any) -> Any:
        return power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return power(other, self)

    def __ipow__(self, other: Any) -> Any:
        return self.become(self**other) if self.shape else self**other

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def become(self, other: Any) -> Any:
        """What ``x += y`` does to an array, wherever else it is held.

        Raises:
            NotTraceable: its memory is, or may be, that of another array, too; or NumPy would not
                write the result into this one.
        """
        if other is NotImplemented:
            return NotImplemented
        op, trace = self.node.op, self.trace
        is_shared = op is None or op.opaque or op in VIEWS or self.node in trace.viewed
        if is_shared or other.node.data != self.node.data:
            raise trace.refusal("x += y changes an array in place; write x = x + y, or")
        this: Any = self  # whose slots are Traced's
        this.node, this.concrete = other.node, other.concrete
        return self

    def __pos__(self) -> Any:
        operator.pos(self.concrete)  # refuses NumPy's booleans
        return as_int(self) if self.concrete.__class__ is bool else self.copy()

    def __matmul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Node) else _numpy.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Node) else _numpy.matmul(other, self)

    def __imatmul__(self, other: Any) -> Any:
        return self.become(self @ other)
