"""Random graphs: gradients against two independent implementations, and against themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

import opgrad as og
from opgrad_threaded import Threaded

Program = list[tuple[str, int, int]]
"""Steps (op, position of first input, position of second input), after the inputs themselves."""


@og.op
def wave(x: Any) -> Any:
    """sin(x)."""
    return np.sin(x)


@wave.vjp
def _(g: Any, out: Any, x: Any) -> Any:
    return g * np.cos(x)


# -- two other implementations -----------------------------------------------------------------


@frozen
class Dual:
    """Forward mode: a number and its derivative along one direction."""

    primal: Any
    tangent: Any

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.primal + other.primal, self.tangent + other.tangent)

    def __mul__(self, other: Dual) -> Dual:
        tangent = self.tangent * other.primal + self.primal * other.tangent
        return Dual(self.primal * other.primal, tangent)

    def wave(self) -> Dual:
        """sin."""
        return Dual(np.sin(self.primal), np.cos(self.primal) * self.tangent)


class Classic:
    """The well-known class of scalars with closures and a recursive sort."""

    def __init__(self, data: float, inputs: tuple[Classic, ...] = ()) -> None:
        self.data, self.grad, self.inputs = data, 0.0, inputs
        self.push: Callable[[], None] = lambda: None

    def __add__(self, other: Classic) -> Classic:
        out = Classic(self.data + other.data, (self, other))

        def push() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out.push = push
        return out

    def __mul__(self, other: Classic) -> Classic:
        out = Classic(self.data * other.data, (self, other))

        def push() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.push = push
        return out

    def wave(self) -> Classic:
        """sin."""
        out = Classic(float(np.sin(self.data)), (self,))

        def push() -> None:
            self.grad += float(np.cos(self.data)) * out.grad

        out.push = push
        return out

    def backward(self) -> None:
        """Set the gradients of everything below."""
        order: list[Classic] = []
        seen: set[Classic] = set()

        def visit(node: Classic) -> None:
            if node not in seen:
                seen.add(node)
                for parent in node.inputs:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.push()


def run(program: Program, inputs: Sequence[Any], sine: Callable[[Any], Any] = wave) -> list[Any]:
    """Every intermediate result of the program, the inputs first."""
    results = list(inputs)
    for name, i, j in program:
        x, y = results[i], results[j]
        results.append(sine(x) if name == "wave" else x + y if name == "add" else x * y)
    return results


@st.composite
def programs(draw: st.DrawFn, inputs: int) -> Program:
    """Steps on any earlier results: shared, or twice the same, as it comes."""
    program: Program = []
    for step in range(draw(st.integers(1, 12))):
        position = st.integers(max(0, inputs + step - 6), inputs + step - 1)
        name = draw(st.sampled_from(["add", "mul", "wave"]))
        program.append((name, draw(position), draw(position)))
    return program


NUMBERS = st.floats(-1.5, 1.5).map(lambda x: round(x, 3))
SCALARS = st.lists(NUMBERS | st.integers(-1, 1), min_size=3, max_size=3)
SHAPES = [(), (1,), (3,), (2, 3), (2, 1), (1, 3)]


@st.composite
def arrays(draw: st.DrawFn) -> list[Any]:
    """Three arrays, or numbers, of shapes that broadcast."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = [draw(st.sampled_from(SHAPES)) for _ in range(3)]
    return [rng.uniform(-1, 1, shape) if shape else float(rng.uniform(-1, 1)) for shape in shapes]


def derivative(program: Program, inputs: list[Any], direction: list[Any]) -> Any:
    """The derivative of the program's last result, summed, along a direction: by duals."""
    duals = [Dual(x, d) for x, d in zip(inputs, direction, strict=True)]
    last = run(program, duals, Dual.wave)[-1]
    return np.sum(np.broadcast_to(last.tangent, np.shape(last.primal)))


# -- against the others ------------------------------------------------------------------------


@given(programs(3), SCALARS)
def test_scalars_agree_with_the_classic_class(program: Program, inputs: list[float]) -> None:
    """Every node's gradient, also of the inner ones, is what the classic class finds."""
    values = run(program, [og.Value(x) for x in inputs])
    classics = run(program, [Classic(x) for x in inputs], Classic.wave)
    values[-1].backward()
    classics[-1].backward()
    for value, classic in zip(values, classics, strict=True):
        assert value.data == pytest.approx(classic.data, rel=1e-12, abs=1e-12)
        assert value.grad == pytest.approx(classic.grad, rel=1e-9, abs=1e-9)


