"""Functions of `opgrad_llvm.vecmath`, compiled, to be called with arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

from opgrad_llvm import vecmath

Array = NDArray[np.floating[Any]]

llvm.initialize_native_target()
llvm.initialize_native_asmprinter()


@dataclass(frozen=True)
class Path:
    """One way that this machine can compute: lanes of float64, and CPU features to leave unused.

    A machine without these features computes as with all of its own.
    """

    lanes: int
    without: tuple[str, ...] = ()

    def width(self, dtype: str) -> int:
        """The lanes of a dtype: of float32, twice those of float64, but for a scalar."""
        return self.lanes * 2 if self.lanes > 1 and dtype == "float32" else self.lanes


WIDE = Path(8)  # AVX-512 where there
PATHS = {
    "AVX-512": WIDE,
    "AVX2": Path(4, ("avx512",)),
    "SSE2, no FMA": Path(2, ("avx", "fma", "sse3", "ssse3", "sse4")),
    "scalar": Path(1),
}


class Compiled:
    """Functions, given as (name, dtype, lanes), compiled with a loop over arrays around each."""

    def __init__(self, needed: Iterable[tuple[str, str, int]], without: tuple[str, ...]) -> None:
        needed = sorted(needed)
        features = llvm.get_host_cpu_features()
        for feature in features:
            if without and feature.startswith(without):
                features[feature] = False
        cpu = "" if without else llvm.get_host_cpu_name()
        declarations, functions = vecmath.definitions(needed, fma=features.get("fma", True))
        loops = (loop(*which) for which in needed)
        module = llvm.parse_assembly("\n".join([*declarations, functions, *loops]))
        machine = llvm.Target.from_default_triple().create_target_machine(
            cpu=cpu, features=features.flatten(), opt=1
        )
        self._engine = llvm.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()

    def __call__(self, name: str, dtype: str, lanes: int, *arguments: Array) -> Array:
        """The function of arrays of one size; the last vector is filled up with the first lanes."""
        size = arguments[0].size
        count = -(-size // lanes)
        arrays = [np.resize(a.astype(dtype), count * lanes) for a in arguments]
        result = np.empty(count * lanes, dtype)
        address = self._engine.get_function_address(f"loop_{name}_{dtype}_{lanes}")
        native = ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * (len(arrays) + 1))
        native(address)(count, result.ctypes.data, *(a.ctypes.data for a in arrays))
        return result[:size]


def loop(name: str, dtype: str, lanes: int) -> str:
    """IR that applies a function to arrays: (number of vectors, result, arguments...)."""
    element = vecmath.DTYPES[dtype]
    type_ = element if lanes == 1 else f"<{lanes} x {element}>"
    arguments = range(vecmath.FUNCTIONS[name].arity)
    pointers = "".join(f", ptr %a{k}" for k in arguments)
    loads = "\n".join(
        f"%p{k} = getelementptr {type_}, ptr %a{k}, i64 %i\n"
        f"%x{k} = load {type_}, ptr %p{k}, align 4"
        for k in arguments
    )
    values = ", ".join(f"{type_} %x{k}" for k in arguments)
    return f"""
define void @loop_{name}_{dtype}_{lanes}(i64 %n, ptr %out{pointers}) {{
entry: br label %loop
loop:
%i = phi i64 [0, %entry], [%next, %loop]
{loads}
%y = call {type_} {vecmath.symbol(name, dtype, lanes)}({values})
%q = getelementptr {type_}, ptr %out, i64 %i
store {type_} %y, ptr %q, align 4
%next = add i64 %i, 1
%more = icmp ult i64 %next, %n
br i1 %more, label %loop, label %exit
exit: ret void
}}"""


@cache
def compiled(path: Path) -> Compiled:
    """Every function, in both dtypes."""
    needed = [(name, d, path.width(d)) for name in vecmath.FUNCTIONS for d in vecmath.DTYPES]
    return Compiled(needed, path.without)


def evaluate(name: str, path: Path, *arguments: Array) -> Array:
    """A function of arrays of one size and dtype."""
    dtype = arguments[0].dtype.name
    return compiled(path)(name, dtype, path.width(dtype), *arguments)
