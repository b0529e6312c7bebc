"""Contestant: NumPy, the derivatives written by hand."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from benchmarks.arrays.programs import Program
from benchmarks.compiled.entry import Entries, Entry
from benchmarks.compiled.programs import black_scholes as options


def black_scholes(inputs: list[Any]) -> Entries:
    """Prices and greeks from the closed formulas."""
    erf = import_module("scipy.special").erf
    return {"NumPy": Entry(lambda: options.by_hand(erf, *inputs))}


def tensors(of: Program) -> Entries:
    """Value and gradient, what the forward left used."""
    return {"NumPy": Entry(lambda: of.by_hand(of.params, of.data))}


CASES = {"Black-Scholes": black_scholes, "tensors": tensors}
