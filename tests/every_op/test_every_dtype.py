"""A rule is as wide as its forward: VJP and JVP run, rightly, on each dtype that the op takes.

Enumerated: every built-in op, each of its samples, in every dtype. Derivatives in low precision are
those in double precision; those by complex numbers are those of differences, in the convention of
docs/use.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.arrays.differences import STEP, arbitrary, differences, is_floating, paired

HERE = ("arithmetic", "elementary", "activations", "arrays")
ELSEWHERE = ("linalg", "scipy")
"""Of these it is tested here that rules run; many take only some matrices, or have constants."""

OTHERS = {("scipy.psi", "c16"), ("scipy.psi", "c8")}
"""Complex numbers that a rule refuses, though the forward takes them."""

pytestmark = pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")

DTYPES = ("f8", "f4", "f2", "c16", "c8", "i8", "u1", "?")


def _in(dtype: str, x: Any) -> Any:
    """A sample's input in that dtype, with an imaginary part off the axis; truths as they are."""
    x, kind = np.asarray(x), np.dtype(dtype).kind
    if x.dtype.kind == "b":
        return x[()]
    if kind == "c":
        return (x if x.dtype.kind == "c" else x + 0.05j + 0.2j * np.roll(x, 1)).astype(dtype)[()]
    numbers = np.abs(x.real) if kind in "ub" else x.real
    return (np.round(2 * numbers) if kind in "iub" else numbers).astype(dtype)[()]


def _cases(plugins: tuple[str, ...], dtypes: tuple[str, ...]) -> list[Any]:
    return list(_each_case(plugins, dtypes))


def _each_case(plugins: tuple[str, ...], dtypes: tuple[str, ...]) -> Iterator[Any]:
    for name in og.default_registry().ops:
        if name.partition(".")[0] in plugins:
            for dtype in dtypes:
                for i, sample in enumerate(og.ops[name].samples):
                    if (name, dtype) not in OTHERS:
                        yield pytest.param(og.ops[name], sample, dtype, id=f"{name}-{dtype}-{i}")


def _taken(op: OpN, sample: og.Sample, dtype: str) -> list[Any]:
    """The inputs in that dtype; none, if the forward does not take them."""
    inputs = [_in(dtype, x) for x in sample.inputs]
    try:
        op(*map(og.Value, inputs), **sample.params)
    except (TypeError, ValueError, np.linalg.LinAlgError):
        return []
    return inputs


def _direction(like: Any) -> Any:
    """Numbers in the form and dtype of the data, none like another."""
    numbers = np.reshape(arbitrary(np.ravel(like), 0.3, 1.4), np.shape(like))
    return numbers.astype(_floating(like))[()]


def _vjp(op: OpN, sample: og.Sample, inputs: list[Any]) -> tuple[Any, list[Any]]:
    """A cotangent, and what comes of it for each input; zeros where there is no gradient."""
    values = [og.Value(x) for x in inputs]
    out = op(*values, **sample.params)
    cotangent = _direction(out.data)
    found = og.backward(out, cotangent)
    pairs = zip(values, inputs, strict=True)
    return cotangent, [found.get(v, np.zeros(np.shape(x), _floating(x))) for v, x in pairs]


def _floating(x: Any) -> Any:
    return np.result_type(x) if is_floating(x) else np.float64


def _jvp(op: OpN, sample: og.Sample, inputs: list[Any]) -> tuple[dict[int, Any], Any]:
    """Tangents, by position, and what comes of them."""
    moving = [i for i, x in enumerate(inputs) if is_floating(x)]
    tangents = {i: _direction(inputs[i]) for i in moving}

    def f(*xs: Any) -> Any:
        given = dict(zip(moving, xs, strict=True))
        return op(*(given.get(i, x) for i, x in enumerate(inputs)), **sample.params)

    return tangents, og.jvp(f, tuple(inputs[i] for i in moving), tuple(tangents.values()))[1]


