"""Stand-ins: what takes the place of raw data while a function is traced.

They take part in NumPy's dispatch protocols, and record each operation. There is a class of them
for each class of data: Python's numbers, NumPy's, and arrays. A stand-in has the attributes of what
it stands for, and no others: those that can be recorded are, the rest are an escape. To anyone but
OpGrad it says that it is of that class.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from opgrad.compiler.forms.table import METHODS, in_form
from opgrad.compiler.operators import OPERATORS, is_result, root
from opgrad.compiler.own import asks
from opgrad.compiler.primitives import ASTYPE, ERFC, GETITEM, NUMBER, SCATTER, VIEWS, elementwise
from opgrad.compiler.python_numbers import as_int, fit_each_other
from opgrad.data import (
    PLAIN,
    StandIn,
    concrete_of,
    is_number,
    is_traced,
    node_of,
    tracer_of,
)
from opgrad.node import Node
from opgrad.operation import full_name

BASIC = (int, np.integer, slice, type(Ellipsis), type(None))

_new, _getattribute = object.__new__, object.__getattribute__


class StandInType(type):
    """The class of stand-ins for one class of data, which it compares equal to."""

    @property
    def stands_for(cls) -> type:
        """The class of what its instances stand for."""
        return _KINDS.get(id(cls), cls)

    def __eq__(cls, other: object) -> bool:
        return cls is other or _KINDS.get(id(cls)) is other

    def __hash__(cls) -> int:
        return hash(_KINDS.get(id(cls), type))

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.stands_for(*args, **kwargs)


_KINDS: dict[int, type] = {}
"""What each class of stand-ins stands for, by its id: asking a class for its hash leads here."""


class Traced(StandIn, metaclass=StandInType):
    """A stand-in. Not made by users."""

    __slots__ = ("__weakref__",)

    @property  # type: ignore[misc]  # object's is no property to mypy
    def __class__(self) -> Any:
        return type(self) if asks() else type(self.concrete)

    def __getattr__(self, name: str) -> Any:
        """What a number has for OpGrad alone: forms take it for an array of no axes."""
        found = _FOR_OPGRAD.get(name)
        if found is None or not asks():
            return getattr(self.concrete, name)  # raises, as it should
        return found(self) if isinstance(found, _Read) else found.__get__(self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, Node) for x in inputs if not is_traced(x)):
            return NotImplemented  # a Value's turn
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        tracer = tracer_of(self)
        if method == "at":
            tracer.escape("ufunc.at changes an array in place;")
        elif kwargs.get("out") is not None:
            tracer.escape(f"{full_name(ufunc)} with out= writes in place; leave it out, or")
        elif not all(map(_takes_part, inputs)):
            tracer.escape(f"{full_name(ufunc)} of {_foreign(inputs)} needs plain data;")
        if not tracer.can_follow():
            return function(*plain(inputs), **plain(kwargs))
        if method == "__call__" and not kwargs and ufunc.nout == 1 and ufunc.signature is None:
            if ufunc is np.power and (found := root(*inputs, of_numbers=True)) is not None:
                return found
            compared = ufunc in _COMPARISONS
            if ufunc.nin == 2 and not fit_each_other(*inputs, compared=compared):
                tracer.escape(f"{full_name(ufunc)} of such values needs NumPy itself;")
                return function(*plain(inputs))
            return tracer.record(elementwise(ufunc, ufunc.nin), inputs)
        made = in_form(function, inputs, kwargs)
        return tracer.call(function, inputs, kwargs) if made is NotImplemented else made

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Mapping[str, Any]
    ) -> Any:
        others = [cls for cls in types if cls is not type(self) and cls is not np.ndarray]
        if any(issubclass(cls, Node) for cls in others):
            return NotImplemented
        tracer = tracer_of(self)
        foreign = [cls for cls in others if not issubclass(cls, StandIn)]
        if foreign:
            tracer.escape(f"{full_name(func)} of a {foreign[0].__name__} needs plain data;")
        elif func in _IN_PLACE or kwargs.get("out") is not None:
            tracer.escape(f"{full_name(func)} changes an array in place;")
        elif func in _OF_MEMORY:
            tracer.escape(f"{full_name(func)} goes by where arrays lie in memory;")
        if not tracer.can_follow():
            return func(*plain(args), **plain(dict(kwargs)))
        made = in_form(func, args, kwargs)
        if made is NotImplemented:
            return tracer.call(func, args, kwargs)
        if not is_traced(made):
            return made
        if is_number(made) and func is not np.real:
            return made.astype(made.dtype)  # NumPy makes its own numbers of Python's
        if any(made is x for x in args):  # NumPy's result is another object, perhaps a view
            tracer.viewed.add(made.node)
            is_view = func in _VIEWS or not made.shape
            return stand_in(tracer, made.node, made.concrete if is_view else made.concrete.copy())
        return made

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self.tracer.escape(_AS_ARRAY)
        return np.array(self.concrete, dtype, copy=copy)


def stand_in(tracer: Any, node: Node, concrete: Any) -> Traced:
    """What stands for a number or array."""
    kind: Any = type(concrete)
    self: Any = _new(_class_for(kind))
    self.tracer = tracer
    self.node = node
    self.concrete = concrete
    return self  # type: ignore[no-any-return]  # it was made just now


def plain(x: Any) -> Any:
    """The same without stand-ins, in containers, too."""
    if isinstance(x, Traced):
        return x.concrete
    if type(x) in (tuple, list):
        return type(x)(map(plain, x))
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*map(plain, x))
    if type(x) is dict:
        return {key: plain(value) for key, value in x.items()}
    if type(x) is slice:
        return slice(plain(x.start), plain(x.stop), plain(x.step))
    return x


def _takes_part(x: Any) -> bool:
    return is_traced(x) or is_result(x) or isinstance(x, tuple | list)


def _foreign(inputs: tuple[Any, ...]) -> str:
    return next(f"a {type(x).__name__}" for x in inputs if not _takes_part(x))


# -- what can be recorded ------------------------------------------------------------------------


class _Read:
    """An attribute that is no method: computed when it is read."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read

    def __call__(self, x: Any) -> Any:
        return self._read(x)

    def __get__(self, x: Any, owner: Any = None) -> Any:
        return self if x is None else self._read(x)

    def __set__(self, x: Any, value: Any) -> None:
        raise AttributeError("a traced array's attributes cannot be set")


