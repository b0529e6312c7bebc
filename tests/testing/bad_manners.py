"""Ops with right derivatives at their samples, and one thing that they should not do."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from tests.testing.planted import Planted, collect, defined

BAD_MANNERS: list[Planted] = []
planted = partial(collect, BAD_MANNERS)
elementwise = partial(defined, elementwise=True)

X = np.array([0.5, -1.25, 2.0])


def _sin_rule(g: Any, out: Any, x: Any) -> Any:
    return g * np.cos(x)


@planted("forward_runs", "a `return` is missing in the forward")
def _() -> OpN:
    """A forward that returns nothing."""
    return elementwise(lambda x: None, _sin_rule, (X,))


@planted("forward_is_pure", "writes into its input")
def _() -> OpN:
    """Sorts in place."""

    def forward(x: Any) -> Any:
        x.sort()
        return x * 1.0

    return defined(forward, lambda g, out, x: g, (X,))


@planted("rules_are_pure", "the rule writes into g")
def _() -> OpN:
    """Multiplies the cotangent in place."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        g *= 2 * x
        return g

    return elementwise(lambda x: x * x, rule, (X,))


@planted("rules_are_pure", "the rule writes into out")
def _() -> OpN:
    """The same, as the pass itself sees it, whose arrays are read-only."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        out *= 2
        return g * 2 * x

    return elementwise(lambda x: x * x, rule, (X,))


@planted("deterministic", "the forward is random")
def _() -> OpN:
    """A dropout that draws its own mask."""
    rng = np.random.default_rng(1)
    return elementwise(lambda x: x * (rng.random(np.shape(x)) + 1), lambda g, out, x: g, (X,))


@planted("deterministic", "the rule is random")
def _() -> OpN:
    """A rule with noise."""
    rng = np.random.default_rng(1)
    return elementwise(lambda x: np.sin(x), lambda g, out, x: g * rng.random(np.shape(x)), (X,))


@planted("rules_keep_nothing", "a stale closure")
def _() -> OpN:
    """A rule that uses what the forward saved last."""
    saved: dict[str, Any] = {}

    def forward(x: Any) -> Any:
        saved["cos"] = np.cos(x)
        return np.sin(x)

    return elementwise(forward, lambda g, out, x: g * saved["cos"], (X,))


@planted("cotangents_fit", "wrong dtype")
def _() -> OpN:
    """A rule that computes in single precision."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return (g * np.cos(x)).astype(np.float32)

    return elementwise(lambda x: np.sin(x), rule, (X,))


@planted("cotangents_fit", "take its real part")
def _() -> OpN:
    """A complex cotangent of a real input."""
    return elementwise(lambda x: np.sin(x), lambda g, out, x: g * np.cos(x) + 0j, (X,))


@planted("cotangents_fit", "the rule returns 1, the op has 2 inputs")
def _() -> OpN:
    """One cotangent for two inputs."""
    return elementwise(lambda x, y: x + y, lambda g, out, x, y: (g,), (0.5, 3.0))


@planted("cotangents_fit", "a `return` is missing")
def _() -> OpN:
    """A rule that returns nothing."""

    def rule(g: Any, out: Any, x: Any) -> None:
        g * np.cos(x)

    return elementwise(lambda x: np.sin(x), rule, (0.5,))


@planted("float32_is_kept", "another precision")
def _() -> OpN:
    """A constant array in double precision."""
    return elementwise(lambda x: np.sin(x) * np.ones(1)[0:1], _sin_rule, (X,))


@planted("scalars_and_arrays_agree", "mixes elements")
def _() -> OpN:
    """A softmax that is declared elementwise."""

    def forward(x: Any) -> Any:
        return np.exp(x) / np.sum(np.exp(x))

    return elementwise(forward, lambda g, out, x: out * (g - np.sum(g * out)), (X,))


