"""The likely mistake behind a wrong cotangent, in words.

Each recogniser looks at one wrong cotangent beside what it should be, and returns a sentence if the
two are related in the way it knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from attrs import frozen

from opgrad.testing.differences import best_slope
from opgrad.testing.loss import Loss
from opgrad.testing.point import show

CONSTANTS = {
    "2": 2.0,
    "3": 3.0,
    "4": 4.0,
    "π": math.pi,
    "2π": 2 * math.pi,
    "√2": math.sqrt(2),
    "√π": math.sqrt(math.pi),
    "√(2π)": math.sqrt(2 * math.pi),
    "log 2": math.log(2),
    "log 10": math.log(10),
}


@frozen(eq=False)
class Evidence:
    """The cotangents at a point, what they should be, and where they are not.

    Attributes:
        loss: what they are the derivatives of.
        given: what the rule gave, by position of the input.
        expected: the derivatives.
        wrong: where the two differ.
    """

    loss: Loss
    given: Mapping[int, Any]
    expected: Mapping[int, Any]
    wrong: Mapping[int, Any]

    def name(self, position: int) -> str:
        """Of an input, in the forward's signature."""
        return self.loss.point.name(position)


Recogniser = Callable[[Evidence, int], str | None]


def likely_mistake(evidence: Evidence, position: int) -> str:
    """The first that is recognised."""
    for recognise in RECOGNISERS:
        with np.errstate(all="ignore"):
            if found := recognise(evidence, position):
                return found
    return "the rule is not the derivative of the forward"


