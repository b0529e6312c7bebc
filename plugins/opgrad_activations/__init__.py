"""Built-in plugin: activation functions of neural networks."""

from __future__ import annotations

import opgrad as og
from opgrad_activations.gaussian import gelu as gelu
from opgrad_activations.gaussian import normal_cdf as normal_cdf
from opgrad_activations.hard import hard_sigmoid as hard_sigmoid
from opgrad_activations.hard import hard_swish as hard_swish
from opgrad_activations.hard import hard_tanh as hard_tanh
from opgrad_activations.rectifiers import elu as elu
from opgrad_activations.rectifiers import leaky_relu as leaky_relu
from opgrad_activations.rectifiers import relu as relu
from opgrad_activations.rectifiers import selu as selu
from opgrad_activations.smooth import mish as mish
from opgrad_activations.smooth import sigmoid as sigmoid
from opgrad_activations.smooth import silu as silu
from opgrad_activations.smooth import softplus as softplus
from opgrad_activations.smooth import softsign as softsign


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    rectifiers: list[og.Op] = [relu, leaky_relu, elu, selu]
    smooth = [sigmoid, softplus, silu, mish, softsign]
    gaussian = [normal_cdf, gelu]
    hard: list[og.Op] = [hard_sigmoid, hard_tanh, hard_swish]
    return [*rectifiers, *smooth, *gaussian, *hard]
