"""What can't be traced: an op's is called back; else the function runs uncompiled."""

from __future__ import annotations

import gc
import math
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same

X = np.array([0.5, -1.0, 2.0])


def _fills(x: Any) -> Any:
    out = np.zeros(3)
    out[0] = x[1]
    return out


def _changes(x: Any) -> Any:
    y = x * 2
    y[0] = 5.0
    return y


def _adds_in_place_to_an_argument(x: Any) -> Any:
    x += 1
    return x


def _adds_in_place_to_a_view(x: Any) -> Any:
    y = x * 2
    part = y[:2]
    part += 1
    return y


def _adds_in_place_under_a_view(x: Any) -> Any:
    y = x * 2
    part = y[:2]
    y += 1
    return part


def _is_out(x: Any) -> Any:
    return np.add(x, 1, out=np.zeros(3))


UNTRACEABLE: list[tuple[Callable[[Any], Any], str]] = [
    (_fills, r"x\[i\] = value|np.asarray|float"),
    (_changes, r"x\[i\] = value changes an array in place"),
    (_adds_in_place_to_an_argument, "x \\+= y changes an array in place"),
    (_adds_in_place_to_a_view, "x \\+= y changes an array in place"),
    (_adds_in_place_under_a_view, "x \\+= y changes an array in place"),
    (_is_out, "out= writes in place"),
    (lambda x: np.asarray(x) * 2, "np.asarray"),
    (lambda x: np.array([x[0], x[1]]), r"np.array\(\[x, y\]\)"),
    (lambda x: math.exp(x[0]), "function of math"),
    (lambda x: float(x[0]) * x, "float"),
    (lambda x: x.tolist()[0] * 2, "x.tolist needs plain data"),
    (lambda x: round(x[0], 1), "round"),
    (lambda x: np.fill_diagonal(np.outer(x, x), 0), "changes an array in place"),
]


@EACH_BACKEND
@pytest.mark.parametrize(("function", "why"), UNTRACEABLE, ids=[str(i) for i in range(13)])
def test_a_function_that_needs_plain_data_runs_uncompiled(
    backend: str, function: Callable[[Any], Any], why: str
) -> None:
    """With one warning that says why and where, and right results."""
    compiled = og.compile(function, backend=backend)
    with pytest.warns(og.CompileWarning, match=why) as caught:
        assert_same(compiled(X.copy()), function(X.copy()))
    assert caught[0].filename == __file__
    assert f"{function.__name__}, compiled, runs uncompiled" in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_same(compiled(X.copy()), function(X.copy()))
    assert compiled.programs == []


@EACH_BACKEND
def test_only_that_kind_of_call_runs_uncompiled(backend: str) -> None:
    """Arguments of other shapes may lead elsewhere."""
    f = og.compile(lambda x: x * 2 if x.ndim == 2 else np.asarray(x), backend=backend)
    with pytest.warns(og.CompileWarning):
        f(X)
    f(np.ones((2, 2)))
    assert len(f.programs) == 1


def _accumulates(x: Any) -> Any:
    total = 0.0
    for i in range(3):
        total += x * i
    other = total
    total += 1  # in place: it is one array
    total *= x
    return total, other


@EACH_BACKEND
def test_in_place_arithmetic_on_an_array_of_its_own(backend: str) -> None:
    """Every name of the array sees the change."""
    compiled = og.compile(_accumulates, backend=backend)
    for _ in range(2):
        assert_same(compiled(X), _accumulates(X))
    assert len(compiled.programs) == 1


@og.op(samples=[(np.array([1.0, 2.0]),)])
def foreign_exp(x: Any) -> Any:
    """exp, one element after the other, in place."""
    out = np.empty(np.shape(x))
    for i, element in np.ndenumerate(np.asarray(x)):
        out[i] = math.exp(element)
    return out


@foreign_exp.vjp
def _(g: Any, out: Any, x: Any) -> Any:
    rate = np.array(np.asarray(g))
    rate *= np.asarray(out)
    return rate


@og.op(opaque=True, elementwise=True, samples=[(1.0,)])
def opaque_sin(x: Any) -> Any:
    """sin, by foreign code."""
    return np.vectorize(math.sin)(np.asarray(x))


