"""The expressions of micrograd's own test suite, of anything with operators."""

from __future__ import annotations

from typing import Any


def relu(x: Any) -> Any:
    """max(x, 0), of a number, or of what has a method for it."""
    return max(x, 0.0) if isinstance(x, float) else x.relu()


def sanity_check(x: Any) -> Any:
    """micrograd's test_sanity_check."""
    z = 2 * x + 2 + x
    q = relu(z) + z * x
    h = relu(z * z)
    return h + q + q * x


def more_ops(a: Any, b: Any) -> Any:
    """micrograd's test_more_ops: every operator, reflected and augmented ones too."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g
