"""From LLVM code as text to functions that can be called."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from time import perf_counter
from typing import Any

import llvmlite.binding as llvm

from opgrad_llvm import cache as disk
from opgrad_llvm.code import INLINED
from opgrad_llvm.target import host

Native = Callable[..., None]

_next = count().__next__

lock = threading.RLock()
"""Held while LLVM works; and while the process forks, so that no child finds LLVM at work."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
    )


@dataclass(eq=False)
class Library:
    """Loaded machine code; it is unloaded with this object.

    Attributes:
        functions: by name.
        size: bytes of the object code.
        level: of optimisation.
        seconds: by stage: ``parse``, ``codegen``, ``load``.
        cached: how many of its parts were in the disk cache.
        parts: how many it has.
    """

    functions: dict[str, Native] = field(default_factory=dict)
    size: int = 0
    level: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    cached: int = 0
    parts: int = 0
    tracker: Any = None

    def _spent(self, stage: str, start: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + perf_counter() - start


def build(
    texts: Sequence[str],
    names: Mapping[str, int],
    level: int,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> Library | None:
    """Compile and load.

    Args:
        texts: LLVM code, in parts that may call each other; each is compiled by itself.
        names: the functions that are wanted, with the number of their arguments: addresses or
            64-bit integers.
        level: 0: soon; 2: better code.
        stop: asked before each part; if true, this gives up and returns ``None``.
    """
    library = Library(level=level, parts=len(texts))
    codes = []
    for text in texts:
        if stop():
            return None
        codes.append(_code(text, level, library))
    start = perf_counter()
    library.size = sum(map(len, codes))
    builder = llvm.JITLibraryBuilder().add_current_process()
    for code in codes:
        builder.add_object_img(code)
    for name in names:
        builder.export_symbol(name)
    with lock:
        tracker = library.tracker = builder.link(_jit(), f"opgrad{_next()}")
        library.functions = {
            name: _prototype(arguments)(tracker[name]) for name, arguments in names.items()
        }
    library._spent("load", start)
    return library


def _code(text: str, level: int, library: Library) -> bytes:
    """Object code, from the disk cache or made."""
    start = perf_counter()
    key = disk.key_of(text, f"{host()} {level}")
    code = disk.read(key)
    if code is not None:
        library.cached += 1
        library._spent("cache", start)
        return code
    with lock:
        module = llvm.parse_assembly(text)
        library._spent("parse", start)
        start = perf_counter()
        machine = host().machine(level)
        if INLINED in text:
            _inline(module, machine)
        made: bytes = machine.emit_object(module)
    library._spent("codegen", start)
    disk.write(key, made)
    return made


def _inline(module: Any, machine: Any) -> None:
    """Put functions in place of the calls that are marked; no other pass is worth its time."""
    passes = llvm.create_new_module_pass_manager()
    passes.add_always_inliner_pass()
    options = llvm.create_pipeline_tuning_options(speed_level=0)
    passes.run(module, llvm.create_pass_builder(machine, options))


@cache
def _prototype(arguments: int) -> Any:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * arguments)


@cache
def _jit() -> Any:
    # LLVM's older linker puts parts anywhere, and ends the process if one is too far from another
    # (more than 2 GB) for the calls between them. For Windows, there is no other.
    is_near = sys.platform != "win32"
    return llvm.create_lljit_compiler(host().machine(0), use_jit_link=is_near)
