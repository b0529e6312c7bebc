"""Plugin: machine code for traced programs, through LLVM.

Needs llvmlite: ``pip install "opgrad[jit]"``.
"""

from __future__ import annotations

from importlib.util import find_spec

import opgrad as og

if find_spec("llvmlite") is None:
    raise og.MissingExtra("it needs llvmlite: pip install 'opgrad[jit]'")
