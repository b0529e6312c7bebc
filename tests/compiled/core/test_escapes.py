"""What lets a value out of a trace: the function runs uncompiled then, and once."""

from __future__ import annotations

import array
import collections
import copy
import decimal
import enum
import fractions
import functools
import io
import json
import logging
import math
import numbers
import operator
import pickle
import random
import statistics
import struct
import warnings
from collections.abc import Callable
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.plain_run import assert_compiled_is_plain

IGNORED = pytest.mark.filterwarnings(
    "ignore:.*compiled, runs uncompiled:opgrad.errors.CompileWarning"
)
VECTOR = np.array([0.5, -1.0, 2.0])
MASKED: Any = np.ma.masked_array([1.0, 2.0, 3.0], [True, False, False])
BUFFER: Any = VECTOR


class Level(enum.IntEnum):
    """Integers with names."""

    LOW = 2


def _logged(x: Any) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.Logger("of a test")
    logger.addHandler(handler)
    logger.warning("at %s and %r", x, x)
    return stream.getvalue()


def _printed(x: Any) -> str:
    stream = io.StringIO()
    print(x, file=stream)
    return stream.getvalue()


@functools.singledispatch
def _class_of(x: object) -> str:
    return "object"


@_class_of.register
def _(x: float) -> str:
    return "float"


@_class_of.register
def _(x: int) -> str:
    return "int"


@_class_of.register
def _(x: np.ndarray) -> str:
    return "array"


def _matched(x: Any) -> str:
    match x:
        case bool() | int():
            return "int"
        case float():
            return "float"
        case [_, *_]:
            return "sequence"
    return "other"


def _is_same(x: Any) -> bool:
    y = x
    return y is x and (x > 0) is not None


KNOWN_LATE = {"pickle", "pickled bytes", "json", "Decimal"}
"""What C code refuses, or would make something else of: known when it is too late."""

