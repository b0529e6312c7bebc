"""Print the largest error of each function, on more arguments than the tests (20 seconds)."""

from __future__ import annotations

import mpmath as mp
import numpy as np

from opgrad_llvm import vecmath
from tests.compiled.vecmath.native import WIDE, Array, evaluate
from tests.compiled.vecmath.references import EXACT, in_numpy, samples

COUNT = {"float64": 20_000, "float32": 2_000_000}


def largest_error(name: str, dtype: str) -> float:
    """In ulp of the result; of logaddexp, in ulp of the largest operand if that is larger."""
    arguments = samples(name, dtype, vecmath.FUNCTIONS[name].arity, COUNT[dtype])
    found = evaluate(name, WIDE, *arguments)
    error, rounded = errors(name, found, arguments)
    if name == "logaddexp":
        rounded = np.maximum(abs(np.maximum(*arguments)), abs(rounded))
    finite = np.isfinite(rounded) & (rounded != 0)
    return float(np.max(error[finite] / np.spacing(abs(rounded[finite]))))


def errors(name: str, found: Array, arguments: list[Array]) -> tuple[Array, Array]:
    """The absolute errors, and the right values rounded."""
    if found.dtype == np.float32:
        with np.errstate(all="ignore"):
            exact = in_numpy(name)(*(x.astype(np.float64) for x in arguments))
            return abs(found - exact), exact.astype(np.float32)
    with mp.workprec(133):
        rows = zip(*(map(mp.mpf, x.tolist()) for x in arguments), strict=True)
        values = [EXACT[name](*row) for row in rows]
        error = [
            float(abs(value - mp.mpf(y))) for value, y in zip(values, found.tolist(), strict=True)
        ]
    return np.array(error), np.array([float(value) for value in values])


if __name__ == "__main__":
    print("| function | float64 | float32 |\n|---|---|---|")
    for name in vecmath.FUNCTIONS:
        columns = (f"{largest_error(name, dtype):.2f}" for dtype in COUNT)
        print(f"| {name} | {' | '.join(columns)} |", flush=True)
