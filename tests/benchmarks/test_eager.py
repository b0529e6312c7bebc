"""The benchmark of scalar passes measures what it says. Nothing here asserts a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EAGER = Path(__file__).resolve().parents[2] / "benchmarks" / "eager"


def measure(contestant: str, what: str) -> Any:
    """What the benchmark's own process for one contestant prints."""
    command = [sys.executable, str(EAGER / "measure.py"), contestant, what]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def test_opgrad_and_the_classic_class_find_the_same_gradients() -> None:
    """One step of either ends in the same 337 gradients, and not in zeros."""
    ours, classic = measure("opgrad", "gradients"), measure("classic", "gradients")
    assert len(ours) == 337
    assert any(ours)
    assert ours == pytest.approx(classic, rel=1e-9, abs=1e-9)


def test_the_readme_shows_the_figures_that_were_measured() -> None:
    """Its table is made of the results in the repository, and of nothing else."""
    subprocess.run([sys.executable, str(EAGER / "readme.py"), "--check"], check=True)