TEXTS: dict[str, Callable[[Any], Any]] = {
    "f": lambda x: f"{x}",
    "f with a format": lambda x: f"{x:.2f}" if not np.ndim(x) else f"{x[0]:.2f}",
    "f of repr": lambda x: f"{x!r}",
    "str": lambda x: str(x),
    "repr": lambda x: repr(x),
    "percent s": lambda x: "%s" % (x,),  # noqa: UP031
    "percent r": lambda x: "%r" % (x,),  # noqa: UP031
    "format": lambda x: "{} {}".format(x, x),  # noqa: UP032
    "join": lambda x: ", ".join(map(str, [x, x])),
    "a key": lambda x: {f"x={x}": x},
    "a look-up": lambda x: {"2.5": 1.0, str(VECTOR): 2.0}.get(str(x), 3.0) * x,
    "print": _printed,
    "logging": _logged,
    "array_str": lambda x: np.array_str(np.atleast_1d(x)),
    "array_repr": lambda x: np.array_repr(np.atleast_1d(x)),
    "array2string": lambda x: np.array2string(np.atleast_1d(x)),
    "json": lambda x: json.dumps(x) if not np.ndim(x) else json.dumps(x.tolist()),
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "pickled bytes": lambda x: pickle.dumps(x),
    "an error": lambda x: str(ValueError(x)),
    "a class": lambda x: type(x).__name__,
    "a dict": lambda x: str({"x": x}),
    "StringIO": lambda x: io.StringIO(str(x)).read(),
}
CLASSES: dict[str, Callable[[Any], Any]] = {
    "float": lambda x: isinstance(x, float),
    "int": lambda x: isinstance(x, int),
    "number": lambda x: isinstance(x, numbers.Number),
    "real": lambda x: isinstance(x, numbers.Real),
    "integral": lambda x: isinstance(x, numbers.Integral),
    "array": lambda x: isinstance(x, np.ndarray),
    "generic": lambda x: isinstance(x, np.generic),
    "floating": lambda x: isinstance(x, np.floating),
    "iterable": lambda x: isinstance(x, collections.abc.Iterable),
    "sized": lambda x: isinstance(x, collections.abc.Sized),
    "container": lambda x: isinstance(x, collections.abc.Container),
    "hashable": lambda x: isinstance(x, collections.abc.Hashable),
    "sequence": lambda x: isinstance(x, collections.abc.Sequence),
    "supports float": lambda x: isinstance(x, SupportsFloat),
    "supports index": lambda x: isinstance(x, SupportsIndex),
    "callable": lambda x: callable(x),
    "isscalar": lambda x: np.isscalar(x),
    "ndim": lambda x: np.ndim(x),
    "shape": lambda x: np.shape(x),
    "size": lambda x: np.size(x),
    "iterable to NumPy": lambda x: np.iterable(x),
    "hasattr": lambda x: [hasattr(x, n) for n in ("shape", "dtype", "__len__", "__iter__", "sum")],
    "getattr": lambda x: getattr(x, "dtype", None),
    "class": lambda x: x.__class__.__name__,
    "class is": lambda x: x.__class__ is float,
    "type is": lambda x: type(x) is float,
    "type is not": lambda x: type(x) is not np.ndarray,
    "type equals": lambda x: type(x) == float,  # noqa: E721
    "type in": lambda x: type(x) in (float, np.float64),
    "type as a key": lambda x: {float: 1, int: 2, np.ndarray: 3, np.float64: 4}[type(x)],
    "type makes": lambda x: type(x)(2) if not np.ndim(x) else 0,
    "singledispatch": lambda x: _class_of(x),
    "match": _matched,
    "dir": lambda x: dir(x),
    "result_type": lambda x: np.result_type(x, np.float32),
    "obj2sctype": lambda x: np.dtype(type(x)) if not np.ndim(x) else x.dtype,
    "identity": _is_same,
    "identity of bools": lambda x: (x is x, np.sum(x > 0) is True),
}
NUMBERS: dict[str, Callable[[Any], Any]] = {
    "math.exp": lambda x: math.exp(x),
    "math.floor": lambda x: math.floor(x),
    "math.ceil": lambda x: math.ceil(x),
    "math.trunc": lambda x: math.trunc(x),
    "math.isnan": lambda x: math.isnan(x),
    "math.isclose": lambda x: math.isclose(x, 2.5),
    "math.copysign": lambda x: math.copysign(1.0, x),
    "math.fsum": lambda x: math.fsum([x, x, 1e-30]),
    "math.hypot": lambda x: math.hypot(x, 2),
    "math.prod": lambda x: math.prod([x, 2.0]),
    "math.pow": lambda x: math.pow(x, 2),
    "float": lambda x: float(x),
    "complex": lambda x: complex(x),
    "round": lambda x: round(x),
    "round to": lambda x: round(x, 1),
    "int": lambda x: int(x),
    "hash": lambda x: hash(x),
    "a set": lambda x: len({x, 2.5}),
    "a key": lambda x: {2.5: 1.0, 6: 2.0}.get(x, 0.0),
    "Counter": lambda x: collections.Counter([x, x]).most_common(1)[0][1],
    "lru_cache": lambda x: functools.lru_cache(lambda y: y * 2)(x),
    "Decimal": lambda x: str(decimal.Decimal(x)),
    "times Decimal": lambda x: x * decimal.Decimal(2),
    "Decimal times": lambda x: decimal.Decimal(2) * x,
    "less than Decimal": lambda x: x < decimal.Decimal("2.7"),
    "Fraction": lambda x: str(fractions.Fraction(x)),
    "times Fraction": lambda x: x * fractions.Fraction(1, 3),
    "Fraction times": lambda x: fractions.Fraction(1, 3) * x,
    "Fraction to the": lambda x: fractions.Fraction(1, 3) ** x,
    "IntEnum": lambda x: x * Level.LOW + Level.LOW,
    "equals IntEnum": lambda x: x == Level.LOW,
    "pow of three": lambda x: pow(x, 3, 5),
    "pow, third": lambda x: pow(2, 3, x),
    "index": lambda x: operator.index(x),
    "range": lambda x: list(range(x)),
    "a list times": lambda x: [0.0] * x,
    "times a tuple": lambda x: x * (1, 2),
    "text times": lambda x: "ab" * x,
    "bytes times": lambda x: x * b"ab",
    "bytes": lambda x: bytes(x),
    "bytearray": lambda x: bytearray(x),
    "a slice": lambda x: list("abcdefgh")[:x],
    "an index": lambda x: "abcdefgh"[x],
    "hex": lambda x: hex(x),
    "bin": lambda x: bin(x),
    "chr": lambda x: chr(x),
    "oct": lambda x: oct(x),
    "percent d": lambda x: "%d" % x,  # noqa: UP031
    "percent f": lambda x: "%.3f" % x,  # noqa: UP031
    "struct": lambda x: struct.pack("d", x),
    "array": lambda x: array.array("d", [x]).tolist(),
    "Random": lambda x: random.Random(x).random(),
    "default_rng": lambda x: np.random.default_rng(x).normal(),
    "mean": lambda x: statistics.mean([x, 1.0]),
    "np.float64": lambda x: np.float64(x),
    "np.float32": lambda x: np.float32(x) * 3,
    "np.array": lambda x: np.array([x, 1]),
    "np.array of a dtype": lambda x: np.array(x, np.float32),
    "np.full": lambda x: np.full(3, x),
    "np.arange": lambda x: np.arange(x),
    "np.zeros": lambda x: np.zeros(int(x)),
    "np.eye": lambda x: np.eye(x),
    "np.linspace": lambda x: np.linspace(0, x, 3),
    "np.isclose": lambda x: np.isclose(x, 2.5),
    "np.fromiter": lambda x: np.fromiter([x, x], float),
    "np.vectorize": lambda x: np.vectorize(lambda y: y + 1)(x),
    "copy": lambda x: copy.copy(x) + copy.deepcopy([x])[0],
    "sorted": lambda x: sorted([x, 2, 1]),
    "sum": lambda x: sum([x, x]),
    "max": lambda x: max(x, 2),
    "divmod": lambda x: divmod(x, 2),
    "abs": lambda x: abs(-x),
    "long": lambda x: x + 2**70,
    "less than long": lambda x: x < 2**70,
    "None": lambda x: (x == None, x != None),  # noqa: E711
    "text": lambda x: (x == "a", "a" != x),  # noqa: SIM300
    "plus text": lambda x: x + "a",
    "plus a list": lambda x: x + [1.0],  # noqa: RUF005
    "call": lambda x: x(1),
    "len": lambda x: len(x),
    "iter": lambda x: list(x),
    "item": lambda x: x[0],
    "contains": lambda x: 1 in x,
    "attribute": lambda x: x.nothing,
}
ARRAYS: dict[str, Callable[[Any], Any]] = {
    "np.array": lambda x: np.array([x, x]),
    "np.asarray": lambda x: np.asarray(x) + 1,
    "masked": lambda x: MASKED * x,
    "times masked": lambda x: (x * MASKED).sum(),
    "ufunc of masked": lambda x: np.add(x, MASKED).tolist(),
    "matrix": lambda x: x * np.matrix([[1.0], [2.0], [3.0]]),
    "times matrix": lambda x: np.matrix([[1.0, 2.0, 3.0]]) * np.reshape(x, (3, 1)),
    "concatenate with a matrix": lambda x: type(np.concatenate([[x], np.matrix([[1.0, 2, 3]])])),
    "stack of masked": lambda x: np.sum([x, MASKED]),
    "recarray": lambda x: x + np.rec.array([(1.0,), (2.0,), (3.0,)], dtype=[("a", float)])["a"],
    "char": lambda x: x == np.array(["a", "b", "c"]),
    "objects": lambda x: x + np.array([1, 2, fractions.Fraction(1, 2)], object),
    "memoryview": lambda x: np.add(x, memoryview(BUFFER)),
    "array.array": lambda x: x + array.array("d", [1.0, 2.0, 3.0]),
    "range": lambda x: x + range(3),
    "shares_memory": lambda x: np.shares_memory(x, x.reshape(3, 1)),
    "may_share_memory": lambda x: np.may_share_memory(x, x + 1),
    "base": lambda x: x[1:].base is not None,
    "flags": lambda x: x.flags.c_contiguous,
    "strides": lambda x: x.strides,
    "tobytes": lambda x: x.tobytes(),
    "tolist": lambda x: x.tolist(),
    "flat": lambda x: list(x.flat),
    "memory": lambda x: memoryview(x).tolist(),
    "hash": lambda x: hash(x),
    "bool": lambda x: bool(x),
    "int": lambda x: int(x),
    "float": lambda x: float(x),
    "in": lambda x: (2.0 in x, 7.0 in x),
    "in place": lambda x: x.__setitem__(0, 9.0),
    "sort": lambda x: x.sort(),
    "fill": lambda x: x.fill(2.0),
    "shape set": lambda x: setattr(x, "shape", (3, 1)),
    "add in place": lambda x: x.__iadd__(1),
    "copyto": lambda x: np.copyto(x, 1.0),
    "out": lambda x: np.add(x, 1, out=x),
    "where of out": lambda x: np.add(x, 1, out=np.zeros(3), where=x > 0),
    "nditer": lambda x: [str(y) for y in np.nditer(x)],
    "ndenumerate": lambda x: [i for i, y in np.ndenumerate(x) if y > 0],
    "unpacked": lambda x: [*x],
    "reversed": lambda x: list(reversed(x)),
    "enumerate": lambda x: [i * y for i, y in enumerate(x)],
    "zip": lambda x: [a * b for a, b in zip(x, x, strict=True)],
    "sorted": lambda x: sorted(x),
    "max": lambda x: max(x),
    "save": lambda x: np.save(io.BytesIO(), x),
    "savetxt": lambda x: np.savetxt(io.StringIO(), x),
    "frompyfunc": lambda x: np.frompyfunc(lambda y: y + 1, 1, 1)(x),
    "astype text": lambda x: x.astype(str),
    "view": lambda x: x.view(np.int64),
    "dtype made": lambda x: x.dtype.type(3),
    "empty_like": lambda x: np.zeros_like(x).shape,
    "isin": lambda x: np.isin(x, [2.0]),
    "array_equal": lambda x: np.array_equal(x, VECTOR),
    "allclose": lambda x: np.allclose(x, VECTOR),
    "lexsort": lambda x: np.lexsort([x, -x]),
}


