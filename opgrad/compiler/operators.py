"""Python's operators on stand-ins: NumPy's for arrays, Python's own for Python's numbers."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from opgrad.compiler import python_numbers
from opgrad.compiler.primitives import elementwise
from opgrad.compiler.python_numbers import fit_each_other
from opgrad.data import PLAIN, concrete_of, is_number, is_traced, node_of, tracer_of
from opgrad.node import Node
from opgrad.operation import Op

_numpy: Any = np  # its type stubs do not know of its dispatch protocols


def is_result(x: Any) -> bool:
    """Whether it is a number or array of NumPy's or Python's own classes."""
    if type(x) is np.ndarray or isinstance(x, np.generic):
        return x.dtype.kind in "fiubc"
    return type(x) in PLAIN


def _apply(name: str, op: Op, compute: Callable[..., Any], x: Any, y: Any) -> Any:
    """``x + y`` of data, one or both of them traced."""
    tracer = tracer_of(x if is_traced(x) else y)
    if tracer.given_up is None:  # what is recorded asks whether it can be
        if is_number(x) and (is_number(y) or _is_taken_for_one(x, y)):
            return python_numbers.binary(name, op, compute, x, y)
        if name == "pow" and "c" in (_dtype(x).kind, _dtype(y).kind):
            return tracer.call(compute, (x, y), {})  # NumPy goes by the exponent's class and value
        if name == "pow" and (found := root(x, y)) is not None:
            return found
        is_followed = _OF_ARRAYS.get(name, _always)
        if is_followed(x, y) and fit_each_other(x, y, compared=name in _COMPARISONS):
            return tracer.record(op, (x, y), compute=compute)
        tracer.escape(f"{name} of such values needs NumPy itself;")
    return compute(_plain(x), _plain(y))


def _is_taken_for_one(x: Any, y: Any) -> bool:
    """Whether Python takes ``y`` for a number of its own: a complex number does so to floats."""
    return isinstance(_plain(x), complex) and isinstance(_plain(y), float)


def _plain(x: Any) -> Any:
    return concrete_of(x) if is_traced(x) else x


def _with_other(name: str, compute: Callable[..., Any], x: Any, y: Any) -> Any:
    """``x + y`` where y is no number or array of NumPy's or Python's own, and perhaps knows how."""
    if isinstance(y, Node):
        return NotImplemented
    if is_one_number(x) and isinstance(y, str | bytes | bytearray | list | tuple):
        if name == "mul" and (x.aval.dtype.kind in "iu" or type(x.concrete) is bool):
            return y * operator.index(x)  # a decision, as in range(x)
        if is_number(x):
            return NotImplemented
    if isinstance(y, numbers.Number) or (not is_number(x) and not _is_of_python(y)):
        x.tracer.escape(f"{name} with a {type(y).__name__} needs plain data;")
        return compute(x.concrete, y)
    return NotImplemented


def _is_of_python(y: Any) -> bool:
    """Whether its class is written in Python, knows nothing of NumPy, and so works on stand-ins."""
    is_heap_type = bool(type(y).__flags__ & (1 << 9))
    return is_heap_type and not hasattr(y, "__array__") and not hasattr(y, "__array_ufunc__")


def _as_array(name: str, x: Any, y: Any) -> Any:
    """A list beside an array, as NumPy takes it; anything else as it is."""
    if not isinstance(y, list | tuple) or is_number(x) or (name == "mul" and is_one_number(x)):
        return y
    found = np.asarray(y)
    return found if is_result(found) else y


def is_one_number(x: Any) -> bool:
    """Whether it is a number, Python's or NumPy's, by which a list can be repeated."""
    return type(x.concrete) is not np.ndarray and not x.aval.shape


def _methods(
    name: str, ufunc: np.ufunc, compute: Callable[..., Any], arity: int = 2
) -> dict[str, Any]:
    """``__add__``, ``__radd__`` and ``__iadd__``."""
    op = elementwise(ufunc, arity)

    def method(x: Any, y: Any) -> Any:
        if not is_traced(y):
            y = _as_array(name, x, y)
            if not is_result(y):
                return _with_other(name, compute, x, y)
        return _apply(name, op, compute, x, y)

    def reflected(y: Any, x: Any) -> Any:
        x = _as_array(name, y, x)
        if not is_result(x):
            return _with_other(name, lambda a, b: compute(b, a), y, x)
        return _apply(name, op, compute, x, y)

    return {
        f"__{name}__": method,
        f"__r{name}__": reflected,
        f"__i{name}__": _in_place(method, getattr(operator, f"i{name}", None)),
    }


def _in_place(method: Callable[..., Any], compute: Callable[..., Any] | None) -> Any:
    """The method of ``x += y`` of arrays."""

    def in_place(x: Any, y: Any) -> Any:
        tracer = x.tracer
        if tracer.can_follow() and x.node.op is not None:
            other = method(x, y)
            if other is NotImplemented:
                return other
            if is_traced(other):
                became = x.become(other)
                if became is not None:
                    return became
        tracer.escape("x += y changes an array in place; write x = x + y, or")
        assert compute is not None
        return compute(x.concrete, _plain(y))

    return in_place


def _comparison(name: str, ufunc: np.ufunc, compute: Callable[..., Any]) -> dict[str, Any]:
    return {f"__{name}__": _methods(name, ufunc, compute)[f"__{name}__"]}


def _unary(name: str, ufunc: np.ufunc, compute: Callable[..., Any]) -> dict[str, Any]:
    op = elementwise(ufunc, 1)

    def method(x: Any) -> Any:
        if not x.tracer.can_follow():
            return compute(x.concrete)
        if x.is_number:
            return python_numbers.unary(name, op, compute, x)
        return x.tracer.record(op, (x,), compute=compute)

    return {f"__{name}__": method}


# -- what of arrays depends on values ------------------------------------------------------------


def _always(x: Any, y: Any) -> bool:
    return True


def root(x: Any, y: Any, *, of_numbers: bool = False) -> Any:
    """The square root, where NumPy takes it for ``x ** y``; ``None`` where it does not.

    Of -inf and -0.0, it is another number. The operator takes it of arrays, the ufunc of numbers,
    too.
    """
    is_one = is_traced(x) and bool(x.aval.shape or of_numbers) and not is_number(x)
    if not is_one or np.ndim(y) > len(x.aval.shape) or np.size(y) != 1:
        return None
    if _dtype(x).kind != "f" or _dtype(y).kind != "f" or not bool(np.all(np.equal(y, 0.5))):
        return None
    dtype = np.result_type(x, y)
    return np.sqrt(x if dtype == x.aval.dtype else x.astype(dtype))


def _power(x: Any, y: Any) -> bool:
    """Whether NumPy's operator is its ufunc, and raises nothing."""
    kinds = [_dtype(z).kind for z in (x, y)]
    if kinds[0] == "b" and is_number(y):
        return False  # integers of bools
    if kinds[0] in "iu" and kinds[1] in "iu":
        return bool(np.all(np.greater_equal(y, 0)))  # NumPy refuses negative ones
    if kinds[0] == "f" and kinds[1] != "c" and not np.shape(x) and not np.shape(y):
        # Of numbers, the ufunc takes the square root, of -0.0 and -inf, too; the operator does not.
        is_half = is_traced(y) or y == 0.5
        return not is_half or bool(x > 0) or not bool(np.equal(y, 0.5))
    return True


