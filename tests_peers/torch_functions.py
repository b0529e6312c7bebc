"""Torch's counterpart of each built-in op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

TORCH: dict[str, Callable[..., Any]] = {
    "arithmetic.identity": torch.clone,
    "arithmetic.add": torch.add,
    "arithmetic.sub": torch.sub,
    "arithmetic.mul": torch.mul,
    "arithmetic.div": torch.div,
    "arithmetic.floordiv": lambda x, y: torch.div(x, y, rounding_mode="floor"),
    "arithmetic.mod": torch.remainder,
    "arithmetic.fmod": torch.fmod,
    "arithmetic.neg": torch.neg,
    "arithmetic.pow": torch.pow,
    "arithmetic.abs": torch.abs,
    "arithmetic.maximum": torch.maximum,
    "arithmetic.minimum": torch.minimum,
    "arithmetic.where": torch.where,
    "arithmetic.less": torch.lt,
    "arithmetic.less_equal": torch.le,
    "arithmetic.greater": torch.gt,
    "arithmetic.greater_equal": torch.ge,
    "arithmetic.equal": torch.eq,
    "arithmetic.not_equal": torch.ne,
    "elementary.exp": torch.exp,
    "elementary.exp2": torch.exp2,
    "elementary.expm1": torch.expm1,
    "elementary.log": torch.log,
    "elementary.log2": torch.log2,
    "elementary.log10": torch.log10,
    "elementary.log1p": torch.log1p,
    "elementary.logaddexp": torch.logaddexp,
    "elementary.sqrt": torch.sqrt,
    "elementary.square": torch.square,
    "elementary.reciprocal": torch.reciprocal,
    "elementary.hypot": torch.hypot,
    "elementary.sin": torch.sin,
    "elementary.cos": torch.cos,
    "elementary.tan": torch.tan,
    "elementary.sinc": torch.sinc,
    "elementary.asin": torch.asin,
    "elementary.acos": torch.acos,
    "elementary.atan": torch.atan,
    "elementary.atan2": torch.atan2,
    "elementary.sinh": torch.sinh,
    "elementary.cosh": torch.cosh,
    "elementary.tanh": torch.tanh,
    "elementary.asinh": torch.asinh,
    "elementary.acosh": torch.acosh,
    "elementary.atanh": torch.atanh,
    "elementary.sign": torch.sign,
    "elementary.floor": torch.floor,
    "elementary.ceil": torch.ceil,
    "elementary.round": torch.round,
    "elementary.clip": torch.clip,
    "activations.relu": functional.relu,
    "activations.leaky_relu": lambda x, slope=0.01: functional.leaky_relu(x, slope),
    "activations.elu": functional.elu,
    "activations.selu": functional.selu,
    "activations.sigmoid": torch.sigmoid,
    "activations.softplus": lambda x: functional.softplus(x, threshold=1e9),
    "activations.silu": functional.silu,
    "activations.mish": functional.mish,
    "activations.softsign": functional.softsign,
    "activations.normal_cdf": torch.special.ndtr,
    "activations.gelu": functional.gelu,
    # functional.hardsigmoid has its 1/6 in single precision, for tensors in double too.
    "activations.hard_sigmoid": lambda x: functional.relu6(x + 3) / 6,
    "activations.hard_tanh": lambda x, low=-1.0, high=1.0: functional.hardtanh(x, low, high),
    "activations.hard_swish": functional.hardswish,
}
"""By qualified name; params by the names that the ops have."""

_CONJUGATED = "for complex numbers, torch's gradients are the conjugates of ours"
NOT_IN_TORCH = {
    "elementary.cbrt": "torch has no real cube root: pow gives NaN for a negative x",
    "arrays.real": _CONJUGATED,
    "arrays.imag": _CONJUGATED,
    "arrays.conj": _CONJUGATED,
}
"""The ops that cannot be compared, and why."""