RUN = [
    pytest.param(og.ops[name], dtype, id=f"{name}-{dtype}")
    for name in og.default_registry().ops
    for dtype in DTYPES
    if name.partition(".")[0] in (HERE if np.dtype(dtype).kind in "iub" else HERE + ELSEWHERE)
    if (name, dtype) not in OTHERS
]


@pytest.mark.parametrize(("op", "dtype"), RUN)
def test_rules_take_what_the_forward_takes(op: OpN, dtype: str) -> None:
    """The VJP and the JVP run, or say that there is no derivative; shapes and dtypes fit."""
    with np.errstate(all="ignore"):
        for sample in op.samples:
            _assert_that_rules_run(op, sample, _taken(op, sample, dtype))


def _assert_that_rules_run(op: OpN, sample: og.Sample, inputs: list[Any]) -> None:
    if not inputs:
        return
    try:
        _, found = _vjp(op, sample, inputs)
        if any(map(is_floating, inputs)):
            _jvp(op, sample, inputs)
    except og.NotDifferentiable:
        return
    for ct, x in zip(found, inputs, strict=True):
        assert np.shape(ct) == np.shape(x)
        assert np.result_type(ct) == np.result_type(x) if is_floating(x) else is_floating(ct)


@pytest.mark.parametrize(("op", "sample", "dtype"), _cases(HERE, ("c16",)))
def test_complex_vjps_are_those_of_differences(op: OpN, sample: og.Sample, dtype: str) -> None:
    """By each complex input: the derivative by x less i times that by y."""
    if not (inputs := _taken(op, sample, dtype)):
        return
    cotangent, found = _vjp(op, sample, inputs)

    def loss(*xs: Any) -> float:
        return paired(cotangent, op.forward(*xs, **sample.params))

    for i, x in enumerate(inputs):
        if is_floating(x):
            expected = differences(loss, inputs, i)
            np.testing.assert_allclose(found[i], expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("op", "sample", "dtype"), _cases(HERE, ("c16",)))
def test_complex_jvps_are_those_of_differences(op: OpN, sample: og.Sample, dtype: str) -> None:
    """Along complex tangents of all inputs."""
    inputs = _taken(op, sample, dtype)
    if not any(map(is_floating, inputs)):
        return
    tangents, found = _jvp(op, sample, inputs)

    def at(step: float) -> Any:
        moved = (x + step * tangents[i] if i in tangents else x for i, x in enumerate(inputs))
        return op.forward(*moved, **sample.params)

    if is_floating(at(0.0)):
        expected = (at(STEP) - at(-STEP)) / (2 * STEP)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("op", "sample", "dtype"), _cases(HERE, ("f4", "f2", "c8")))
def test_low_precision_is_that_of_double(op: OpN, sample: og.Sample, dtype: str) -> None:
    """VJP and JVP at the same numbers, but for rounding."""
    if not (inputs := _taken(op, sample, dtype)) or "dtype" in sample.params:
        return
    wide = np.complex128 if dtype == "c8" else np.float64
    double = [np.asarray(x).astype(wide)[()] if is_floating(x) else x for x in inputs]
    _, found = _vjp(op, sample, inputs)
    exact = dict(zip(range(len(double)), _vjp(op, sample, double)[1], strict=True))
    near = {"f4": 1e-5, "f2": 2e-2, "c8": 1e-5}[dtype]
    for i, ct in enumerate(found):
        size = float(np.abs(exact[i]).max(initial=1.0))
        np.testing.assert_allclose(ct, exact[i], rtol=near, atol=near * size)


MIXES = [(np.float32, np.float64), (np.float64, np.float32), (np.float16, np.float32)]


