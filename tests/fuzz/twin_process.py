"""A second process that runs programs in Python alone, without the compiled module.

What it is sent is the program and its data; what it sends back, every bit of value and gradient.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import opgrad as og
from opgrad.twins import NATIVE
from tests.fuzz.leaves import bits, leaves, unwrapped
from tests.fuzz.program import Program
from tests.fuzz.subject import Raised, Subject, attempt


def outcome(program: Program, seed: tuple[int, ...]) -> list[Any]:
    """The bits of what a program gives on Values, its gradient, and its tangent."""
    subject = Subject(program, seed)
    found = [_bits(attempt(subject.own, *program.arguments([og.Value(x) for x in subject.active])))]
    if subject.is_differentiable:
        parts = subject.by_active(subject.own)
        found.append(_bits(attempt(lambda: og.vjp(parts, *subject.wide)[1](subject.cotangents))))
        found.append(_bits(attempt(lambda: og.jvp(parts, subject.wide, subject.tangents)[1])))
    return found


def _bits(result: Any) -> Any:
    if isinstance(result, Raised):
        return type(result.error).__name__, str(result.error)
    return [(type(x).__name__, *bits(x)) for x in leaves(unwrapped(result))]


class TwinProcess:
    """The other process, which waits for programs."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.fuzz.twin_process"],
            env=os.environ | {"OPGRAD_NATIVE": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        atexit.register(self.close)

    def close(self) -> None:
        """End it."""
        self._process.communicate()

    def outcome(self, program: Program, seed: tuple[int, ...]) -> list[Any]:
        """That of :func:`outcome`, over there."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump((program, seed), self._process.stdin)
        self._process.stdin.flush()
        found: list[Any] = pickle.load(self._process.stdout)
        return found


@cache
def twin_process() -> TwinProcess:
    """The one of this process; it ends when its input does."""
    return TwinProcess()


def quiet() -> int:
    """Let what C code prints go nowhere (LAPACK, of NaN); a descriptor of what went before."""
    kept = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return kept


def is_native() -> bool:
    """Whether there is anything to compare."""
    return NATIVE is not None


def _serve() -> None:
    results = os.fdopen(quiet(), "wb")
    while True:
        try:
            program, seed = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(outcome(program, seed), results)
        results.flush()


if __name__ == "__main__":
    _serve()