@planted("scalars_and_arrays_agree", "takes a branch for all of them by one")
def _() -> OpN:
    """A rule that branches on the first element."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * np.sign(np.ravel(x)[0])

    return elementwise(lambda x: np.abs(x), rule, (2.0,), (np.array([1.0, 2.0]),))


@planted("scalars_and_arrays_agree", "use np.where")
def _() -> OpN:
    """A branch on a whole array."""

    def forward(x: Any) -> Any:
        return x if x > 0 else 0.5 * x

    return elementwise(forward, lambda g, out, x: g if x > 0 else 0.5 * g, (2.0,), (-1.0,))


@planted("scalars_and_arrays_agree", "from the module math")
def _() -> OpN:
    """A function of one number, in an op that is declared elementwise."""
    import math

    return elementwise(
        lambda x: math.sin(x), lambda g, out, x: g * math.cos(x), (0.5,), opaque=True
    )


@planted("broadcasts", "sums over broadcast axes itself")
def _() -> OpN:
    """A rule that sums over the first axis where it should not."""

    def rule(g: Any, out: Any, x: Any, y: Any) -> Any:
        gx, gy = g * y, g * x
        if np.ndim(gy) == 2 and np.ndim(y) == 1:
            gy = np.mean(gy, axis=0)
        return gx, gy

    return elementwise(lambda x, y: x * y, rule, (0.5, 3.0), (X, X[::-1]))


@planted("non_contiguous", "memory is assumed contiguous")
def _() -> OpN:
    """Reads the buffer as if the array were all of it."""

    def forward(x: Any) -> Any:
        x = np.asarray(x)
        base = x if x.base is None else np.asarray(x.base)
        flat = base.reshape(-1)[: x.size].reshape(x.shape)
        return np.sin(x) if x.flags.c_contiguous else np.sin(flat)

    return elementwise(forward, _sin_rule, (X,))


@planted("zero_d", "arrays without axes")
def _() -> OpN:
    """Takes whatever is an array for one with an axis."""

    def forward(x: Any) -> Any:
        return np.sin(x) * (1.0 if not isinstance(x, np.ndarray) or x.ndim else 2.0)

    return elementwise(forward, _sin_rule, (0.5,), (X,))


@planted("empty", "")
def _() -> OpN:
    """Needs an element."""

    def forward(x: Any) -> Any:
        return np.sin(x) + 0 * np.max(x)

    return elementwise(forward, _sin_rule, (X,))


@planted("nan_passes", "NaN is lost")
def _() -> OpN:
    """A relu by np.where: 0 for NaN."""
    return elementwise(
        lambda x: np.where(x > 0, x, 0.0), lambda g, out, x: g * np.where(x > 0, 1, 0), (X,)
    )


@planted("implements_agrees", "does not compute what numpy.log1p does")
def _() -> OpN:
    """Another function than the one that it says it implements."""
    return elementwise(lambda x: np.log(x), lambda g, out, x: g / x, (0.5,), implements=np.log1p)


@planted("compiled", "goes by something other than its arguments")
def _() -> OpN:
    """A counter, whose value compiling makes a constant."""
    calls = itertools.count()
    return elementwise(lambda x: x + next(calls), lambda g, out, x: g, (X,))


@planted("documented", "say what the op computes")
def _() -> OpN:
    """No docstring."""
    return elementwise(lambda x: np.sin(x), _sin_rule, (X,))


@planted("sampled", "nothing could be checked")
def _() -> OpN:
    """No samples."""
    return elementwise(lambda x: np.sin(x), _sin_rule)


@planted("sampled", "a param that no sample sets")
def _() -> OpN:
    """A param of which only the default is tried."""

    def rule(g: Any, out: Any, x: Any, *, slope: float = 1.0) -> Any:
        return g * slope

    return elementwise(lambda x, *, slope=1.0: x * slope, rule, (X,))


@planted("has_rules", "a rule is missing")
def _() -> OpN:
    """A rule for one input of two."""

    @og.op(elementwise=True, samples=[(0.5, 2.0)])
    def planted_op(x: Any, y: Any) -> Any:
        return x * y

    planted_op.vjp_wrt(0)(lambda g, out, x, y: g * y)
    half: OpN = planted_op
    return half
