"""JAX's counterpart of each op that computes number by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import nn
from jax.scipy import special, stats

jax.config.update("jax_enable_x64", True)

JAX_NUMPY = {
    "arithmetic": [
        *("abs", "add", "equal", "fmod", "greater", "greater_equal", "less", "less_equal"),
        *("maximum", "minimum", "mod", "not_equal", "pow", "where"),
    ],
    "arrays": ["conj", "imag", "real"],
    "elementary": [
        *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "clip"),
        *("cos", "cosh", "exp", "exp2", "expm1", "floor", "hypot", "log", "log10", "log1p"),
        *(
            "log2",
            "logaddexp",
            "reciprocal",
            "round",
            "sign",
            "sin",
            "sinc",
            "sinh",
            "sqrt",
            "square",
        ),
        *("tan", "tanh"),
    ],
}
"""Ops that have the name they have in ``jax.numpy``, by plugin."""

SPECIAL = [
    *("beta", "betainc", "betaln", "entr", "erf", "erfc", "erfinv", "expit", "gamma", "gammainc"),
    *("gammaincc", "gammaln", "i0", "i0e", "i1", "i1e", "kl_div", "log_ndtr", "logit", "ndtr"),
    *("ndtri", "rel_entr", "xlog1py", "xlogy"),
]
"""Ops of the plugin ``scipy`` that have the name they have in ``jax.scipy.special``."""


def _student(df: Any, t: Any) -> Any:
    """The distribution function of Student's t, by the incomplete beta function. DLMF 8.17."""
    tail = 0.5 * special.betainc(df / 2, 0.5, df / (df + t * t))
    return jnp.where(t > 0, 1 - tail, tail)


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    **{f"{plugin}.{n}": getattr(jnp, n) for plugin, names in JAX_NUMPY.items() for n in names},
    **{f"scipy.{name}": getattr(special, name) for name in SPECIAL},
    "arithmetic.identity": jnp.asarray,
    "arithmetic.sub": jnp.subtract,
    "arithmetic.mul": jnp.multiply,
    "arithmetic.div": jnp.divide,
    "arithmetic.floordiv": jnp.floor_divide,
    "arithmetic.neg": jnp.negative,
    "activations.relu": nn.relu,
    "activations.leaky_relu": lambda x, slope=0.01: nn.leaky_relu(x, slope),
    "activations.elu": nn.elu,
    "activations.selu": nn.selu,
    "activations.sigmoid": nn.sigmoid,
    "activations.softplus": nn.softplus,
    "activations.silu": nn.silu,
    "activations.mish": nn.mish,
    "activations.softsign": nn.soft_sign,
    "activations.normal_cdf": stats.norm.cdf,
    "activations.gelu": lambda x: nn.gelu(x, approximate=False),
    "activations.hard_sigmoid": nn.hard_sigmoid,
    "activations.hard_tanh": lambda x, low=-1.0, high=1.0: jnp.clip(x, low, high),
    "activations.hard_swish": nn.hard_swish,
    "scipy.j0": lambda x: special.bessel_jn(x, v=0)[0],
    "scipy.j1": lambda x: special.bessel_jn(x, v=1)[1],
    "scipy.psi": special.digamma,
    "scipy.polygamma": lambda x, n=1: special.polygamma(n, x),
    "scipy.stdtr": _student,
    "scipy.erfcinv": lambda y: special.erfinv(1 - y),
    "scipy.log_expit": nn.log_sigmoid,
}
"""By qualified name; params by the names that the ops have."""
