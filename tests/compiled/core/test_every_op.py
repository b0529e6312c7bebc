"""Every op of every built-in plugin, compiled: values and derivatives are those of eager code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same
from tests.ops.each import each_sample

BUILT_IN = {info.name for info in og.default_registry().plugins if info.builtin}
NAMES = [name for name in og.default_registry().ops if name.partition(".")[0] in BUILT_IN]
OPS = [og.ops[name] for name in NAMES]


def _is_floating(x: Any) -> bool:
    return np.result_type(x).kind in "fc"


def _by_floats(op: OpN, sample: og.Sample) -> tuple[Callable[..., Any], list[Any]]:
    """The op as a function of those inputs that it can be differentiated by; and these."""
    positions = [i for i, x in enumerate(sample.inputs) if _is_floating(x)]

    def function(*chosen: Any) -> Any:
        inputs = list(sample.inputs)
        for i, x in zip(positions, chosen, strict=True):
            inputs[i] = x
        return op(*inputs, **sample.params)

    return function, [sample.inputs[i] for i in positions]


def _uneven(like: Any) -> Any:
    """A cotangent or tangent, no two elements of which are equal: sums of them do not cancel."""
    if not np.shape(like):
        return like * 0 + 1.25
    weights = np.linspace(0.6, 1.3, np.size(like)).reshape(np.shape(like)) ** 3
    return like * 0 + weights.astype(like.dtype)


def _agree(function: Callable[..., Any], inputs: Any, backend: str) -> Any:
    """Compare both calls of a compiled function, the traced and the compiled one, with eager."""
    compiled = og.compile(function, backend=backend)
    with np.errstate(all="ignore"):
        expected = function(*inputs)
        assert_same(compiled(*inputs), expected)
        assert_same(compiled(*inputs), expected)
    assert len(compiled.programs) == 1
    return compiled


@EACH_BACKEND
@each_sample(OPS)
def test_values(backend: str, op: OpN, sample: og.Sample) -> None:
    """Of the op on all inputs of the sample."""
    _agree(lambda *xs: op(*xs, **sample.params).data, sample.inputs, backend)


def _has_floats(op: OpN, sample: og.Sample) -> bool:
    with np.errstate(all="ignore"):
        is_floating = _is_floating(op(*sample.inputs, **sample.params).data)
    return is_floating and any(map(_is_floating, sample.inputs))


WITH_FLOATS = [
    pytest.param(op, sample, id=f"{name}-{i}")
    for name, op in zip(NAMES, OPS, strict=True)
    for i, sample in enumerate(op.samples)
    if _has_floats(op, sample)
]


@EACH_BACKEND
@pytest.mark.parametrize(("op", "sample"), WITH_FLOATS)
def test_vjps(backend: str, op: OpN, sample: og.Sample) -> None:
    """With an uneven cotangent; those that refuse a derivative do so compiled, too."""
    by_floats, inputs = _by_floats(op, sample)

    def pulled(*inputs: Any) -> Any:
        out, pull = og.vjp(by_floats, *inputs)
        return pull(_uneven(out))

    try:
        with np.errstate(all="ignore"):
            pulled(*inputs)
    except og.NotDifferentiable as error:
        with pytest.raises(og.NotDifferentiable, match=str(error)[:20]):
            og.compile(pulled, backend=backend)(*inputs)
        return
    _agree(pulled, inputs, backend)


CALLED_BACK = {
    *("cumprod", "cumsum", "recurrence", "prod", "concatenate", "roll", "resize"),
    *("convolve", "einsum", "fft", "ifft", "rfft", "irfft", "convolution"),
    *("sinc", "astype", "real", "imag"),  # astype: from complex numbers
    *("solve_triangular", "solve_sylvester", "sqrtm", "expm", "ode_solution"),
}
"""Those of which a part is NumPy's or SciPy's own; and all of linalg."""
WITHOUT_VJP = {"gammainc", "gammaincc", "betainc", "stdtr"}
"""By one of their inputs at least."""


def _comes_apart(name: str, sample: og.Sample) -> bool:
    index = sample.params.get("index")
    parts = index if isinstance(index, tuple) else (index,)
    plugin, _, short = name.partition(".")
    has_array = any(isinstance(part, list | np.ndarray) for part in parts)
    return plugin != "linalg" and short not in CALLED_BACK | WITHOUT_VJP and not has_array


@pytest.mark.parametrize(
    ("op", "sample"),
    [
        pytest.param(op, sample, id=f"{name}-{i}")
        for name, op in zip(NAMES, OPS, strict=True)
        for i, sample in enumerate(op.samples)
        if _comes_apart(name, sample) and _has_floats(op, sample)
    ],
)
def test_most_ops_need_no_call_back(op: OpN, sample: og.Sample) -> None:
    """Value and VJP come apart into primitives, but for indices that are arrays."""
    by_floats, inputs = _by_floats(op, sample)

    def pulled(*inputs: Any) -> Any:
        out, pull = og.vjp(by_floats, *inputs)
        return out, pull(_uneven(out))

    with np.errstate(all="ignore"):
        compiled = og.compile(pulled, backend="python")
        compiled(*inputs)
    assert [n.op.name for n in compiled.graph.nodes if n.op is not None and n.op.opaque] == []


@EACH_BACKEND
@pytest.mark.parametrize("op", [pytest.param(op, id=n) for n, op in zip(NAMES, OPS, strict=True)])
def test_jvps(backend: str, op: OpN) -> None:
    """Of the first sample with floating-point inputs, along one direction."""
    sample = next((s for s in op.samples if any(map(_is_floating, s.inputs))), None)
    assert sample is not None
    by_floats, inputs = _by_floats(op, sample)

    def pushed(*inputs: Any) -> Any:
        return og.jvp(by_floats, inputs, tuple(map(_uneven, inputs)))

    try:
        with np.errstate(all="ignore"):
            pushed(*inputs)
    except (og.NotDifferentiable, TypeError) as error:
        with pytest.raises(type(error)):
            og.compile(pushed, backend=backend)(*inputs)
        return
    _agree(pushed, inputs, backend)


TWICE: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda x: np.sum(np.tanh(x) * x),
    "softmax": lambda x: np.sum(og.ops.softmax(x, axis=-1) ** 2),
    "gelu": lambda x: np.sum(og.ops.gelu(x)),
    "max": lambda x: np.max(x) ** 2,
    "getitem": lambda x: x[0] ** 3 * x[-1],
    "prod": lambda x: np.prod(x),
    "cumprod": lambda x: np.sum(np.cumprod(x)),
    "logsumexp": lambda x: og.ops.logsumexp(x),
    "matmul": lambda x: np.exp(x @ x),
    "norm": lambda x: np.linalg.norm(x) ** 3,
    "sort": lambda x: np.sum(np.sort(x) * x),
    "inv": lambda x: np.sum(np.linalg.inv(np.outer(x, x) + np.eye(3))),
}


@EACH_BACKEND
@pytest.mark.parametrize("function", TWICE.values(), ids=list(TWICE))
def test_second_derivatives(backend: str, function: Callable[[Any], Any]) -> None:
    """The Hessian, and the gradient of a gradient."""
    x = np.array([0.4, -0.7, 1.3])
    _agree(og.hessian(function), [x], backend)

    def size(x: Any) -> Any:
        return np.sum(og.grad(function)(x) ** 2)

    _agree(og.grad(size), [x], backend)