@opaque_sin.vjp
def _(g: Any, out: Any, x: Any) -> Any:
    return np.asarray(g) * np.vectorize(math.cos)(np.asarray(x))


@EACH_BACKEND
@pytest.mark.parametrize("op", [foreign_exp, opaque_sin])
def test_an_op_that_needs_plain_data_is_called_back(backend: str, op: Any) -> None:
    """Its forward and its rule are one step each; all around them is compiled."""
    function = og.value_and_grad(lambda x: np.sum(op(x * 2) * x))
    compiled = og.compile(function, backend=backend)
    for x in (X, X + 1, X):
        assert_same(compiled(x), function(x))
    [program] = compiled.programs
    called = [n.op.name for n in program.graph.nodes if n.op is not None and n.op.opaque]
    assert len(called) == 2
    assert "multiply" in {n.op.name for n in program.graph.nodes if n.op is not None}


@EACH_BACKEND
def test_an_opaque_op_has_no_second_derivative(backend: str) -> None:
    """Compiled or not."""
    with pytest.raises(og.NotDifferentiable, match="opaque"):
        og.compile(og.grad(og.grad(lambda x: opaque_sin(x))), backend=backend)(1.0)


@EACH_BACKEND
def test_call_backs_see_no_traced_data(backend: str) -> None:
    """But plain arrays and numbers."""
    seen: list[Any] = []

    @og.op(samples=[(1.0, 2.0)])
    def looks(x: Any, y: Any) -> Any:
        seen.append((type(np.asarray(x)), type(y)))
        return np.asarray(x) * y

    looks.vjp(lambda g, out, x, y: (g * y, g * x))
    f = og.compile(lambda x, y: looks(x, y).data, backend=backend)
    assert [f(2.0, 3.0), f(4.0, 5.0)] == [6.0, 20.0]
    assert set(seen) == {(np.ndarray, float)}


@og.op(linear=True, samples=[(np.array([1.0, 2.0]),)])
def without_first(x: Any) -> Any:
    """x with 0 in the place of its first element."""
    out = x.copy()
    out[0] = 0.0
    return out


@without_first.vjp
def _(g: Any, out: Any, x: Any) -> Any:
    return np.where(np.arange(np.size(x)) > 0, g, 0.0)


