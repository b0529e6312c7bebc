"""Contestant: C by hand, compiled by ``gcc -O3 -march=native -ffast-math``, called through ctypes.

The sources are in ``c/``. They are compiled when first needed, into a directory that goes away.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.compiled.entry import Entries, Entry
from benchmarks.compiled.programs import mlp as mlp_program

SOURCES = Path(__file__).with_name("c")
FLAGS = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")


def mlp(of: mlp_program.Problem) -> Entries:
    """Value and gradient, and the call of a function that does nothing."""
    (X, y), params = of.arrays(), np.array(of.params)
    out = np.empty(1 + len(params))
    arrays = [params, X, y, out]
    return {
        "C": Entry(bound("mlp", len(y), arrays), read=lambda _: [out[:1], out[1:]]),
        "C, empty call": Entry(bound("nothing", len(y), arrays), read=None),
    }


def black_scholes(inputs: list[Any]) -> Entries:
    """Prices and greeks, in arrays that are made in the call, and in given ones."""
    n = len(inputs[0])
    given = [np.empty(n) for _ in range(6)]
    reused = bound("black_scholes", n, [*inputs, *given])

    def fresh() -> Any:
        results = [np.empty(n) for _ in range(6)]
        bound("black_scholes", n, [*inputs, *results])()
        return results

    return {"C": Entry(fresh), "C, arrays reused": Entry(reused, read=lambda _: given)}


def is_vectorised() -> bool:
    """Whether the Black-Scholes loop calls vector functions, by the names in the binary."""
    return b"_ZGV" in compiled()[1]


def bound(name: str, n: int, arrays: list[Any]) -> Callable[[], None]:
    """The function of that name, to be called on these arrays again and again."""
    function = compiled()[0][name]
    function.restype = None
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in arrays]  # keep them
    size = ctypes.c_long(n)
    return lambda: function(size, *pointers)


@cache
def compiled() -> tuple[ctypes.CDLL, bytes]:
    """All of ``c/``, compiled: loaded, and as the file's bytes.

    Raises:
        SystemExit: there is no gcc, or it fails.
    """
    gcc = shutil.which("gcc")
    if gcc is None:
        sys.exit("gcc is needed for the hand-written C; install it, or leave it out: --without C")
    with TemporaryDirectory(prefix="opgrad-bench-") as folder:
        path = Path(folder) / "hand.so"
        sources = sorted(map(str, SOURCES.glob("*.c")))
        command = [gcc, *FLAGS, *sources, "-o", str(path), "-lm"]
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
        return ctypes.CDLL(str(path)), path.read_bytes()


CASES = {"scalar MLP": mlp, "batched MLP": mlp, "Black-Scholes": black_scholes}
