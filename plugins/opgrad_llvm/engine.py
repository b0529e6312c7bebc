"""From LLVM code as text to functions that can be called."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from time import perf_counter
from typing import Any

import llvmlite.binding as llvm

from opgrad_llvm import cache as disk
from opgrad_llvm.target import Target, host

Native = Callable[..., None]

_next = count().__next__
_lock = threading.Lock()  # LLVM's JIT links one object at a time


@dataclass(eq=False)
class Library:
    """Loaded machine code; it is unloaded with this object.

    Attributes:
        functions: by name.
        size: bytes of the object code.
        level: of optimisation.
        seconds: by stage: ``parse``, ``codegen``, ``load``.
        cached: whether the code was in the disk cache.
    """

    functions: dict[str, Native]
    size: int
    level: int
    seconds: dict[str, float]
    cached: bool
    tracker: Any


def build(text: str, names: Sequence[str], level: int, arguments: int = 1) -> Library:
    """Compile and load; the functions take that many addresses or 64-bit integers.

    Args:
        text: LLVM code.
        names: the functions that are wanted.
        level: 0: soon; 2: better code.
        arguments: of each function.
    """
    target = host()
    seconds = {}
    start = perf_counter()
    key = disk.key_of(text, f"{target} {level}")
    code = disk.read(key)
    cached = code is not None
    if code is None:
        module = llvm.parse_assembly(text)
        parsed = perf_counter()
        seconds["parse"] = parsed - start
        machine = _machine(level)
        if "alwaysinline" in text:
            passes = llvm.create_pass_builder(
                machine, llvm.create_pipeline_tuning_options(speed_level=0)
            )
            manager = llvm.ModulePassManager() if False else passes.getModulePassManager()
            manager.run(module, passes)
        code = machine.emit_object(module)
        seconds["codegen"] = perf_counter() - parsed
        disk.write(key, code)
    loading = perf_counter()
    functions, tracker = _load(code, names, arguments)
    seconds["load"] = perf_counter() - loading
    return Library(functions, len(code), level, seconds, cached, tracker)


def _load(code: bytes, names: Sequence[str], arguments: int) -> tuple[dict[str, Native], Any]:
    builder = llvm.JITLibraryBuilder().add_object_img(code).add_current_process()
    for name in names:
        builder.export_symbol(name)
    prototype = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * arguments)
    with _lock:
        tracker = builder.link(_jit(), f"opgrad{_next()}")
        return {name: prototype(tracker[name]) for name in names}, tracker


@cache
def _machine(level: int) -> llvm.TargetMachine:
    return host().machine(level)


@cache
def _jit() -> Any:
    target: Target = host()
    return llvm.create_lljit_compiler(target.machine(0))
