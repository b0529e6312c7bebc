"""Derivatives: by differences, forward and backward, first and second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import opgrad as og
from tests.fuzz.differences import derivative
from tests.fuzz.leaves import in_form_of, vector
from tests.fuzz.subject import Fault, Raised, Refused, Subject, attempt, is_refusal

MOST = 10
"""Elements of the inputs that are moved."""
RELATIVE = 1e-7


def weights(cotangents: Sequence[Any]) -> Any:
    """What real and imaginary parts are multiplied by: Re(u z) = Re u Re z - Im u Im z."""
    return vector([np.conjugate(u) for u in cotangents])


def successful(given: Any) -> Any:
    """What a derivative gave.

    Raises:
        Refused: it is none, and says so.
        Fault: it raised something else.
    """
    if isinstance(given, Raised):
        if is_refusal(given.error):
            raise Refused(f"{type(given.error).__name__}: {given.error}")
        raise Fault("exception", given, "a derivative")
    return given


def calm(subject: Subject) -> bool:
    """There is something to differentiate, and all numbers are moderate."""
    if not subject.is_differentiable:
        return False
    x = np.concatenate([vector(subject.wide), vector(subject.plain_leaves)])
    return bool(np.all(np.abs(x) < 1e4))


def pulled(subject: Subject) -> list[Any]:
    """The gradient of the loss by each active input, in double precision."""
    parts = subject.by_active(subject.own)

    def run() -> Any:
        _, pull = og.vjp(parts, *subject.wide)
        return list(pull(subject.cotangents))

    found: list[Any] = successful(attempt(run))
    return found


def directions(subject: Subject) -> list[tuple[int, Any]]:
    """Units along elements of the active inputs, real and imaginary: which input, and the unit."""
    units = []
    for i, x in enumerate(subject.wide):
        for place in np.ndindex(np.shape(x)):
            for one in (1.0, 1j)[: 1 + (np.asarray(x).dtype.kind == "c")]:
                unit = np.zeros(np.shape(x), np.asarray(x).dtype)
                unit[place] = one
                units.append((i, unit))
    chosen = subject.rng(4).permutation(len(units))[:MOST]
    return [units[int(k)] for k in sorted(chosen)]


def moved(data: Sequence[Any], which: int, unit: Any, t: float) -> list[Any]:
    """The inputs, one of them moved along a unit."""
    x = data[which]
    new = x + t * (unit if isinstance(x, np.ndarray) else unit[()])
    if isinstance(x, float | complex) and not isinstance(x, np.generic):
        new = new.item()
    return [new if i == which else y for i, y in enumerate(data)]


def along(g: Any, unit: Any) -> float:
    """The slope along a unit that a gradient tells."""
    g, unit = np.asarray(g), np.asarray(unit)
    return float(np.sum(np.real(g[unit != 0] * unit[unit != 0])))  # the others may be NaN


def gradient(subject: Subject) -> int:
    """Each element is what differences of NumPy's results give, where these agree."""
    if not calm(subject):
        return 0
    gradients = pulled(subject)
    _same_forms(gradients, subject.wide)
    parts, w, compared = subject.by_active(subject.plain), weights(subject.cotangents), 0
    sizes = np.abs(vector(gradients))
    rounding = 2.0**-44 * float(np.max(sizes[np.isfinite(sizes)], initial=0.0))  # of what cancels
    for which, unit in directions(subject):

        def at(t: float, which: int = which, unit: Any = unit) -> Any:
            result = attempt(parts, *moved(subject.wide, which, unit, t))
            return np.full(w.shape, np.nan) if isinstance(result, Raised) else vector(result)

        slope, error = _differences(at, w)
        if slope is None:
            continue
        error += rounding
        given = along(gradients[which], unit)
        if not np.isfinite(given) and not _is_smooth(subject, which, unit):
            continue
        compared += 1
        if not abs(given - slope) <= error:
            place = f"input {subject.program.active[which].name}{_place(unit)}"
            raise Fault("gradient", given, slope, place)
    return compared


def _differences(at: Callable[[float], Any], w: Any) -> tuple[float | None, float]:
    """The slope of the loss, and how far a right gradient may be from it."""
    with np.errstate(all="ignore"):
        try:
            slopes, errors = derivative(at)
        except ValueError:  # the number of elements differs: a decision was made otherwise
            return None, 0.0
        total = float(np.sum(w * slopes))
        size = float(np.sum(np.abs(w * slopes)))
        error = 10 * float(np.sum(np.abs(w) * errors)) + RELATIVE * size
    return (total, error) if error <= 1e-4 * max(size, 1e-2) else (None, 0.0)