@EACH_BACKEND
def test_a_lowering_is_traced_in_place_of_the_forward(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin brings it by a hook; it may decline."""

    def lowering(x: Any) -> Any:
        return np.where(np.arange(x.size) > 0, x, 0.0) if x.ndim == 1 else NotImplemented

    @og.hookimpl.opgrad_lowerings
    def opgrad_lowerings() -> dict[og.Op, Callable[..., Any]]:
        return {without_first: lowering}

    plugin: Any = ModuleType("opgrad_first")
    plugin.opgrad_lowerings = opgrad_lowerings
    registry = og.Registry(builtins=tuple, installed=tuple)
    registry.register(plugin, name="first")
    monkeypatch.setattr("opgrad.forward.default", lambda: registry)
    compiled = og.compile(lambda x: without_first(x).data, backend=backend)
    for x in (X, np.outer(X, X)):
        for _ in range(2):
            assert_same(compiled(x), without_first(x).data)
    traced, called_back = (program.graph for program in compiled.programs)
    assert [n.op.name for n in traced.nodes if n.op is not None] == ["where"]
    assert [n.op.opaque for n in called_back.nodes if n.op is not None] == [True]


@EACH_BACKEND
def test_exceptions_in_a_call_back_come_through(backend: str) -> None:
    """When the program runs, too."""

    @og.op(samples=[(1.0,)])
    def picky(x: Any) -> Any:
        if math.floor(x) > 2:
            raise ValueError("above two")
        return x * 1.0

    picky.vjp(lambda g, out, x: g)
    f = og.compile(lambda x: picky(x).data, backend=backend)
    f(1.0)
    with pytest.raises(ValueError, match="above two"):
        f(3.0)


@EACH_BACKEND
def test_functions_of_numpy_without_a_form_are_called_back(backend: str) -> None:
    """Any that takes part in NumPy's dispatch, with several results, too."""

    def f(x: Any) -> Any:
        values, vectors = np.linalg.eigh(np.outer(x, x))
        whole, rest = np.divmod(x, 0.3)
        parts = np.split(x, [1])
        return (
            values,
            np.abs(vectors),
            whole,
            rest,
            parts,
            np.sort(x),
            np.argsort(x),
            np.interp(x, X[::-1], X),
        )

    compiled = og.compile(f, backend=backend)
    x = np.array([0.5, 1.0, 2.0])
    for _ in range(2):
        assert_same(compiled(x), f(x))
    assert len(compiled.programs) == 1


@EACH_BACKEND
def test_indices_that_are_computed(backend: str) -> None:
    """Integer arrays and masks may depend on arguments."""

    def f(x: Any, i: Any) -> Any:
        return x[i], x[np.argmax(x)], np.take(x, i), x[i > 0], np.take_along_axis(x, i, 0)

    compiled = og.compile(f, backend=backend)
    for x, i in ((X, [2, 0, 1]), (-X, [1, 2, 0]), (X, [0, 0, 1])):
        assert_same(compiled(x, np.array(i)), f(x, np.array(i)))
    loss = og.grad(lambda x, i: np.sum(x[i] ** 2) + np.sum(np.take(x, i)))
    compiled_loss = og.compile(loss, backend=backend)
    for i in ([0, 0, 2], [1, 1, 1]):
        assert_same(compiled_loss(X, np.array(i)), loss(X, np.array(i)))


@EACH_BACKEND
@pytest.mark.parametrize(
    "f",
    [
        lambda x: {"1": 10.0, "2": 20.0}[f"{x:.0f}"],
        lambda x: {1.0: 10.0, 2.0: 20.0}[x],
        lambda x: len({x, 1.0}),
    ],
    ids=["text", "key", "set"],
)
def test_decisions_by_text_and_hash_are_python_s(f: Callable[[float], Any], backend: str) -> None:
    """They cannot be guarded, so the function runs uncompiled."""
    compiled = og.compile(f, backend=backend)
    with pytest.warns(og.CompileWarning, match="runs uncompiled"):
        assert compiled(1.0) == f(1.0)
    assert compiled(2.0) == f(2.0)


@EACH_BACKEND
def test_the_end_of_a_slice_is_a_decision(backend: str) -> None:
    """The shape depends on it: another number makes another program."""
    compiled = og.compile(lambda n, x: np.sum(x[:n]), backend=backend)
    assert [compiled(n, X) for n in (1, 2, 1)] == [0.5, -0.5, 0.5]
    assert len(compiled.programs) == 2


def test_an_argument_that_gives_random_numbers_gives_others_each_time() -> None:
    """With one, the function runs uncompiled."""
    compiled = og.compile(lambda rng, x: x + rng.normal())
    rng = np.random.default_rng(0)
    assert compiled(rng, 1.0) != compiled(rng, 1.0)


@EACH_BACKEND
def test_an_argument_is_never_written_to(backend: str) -> None:
    """Nor by what adds at repeated places to a copy of it, which is called back."""
    x = np.array([1.0, 2.0])
    found = og.compile(lambda x: og.at(x, [0, 0]).add(1.0), backend=backend)(x)
    np.testing.assert_array_equal(found, [3.0, 2.0])
    np.testing.assert_array_equal(x, [1.0, 2.0])


def test_out_is_refused() -> None:
    """The function runs uncompiled, and writes where it was told to."""

    def f(x: Any) -> Any:
        total = np.zeros(3)
        np.sum(x, axis=0, out=total)
        return total

    with pytest.warns(og.CompileWarning, match="in place"):
        np.testing.assert_array_equal(og.compile(f)(np.ones((2, 3))), [2.0, 2.0, 2.0])


def test_garbage_is_collected_while_a_function_runs_uncompiled() -> None:
    """Not in the first call, which was to be traced; and after an exception, as before."""
    seen = []

    def uncompiled(x: Any) -> Any:
        seen.append(gc.isenabled())
        return math.sin(x)

    compiled = og.compile(uncompiled)
    with pytest.warns(og.errors.CompileWarning):
        compiled(0.5)
    compiled(0.5)
    assert seen == [False, True]
    with pytest.raises(ZeroDivisionError):
        og.compile(lambda x: x + 1 // 0)(0.5)
    assert gc.isenabled()
