"""The real number whose derivatives are the cotangents: ⟨g, forward(inputs)⟩."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import frozen

from opgrad.testing.differences import Line
from opgrad.testing.point import Point, arbitrary

MOST = 24
"""How many elements of an array are moved, one by one."""


@frozen(eq=False)
class Loss:
    """The sum of the output's finite elements, each times its cotangent.

    Attributes:
        point: where, in double precision.
        g: the output's cotangent; 0 where the output is infinite or NaN.
        out: the output.
        size: the sum of the terms' sizes, which its rounding error goes with.
    """

    point: Point
    g: Any
    out: Any
    size: float

    @classmethod
    def of(cls, point: Point, g: Any = None) -> Loss:
        """At a point; an arbitrary cotangent, unless it is given."""
        out = point.forward()
        g = np.where(np.isfinite(out), arbitrary(out) if g is None else g, 0.0)[()]
        return cls(point, g, out, float(np.sum(np.abs(_product(g, out)))))

    def indices(self, position: int) -> list[tuple[int, ...]]:
        """Of the elements of an input; of a large one, of some that are spread over it."""
        shape = np.shape(self.point.inputs[position])
        size = int(np.prod(shape))
        chosen = np.unique(np.linspace(0, max(size - 1, 0), MOST).astype(int))[:size]
        return [tuple(map(int, np.unravel_index(k, shape))) for k in chosen]

    def scale(self, position: int, index: tuple[int, ...]) -> float:
        """What a step is measured by: the size of the number that is moved, at least 1."""
        return max(1.0, float(np.abs(np.asarray(self.point.inputs[position])[index])))

    def line(self, position: int, index: tuple[int, ...], direction: complex = 1.0) -> Line:
        """As a function of how far an element is moved."""
        move = self.mover(position, index, direction)
        return lambda t: float(np.real(np.sum(_product(self.g, move(t)))))

    def line_along(self, position: int, direction: Any) -> Line:
        """As a function of how far a whole input is moved in a direction."""
        x = self.point.inputs[position]
        return lambda t: float(
            np.real(np.sum(_product(self.g, self.point.moved(position, x + t * direction))))
        )

    def complex_line(self, position: int, index: tuple[int, ...]) -> Callable[[complex], Any]:
        """The same for complex distances, if the forward allows them; complex."""
        move = self.mover(position, index, 1.0)
        return lambda t: np.sum(_product(self.g, move(t)))

    def mover(
        self, position: int, index: tuple[int, ...], direction: complex
    ) -> Callable[[Any], Any]:
        """The forward as a function of how far an element is moved."""
        x = np.asarray(self.point.inputs[position])

        def moved(t: Any) -> Any:
            shift = t * direction
            there = x.astype(np.result_type(x, type(shift)))
            there[index] += shift
            return self.point.moved(position, there[()])

        return moved


def _product(g: Any, out: Any) -> Any:
    """Term by term; 0 where g is, whatever the output is there."""
    return np.where(g == 0, 0.0, g * np.where(g == 0, 0.0, out))