@EACH_BACKEND
@IGNORED
@pytest.mark.parametrize("name", TEXTS)
def test_text_made_of_a_value(name: str, backend: str) -> None:
    """It is that of the value, in every call."""
    for calls in ([2.5, 3.5, 2.5], [3, 4], [np.float64(2.5), np.float64(-1.0)], [VECTOR, -VECTOR]):
        assert_compiled_is_plain(TEXTS[name], [(x,) for x in calls], backend)


@EACH_BACKEND
@IGNORED
@pytest.mark.parametrize("name", CLASSES)
def test_what_a_value_is(name: str, backend: str) -> None:
    """Of the class that it stands for: to isinstance, hasattr, type, match and to NumPy."""
    for calls in ([2.5, -1.0], [3, 4], [1j, 2j], [np.float64(2.5)], [np.int8(2)], [VECTOR]):
        assert_compiled_is_plain(CLASSES[name], [(x,) for x in calls], backend)


@EACH_BACKEND
@IGNORED
@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_done_to_numbers(name: str, backend: str) -> None:
    """As in the plain run, in every call; or the same class of exception."""
    for calls in ([2.5, 3.5, -0.5], [3, 6, 0], [np.float64(2.5), np.float64(6.0)], [np.int64(3)]):
        assert_compiled_is_plain(NUMBERS[name], [(x,) for x in calls], backend)


@EACH_BACKEND
@IGNORED
@pytest.mark.parametrize("name", ARRAYS)
def test_what_is_done_to_arrays(name: str, backend: str) -> None:
    """As in the plain run, also to the argument itself; or the same class of exception."""

    def function(x: Any) -> Any:
        mine = x.copy()
        return ARRAYS[name](mine), mine

    assert_compiled_is_plain(function, [(VECTOR,), (VECTOR * 2,), (VECTOR,)], backend)


@EACH_BACKEND
@IGNORED
@pytest.mark.parametrize("table", [TEXTS, CLASSES, NUMBERS], ids=["text", "classes", "numbers"])
def test_a_function_that_lets_a_value_out_runs_once(
    table: dict[str, Callable[[Any], Any]], backend: str
) -> None:
    """Its effects happen once in each call, unless it raises, or pickles."""
    for name, use in table.items():
        count: list[int] = []

        def function(x: float, use: Any = use, count: list[int] = count) -> Any:
            count.append(1)
            return use(x)

        compiled = og.compile(function, backend=backend)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                compiled(2.5)
            except Exception:
                continue
        twice = any("ran twice" in str(w.message) for w in caught)
        assert len(count) == 1 + twice, name
        assert not twice or name in KNOWN_LATE, name
