"""Checks the JVP of an op against central differences of its forward along a direction."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from tests.arrays.differences import STEP, arbitrary, in_double, is_floating, noise


def assert_jvp_is_right(op: OpN, sample: og.Sample, fixed: tuple[int, ...] = ()) -> None:
    """Fail unless tangents of each floating input, alone and together, give what differences do.

    Raises:
        AssertionError: names the inputs whose tangents were given.
    """
    raw = [in_double(x) for x in sample.inputs]
    moving = [i for i, x in enumerate(raw) if is_floating(x) and i not in fixed]
    directions = {i: arbitrary(raw[i], 0.3, 1.4)[()] for i in moving}

    def at(shift: float, chosen: list[int]) -> Any:
        moved = [x + shift * directions[i] if i in chosen else x for i, x in enumerate(raw)]
        return op.forward(*moved, **sample.params)

    for chosen in [*([i] for i in moving), moving]:

        def f(*xs: Any, chosen: list[int] = chosen) -> Any:
            inputs = list(raw)
            for i, x in zip(chosen, xs, strict=True):
                inputs[i] = x
            return op(*inputs, **sample.params)

        primals = tuple(raw[i] for i in chosen)
        out, tangent = og.jvp(f, primals, tuple(directions[i] for i in chosen))
        assert np.shape(tangent) == np.shape(out)
        if is_floating(out):
            above, below = at(STEP, chosen), at(-STEP, chosen)
            with np.errstate(invalid="ignore"):  # both may be -inf
                expected = np.where(above == below, 0.0, (above - below) / (2 * STEP))
            rtol = 1e-5 if op.name == "ode_solution" else 1e-6  # it chooses its steps each time
            largest = np.max(np.abs(out), where=np.isfinite(out), initial=0.0)
            limit = noise(largest) + 10 * STEP**2  # of rounding, and of curvature
            where = f"{op.name}, inputs {chosen}"
            np.testing.assert_allclose(tangent, expected, rtol, limit, err_msg=where)
