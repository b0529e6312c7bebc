"""Functions of `opgrad_llvm.vecmath` compiled, to be called with arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable

import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

from opgrad_llvm import vecmath

Array = NDArray[np.floating]

llvm.initialize_native_target()
llvm.initialize_native_asmprinter()


class Compiled:
    """A module of functions, for this machine's CPU, with some of its features switched off."""

    def __init__(
        self, needed: Iterable[tuple[str, str, int]], without: str = "", opt: int = 2
    ) -> None:
        needed = sorted(set(needed))
        features = llvm.get_host_cpu_features()
        off = tuple(without.split())
        for feature in features:
            if off and feature.startswith(off):
                features[feature] = False
        text = vecmath.definitions(needed, fma=features.get("fma", True))
        text += "\n".join(loop(*which) for which in needed)
        module = llvm.parse_assembly(text)
        module.verify()
        self.ir = text
        self.machine = llvm.Target.from_default_triple().create_target_machine(
            cpu="" if off else llvm.get_host_cpu_name(), features=features.flatten(), opt=opt
        )
        options = llvm.create_pipeline_tuning_options(speed_level=opt)
        builder = llvm.create_pass_builder(self.machine, options)
        builder.getModulePassManager().run(module, builder)
        self.optimized = module
        self.engine = llvm.create_mcjit_compiler(module, self.machine)
        self.engine.finalize_object()

    def __call__(self, name: str, dtype: str, lanes: int, *arguments: Array) -> Array:
        """The function of whole arrays, whose length is padded to a multiple of the lanes."""
        size = arguments[0].size
        padded = -(-size // lanes) * lanes
        arrays = [np.resize(a.astype(dtype, copy=False), padded) for a in arguments]
        out = np.empty(padded, dtype)
        self.raw(name, dtype, lanes, len(arguments))(
            padded // lanes, out.ctypes.data, *(a.ctypes.data for a in arrays)
        )
        return out[:size]

    def raw(self, name: str, dtype: str, lanes: int, arity: int) -> Callable[..., None]:
        address = self.engine.get_function_address(f"loop_{name}_{dtype}_{lanes}")
        pointers = [ctypes.c_void_p] * (arity + 1)
        return ctypes.CFUNCTYPE(None, ctypes.c_int64, *pointers)(address)


def loop(name: str, dtype: str, lanes: int) -> str:
    """IR that applies a function to arrays: (number of vectors, result, arguments...)."""
    arity = vecmath.FUNCTIONS[name].arity
    element = vecmath.DTYPES[dtype]
    type_ = element if lanes == 1 else f"<{lanes} x {element}>"
    arguments = range(arity)
    return "\n".join(
        [
            f"define void @loop_{name}_{dtype}_{lanes}(i64 %n, ptr noalias %out"
            + "".join(f", ptr noalias %a{k}" for k in arguments)
            + ") {",
            "entry: br label %loop",
            "loop:",
            "%i = phi i64 [0, %entry], [%next, %loop]",
            *(f"%p{k} = getelementptr {type_}, ptr %a{k}, i64 %i" for k in arguments),
            *(f"%x{k} = load {type_}, ptr %p{k}, align {4}" for k in arguments),
            f"%y = call {type_} {vecmath.symbol(name, dtype, lanes)}("
            + ", ".join(f"{type_} %x{k}" for k in arguments)
            + ")",
            f"%q = getelementptr {type_}, ptr %out, i64 %i",
            f"store {type_} %y, ptr %q, align 4",
            "%next = add i64 %i, 1",
            "%more = icmp ult i64 %next, %n",
            "br i1 %more, label %loop, label %exit",
            "exit: ret void",
            "}",
        ]
    )
