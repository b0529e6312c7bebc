"""An op of one's own, in a script: its forward, its derivative, and a check of the two.

To share an op, put it into a plugin: see examples/opgrad-logcosh.
"""

from __future__ import annotations

import math

import numpy as np

import opgrad as og
from opgrad import Raw, Value


@og.op(elementwise=True)
def softplus_sharp(x: Raw, *, sharpness: float = 1.0) -> Raw:
    """log(1 + exp(sharpness * x)) / sharpness: a ReLU with a round corner."""
    return np.logaddexp(0, sharpness * x) / sharpness


@softplus_sharp.vjp
def _(g: Raw, out: Raw, x: Raw, *, sharpness: float = 1.0) -> Raw:
    return g / (1 + np.exp(-sharpness * x))


def main() -> None:
    """Compare the gradient with differences, and use the op on an array."""
    x = Value(0.3)
    y = softplus_sharp(x, sharpness=5.0)
    y.backward()
    h = 1e-6
    above, below = (softplus_sharp(0.3 + d, sharpness=5.0).data for d in (h, -h))
    print(
        f"value {y.data:.6f}, gradient {x.grad:.6f}, by differences {(above - below) / (2 * h):.6f}"
    )
    assert math.isclose(x.grad, (above - below) / (2 * h), rel_tol=1e-6)

    # It takes arrays as it is, and broadcasts; the gradient has the shape of its input.
    bias, points = Value(0.5), np.linspace(-1, 1, 5)
    curve = softplus_sharp(points + bias, sharpness=5.0)
    curve.backward(np.ones(5))
    print("curve", np.round(curve.data, 3), "  d sum / d bias", round(bias.grad, 6))


if __name__ == "__main__":
    main()
