"""The residuals of a bundle adjustment, with their Jacobian: many small dense blocks, 2 x 12.

The camera model is that of "Bundle Adjustment in the Large" (Agarwal, Snavely, Seitz, Szeliski,
2010): a rotation vector (Rodrigues' formula), a translation, a focal length and two coefficients of
radial distortion. The Jacobian is by these nine and by the point's three coordinates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Grad = Callable[..., Callable[..., Any]]
N_INPUTS = 12


def make(observations: int) -> tuple[Any, Any]:
    """Random inputs, ``(observations, 12)``, and what was observed, ``(observations, 2)``."""
    rng = np.random.default_rng(0)
    rotation = rng.normal(size=(observations, 3)) * 0.3
    translation = rng.normal(size=(observations, 3)) * 0.1 + (0, 0, -5)
    lens = rng.normal(size=(observations, 3)) * (20, 1e-2, 1e-3) + (500, 0, 0)
    point = rng.normal(size=(observations, 3))
    inputs = np.concatenate([rotation, translation, lens, point], axis=1)
    return inputs, rng.normal(size=(observations, 2)) * 50


def residuals(xp: Any, inputs: Sequence[Any], observed: Sequence[Any]) -> tuple[Any, Any]:
    """Projected minus observed, of one observation; or of many, if the inputs are arrays."""
    r1, r2, r3, t1, t2, t3, focal, k1, k2, p1, p2, p3 = inputs
    angle = xp.sqrt(r1 * r1 + r2 * r2 + r3 * r3)
    a1, a2, a3 = r1 / angle, r2 / angle, r3 / angle
    cos, sin = xp.cos(angle), xp.sin(angle)
    along = (a1 * p1 + a2 * p2 + a3 * p3) * (1.0 - cos)
    x = p1 * cos + (a2 * p3 - a3 * p2) * sin + a1 * along + t1
    y = p2 * cos + (a3 * p1 - a1 * p3) * sin + a2 * along + t2
    z = p3 * cos + (a1 * p2 - a2 * p1) * sin + a3 * along + t3
    u, v = -x / z, -y / z
    square = u * u + v * v
    scale = focal * (1.0 + square * (k1 + k2 * square))
    return scale * u - observed[0], scale * v - observed[1]


def cost(xp: Any, inputs: Sequence[Any], observed: Sequence[Any]) -> Any:
    """Half the sum of squares."""
    du, dv = residuals(xp, inputs, observed)
    return 0.5 * xp.sum(du * du + dv * dv)


def with_jacobian(grad: Grad, xp: Any, inputs: Sequence[Any], observed: Sequence[Any]) -> Any:
    """Residuals, and by each residual the derivatives, all as arrays over the observations.

    An observation's residuals depend on its own inputs only, so a gradient of a sum over the
    observations holds each one's own derivatives.
    """

    def row(which: int) -> Any:
        def total(*inputs: Any) -> Any:
            return xp.sum(residuals(xp, inputs, observed)[which])

        return grad(total, argnums=tuple(range(N_INPUTS)))(*inputs)

    return residuals(xp, inputs, observed), (row(0), row(1))


def from_arrays(result: Any) -> list[Any]:
    """Of arrays over the observations: residuals and Jacobian, flat."""
    found, jacobian = result
    return [np.ravel(np.stack(found)), np.ravel(np.array(jacobian))]


def from_blocks(result: Any) -> list[Any]:
    """The same of ``(observations, 2)`` and ``(observations, 2, 12)``."""
    found, jacobian = map(np.asarray, result)
    return [np.ravel(found.T), np.ravel(jacobian.transpose(1, 2, 0))]