def _dtype(x: Any) -> Any:
    return node_of(x).data.dtype if is_traced(x) else np.asarray(x).dtype


_OF_ARRAYS = {"pow": _power}
_COMPARISONS = {"lt", "le", "gt", "ge", "eq", "ne"}


# -- what Python does without operators' signs ---------------------------------------------------


def _divmod(x: Any, y: Any) -> Any:
    return x // y, x % y


def _rdivmod(y: Any, x: Any) -> Any:
    return x // y, x % y


def _with_modulus(method: Callable[..., Any]) -> Callable[..., Any]:
    def power(x: Any, y: Any, modulus: Any = None) -> Any:
        if modulus is None:
            return method(x, y)
        x.tracer.escape("pow(x, y, z) needs plain data;")
        return pow(x.concrete, _plain(y), _plain(modulus))

    return power


def _pos(x: Any) -> Any:
    x.tracer.compute(operator.pos, x.concrete)  # refuses NumPy's booleans
    if not x.tracer.can_follow():
        return +x.concrete
    return python_numbers.as_int(x) if type(x.concrete) is bool else x.copy()


def _matmul(x: Any, y: Any) -> Any:
    return NotImplemented if isinstance(y, Node) else _numpy.matmul(x, y)


def _rmatmul(y: Any, x: Any) -> Any:
    return NotImplemented if isinstance(x, Node) else _numpy.matmul(x, y)


OPERATORS: dict[str, Any] = {
    **_methods("add", np.add, operator.add),
    **_methods("sub", np.subtract, operator.sub),
    **_methods("mul", np.multiply, operator.mul),
    **_methods("truediv", np.divide, operator.truediv),
    **_methods("floordiv", np.floor_divide, operator.floordiv),
    **_methods("mod", np.remainder, operator.mod),
    **_methods("pow", np.power, operator.pow),
    **_methods("lshift", np.left_shift, operator.lshift),
    **_methods("rshift", np.right_shift, operator.rshift),
    **_methods("and", np.bitwise_and, operator.and_),
    **_methods("or", np.bitwise_or, operator.or_),
    **_methods("xor", np.bitwise_xor, operator.xor),
    **_comparison("lt", np.less, operator.lt),
    **_comparison("le", np.less_equal, operator.le),
    **_comparison("gt", np.greater, operator.gt),
    **_comparison("ge", np.greater_equal, operator.ge),
    **_comparison("eq", np.equal, operator.eq),
    **_comparison("ne", np.not_equal, operator.ne),
    **_unary("neg", np.negative, operator.neg),
    **_unary("abs", np.absolute, operator.abs),
    **_unary("invert", np.invert, operator.invert),
    "__pos__": _pos,
    "__divmod__": _divmod,
    "__rdivmod__": _rdivmod,
    "__matmul__": _matmul,
    "__rmatmul__": _rmatmul,
    "__imatmul__": _in_place(_matmul, operator.imatmul),
}
OPERATORS["__pow__"] = _with_modulus(OPERATORS["__pow__"])
OPERATORS["__ipow__"] = _in_place(OPERATORS["__pow__"], operator.ipow)
"""By the names of the methods; a class of stand-ins has those that its data have."""
