"""Every attribute and method of numbers and arrays: by a program, or by the plain run itself."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.plain_run import Raised, assert_same_outcome, outcome

KINDS: dict[str, list[Any]] = {
    "float": [2.5, -0.0, 3.0],
    "int": [6, -3, 0],
    "complex": [1.5 - 2j, 0j],
    "float64": [np.float64(2.5), np.float64(-1.0)],
    "int64": [np.int64(6), np.int64(-2)],
    "bool_": [np.bool_(True), np.bool_(False)],
    "complex128": [np.complex128(1.5 - 2j), np.complex128(0)],
    "array": [np.array([2.0, -1.0, 0.5]), np.array([0.0, 3.0, -2.0])],
    "matrix": [np.array([[2.0, -1.0], [0.5, 4.0]]), np.array([[0.0, 3.0], [-2.0, 1.0]])],
    "integers": [np.array([3, 0, -1]), np.array([1, 1, 2])],
    "booleans": [np.array([True, False]), np.array([False, False])],
    "complexes": [np.array([1.5 - 2j, 3j]), np.array([0j, 1 + 0j])],
    "no axes": [np.array(2.5), np.array(-1.0)],
}
ARGUMENTS: dict[str, list[tuple[Any, ...]]] = {
    "__array_ufunc__": [],  # the protocols, which stand-ins have of their own
    "__array_function__": [],
    "__array_finalize__": [],
    "__array_wrap__": [],
    "__array_prepare__": [],
    "__array_struct__": [],  # an address
    "__array_interface__": [],
    "__buffer__": [],
    "ctypes": [],
    "__sizeof__": [],  # of what stands for it
    "__new__": [],
    "__init__": [],
    "__init_subclass__": [],
    "__subclasshook__": [],
    "__getattribute__": [("real",)],
    "__setattr__": [("shape", (1, 3))],
    "__delattr__": [("shape",)],
    "__setitem__": [(0, 1.0)],
    "__getitem__": [(0,), (slice(None, None, -1),), ((),), (...,)],
    "__delitem__": [(0,)],
    "__contains__": [(2.0,), (9.0,)],
    "__pow__": [(2,), (2, 5)],
    "__rpow__": [(2,)],
    "__round__": [(), (1,)],
    "__format__": [("",), (".2f",)],
    "__class_getitem__": [(Any,)],
    "__setstate__": [],
    "__deepcopy__": [({},)],
    "__reduce_ex__": [(2,)],
    "astype": [("f4",), (int,), ("U8",), ("f8", "C", "safe")],
    "byteswap": [()],
    "choose": [([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0],)],
    "clip": [(0, 1), (None, 1)],
    "compress": [([True],)],
    "dot": [(2.0,), (np.ones(2),)],
    "dump": [],  # writes a file
    "tofile": [],
    "fill": [(7.0,)],
    "from_bytes": [(b"\x01\x02", "big")],
    "from_number": [(2,)],
    "fromhex": [("0x1p1",)],
    "getfield": [("f4",)],
    "__getformat__": [("double",)],
    "item": [(), (0,), (1,)],
    "newbyteorder": [()],
    "partition": [(1,)],
    "argpartition": [(1,)],
    "put": [(0, 1.0)],
    "repeat": [(2,), (2, 0)],
    "reshape": [(-1,), ((1, -1),), (2, 2)],
    "resize": [],  # refused while anything refers to it
    "round": [(), (1,)],
    "searchsorted": [(1.0,)],
    "setfield": [(1.0, "f8")],
    "setflags": [],
    "swapaxes": [(0, 1)],
    "take": [(0,), ([0, 1],)],
    "to_bytes": [(8, "big")],
    "to_device": [("cpu",)],
    "trace": [(), (1,)],
    "view": [(), ("i8",)],
    "sum": [(), (0,), (0, None, None, True)],
    "max": [(), (0,), (0, None, True)],
    "transpose": [(), (0,), (1, 0)],
}
_OPERATORS = (
    "add sub mul truediv floordiv mod pow lshift rshift and or xor lt le gt ge eq ne matmul "
    "iadd isub imul itruediv ifloordiv imod ilshift irshift iand ior ixor ipow imatmul"
)
OPERATORS = set(_OPERATORS.split())


def _names(kind: str) -> list[str]:
    return sorted(name for name in dir(KINDS[kind][0]) if name != "__class__")


def _operator(name: str) -> Callable[[Any, Any], Any] | None:
    """The operator that a method of two operands is for."""
    plain = name.strip("_")
    if name == "__pow__":
        return None
    if name in ("__divmod__", "__rdivmod__"):
        return divmod if name == "__divmod__" else lambda x, y: divmod(y, x)
    found = getattr(operator, name, None)
    if found is not None and plain in OPERATORS:
        return found  # type: ignore[no-any-return]  # operator's functions
    reflected = getattr(operator, f"__{plain[1:]}__", None)
    if plain[:1] == "r" and reflected is not None and plain[1:] in OPERATORS:
        return lambda x, y: reflected(y, x)
    return None


def _uses(name: str) -> list[Callable[[Any], Any]]:
    apply = _operator(name)
    if apply is not None:
        return [partial(_swapped, apply, y) for y in (2, 0.5, np.float64(3.0), [1.0, 2.0])]

    def use(x: Any, *arguments: Any) -> Any:
        found = getattr(x, name)
        return found(*arguments) if callable(found) else found

    return [partial(_swapped, use, *a) for a in ARGUMENTS.get(name, [()])]


def _swapped(function: Callable[..., Any], *rest: Any) -> Any:
    """The function, called with the last argument first."""
    *others, x = rest
    return function(x, *others)


def _comparable(x: Any) -> Any:
    """What tells two results apart, of classes that do not compare."""
    if isinstance(x, str | bytes):
        return str(x) if isinstance(x, str) else bytes(x)
    if isinstance(x, np.ndarray) and x.dtype.kind not in "fiubc":
        return x.dtype.str, x.tolist()
    if isinstance(x, Raised | np.ndarray | np.generic | int | float | complex):
        return x
    if isinstance(x, tuple | list):
        return type(x)(map(_comparable, x))
    if isinstance(x, memoryview):
        return x.tobytes()
    if type(x).__name__ in ("generator", "ndarray_iterator", "iterator", "flatiter"):
        return list(x)
    return repr(x) if " at 0x" not in repr(x) else type(x)


@pytest.mark.filterwarnings("ignore:.*compiled, runs uncompiled:opgrad.errors.CompileWarning")
@pytest.mark.parametrize(
    ("kind", "backend"),
    [*((kind, "python") for kind in KINDS), ("int", "llvm"), ("matrix", "llvm")],
)
def test_every_attribute_of_numbers_and_arrays(kind: str, backend: str) -> None:
    """Compiled or not, it gives the same value, or the same exception."""
    for name in _names(kind):
        for use in _uses(name):
            compiled = og.compile(use, backend=backend)
            for x in [*KINDS[kind], KINDS[kind][0]]:
                mine, theirs = (x.copy() if isinstance(x, np.ndarray) else x for _ in range(2))
                got, expected = outcome(compiled, mine), outcome(use, theirs)
                try:
                    assert_same_outcome(_comparable(got), _comparable(expected))
                    assert_same_outcome(mine, theirs)  # what was changed in place
                except AssertionError as error:
                    error.add_note(f"{kind}.{name} of {x!r}, compiled by {backend}")
                    raise


@pytest.mark.filterwarnings("ignore:.*compiled, runs uncompiled:opgrad.errors.CompileWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_a_stand_in_has_the_attributes_of_what_it_stands_for(kind: str) -> None:
    """And no others that any number or array has: shape, dtype, __len__, __iter__, sum, hex, ..."""
    names = sorted({name for others in KINDS for name in _names(others)})
    names = [name for name in names if name not in ("__array_ufunc__", "__array_function__")]
    for name in ("__array__", "__array_priority__", "mT"):  # mT raises, of a vector
        names.remove(name)

    def has(x: Any) -> list[str]:
        return [name for name in names if hasattr(x, name)]

    x = KINDS[kind][0]
    assert og.compile(has, backend="python")(x) == has(x)
