"""What makes executables of graphs: the backend of a compiled function, and what if it fails."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from opgrad.compiler.kind import OTHER, Program
from opgrad.diagnostics import user_frame
from opgrad.errors import BackendError, CompileWarning, UnknownBackendError
from opgrad.graph import Graph
from opgrad.hooks import Backend, Executable
from opgrad.node import Node
from opgrad.operation import full_name
from opgrad.registry import default

INTERPRETER = "python"
"""The backend that the others are measured by, and replaced with."""


class Lowering:
    """The backend that was chosen for a function.

    If it was chosen by name, its failures are errors. If the function took the fastest that there
    is, the interpreter takes over, after one warning.
    """

    def __init__(self, chosen: str | Backend, name: str, warn: Callable[[str], None]) -> None:
        self._chosen = chosen
        self._name = name
        self._warn = warn
        self._has_warned = False

    def find(self) -> Backend:
        """The backend.

        Raises:
            UnknownBackendError: no installed plugin has it.
        """
        if not isinstance(self._chosen, str):
            return self._chosen
        if self._chosen == "auto":
            return automatic_backend()
        return default().backend(self._chosen)

    def lower(self, graph: Graph, inputs: Sequence[Node]) -> Executable:
        """A program for the graph.

        Raises:
            BackendError: the backend failed, and was chosen by name.
        """
        backend = self.find()
        try:
            return backend.lower(graph, inputs)
        except Exception as error:
            self._failed(f"could not make a program of {self._name}: {error!r}", error)
        return default().backend(INTERPRETER).lower(graph, inputs)

    def run_again(self, program: Program, inputs: Sequence[Any]) -> Any:
        """The result of a program that raised before; ``OTHER`` if it may have been right to.

        It was if the interpreter raises on these arguments as well, or comes to other decisions.

        Raises:
            BackendError: it was not, and the backend was chosen by name.
        """
        try:
            program.executable(*inputs)
        except Exception as error:
            cause = error
        else:
            return program.run(inputs)
        found = OTHER
        if self._chosen != INTERPRETER:
            graph, leaves = program.graph, program.traces.inputs
            stand_in = default().backend(INTERPRETER).lower(graph, leaves)
            found = program.run(inputs, stand_in)
        if found is not OTHER:
            self._failed(
                f"made a program of {self._name} that raised {cause!r}, where the interpreter "
                f"({INTERPRETER}) computes a result",
                cause,
            )
            program.executable = stand_in
        return found

    def _failed(self, how: str, error: Exception) -> None:
        what = f"{describe(self.find())} {how}"
        if self._chosen != "auto":
            raise BackendError(
                f'{what}. Report it there; meanwhile, og.compile(f, backend="{INTERPRETER}") does '
                f"without it."
            ) from error
        if not self._has_warned:
            self._has_warned = True
            self._warn(f"runs by NumPy, step by step, where its backend fails: {what}")


def describe(backend: Backend) -> str:
    """The backend with its plugin and version, as errors name it."""
    for plugin in default().plugins:
        if backend.name in plugin.backends and default().backend(backend.name) is backend:
            return f"backend {backend.name!r} of {plugin}"
    return f"backend {backend.name!r} ({full_name(type(backend))}, of no plugin)"


@cache
def automatic_backend() -> Backend:
    """LLVM if it can be had, else the interpreter, after saying how to get LLVM."""
    try:
        return default().backend("llvm")
    except UnknownBackendError as error:
        frame = user_frame()
        warnings.warn_explicit(
            f"compiled functions run by NumPy, step by step: {error}",
            CompileWarning,
            frame.f_code.co_filename,
            frame.f_lineno,
        )
        return default().backend("python")
