"""The benchmark of scalar passes measures what it says. Nothing here asserts a time."""

from __future__ import annotations

import pytest

from benchmarks.eager.run import measure


def test_opgrad_and_the_classic_class_find_the_same_gradients() -> None:
    """One step of either ends in the same 337 gradients, and not in zeros."""
    ours, classic = measure("opgrad", "gradients"), measure("classic", "gradients")
    assert len(ours) == 337
    assert any(ours)
    assert ours == pytest.approx(classic, rel=1e-9, abs=1e-9)
