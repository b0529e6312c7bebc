"""Backends that fail: reported by name, and never taken for a decision that came out otherwise."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.compiler import backends
from opgrad.errors import BackendError
from tests.compiled.core.same import assert_same


class Failing:
    """Its programs raise, at every call or where the first argument is above a limit."""

    name = "failing"

    def __init__(self, above: float = -np.inf, *, lowers: bool = True) -> None:
        self.above = above
        self.lowers = lowers
        self.made = 0

    def lower(self, graph: og.Graph, inputs: Sequence[og.Node], /) -> og.Executable:
        """A program that may raise."""
        if not self.lowers:
            raise RuntimeError("no code for this")
        self.made += 1
        program = og.default_registry().backend("python").lower(graph, inputs)

        class Executable:
            def __call__(_, *raw: Any) -> Any:  # noqa: N805  # the backend is self
                if np.max(raw[0]) > self.above:
                    raise RuntimeError("registers spilled")
                return program(*raw)

            def report(_) -> list[str]:  # noqa: N805
                return []

        return Executable()


def _way(x: Any) -> Any:
    return x * 2 if x > 0 else -x


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """The fastest backend that there is, of a plugin."""
    backend = Failing()
    plugin: Any = ModuleType("opgrad_failing")

    @og.hookimpl.opgrad_backends
    def opgrad_backends() -> list[Failing]:
        return [backend]

    plugin.opgrad_backends = opgrad_backends
    registry = og.Registry(installed=tuple)
    registry.register(plugin, name="shaky", version="1.2")
    monkeypatch.setattr("opgrad.compiler.backends.default", lambda: registry)
    monkeypatch.setattr(backends, "automatic_backend", lambda: backend)
    return backend


def test_a_program_that_raises_is_an_error_that_names_the_backend(failing: Failing) -> None:
    """Its plugin, the version, the cause and what to do; each time, and no program more."""
    compiled = og.compile(_way, backend="failing")
    assert compiled(1.0) == 2.0
    for _ in range(3):
        with pytest.raises(BackendError) as caught:
            compiled(3.0)
        text = str(caught.value)
        assert "backend 'failing' of plugin 'shaky' (module opgrad_failing 1.2)" in text
        assert "made a program of _way that raised RuntimeError('registers spilled')" in text
        assert 'og.compile(f, backend="python") does without it' in text
        assert isinstance(caught.value.__cause__, RuntimeError)
    assert failing.made == 1
    assert compiled(-1.0) == 1.0  # another way: a program of its own
    assert failing.made == 2


def test_a_backend_that_was_passed_itself_is_named_by_its_class() -> None:
    """It is of no plugin."""
    compiled = og.compile(_way, backend=Failing())
    compiled(1.0)
    with pytest.raises(BackendError, match=r"backend 'failing' \(.*Failing, of no plugin\)"):
        compiled(2.0)


def test_the_interpreter_takes_over_from_the_automatic_backend(failing: Failing) -> None:
    """With one warning, for all programs of the function, and right results."""
    compiled = og.compile(_way)
    assert compiled(1.0) == 2.0
    with pytest.warns(og.CompileWarning, match="backend 'failing' of plugin 'shaky'") as caught:
        assert compiled(3.0) == 6.0
    assert "_way, compiled, runs by NumPy, step by step, where its backend fails" in str(
        caught[0].message
    )
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [compiled(x) for x in (4.0, -1.0, -2.0, 5.0)] == [8.0, 1.0, 2.0, 10.0]
    assert len(compiled.programs) == 2


def test_one_that_raises_now_and_then(failing: Failing) -> None:
    """The same holds, however often it went well."""
    failing.above = 10.0
    compiled = og.compile(lambda x: np.sum(x * 2), backend="failing")
    for n in (1.0, 2.0, 3.0):
        assert compiled(np.array([n])) == 2 * n
    with pytest.raises(BackendError, match="registers spilled"):
        compiled(np.array([11.0]))
    assert compiled(np.array([4.0])) == 8.0
    assert len(compiled.programs) == 1


def test_a_backend_that_can_make_no_program(failing: Failing) -> None:
    """An error, if it was chosen; else the interpreter does it."""
    failing.lowers = False
    with pytest.raises(BackendError, match="could not make a program of _way: RuntimeError"):
        og.compile(_way, backend="failing")(1.0)
    compiled = og.compile(_way)
    with pytest.warns(og.CompileWarning, match="could not make a program of _way"):
        assert compiled(1.0) == 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [compiled(x) for x in (-1.0, 1.0, -2.0)] == [1.0, 2.0, 2.0]


@pytest.mark.parametrize("backend", ["failing", "auto"])
def test_exceptions_of_the_function_s_own_are_not_the_backend_s(
    failing: Failing, backend: str
) -> None:
    """What a call-back raises comes through, or belongs to a way that is not taken."""
    failing.above = np.inf

    def f(a: Any) -> Any:
        return np.linalg.cholesky(a) if np.all(a > 0) else a * 2

    compiled = og.compile(f, backend=backend)
    a = np.array([[2.0, 0.5], [0.5, 1.0]])
    assert_same([compiled(a), compiled(-a), compiled(a)], [f(a), f(-a), f(a)])
    for _ in range(2):
        with pytest.raises(np.linalg.LinAlgError):
            compiled(np.array([[1.0, 2.0], [2.0, 1.0]]))


def test_an_unknown_backend_is_known_before_the_function_runs() -> None:
    """So that nothing happens twice."""
    ran = []

    def f(x: Any) -> Any:
        ran.append(x)
        return x

    with pytest.raises(og.errors.UnknownBackendError, match="pyhton"):
        og.compile(f, backend="pyhton")(1.0)
    assert ran == []
