"""Calls of Python between native steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.llvm.programs import assert_same, called_back, compiled, program_of


def uniform(*shape: int) -> Any:
    """Numbers from 0.5 to 1.5."""
    return np.random.default_rng(0).uniform(0.5, 1.5, shape)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_products_of_matrices(dtype: Any) -> None:
    """Of inputs, views and what was computed, any ranks."""
    A, B = uniform(4, 3).astype(dtype), uniform(3, 5).astype(dtype)

    def f(A: Any, B: Any) -> Any:
        C = np.tanh(A) @ B
        return C, np.exp(C).T @ A, A[0] @ B, B.T @ A[1], A[0] @ B[:, 1], (A @ B) * 2.0

    assert_same(f, A, B)
    assert_same(lambda x: x @ np.swapaxes(x, -1, -2) + 1.0, uniform(2, 3, 4).astype(dtype))


def test_products_of_integers() -> None:
    """NumPy decides on their dtype."""
    A = np.arange(6).reshape(2, 3)
    assert_same(lambda A: (A @ A.T) * 2, A)
    assert_same(lambda A: A @ (A.T * 0.5), A)


def test_linear_algebra() -> None:
    """Several results, and what is computed from them."""
    A = uniform(4, 4) + 4 * np.eye(4)
    assert_same(lambda A: np.linalg.eigh(A + A.T)[0] * 2.0, A, ulps=256)

    def size(A: Any) -> Any:
        return np.linalg.slogdet(A)[1]

    def solution(A: Any) -> Any:
        return np.sum(np.linalg.solve(A, A[0]))

    assert_same(og.value_and_grad(size), A, ulps=256)
    assert_same(og.grad(solution), A, ulps=1024)


def test_complex_numbers_go_through_numpy() -> None:
    """In steps of their own."""
    assert_same(lambda x: np.abs(np.exp(1j * x)) + x, uniform(5))
    assert_same(lambda x: np.real(np.fft.ifft(np.fft.fft(x) * 2.0)), uniform(8), ulps=256)


def test_other_dtypes_go_through_numpy() -> None:
    """Half precision, and bytes in another order."""
    assert_same(lambda x: x * 2 + x, uniform(5).astype(np.float16))
    assert_same(lambda x: x * 2 + x, uniform(5).astype(">f8"))


@og.op(opaque=True)
def shifted(x: og.Raw) -> og.Raw:
    """Foreign code."""
    if np.any(np.asarray(x) > 100):
        raise RuntimeError("too large")
    return np.asarray(x) + 1.0


@shifted.vjp
def _(g: og.Raw, out: og.Raw, x: og.Raw) -> og.Raw:
    return g


def test_an_exception_of_a_callback_arrives_whole() -> None:
    """And the program can be called again."""
    f = compiled(lambda x: shifted(x * 2.0).data * 3.0)
    f(np.ones(3))
    with pytest.raises(RuntimeError, match="too large"):
        f(np.full(3, 99.0))
    np.testing.assert_array_equal(f(np.ones(3)), np.full(3, 9.0))


def test_a_callback_may_call_the_program() -> None:
    """Each call has a workspace of its own."""
    depth, outer = 0, False

    def nested(x: Any) -> Any:
        nonlocal depth
        depth += 1
        return program(x)[0] if outer and depth == 1 else np.asarray(x) * 2.0

    op = og.op(opaque=True, name="nested")(nested)
    op.vjp(lambda g, out, x: g)
    program = program_of(lambda x: op(np.exp(x)).data + np.exp(x), np.ones(3))
    depth, x = 0, np.zeros(3)
    np.testing.assert_allclose(program(x)[0], 2 * np.exp(x) + np.exp(x))
    depth, outer = 0, True
    inner = 2 * np.exp(np.exp(x)) + np.exp(np.exp(x))
    np.testing.assert_allclose(program(x)[0], inner + np.exp(x))


def test_a_callback_with_another_shape_makes_another_program() -> None:
    """Not a silent misreading of memory."""
    f = compiled(lambda x: np.unique(x) * 2.0)
    f(np.array([1.0, 2.0, 2.0]))
    np.testing.assert_array_equal(f(np.array([1.0, 2.0, 3.0])), [2.0, 4.0, 6.0])
    assert len(f.programs) == 2


def test_a_callback_may_return_its_argument() -> None:
    """It is not kept after the program's memory is used for something else."""
    op = og.op(opaque=True, name="same")(lambda x: x)
    op.vjp(lambda g, out, x: g)

    def f(x: Any) -> Any:
        y = op(np.exp(x)).data
        return y, np.sin(np.sum(y) * np.exp(x * 2.0))

    program = program_of(f, np.ones(5))
    first = program(np.ones(5))[0]
    program(np.zeros(5))
    np.testing.assert_allclose(first, np.exp(np.ones(5)))


def test_integers_in_python_between_native_steps() -> None:
    """They come from native code and go back to it."""
    assert_same(lambda n, x: (n * n + 1) * x * (n - 2), 3, 1.5)
    assert_same(lambda n, x: (n * n + 1) * x * (n - 2), 3, np.ones(9))


def test_arguments_in_any_layout() -> None:
    """Not contiguous, not aligned, read only."""
    f = compiled(lambda x: np.exp(x) * 2.0 + np.sum(x))
    x = uniform(6, 4)
    raw = np.zeros(x.nbytes + 1, np.uint8)
    shifted_by_one = raw[1:].view(np.float64).reshape(6, 4)
    shifted_by_one[...] = x
    fixed = x.copy()
    fixed.setflags(write=False)
    expected = np.exp(x) * 2.0 + np.sum(x)
    f(x)
    for other in (np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2], shifted_by_one, fixed):
        np.testing.assert_allclose(f(other), expected)


def test_what_is_called_back_is_reported() -> None:
    """With the reason."""
    program = program_of(lambda x: shifted(x).data * 2.0, np.ones(3))
    (line,) = called_back(program)
    assert "shifted" in line
    assert "foreign code" in line