@pytest.mark.parametrize("mix", MIXES, ids=str)
@pytest.mark.parametrize(
    "function",
    [
        *(np.maximum, np.minimum, np.fmax, np.fmin, np.fmod, np.remainder, np.copysign),
        *(np.add, np.subtract, np.multiply, np.divide, np.power, np.hypot, np.arctan2),
        *(np.logaddexp, np.matmul, np.dot, np.convolve, np.float_power, np.heaviside),
        lambda x, y: np.clip(x, y, 9.0),
        lambda x, y: np.clip(0.7, x, y),
        lambda x, y: np.where(x > y, x, y),
        lambda x, y: np.concatenate([x, y]),
        lambda x, y: og.at(x, 0).set(y[0]),
        lambda x, y: og.at(y, 0).add(x[0]),
        lambda x, y: np.interp(x, np.array([0.0, 9.0]), y),
        lambda x, y: np.linspace(x, y, 3),
        lambda x, y: np.average(x, weights=y),
    ],
)
def test_jvp_of_two_precisions(function: Any, mix: tuple[Any, Any]) -> None:
    """By either input and by both: in the dtype of the result, the numbers of double precision."""
    x, y = np.array([0.75, 1.5], mix[0]), np.array([1.25, 0.5], mix[1])
    s, t = np.array([0.5, -1.0], mix[0]), np.array([2.0, 0.25], mix[1])
    wide = [v.astype(np.float64) for v in (x, y, s, t)]
    out = function(x, y)
    near = 8 * float(np.finfo(np.float16 if np.float16 in mix else np.float32).eps)
    for f, primals, tangents, exact in (
        (function, (x, y), (s, t), (wide[:2], wide[2:])),
        (lambda x: function(x, y), (x,), (s,), (wide[:1], wide[2:3])),
        (lambda y: function(x, y), (y,), (t,), (wide[1:2], wide[3:])),
    ):
        _, found = og.jvp(f, primals, tangents)
        _, expected = og.jvp(f, tuple(exact[0]), tuple(exact[1]))
        assert np.result_type(found) == np.result_type(out)
        np.testing.assert_allclose(found, expected, rtol=near, atol=near)


def test_sinc_at_a_complex_number() -> None:
    """No order of complex numbers: near means near in size. From mpmath's derivative."""
    _, pull = og.vjp(np.sinc, np.array([0.05 + 3j]))
    np.testing.assert_allclose(pull(np.array([1 + 0j]))[0], [-261.9616 - 1827.2681j], rtol=1e-6)


def test_jvp_at_a_complex_python_number_through_a_reduction() -> None:
    """The probe of what is not elementwise is complex, too: the product of one number is it."""
    product: Any = np.prod
    assert og.jvp(product, (1 + 2j,), (1j,)) == (1 + 2j, 1j)


@pytest.mark.parametrize("of", [np.max, np.min, np.nanmax, np.ptp, np.median, np.sort])
def test_infinite_cotangents_stay_with_the_chosen(of: Any) -> None:
    """What was not chosen gets 0, not 0 * inf."""
    x = np.array([1.0, 3.0, 2.0])
    out, pull = og.vjp(of, x)
    ct = np.zeros(np.shape(out))
    ct[(0,) * np.ndim(out)] = np.inf
    (found,) = pull(ct[()])
    assert not np.isnan(found).any()
    assert np.isinf(found).any()


@pytest.mark.parametrize("of", [np.max, np.nanmax, lambda x: np.clip(x, 1.5, 9.0), np.tril])
def test_infinite_tangents_of_what_is_not_chosen_are_cut(of: Any) -> None:
    """The JVP selects, too."""
    x, t = np.array([1.0, 3.0]), np.array([np.inf, 1.0])
    if of is np.tril:
        x, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, np.inf], [1.0, 1.0]])
    _, found = og.jvp(of, (x,), (t,))
    np.testing.assert_array_equal(
        found,
        np.tril(np.ones((2, 2)))
        if of is np.tril
        else (np.array([0.0, 1.0]) if np.ndim(found) else 1.0),
    )
