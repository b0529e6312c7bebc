"""Exact values and derivatives at kinks, ties, poles, and the far ends of the range."""

from __future__ import annotations

import math

import pytest
from attrs import frozen

INF = math.inf
NAN = math.nan
PI = math.pi


@frozen
class Edge:
    """What an op gives at one point.

    Attributes:
        op: qualified name.
        inputs: the point, in floats.
        value: of the op there.
        slopes: its derivative by each input; ``None`` where no gradient flows.
    """

    op: str
    inputs: tuple[float, ...]
    value: float
    slopes: tuple[float | None, ...]


def _edge(op: str, *inputs: float, value: float, slopes: tuple[float | None, ...]) -> Edge:
    return Edge(op, inputs, value, slopes)


SELU = 1.0507009873554805 * 1.6732632423543772

EDGES = [
    # kinks
    _edge("arithmetic.abs", 0.0, value=0.0, slopes=(0.0,)),
    _edge("arithmetic.abs", -INF, value=INF, slopes=(-1.0,)),
    _edge("activations.relu", 0.0, value=0.0, slopes=(0.0,)),
    _edge("activations.relu", -INF, value=0.0, slopes=(0.0,)),
    _edge("activations.relu", INF, value=INF, slopes=(1.0,)),
    _edge("activations.leaky_relu", 0.0, value=0.0, slopes=(0.01,)),
    _edge("activations.elu", 0.0, value=0.0, slopes=(1.0,)),
    _edge("activations.elu", -1000.0, value=-1.0, slopes=(0.0,)),
    _edge("activations.elu", 1000.0, value=1000.0, slopes=(1.0,)),
    _edge("activations.selu", 0.0, value=0.0, slopes=(SELU,)),
    _edge("activations.selu", -1000.0, value=-SELU, slopes=(0.0,)),
    _edge("activations.hard_sigmoid", -3.0, value=0.0, slopes=(0.0,)),
    _edge("activations.hard_sigmoid", 3.0, value=1.0, slopes=(0.0,)),
    _edge("activations.hard_tanh", -1.0, value=-1.0, slopes=(0.0,)),
    _edge("activations.hard_tanh", 1.0, value=1.0, slopes=(0.0,)),
    _edge("activations.hard_swish", -3.0, value=0.0, slopes=(0.0,)),
    _edge("activations.hard_swish", 3.0, value=3.0, slopes=(1.0,)),
    _edge("activations.softsign", 0.0, value=0.0, slopes=(1.0,)),
    _edge("activations.softsign", -1e300, value=-1.0, slopes=(0.0,)),
    # ties
    _edge("arithmetic.maximum", 2.0, 2.0, value=2.0, slopes=(0.5, 0.5)),
    _edge("arithmetic.maximum", INF, 0.0, value=INF, slopes=(1.0, 0.0)),
    _edge("arithmetic.minimum", 2.0, 2.0, value=2.0, slopes=(0.5, 0.5)),
    _edge("arithmetic.minimum", -INF, 0.0, value=-INF, slopes=(1.0, 0.0)),
    _edge("elementary.clip", -1.0, -1.0, 1.0, value=-1.0, slopes=(1.0, 0.0, 0.0)),
    _edge("elementary.clip", 1.0, -1.0, 1.0, value=1.0, slopes=(1.0, 0.0, 0.0)),
    _edge("elementary.clip", -3.0, -1.0, 1.0, value=-1.0, slopes=(0.0, 1.0, 0.0)),
    _edge("elementary.clip", 3.0, -1.0, 1.0, value=1.0, slopes=(0.0, 0.0, 1.0)),
    _edge("elementary.clip", 0.0, 1.0, -1.0, value=-1.0, slopes=(0.0, 0.0, 1.0)),
    _edge("elementary.clip", 5.0, 1.0, -1.0, value=-1.0, slopes=(0.0, 0.0, 1.0)),
    # steps
    _edge("elementary.sign", 0.0, value=0.0, slopes=(None,)),
    _edge("elementary.floor", 2.0, value=2.0, slopes=(None,)),
    _edge("elementary.ceil", 2.0, value=2.0, slopes=(None,)),
    _edge("elementary.round", 2.5, value=2.0, slopes=(None,)),
    _edge("elementary.round", -3.5, value=-4.0, slopes=(None,)),
    _edge("arithmetic.less", 2.0, 2.0, value=0.0, slopes=(None, None)),
    _edge("arithmetic.less_equal", 2.0, 2.0, value=1.0, slopes=(None, None)),
    _edge("arithmetic.equal", NAN, NAN, value=0.0, slopes=(None, None)),
    # powers
    _edge("arithmetic.pow", 0.0, 0.0, value=1.0, slopes=(0.0, 0.0)),
    _edge("arithmetic.pow", 0.0, 1.0, value=0.0, slopes=(1.0, 0.0)),
    _edge("arithmetic.pow", 0.0, 2.0, value=0.0, slopes=(0.0, 0.0)),
    _edge("arithmetic.pow", 0.0, 0.5, value=0.0, slopes=(INF, 0.0)),
    _edge("arithmetic.pow", 1e-300, -1.0, value=1e300, slopes=(-INF, 1e300 * math.log(1e-300))),
    _edge("arithmetic.pow", -1e-300, -1.0, value=-1e300, slopes=(-INF, NAN)),
    _edge("arithmetic.pow", -2.0, 3.0, value=-8.0, slopes=(12.0, NAN)),
    _edge("arithmetic.pow", -2.0, 0.0, value=1.0, slopes=(0.0, NAN)),
    _edge("arithmetic.pow", -8.0, 0.5, value=NAN, slopes=(NAN, NAN)),
    _edge("arithmetic.pow", INF, 0.0, value=1.0, slopes=(0.0, INF)),
    _edge("arithmetic.div", 1e200, 1e200, value=1.0, slopes=(1e-200, -1e-200)),
    _edge("elementary.sqrt", 0.0, value=0.0, slopes=(INF,)),
    _edge("elementary.cbrt", 0.0, value=0.0, slopes=(INF,)),
    _edge("elementary.cbrt", -8.0, value=-2.0, slopes=(1 / 12,)),
    _edge("elementary.square", 0.0, value=0.0, slopes=(0.0,)),
    _edge("elementary.hypot", 0.0, 0.0, value=0.0, slopes=(0.0, 0.0)),
    _edge("elementary.hypot", 3e200, 4e200, value=5e200, slopes=(0.6, 0.8)),
    _edge("elementary.hypot", 3e-200, 4e-200, value=5e-200, slopes=(0.6, 0.8)),
    # exponentials and logarithms
    _edge("elementary.exp", -1000.0, value=0.0, slopes=(0.0,)),
    _edge("elementary.exp", 1000.0, value=INF, slopes=(INF,)),
    _edge("elementary.expm1", 1e-20, value=1e-20, slopes=(1.0,)),
    _edge("elementary.expm1", -50.0, value=-1.0, slopes=(math.exp(-50),)),
    _edge("elementary.log", 0.0, value=-INF, slopes=(INF,)),
    _edge("elementary.log2", 0.0, value=-INF, slopes=(INF,)),
    _edge("elementary.log10", 0.0, value=-INF, slopes=(INF,)),
    _edge("elementary.log", INF, value=INF, slopes=(0.0,)),
    _edge("elementary.log1p", 1e-20, value=1e-20, slopes=(1.0,)),
    _edge("elementary.log1p", -1.0, value=-INF, slopes=(INF,)),
    _edge("elementary.logaddexp", 1000.0, 1000.0, value=1000 + math.log(2), slopes=(0.5, 0.5)),
    _edge("elementary.logaddexp", 1e10, 1e10, value=1e10 + math.log(2), slopes=(0.5, 0.5)),
    _edge("elementary.logaddexp", 1000.0, -1000.0, value=1000.0, slopes=(1.0, 0.0)),
    _edge("elementary.logaddexp", -700.0, 0.0, value=math.exp(-700), slopes=(math.exp(-700), 1.0)),
    _edge("elementary.logaddexp", -INF, -INF, value=-INF, slopes=(0.5, 0.5)),
    _edge("elementary.logaddexp", -INF, 1.0, value=1.0, slopes=(0.0, 1.0)),
    _edge("elementary.logaddexp", INF, 1.0, value=INF, slopes=(1.0, 0.0)),
    # angles
    _edge("elementary.asin", 1.0, value=PI / 2, slopes=(INF,)),
    _edge("elementary.asin", -1.0, value=-PI / 2, slopes=(INF,)),
    _edge("elementary.acos", 1.0, value=0.0, slopes=(-INF,)),
    _edge("elementary.acos", -1.0, value=PI, slopes=(-INF,)),
    _edge("elementary.atan", 1e200, value=PI / 2, slopes=(0.0,)),
    _edge("elementary.atan", -INF, value=-PI / 2, slopes=(0.0,)),
    _edge("elementary.atan2", 1e200, 1e200, value=PI / 4, slopes=(5e-201, -5e-201)),
    _edge("elementary.atan2", 1e-200, 1e-200, value=PI / 4, slopes=(5e199, -5e199)),
    _edge("elementary.atan2", 0.0, -2.0, value=PI, slopes=(-0.5, 0.0)),
    _edge("elementary.atan2", 0.0, 0.0, value=0.0, slopes=(NAN, NAN)),
    # hyperbolic
    _edge("elementary.tanh", 1000.0, value=1.0, slopes=(0.0,)),
    _edge("elementary.tanh", -INF, value=-1.0, slopes=(0.0,)),
    _edge("elementary.tanh", 20.0, value=1.0, slopes=(0.0,)),
    _edge("elementary.asinh", 1e200, value=math.asinh(1e200), slopes=(1e-200,)),
    _edge("elementary.acosh", 1.0, value=0.0, slopes=(INF,)),
    _edge("elementary.acosh", 1e200, value=math.acosh(1e200), slopes=(1e-200,)),
    _edge("elementary.atanh", 1.0, value=INF, slopes=(INF,)),
    _edge("elementary.atanh", -1.0, value=-INF, slopes=(INF,)),
    # activations far out
    _edge("activations.sigmoid", 0.0, value=0.5, slopes=(0.25,)),
    _edge("activations.sigmoid", 1000.0, value=1.0, slopes=(0.0,)),
    _edge("activations.sigmoid", -1000.0, value=0.0, slopes=(0.0,)),
    _edge("activations.sigmoid", 40.0, value=1.0, slopes=(math.exp(-40),)),
    _edge("activations.sigmoid", -700.0, value=math.exp(-700), slopes=(math.exp(-700),)),
    _edge("activations.sigmoid", INF, value=1.0, slopes=(0.0,)),
    _edge("activations.softplus", 1000.0, value=1000.0, slopes=(1.0,)),
    _edge("activations.softplus", -1000.0, value=0.0, slopes=(0.0,)),
    _edge("activations.softplus", -700.0, value=math.exp(-700), slopes=(math.exp(-700),)),
    _edge("activations.softplus", -INF, value=0.0, slopes=(0.0,)),
    _edge("activations.silu", 1000.0, value=1000.0, slopes=(1.0,)),
    _edge("activations.silu", -1000.0, value=0.0, slopes=(0.0,)),
    _edge("activations.mish", 1000.0, value=1000.0, slopes=(1.0,)),
    _edge("activations.mish", -1000.0, value=0.0, slopes=(0.0,)),
    _edge("activations.gelu", 1000.0, value=1000.0, slopes=(1.0,)),
    _edge("activations.gelu", -1000.0, value=0.0, slopes=(0.0,)),
    _edge("activations.gelu", 1e200, value=1e200, slopes=(1.0,)),
    _edge("activations.gelu", 0.0, value=0.0, slopes=(0.5,)),
    _edge("activations.normal_cdf", -INF, value=0.0, slopes=(0.0,)),
    _edge("activations.normal_cdf", INF, value=1.0, slopes=(0.0,)),
    _edge("activations.normal_cdf", 1e200, value=1.0, slopes=(0.0,)),
    # infinity
    _edge("arithmetic.add", INF, 2.0, value=INF, slopes=(1.0, 1.0)),
    _edge("arithmetic.add", 2.0, -INF, value=-INF, slopes=(1.0, 1.0)),
    _edge("arithmetic.sub", -INF, 2.0, value=-INF, slopes=(1.0, -1.0)),
    _edge("arithmetic.sub", 2.0, INF, value=-INF, slopes=(1.0, -1.0)),
    _edge("arithmetic.mul", INF, -2.0, value=-INF, slopes=(-2.0, INF)),
    _edge("arithmetic.mul", 2.0, -INF, value=-INF, slopes=(-INF, 2.0)),
    _edge("arithmetic.div", INF, 2.0, value=INF, slopes=(0.5, -INF)),
    _edge("arithmetic.div", 2.0, -INF, value=0.0, slopes=(0.0, 0.0)),
    _edge("arithmetic.neg", INF, value=-INF, slopes=(-1.0,)),
    _edge("arithmetic.pow", INF, 2.0, value=INF, slopes=(INF, INF)),
    _edge("arithmetic.pow", INF, -1.0, value=0.0, slopes=(0.0, NAN)),
    _edge("arithmetic.pow", 2.0, INF, value=INF, slopes=(INF, INF)),
    _edge("arithmetic.pow", 2.0, -INF, value=0.0, slopes=(NAN, 0.0)),
    _edge("arithmetic.abs", INF, value=INF, slopes=(1.0,)),
    _edge("arithmetic.maximum", 2.0, -INF, value=2.0, slopes=(1.0, 0.0)),
    _edge("arithmetic.maximum", INF, INF, value=INF, slopes=(0.5, 0.5)),
    _edge("arithmetic.minimum", 2.0, INF, value=2.0, slopes=(1.0, 0.0)),
    _edge("arithmetic.where", 1.0, INF, 2.0, value=INF, slopes=(None, 1.0, 0.0)),
    _edge("arithmetic.where", INF, 1.0, 2.0, value=1.0, slopes=(None, 1.0, 0.0)),
    _edge("arithmetic.where", 0.0, INF, -INF, value=-INF, slopes=(None, 0.0, 1.0)),
    _edge("arithmetic.less", -INF, INF, value=1.0, slopes=(None, None)),
    _edge("arithmetic.less_equal", INF, INF, value=1.0, slopes=(None, None)),
    _edge("arithmetic.greater", INF, -INF, value=1.0, slopes=(None, None)),
    _edge("arithmetic.greater_equal", -INF, -INF, value=1.0, slopes=(None, None)),
    _edge("arithmetic.equal", INF, INF, value=1.0, slopes=(None, None)),
    _edge("arithmetic.not_equal", INF, -INF, value=1.0, slopes=(None, None)),
    _edge("elementary.exp", INF, value=INF, slopes=(INF,)),
    _edge("elementary.exp", -INF, value=0.0, slopes=(0.0,)),
    _edge("elementary.exp2", INF, value=INF, slopes=(INF,)),
    _edge("elementary.exp2", -INF, value=0.0, slopes=(0.0,)),
    _edge("elementary.expm1", INF, value=INF, slopes=(INF,)),
    _edge("elementary.expm1", -INF, value=-1.0, slopes=(0.0,)),
    _edge("elementary.log2", INF, value=INF, slopes=(0.0,)),
    _edge("elementary.log10", INF, value=INF, slopes=(0.0,)),
    _edge("elementary.log1p", INF, value=INF, slopes=(0.0,)),
    _edge("elementary.logaddexp", 1.0, INF, value=INF, slopes=(0.0, 1.0)),
    _edge("elementary.logaddexp", INF, INF, value=INF, slopes=(0.5, 0.5)),
    _edge("elementary.logaddexp", INF, -INF, value=INF, slopes=(1.0, 0.0)),
    _edge("elementary.sqrt", INF, value=INF, slopes=(0.0,)),
    _edge("elementary.cbrt", INF, value=INF, slopes=(0.0,)),
    _edge("elementary.cbrt", -INF, value=-INF, slopes=(0.0,)),
    _edge("elementary.square", -INF, value=INF, slopes=(-INF,)),
    _edge("elementary.reciprocal", INF, value=0.0, slopes=(0.0,)),
    _edge("elementary.reciprocal", -INF, value=0.0, slopes=(0.0,)),
    _edge("elementary.hypot", INF, 1.0, value=INF, slopes=(1.0, 0.0)),
    _edge("elementary.hypot", 1.0, -INF, value=INF, slopes=(0.0, -1.0)),
    _edge("elementary.hypot", INF, -INF, value=INF, slopes=(1.0, -1.0)),
    _edge("elementary.atan", INF, value=PI / 2, slopes=(0.0,)),
    _edge("elementary.atan2", INF, 1.0, value=PI / 2, slopes=(0.0, 0.0)),
    _edge("elementary.atan2", 1.0, -INF, value=PI, slopes=(0.0, 0.0)),
    _edge("elementary.atan2", INF, INF, value=PI / 4, slopes=(0.0, 0.0)),
    _edge("elementary.sinh", -INF, value=-INF, slopes=(INF,)),
    _edge("elementary.cosh", -INF, value=INF, slopes=(-INF,)),
    _edge("elementary.tanh", INF, value=1.0, slopes=(0.0,)),
    _edge("elementary.asinh", INF, value=INF, slopes=(0.0,)),
    _edge("elementary.asinh", -INF, value=-INF, slopes=(0.0,)),
    _edge("elementary.acosh", INF, value=INF, slopes=(0.0,)),
    _edge("elementary.sign", -INF, value=-1.0, slopes=(None,)),
    _edge("elementary.floor", -INF, value=-INF, slopes=(None,)),
    _edge("elementary.ceil", INF, value=INF, slopes=(None,)),
    _edge("elementary.round", INF, value=INF, slopes=(None,)),
    _edge("elementary.clip", INF, -1.0, 1.0, value=1.0, slopes=(0.0, 0.0, 1.0)),
    _edge("elementary.clip", -INF, -1.0, 1.0, value=-1.0, slopes=(0.0, 1.0, 0.0)),
    _edge("elementary.clip", 0.5, -INF, INF, value=0.5, slopes=(1.0, 0.0, 0.0)),
    _edge("activations.leaky_relu", INF, value=INF, slopes=(1.0,)),
    _edge("activations.leaky_relu", -INF, value=-INF, slopes=(0.01,)),
    _edge("activations.elu", INF, value=INF, slopes=(1.0,)),
    _edge("activations.elu", -INF, value=-1.0, slopes=(0.0,)),
    _edge("activations.selu", INF, value=INF, slopes=(1.0507009873554805,)),
    _edge("activations.selu", -INF, value=-SELU, slopes=(0.0,)),
    _edge("activations.sigmoid", -INF, value=0.0, slopes=(0.0,)),
    _edge("activations.softplus", INF, value=INF, slopes=(1.0,)),
    _edge("activations.silu", INF, value=INF, slopes=(1.0,)),
    _edge("activations.silu", -INF, value=0.0, slopes=(0.0,)),
    _edge("activations.mish", INF, value=INF, slopes=(1.0,)),
    _edge("activations.mish", -INF, value=0.0, slopes=(0.0,)),
    _edge("activations.softsign", INF, value=1.0, slopes=(0.0,)),
    _edge("activations.softsign", -INF, value=-1.0, slopes=(0.0,)),
    _edge("activations.gelu", INF, value=INF, slopes=(1.0,)),
    _edge("activations.gelu", -INF, value=0.0, slopes=(0.0,)),
    _edge("activations.hard_sigmoid", INF, value=1.0, slopes=(0.0,)),
    _edge("activations.hard_sigmoid", -INF, value=0.0, slopes=(0.0,)),
    _edge("activations.hard_tanh", INF, value=1.0, slopes=(0.0,)),
    _edge("activations.hard_tanh", -INF, value=-1.0, slopes=(0.0,)),
    _edge("activations.hard_swish", INF, value=INF, slopes=(1.0,)),
    _edge("activations.hard_swish", -INF, value=0.0, slopes=(0.0,)),
    _edge("arithmetic.identity", INF, value=INF, slopes=(1.0,)),
    _edge("arrays.real", -INF, value=-INF, slopes=(1.0,)),
    _edge("arrays.imag", INF, value=0.0, slopes=(None,)),
    _edge("arrays.conj", -INF, value=-INF, slopes=(1.0,)),
    # NaN
    _edge("arithmetic.abs", NAN, value=NAN, slopes=(NAN,)),
    _edge("arithmetic.maximum", NAN, 1.0, value=NAN, slopes=(1.0, 1.0)),
    _edge("arithmetic.maximum", 1.0, NAN, value=NAN, slopes=(1.0, 1.0)),
    _edge("arithmetic.minimum", NAN, 1.0, value=NAN, slopes=(1.0, 1.0)),
    _edge("arithmetic.minimum", 1.0, NAN, value=NAN, slopes=(1.0, 1.0)),
    _edge("elementary.clip", NAN, -1.0, 1.0, value=NAN, slopes=(1.0, 1.0, 1.0)),
    _edge("elementary.clip", 0.0, NAN, 1.0, value=NAN, slopes=(1.0, 1.0, 1.0)),
    _edge("elementary.clip", 2.0, NAN, 1.0, value=NAN, slopes=(0.0, 1.0, 1.0)),
    _edge("elementary.clip", 0.0, -1.0, NAN, value=NAN, slopes=(1.0, 0.0, 1.0)),
    _edge("activations.relu", NAN, value=NAN, slopes=(1.0,)),
    _edge("activations.leaky_relu", NAN, value=NAN, slopes=(1.0,)),
    _edge("activations.elu", NAN, value=NAN, slopes=(NAN,)),
    _edge("activations.hard_sigmoid", NAN, value=NAN, slopes=(1 / 6,)),
    _edge("activations.hard_tanh", NAN, value=NAN, slopes=(1.0,)),
    _edge("activations.hard_swish", NAN, value=NAN, slopes=(NAN,)),
]

EACH_EDGE = pytest.mark.parametrize(
    "edge", [pytest.param(e, id=f"{e.op}{e.inputs}") for e in EDGES]
)
