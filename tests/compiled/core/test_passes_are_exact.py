"""No pass changes a bit: random graphs before and after, on data that would show it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opgrad as og
from opgrad.compiler.passes import Pass
from tests.compiled.core.random_functions import function_of, inputs, programs
from tests.compiled.core.same import bits
from tests.compiled.core.test_passes import PASSES
from tests.compiled.core.traced_graphs import run, traced

EDGES = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -1e-310, 1e308, -1e308, 1.0, -1.0, 0.5, 3.0]


def _edgy(x: Any, rng: np.random.Generator) -> Any:
    """Of the same kind, with elements of which each tells some wrong rewriting."""
    if isinstance(x, float):
        return float(rng.choice(EDGES))
    with np.errstate(all="ignore"):
        return np.asarray(rng.choice(EDGES, np.shape(x))).astype(x.dtype)


def _gradient_of(function: Any) -> Any:
    return og.grad(lambda lot: function(lot)["sum"])


@pytest.mark.parametrize("step", PASSES, ids=lambda step: step.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_random_functions_and_gradients(step: Pass, data: st.DataObject) -> None:
    """On ordinary numbers, and on infinities, NaNs, signed zeros, subnormal and huge ones."""
    function: Any = function_of(data.draw(programs()))
    if data.draw(st.booleans()):
        function = _gradient_of(function)
    lots = data.draw(inputs(count=2))
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        graph = traced(function, lots[0])
        simpler = step(graph)
        rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
        for lot in (lots[0], lots[1], *[{k: _edgy(x, rng) for k, x in lots[0].items()}] * 3):
            before, after = run(graph, *lot.values()), run(simpler, *lot.values())
            assert list(map(bits, after)) == list(map(bits, before))