def close(a: Any, b: Any) -> bool:
    """Whether two arrays agree, to what differences are good for; not if both are zero."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or not np.any(a) or not np.all(np.isfinite(a)):
        return False
    size = float(np.max(np.abs(a)))
    return bool(np.allclose(a, b, rtol=2e-5, atol=1e-6 * size))


def _swapped(e: Evidence, i: int) -> str | None:
    for j in e.given:
        if j == i or not close(e.given[i], e.expected[j]):
            continue
        x, y = e.name(i), e.name(j)
        if close(e.given[j], e.expected[i]):
            return (
                f"the cotangents of {x} and {y} are swapped: what was returned for {x} is right "
                f"for {y}"
            )
        return f"what was returned for {x} is the cotangent of {y}"
    return None


def _wrong_sign(e: Evidence, i: int) -> str | None:
    return "the sign is wrong" if close(-e.given[i], e.expected[i]) else None


def _conjugated(e: Evidence, i: int) -> str | None:
    if np.iscomplexobj(e.given[i]) and close(np.conj(e.given[i]), e.expected[i]):
        return "it is conjugated: rules are holomorphic, without np.conj"
    return None


def _known_factor(e: Evidence, i: int) -> str | None:
    for name, value in _sizes(e, i):
        if close(e.given[i] * value, e.expected[i]):
            return f"a factor is missing: it should be {name} times as large"
        if close(e.given[i], e.expected[i] * value):
            return f"a factor too much: it is {name} times as large as it should be"
    return None


def _sizes(e: Evidence, i: int) -> Iterator[tuple[str, float]]:
    yield from CONSTANTS.items()
    shape = np.shape(e.given[i])
    for n in {*shape, math.prod(shape)} - {0, 1, 2, 3, 4}:
        yield f"{n} (a number of elements)", float(n)


def _transposed(e: Evidence, i: int) -> str | None:
    if np.ndim(e.given[i]) >= 2 and close(np.swapaxes(e.given[i], -1, -2), e.expected[i]):
        return "the matrix is transposed: return its .T"
    return None


def _ignores_g(e: Evidence, i: int) -> str | None:
    expected = _derivative_with(e.loss, np.ones_like(e.loss.g), i)
    if close(e.given[i], expected):
        return "g is ignored: the chain rule multiplies the derivative by g"
    return None


def _uses_g_alone(e: Evidence, i: int) -> str | None:
    if close(e.given[i], e.loss.g):
        return "g is passed on as it is: the chain rule multiplies it by the derivative"
    return None


def _derivative_with(loss: Loss, g: Any, i: int) -> Any:
    """The derivative by input ``i``, had the cotangent been ``g``."""
    other = Loss.of(loss.point, g)
    derivative = np.zeros(np.shape(loss.point.inputs[i]))
    for index in other.indices(i):
        slope = best_slope(other.line(i, index), other.scale(i, index), other.size)
        derivative[index] = slope.value
    return derivative


def _varying_factor(e: Evidence, i: int) -> str | None:
    """A factor that is an input, the output, or one of these squared."""
    for name, x in _known(e).items():
        if np.shape(x) not in ((), np.shape(e.given[i])):
            continue
        for text, factor in (
            (name, x),
            (f"{name}**2", np.square(x)),
            (f"(1 - {name}**2)", 1 - np.square(x)),
        ):
            if close(e.given[i] * factor, e.expected[i]):
                return f"a factor is missing: multiply by {text}"
            if close(e.given[i], e.expected[i] * factor):
                return f"a factor too much: divide by {text}"
    return None


def _not_finite(e: Evidence, i: int) -> str | None:
    if np.all(np.isfinite(e.given[i])):
        return None
    return (
        "the rule overflows, or divides 0 by 0 or infinity by infinity, where the derivative is "
        "finite: write it in a form that does not"
    )


def _zero(e: Evidence, i: int) -> str | None:
    if np.any(e.given[i]):
        return None
    return f"zero was returned, though the output changes with {e.name(i)}"


def _term(e: Evidence, i: int) -> str | None:
    """What is missing is a multiple of g, or of g times an input or the output."""
    difference, g = np.asarray(e.expected[i] - e.given[i]), np.asarray(e.loss.g)
    if difference.size < 2 or g.shape not in ((), difference.shape):
        return None
    for name, x in {"": 1.0, **_known(e)}.items():
        if np.shape(x) not in ((), difference.shape):
            continue
        unit = np.broadcast_to(g * x, difference.shape)
        ratio = (np.ravel(difference) / np.ravel(unit))[0]
        if np.isfinite(ratio) and close(difference, ratio * unit):
            times = "" if abs(ratio - 1) < 1e-4 else f"{float(ratio):.5g} * "
            return f"a term is missing: add {times}g{f' * {name}' if name else ''}"
    return None


def _known(e: Evidence) -> dict[str, Any]:
    """The inputs and the output, by name."""
    point = e.loss.point
    return {point.name(j): x for j, x in enumerate(point.inputs)} | {"out": e.loss.out}


def _constant_factor(e: Evidence, i: int) -> str | None:
    given, expected = e.given[i], e.expected[i]
    if np.size(given) < 2 or not np.all(given):
        return None
    ratio = np.ravel(expected)[0] / np.ravel(given)[0]
    if close(given * ratio, expected):
        return f"a factor is wrong: it should be {show(ratio)} times as large, in all elements"
    return None


def _in_part(e: Evidence, i: int) -> str | None:
    """Right in some elements; which ones, may be told by the input's size or sign."""
    wrong, x = np.asarray(e.wrong[i]), np.real(np.asarray(e.loss.point.inputs[i]))
    if np.all(wrong) or not np.any(wrong):
        return None
    bad, good = x[wrong], x[~wrong]
    if np.min(bad) > np.max(good):
        side = f"where {e.name(i)} > {np.max(good):.4g}"
    elif np.max(bad) < np.min(good):
        side = f"where {e.name(i)} < {np.min(good):.4g}"
    else:
        side = f"in {wrong.sum()} of {wrong.size} elements"
    return f"it is wrong only {side}: a branch, or a term that matters only there"


RECOGNISERS: tuple[Recogniser, ...] = (
    _not_finite,
    _zero,
    _swapped,
    _wrong_sign,
    _conjugated,
    _transposed,
    _ignores_g,
    _known_factor,
    _varying_factor,
    _uses_g_alone,
    _constant_factor,
    _term,
    _in_part,
)