def _method(name: str) -> Callable[..., Any]:
    """A method of arrays that is a function of NumPy."""
    form = METHODS[name]

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.tracer.can_follow():
            return getattr(self.concrete, name)(*plain(args), **plain(kwargs))
        return form(self, *args, **kwargs)

    return method


def _item(self: Any, *index: Any) -> Any:
    """A Python number of an array of no axes; still traced."""
    if index or self.size != 1:
        self.tracer.escape("x.item needs plain data;")
        return self.concrete.item(*plain(index))
    return self if is_number(self) else self.tracer.record(NUMBER, (self,))


def _astype(self: Any, dtype: Any, *options: Any, copy: bool = True, **named: Any) -> Any:
    """In another dtype."""
    wanted = np.dtype(dtype)
    if options or named or wanted.kind not in "fiubc":
        self.tracer.escape("x.astype(dtype, order, casting, subok), or to text, needs plain data;")
        return self.concrete.astype(dtype, *options, copy=copy, **named)
    if wanted == self.dtype and not self.is_number:
        return _copy(self)
    return self.tracer.record(ASTYPE, (self,), {"dtype": wanted})


def _scatter(self: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of a shape with this added at an index; for lowerings."""
    parts = index if isinstance(index, tuple) else (index,)
    if not all(isinstance(part, BASIC) for part in parts):
        return NotImplemented
    params = {"shape": tuple(shape), "dtype": self.dtype, "indices": (index,)}
    return self.tracer.record(SCATTER, (self,), params)


def _erfc(self: Any) -> Any:
    """1 - erf(x); for ops that ask Python's own, one number at a time."""
    return self.tracer.record(ERFC, (self,)) if self.dtype.kind == "f" else NotImplemented


def _copy(self: Any, order: str = "C") -> Any:
    """Another of the same."""
    concrete = self.concrete
    kept = concrete.copy() if isinstance(concrete, np.ndarray) else concrete
    return stand_in(self.tracer, self.node, kept)


def _become(self: Any, other: Any) -> Any:
    """What ``x += y`` does to an array, wherever else it is held; ``None`` if that is not known.

    Its memory is, or may be, that of another array, too; or NumPy would not write the result into
    this one.
    """
    op = self.node.op
    is_shared = op is None or op.opaque or op in VIEWS or self.node in self.tracer.viewed
    if is_shared or other.node.data != self.node.data:
        return None
    self.node, self.concrete = other.node, other.concrete
    return self


def _repr(self: Any) -> str:
    tracer = self.tracer
    if tracer.is_open or tracer.given_up is not None:
        tracer.escape("text made of a value needs plain data;")
        return repr(self.concrete)
    return f"<traced {self.node.data}, here {self.concrete!r}>"


def _str(self: Any) -> str:
    text = _repr(self)
    return text if text.startswith("<traced") else str(self.concrete)


def _format(self: Any, spec: str) -> str:
    text = _repr(self)
    return text if text.startswith("<traced") else format(self.concrete, spec)


def _length(self: Any) -> int:
    if not self.shape:
        raise TypeError("len() of unsized object")
    return int(self.shape[0])


def _iter(self: Any) -> Iterator[Any]:
    if not self.shape:
        raise TypeError("iteration over a 0-d array")
    return (self[i] for i in range(self.shape[0]))


def _without_iter(self: Any, name: str) -> Any:
    if name == "__iter__":
        raise AttributeError("a number of NumPy's has no __iter__")
    if name == "__class__":  # the property would take this function for who asks
        return type(self) if asks() else type(concrete_of(self))
    return _getattribute(self, name)


def _contains(self: Any, x: Any) -> bool:
    return bool(np.any(self == x))


def _getitem(self: Any, index: Any) -> Any:
    if not self.tracer.can_follow():
        return self.concrete[plain(index)]
    if isinstance(index, tuple):
        index = tuple([_decided(part) for part in index])
        is_basic = all(isinstance(part, BASIC) for part in index)
    else:
        index = _decided(index)
        is_basic = isinstance(index, BASIC)
    if is_basic:
        return self.tracer.record(GETITEM, (self,), {"index": index})
    return self.tracer.call(operator.getitem, (self, index), {})


def _decided(part: Any) -> Any:
    """An index, with ends of a slice that are traced decided on, as the shape depends on them."""
    if not isinstance(part, slice):
        return part
    ends = (part.start, part.stop, part.step)
    return slice(*[operator.index(end) if is_traced(end) else end for end in ends])


def _setitem(self: Any, index: Any, value: object) -> None:
    self.tracer.escape("x[i] = value changes an array in place; compute a new one, or")
    self.concrete[plain(index)] = plain(value)


# -- what Python wants to know -------------------------------------------------------------------


def _bool(self: Any) -> bool:
    tracer = self.tracer
    return bool(tracer.guard(self, tracer.compute(bool, self.concrete)))


def _index(self: Any) -> int:
    tracer = self.tracer
    return int(tracer.guard(self, tracer.compute(operator.index, self.concrete)))


def _int(self: Any) -> int:
    tracer = self.tracer
    number: int = tracer.compute(int, self.concrete)
    if self.dtype.kind in "iub":
        tracer.guard(self, number)
    elif self.dtype.kind == "f":
        truncated = np.trunc(self)
        if is_traced(truncated):
            tracer.guard(truncated, float(number))
    else:
        tracer.escape("int(x) of a complex number needs plain data;")
    return number


class Escape:
    """An attribute that no program can follow: that of the concrete value, after an escape."""

    def __init__(self, name: str, *, whole: bool = False) -> None:
        self._name = name
        self._whole = whole  # what is made of a stand-in would differ: the function runs again

    def __get__(self, x: Any, owner: Any = None) -> Any:
        if x is None:
            return getattr(owner.stands_for, self._name)
        hint = _HINTS.get(self._name, f"x.{self._name} needs plain data;")
        if self._whole and x.tracer.is_open:
            raise x.tracer.refusal(hint)
        x.tracer.escape(hint)
        return getattr(x.concrete, self._name)


_AS_ARRAY = (
    "np.asarray(x), np.array([x, y]) or a function not made for NumPy's dispatch protocols needs "
    "plain data; use np.stack and the like, or"
)
_HINTS = {
    "__array_interface__": _AS_ARRAY,
    "__array_struct__": _AS_ARRAY,
    "__float__": "float(x), np.array([x, y]), or a function of math, needs plain data; use NumPy's "
    "(np.exp, np.stack, ...), or",
    "__complex__": "complex(x) needs plain data;",
    "__round__": "round(x) needs plain data; use np.round, or",
    "__hash__": "a key of a dict, or an element of a set, needs plain data; compare,",
    "__reduce_ex__": "pickle needs plain data;",
    "__reduce__": "pickle needs plain data;",
}


_OF_OBJECTS = {
    "__class__",
    "__class_getitem__",
    "__delattr__",
    "__doc__",
    "__getattribute__",
    "__init__",
    "__init_subclass__",
    "__new__",
    "__setattr__",
    "__subclasshook__",
    "__array__",
    "__array_function__",
    "__array_priority__",
    "__array_ufunc__",
}
"""What every class has, or what stand-ins have of their own."""

_SHOWN: dict[str, Any] = {
    "__repr__": _repr,
    "__str__": _str,
    "__format__": _format,
    "__bool__": _bool,
    "__index__": _index,
    "__int__": _int,
    "__reduce__": Escape("__reduce__", whole=True),
    "__reduce_ex__": Escape("__reduce_ex__", whole=True),
}

_OF_NUMBERS: dict[str, Any] = {
    "real": _Read(lambda x: np.real(x) if type(x.concrete) is complex else as_int(x)),
    "imag": _Read(lambda x: np.imag(x) if type(x.concrete) is complex else type(x.concrete)(0) + 0),
    "conjugate": lambda x: np.conjugate(x).item() if type(x.concrete) is complex else as_int(x),
}

_OF_ARRAYS: dict[str, Any] = {
    **{name: _method(name) for name in METHODS},
    "shape": _Read(lambda x: node_of(x).data.shape),
    "dtype": _Read(lambda x: node_of(x).data.dtype),
    "ndim": _Read(lambda x: len(node_of(x).data.shape)),
    "size": _Read(lambda x: node_of(x).data.size),
    "itemsize": _Read(lambda x: x.node.data.dtype.itemsize),
    "nbytes": _Read(lambda x: x.node.data.dtype.itemsize * x.node.data.size),
    "real": _Read(lambda x: np.real(x)),
    "imag": _Read(lambda x: np.imag(x)),
    "T": _Read(lambda x: np.transpose(x)),
    "mT": _Read(lambda x: np.swapaxes(x, -1, -2)),
    "item": _item,
    "astype": _astype,
    "copy": _copy,
    "__copy__": _copy,
    "__deepcopy__": lambda x, memo: _copy(x),
    "__len__": _length,
    "__iter__": _iter,
    "__contains__": _contains,
    "__getitem__": _getitem,
    "__setitem__": _setitem,
}

_FOR_OPGRAD: dict[str, Any] = {
    **_OF_ARRAYS,
    "conj": _method("conj"),
    "aval": _Read(lambda x: node_of(x).data),
    "is_number": _Read(is_number),
    "become": _become,
    "scatter": _scatter,
    "erfc": _erfc,
}


@cache
def _class_for(kind: type) -> type[Traced]:
    """The class of stand-ins for a class of data."""
    recorded = {**OPERATORS, **_SHOWN, **(_OF_NUMBERS if kind in PLAIN else _OF_ARRAYS)}
    members: dict[str, Any] = {"__slots__": (), "__module__": kind.__module__}
    members["__doc__"] = _Read(lambda x: x.concrete.__doc__)
    for name in dir(kind):
        if name in _OF_OBJECTS:
            continue
        if getattr(kind, name) is None:  # such as __hash__ of arrays
            members[name] = None
        else:
            members[name] = recorded.get(name) or Escape(name)
    if issubclass(kind, np.generic):  # Python would iterate by x[0], x[1], ...
        members["__iter__"] = None
        members["__getattribute__"] = _without_iter
    made = type.__call__(StandInType, kind.__name__, (Traced,), members)
    _KINDS[id(made)] = kind
    return made  # type: ignore[no-any-return]  # a class of stand-ins


_COMPARISONS = {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}
_IN_PLACE = {np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal}
_OF_MEMORY = {np.shares_memory, np.may_share_memory}
_VIEWS = {
    np.broadcast_to,
    np.diff,
    np.expand_dims,
    np.moveaxis,
    np.ravel,
    np.real,
    np.reshape,
    np.squeeze,
    np.swapaxes,
    np.transpose,
}
"""What gives an array of the same memory, if it changes nothing."""
