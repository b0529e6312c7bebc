"""Plugin: machine code for traced programs, through LLVM.

A traced graph is cut into steps (:mod:`opgrad_llvm.schedule`): straight-line code on numbers, loops
over the elements of arrays, and calls of Python in between. Code is written as LLVM's text and
compiled to functions that work on one frame (:mod:`opgrad_llvm.layout`).

Needs llvmlite: ``pip install "opgrad[jit]"``.
"""

from __future__ import annotations

from importlib.util import find_spec

import opgrad as og

if find_spec("llvmlite") is None:
    raise og.MissingExtra("it needs llvmlite: pip install 'opgrad[jit]'")

from opgrad_llvm.backend import Llvm as Llvm


@og.hookimpl.opgrad_backends
def opgrad_backends() -> list[og.Backend]:
    """The backend of this plugin."""
    return [Llvm()]