def _is_smooth(subject: Subject, which: int, unit: Any) -> bool:
    """Whether all inner results are smooth along a unit, so that the chain rule has numbers."""

    def at(t: float) -> Any:
        slots = subject.slots(moved(subject.wide, which, unit, t))
        return vector([x for x in slots.values() if np.asarray(x).dtype.kind in "fcbi"])

    try:
        _, errors = derivative(at)
    except ValueError:
        return False
    return bool(np.all(np.isfinite(errors)))


def _place(unit: Any) -> str:
    where = [int(i[0]) for i in np.nonzero(unit)] if np.ndim(unit) else []
    part = ", imaginary part" if np.asarray(unit).dtype.kind == "c" and np.any(unit.imag) else ""
    return (f"[{', '.join(map(str, where))}]" if where else "") + part


def _same_forms(gradients: Sequence[Any], primals: Sequence[Any]) -> None:
    for g, x in zip(gradients, primals, strict=True):
        if np.shape(g) != np.shape(x):
            raise Fault("shape", g, x, "derivative, beside its primal")
        if np.asarray(g).dtype != np.asarray(x).dtype:
            raise Fault("dtype", g, x, "derivative, beside its primal")


def narrow_gradient(subject: Subject) -> int:
    """In the precision of the inputs, derivatives have the dtypes and shapes of their primals."""
    if not calm(subject) or all(a is b for a, b in zip(subject.active, subject.wide, strict=True)):
        return 0
    parts = subject.by_active(subject.own)

    def run() -> Any:
        out, pull = og.vjp(parts, *subject.active)
        return list(
            pull(
                [
                    np.asarray(u).astype(np.asarray(y).dtype)[()]
                    for u, y in zip(subject.cotangents, out, strict=True)
                ]
            )
        )

    gradients = successful(attempt(run))
    _same_forms(gradients, subject.active)
    tangents = [in_form_of(x, v) for x, v in zip(subject.active, subject.tangents, strict=True)]
    out, pushed = successful(attempt(og.jvp, parts, subject.active, tangents))
    _same_forms(pushed, out)
    return len(gradients) + len(pushed)


def adjoint(subject: Subject) -> int:
    """u . (J v) is (J^T u) . v."""
    if not calm(subject):
        return 0
    gradients = pulled(subject)
    parts = subject.by_active(subject.own)
    _, pushed = successful(attempt(og.jvp, parts, subject.wide, subject.tangents))
    forward = [np.real(np.asarray(u) * t) for u, t in zip(subject.cotangents, pushed, strict=True)]
    backward = [
        np.real(np.asarray(g) * v) for g, v in zip(gradients, subject.tangents, strict=True)
    ]
    return _one_number(forward, backward, "jvp, and vjp")


def _one_number(first: Sequence[Any], second: Sequence[Any], where: str) -> int:
    a, b = vector(first), vector(second)
    left, right = float(np.sum(a)), float(np.sum(b))
    if not (np.isfinite(left) and np.isfinite(right)):
        return 0
    size = float(np.sum(np.abs(a)) + np.sum(np.abs(b)))
    if abs(left - right) > RELATIVE * size + 1e-12:
        raise Fault("adjoint", left, right, where)
    return 1


def second_order(subject: Subject) -> int:
    """The Hessian times a vector: back over back, forward over back, differences of gradients."""
    if not calm(subject) or not subject.is_wide:
        return 0
    loss, x, v = subject.loss(subject.own), tuple(subject.wide), tuple(subject.tangents)
    grad = og.grad(loss, tuple(range(len(x))))
    back = successful(attempt(og.hvp, loss, x, v))
    back = back if len(x) > 1 else (back,)
    _, forward = successful(attempt(og.jvp, grad, x, v))
    w = vector([np.ones_like(y) for y in x])

    def at(t: float) -> Any:
        shifted = [_shifted(y, t, u) for y, u in zip(x, v, strict=True)]
        result = attempt(grad, *shifted)
        return np.full(w.shape, np.nan) if isinstance(result, Raised) else vector(result)

    with np.errstate(all="ignore"):
        slopes, errors = derivative(at)
    compared = 0
    for given, where in ((vector(back), "hvp"), (vector(forward), "jvp of grad")):
        tolerance = 10 * errors + 1e-6 * np.max(np.abs(slopes), initial=1e-3)
        known = (
            np.isfinite(errors)
            & (errors < 1e-4 * np.maximum(np.abs(slopes), 1e-2))
            & np.isfinite(given)
        )
        wrong = known & ~(np.abs(given - slopes) <= tolerance)
        if np.any(wrong):
            raise Fault("second derivative", given, slopes, where)
        compared += int(np.sum(known))
    return compared


def _shifted(x: Any, t: float, v: Any) -> Any:
    new = x + t * v
    return new.item() if isinstance(new, np.generic) and not isinstance(x, np.generic) else new
