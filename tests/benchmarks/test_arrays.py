"""The contestants of the array benchmarks compute the same. Nothing here asserts a time."""

from __future__ import annotations

import numpy as np
import pytest

import opgrad as og
from benchmarks.arrays.chains import chain
from benchmarks.arrays.contestants import CONTESTANTS
from benchmarks.arrays.programs import PROGRAMS, Program

MEASURED = {title: make() for title, make in PROGRAMS.items()} | {
    "chain": chain(size=50),
    "chain in checkpoints": chain(og.checkpoint, size=50),
}


@pytest.mark.parametrize("program", MEASURED.values(), ids=MEASURED)
def test_opgrad_finds_the_gradient_written_by_hand(program: Program) -> None:
    """The value too; and it is not zero."""
    value, grads = CONTESTANTS["opgrad"](program)()
    wanted_value, wanted = CONTESTANTS["by hand"](program)()
    assert value == pytest.approx(wanted_value, rel=1e-12)
    for grad, right in zip(grads, wanted, strict=True):
        assert np.any(right)
        np.testing.assert_allclose(grad, right, rtol=1e-9, atol=1e-12)