@given(programs(3), arrays(), st.integers(0, 2**32 - 1))
def test_arrays_agree_with_dual_numbers(program: Program, inputs: list[Any], seed: int) -> None:
    """Broadcast arrays: the gradient times any direction is forward mode's derivative along it."""
    rng = np.random.default_rng(seed)
    direction = [rng.uniform(-1, 1, np.shape(x)) for x in inputs]
    leaves = [og.Value(x) for x in inputs]
    gradients = og.backward(np.sum(run(program, leaves)[-1]), wrt=leaves)
    found = sum(np.sum(gradients.get(x, 0.0) * d) for x, d in zip(leaves, direction, strict=True))
    assert found == pytest.approx(derivative(program, inputs, direction), rel=1e-9, abs=1e-9)


@given(programs(3), arrays(), st.integers(0, 2**32 - 1))
def test_arrays_agree_with_central_differences(
    program: Program, inputs: list[Any], seed: int
) -> None:
    """The gradient times a direction is the difference quotient along it."""
    rng = np.random.default_rng(seed)
    direction = [rng.uniform(-1, 1, np.shape(x)) for x in inputs]

    def at(step: float) -> Any:
        moved = [x + step * d for x, d in zip(inputs, direction, strict=True)]
        return np.sum(run(program, moved, np.sin)[-1])

    leaves = [og.Value(x) for x in inputs]
    gradients = og.backward(np.sum(run(program, leaves)[-1]), wrt=leaves)
    found = sum(np.sum(gradients.get(x, 0.0) * d) for x, d in zip(leaves, direction, strict=True))
    size = max(float(np.max(np.abs(r))) for r in run(program, inputs, np.sin))
    h = 1e-5
    quotient = (at(h) - at(-h)) / (2 * h)
    assert found == pytest.approx(quotient, rel=1e-4, abs=1e-4 * max(1.0, size) ** 2)


@given(programs(2), arrays())
def test_constants_take_part_without_a_gradient(program: Program, inputs: list[Any]) -> None:
    """A plain input gives the same gradients to the others as a Value in its place."""
    plain, *rest = inputs
    program = [("mul", 0, 2), *((name, i + 1, j + 1) for name, i, j in program)]
    with_value = [og.Value(plain), *(og.Value(x) for x in rest)]
    with_plain = [plain, *(og.Value(x) for x in rest)]
    expected = og.backward(np.sum(run(program, with_value)[-1]))
    found = og.backward(np.sum(run(program, with_plain)[-1]))
    for x, y in zip(with_value[1:], with_plain[1:], strict=True):
        np.testing.assert_array_equal(found.get(y, 0.0), expected.get(x, 0.0))


# -- against themselves ------------------------------------------------------------------------


@given(programs(3), arrays())
def test_twice_gives_the_same(program: Program, inputs: list[Any]) -> None:
    """A second pass over a graph gives, bit for bit, what the first gave."""
    result = np.sum(run(program, [og.Value(x) for x in inputs])[-1])
    assert_same(og.backward(result), og.backward(result))


@given(programs(3), arrays())
def test_two_passes_give_twice_the_grad(program: Program, inputs: list[Any]) -> None:
    """`.grad` after two backward() calls is exactly twice that after one."""
    nodes = run(program, [og.Value(x) for x in inputs])
    result = np.sum(nodes[-1])
    result.backward()
    once = [np.copy(node.grad) for node in nodes]
    result.backward()
    for node, grad in zip(nodes, once, strict=True):
        np.testing.assert_array_equal(node.grad, 2 * grad)


@given(programs(3), arrays(), st.data())
def test_a_subset_gives_the_same_numbers(
    program: Program, inputs: list[Any], data: st.DataObject
) -> None:
    """`wrt` some nodes gives, bit for bit, the entries of the whole pass."""
    nodes = run(program, [og.Value(x) for x in inputs])
    result = np.sum(nodes[-1])
    wrt = data.draw(st.lists(st.sampled_from(nodes), min_size=1, unique_by=id))
    whole = og.backward(result)
    assert_same(og.backward(result, wrt=wrt), {node: whole[node] for node in wrt if node in whole})


@settings(max_examples=40)
@given(programs(3), arrays(), st.data())
def test_threaded_equals_sequential(
    program: Program, inputs: list[Any], data: st.DataObject
) -> None:
    """All nodes handed to threads: the results are the same, bit for bit."""
    nodes = run(program, [og.Value(x) for x in inputs])
    result = np.sum(nodes[-1])
    wrt = data.draw(st.none() | st.lists(st.sampled_from(nodes), min_size=1, unique_by=id))
    threaded = og.backward(result, wrt=wrt, scheduler=Threaded(3, inline_below=0))
    assert_same(threaded, og.backward(result, wrt=wrt, scheduler="sequential"))


def assert_same(found: Any, expected: Any) -> None:
    """The same entries, of the same types, dtypes and bits."""
    assert set(found) == set(expected)
    for node in expected:
        x, y = found[node], expected[node]
        assert type(x) is type(y)
        assert getattr(x, "dtype", None) == getattr(y, "dtype", None)
        assert np.asarray(x).tobytes() == np.asarray(y).tobytes()
        assert np.shape(x) == np.shape(node.data)
