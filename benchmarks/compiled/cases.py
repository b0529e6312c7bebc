"""The cases: what each contestant is asked to do, and with which program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from benchmarks.arrays.programs import PROGRAMS
from benchmarks.compiled.programs import black_scholes, bundle, mlp

CASES: Mapping[str, tuple[str, Callable[[], Any]]] = {
    "scalar MLP, 20 samples": ("scalar MLP", partial(mlp.make, 20)),
    "scalar MLP, 2 samples": ("scalar MLP", partial(mlp.make, 2)),
    "MLP, 20,000 samples": ("batched MLP", partial(mlp.make, 20_000)),
    "MLP, 1,000 samples": ("batched MLP", partial(mlp.make, 1_000)),
    "Black-Scholes": ("Black-Scholes", partial(black_scholes.make, 1_000_000)),
    "Black-Scholes, total": ("Black-Scholes, total", partial(black_scholes.make, 1_000_000)),
    "bundle adjustment": ("bundle", partial(bundle.make, 10_000)),
    "bundle adjustment, cost": ("bundle, cost", partial(bundle.make, 10_000)),
    "small MLP": ("tensors", PROGRAMS["small MLP"]),
    "large MLP": ("tensors", PROGRAMS["large MLP"]),
}
"""By title: the key in a contestant's ``CASES``, and what makes the program."""
