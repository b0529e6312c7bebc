"""Programs: functions as other frameworks take them, of flat lists of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.crossing import Crossing, Program, broadcast, frozen_form
from opgrad.define import OpN
from opgrad.errors import InputError, ShapeError
from tests.every_op.points import EACH_OP, EACH_TRANSPARENT_OP, arbitrary, points

F64 = np.dtype(np.float64)


def is_array(x: Any) -> bool:
    """What is an input, to these tests: arrays and their numbers."""
    return isinstance(x, np.ndarray | np.generic)


def program_of(f: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Program:
    """The program of a call."""
    return Crossing(f, is_array).call(args, kwargs)[0].program


@EACH_OP
def test_shapes_are_told_beforehand(op: OpN) -> None:
    """On placeholders each op gives what it gives on its samples, in shape and dtype."""
    for point in points(op):
        inputs = [np.asarray(x) for x in point.inputs]
        told = program_of(op, *inputs, **point.params).specs(*((x.shape, x.dtype) for x in inputs))
        [result] = program_of(op, *inputs, **point.params).run(*inputs)
        assert told == ((result.shape, result.dtype),), point


@EACH_TRANSPARENT_OP
def test_pullback_and_pushforward_are_transposes(op: OpN) -> None:
    """The cotangent times what is pushed is what is pulled times the tangents."""
    for point in points(op):
        inputs = [np.asarray(x) for x in point.inputs]
        program = program_of(op, *inputs, **point.params)
        [result] = program.run(*inputs)
        if result.dtype.kind in "fc":
            ct, ts = arbitrary(result, 10), [arbitrary(x, 20) for x in point.primals]
            pushforward = program.pushforward(point.positions, (0,))
            [pushed] = pushforward.run(*inputs, *ts)
            pulled = pushforward.transpose().run(*inputs, ct)
            assert pushforward.transpose().transpose() is pushforward
            products = (np.sum(np.real(a * b)) for a, b in zip(pulled, ts, strict=True))
            np.testing.assert_allclose(
                np.sum(np.real(ct * pushed)), sum(products), rtol=10 * point.rtol, atol=1e-9
            )


def test_results_are_the_callers_own() -> None:
    """No memory of an input, of another result, or that cannot be written to."""
    x = np.arange(3.0)
    program = program_of(lambda x: (x, x[1:], np.broadcast_to(x[0], 3), 2 * x, 1.0), x)
    results = program.run(x)
    assert all(isinstance(r, np.ndarray) and r.flags.writeable for r in results)
    arrays = [x, *results]
    assert not any(np.may_share_memory(a, b) for a in arrays for b in arrays if a is not b)


def test_an_input_cannot_be_written_to() -> None:
    """Its memory is the framework's."""

    def f(x: Any) -> Any:
        x += 1
        return x

    with pytest.raises(ValueError, match="read-only"):
        program_of(f, np.ones(2)).run(np.ones(2))


def test_a_result_is_not_copied_without_need() -> None:
    """What the function made is handed over."""
    made = []

    def f(x: Any) -> Any:
        made.append(x + 1)
        return made[-1]

    x = np.arange(3.0)
    [result] = program_of(f, x).run(x)
    assert np.shares_memory(result, made[0])


def test_one_form_has_one_program() -> None:
    """Equal static arguments, slices and arrays too, find the same; others another."""
    crossing = Crossing(og.ops.sum, is_array)
    x = np.ones((2, 3))
    program = crossing.call((x,), {"axis": 0})[0].program
    assert crossing.call((x + 1,), {"axis": 0})[0].program is program
    assert crossing.call((x,), {"axis": 1})[0].program is not program
    static = {"key": slice(1, None, [2]), "at": np.array([1, 2])}
    again = {"key": slice(1, None, [2]), "at": np.array([1, 2])}
    assert frozen_form(static) == frozen_form(again)
    assert frozen_form(static) != frozen_form({**static, "at": np.array([1.0, 2.0])})


def test_what_cannot_be_hashed_is_refused() -> None:
    """A static argument is part of the program, and so of a key."""
    with pytest.raises(InputError, match="must be hashable"):
        program_of(lambda x, s: x, np.ones(2), {3})


def test_a_result_of_changing_structure_is_refused() -> None:
    """What rebuilds it is kept; another structure would be taken for that."""
    x = np.ones(2)
    call, _ = Crossing(lambda x: (x, x) if x[0] > 0 else [x, x], is_array).call((x,), {})
    call.program.run(x)
    with pytest.raises(InputError, match="may not change its structure"):
        call.program.run(-x)


def test_a_function_that_refuses_placeholders() -> None:
    """The error says so; once it has run on such arrays, its shapes are known."""

    def picky(x: Any) -> Any:
        if np.all(x < 1):
            raise ValueError("too small")
        return x[1:]

    program = program_of(picky, np.ones(3))
    with pytest.raises(ShapeError, match="too small"):
        program.specs(((3,), F64))
    program.run(np.full(3, 2.0))
    assert program.specs(((3,), F64)) == (((2,), F64),)


def test_broadcasting() -> None:
    """NumPy's rules; of no shapes, none."""
    assert broadcast([(3, 1), (4,), ()]) == (3, 4)
    assert broadcast([]) == ()
    with pytest.raises(ShapeError, match="do not broadcast"):
        broadcast([(2,), (3,)])


def test_a_program_that_is_no_derivative_has_no_transpose() -> None:
    """It need not be linear."""
    with pytest.raises(InputError, match="no transpose"):
        program_of(np.exp, np.ones(2)).transpose()


def test_derivatives_of_a_compiled_function_are_compiled() -> None:
    """By the same backend."""

    class Counting:
        """The reference backend, and how often it is asked for a program."""

        name = "counting"
        lowered = 0

        def lower(self, graph: og.Graph, inputs: Any, /) -> og.Executable:
            self.lowered += 1
            return og.default_registry().backend("python").lower(graph, inputs)

    backend, x = Counting(), np.array([0.5, 1.0])
    program = program_of(og.compile(lambda x: np.sum(np.sin(x)), backend=backend), x)
    program.run(x)
    [pulled] = program.pullback((0,), (0,)).run(x, np.float64(2.0))
    np.testing.assert_allclose(pulled, 2 * np.cos(x))
    assert backend.lowered == 2


def test_a_value_from_outside_is_refused() -> None:
    """It would get no gradient, and nothing would say so; a Value made inside is a constant."""
    outside = og.Value(np.ones(2))
    with pytest.raises(InputError, match="takes a Value that is no argument of it"):
        program_of(lambda x: x * outside, np.ones(2)).run(np.ones(2))
    [result] = program_of(lambda x: x * og.Value(2.0), np.ones(2)).run(np.ones(2))
    np.testing.assert_array_equal(result, [2.0, 2.0])


def test_a_result_that_is_no_array_is_refused() -> None:
    """Such as a framework's own, made of one from outside, which would get no gradient."""
    program = program_of(lambda x: "text", np.ones(2))
    with pytest.raises(InputError, match="returned str 'text', no number and no array of NumPy's"):
        program.run(np.ones(2))
