"""A program that is being made: each step is run on plain data as it is added."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzz.namespaces import PLAIN
from tests.fuzz.program import Expression, Input, Program, Ref, Step

LARGEST = 48
"""Elements of a result that is gone on with."""
HUGE = 1e3
"""Numbers in a calm program are smaller, so that differences tell something."""
LAYOUTS = ["fortran", "strided", "reversed"]


class Draft:
    """Inputs and steps so far, and what each of them is.

    Args:
        rng: the source of all choices.
        wild: numbers need not be finite, and a step may raise.
    """

    def __init__(self, rng: np.random.Generator, wild: bool = False) -> None:
        self.rng = rng
        self.wild = wild
        self.inputs: list[Input] = []
        self.steps: list[Step] = []
        self.values: dict[str, Any] = {}
        self.raised = False

    def fresh(self, value: Any) -> Ref:
        """A new input."""
        layout = ""
        if isinstance(value, np.ndarray) and value.ndim and value.size and self.chance(0.3):
            layout = str(self.rng.choice(LAYOUTS))
        made = Input(f"x{len(self.inputs)}", value, layout)
        self.inputs.append(made)
        self.values[made.name] = made.data()
        return Ref(made.name)

    def add(self, expression: Expression) -> Ref | None:
        """A new step, if its result can be gone on with."""
        step = Step(f"v{len(self.steps)}", expression)
        scope = dict(self.values)
        try:
            with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
                exec("\n".join(step.lines()), PLAIN, scope)
        except Exception:
            if not self.wild or self.raised:
                return None
            self.raised = True
            self.steps.append(step)
            return Ref(step.name)
        result = scope[step.name]
        if not self._is_fit(result):
            return None
        self.steps.append(step)
        self.values[step.name] = result
        return Ref(step.name)

    def back_to(self, marks: tuple[int, int]) -> None:
        """Without the inputs and steps that came after so many."""
        lost = [x.name for x in self.inputs[marks[0] :]] + [x.name for x in self.steps[marks[1] :]]
        for name in lost:
            self.values.pop(name, None)
        del self.inputs[marks[0] :], self.steps[marks[1] :]

    def _is_fit(self, result: Any) -> bool:
        if isinstance(result, list | tuple):
            return len(result) < 9 and all(map(self._is_fit, result))
        if not is_numeric(result):
            return True
        if isinstance(result, int) and result.bit_length() > 40:
            return False
        x = np.asarray(result)
        if x.size > LARGEST or x.dtype == object:
            return False
        with np.errstate(all="ignore"):
            calm = x.dtype.kind not in "fc" or bool(np.all(np.abs(x) < HUGE))  # NaN is not
        return calm or self.wild

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def choice(self, options: Any) -> Any:
        """One of several, as it is."""
        return options[int(self.rng.integers(len(options)))]

    def pick(self, fits: Callable[[Any], bool]) -> Ref | None:
        """An earlier value that fits; later ones are taken more often."""
        names = [name for name, x in self.values.items() if is_numeric(x) and fits(x)]
        if not names:
            return None
        weights = np.arange(1.0, len(names) + 1)
        return Ref(names[int(self.rng.choice(len(names), p=weights / weights.sum()))])

    def program(self, returned: Any, packing: str = "") -> Program:
        return Program(tuple(self.inputs), tuple(self.steps), returned, packing)


def is_numeric(x: Any) -> bool:
    """It is a number, or an array of numbers."""
    return isinstance(x, int | float | complex | np.number | np.bool_ | np.ndarray)
