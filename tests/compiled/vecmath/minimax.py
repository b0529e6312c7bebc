"""Polynomials of least largest error, by the Remez exchange: where the coefficients come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import mpmath as mp

Function = Callable[[mp.mpf], mp.mpf]


def evaluate(coefficients: Iterable[mp.mpf | float], x: mp.mpf) -> mp.mpf:
    """A polynomial, whose constant comes first."""
    return sum((c * x**k for k, c in enumerate(coefficients)), mp.mpf(0))


def minimax(
    f: Function, weight: Function, low: float, high: float, count: int, grid: int = 600
) -> tuple[list[mp.mpf], mp.mpf]:
    """Coefficients c of the polynomial that makes the largest ``|weight (f - poly)|`` least.

    ``count`` coefficients, on [low, high], neither end of which need be in the domain of f: the
    points are inside. Returns the coefficients, the constant first, and that largest error.
    """
    with mp.workdps(50):
        a, b = mp.mpf(low), mp.mpf(high)
        points = [
            (a + b) / 2 - (b - a) / 2 * mp.cos(mp.pi * (k + mp.mpf(1) / 2) / grid)
            for k in range(grid)
        ]
        values, weights = [f(x) for x in points], [weight(x) for x in points]
        at = [round((k + 0.5) * (grid - 1) / (count + 1)) for k in range(count + 1)]
        for _ in range(30):
            matrix, right = mp.matrix(count + 1), mp.matrix(count + 1, 1)
            for row, k in enumerate(at):
                for power in range(count):
                    matrix[row, power] = points[k] ** power
                matrix[row, count] = (-1) ** row / weights[k]
                right[row] = values[k]
            *coefficients, level = mp.lu_solve(matrix, right)
            errors = [
                w * (v - evaluate(coefficients, x))
                for x, v, w in zip(points, values, weights, strict=True)
            ]
            largest = max(abs(error) for error in errors)
            if largest < abs(level) * mp.mpf("1.001"):
                break
            at = alternating(errors, count + 1)
    return coefficients, largest


def alternating(errors: list[mp.mpf], count: int) -> list[int]:
    """Where the error is extreme between changes of its sign; of these the ``count`` largest."""
    places: list[int] = []
    for k, error in enumerate(errors):
        if places and (errors[places[-1]] > 0) == (error > 0):
            if abs(error) > abs(errors[places[-1]]):
                places[-1] = k
        else:
            places.append(k)
    while len(places) > count:
        places.pop(0 if abs(errors[places[0]]) < abs(errors[places[-1]]) else -1)
    assert len(places) == count, "the error changes its sign too seldom: ask for more digits"
    return places
