"""Kinds of arguments: each makes one for a call, given what the call has so far.

A kind takes the draft and the values of the arguments before, and gives a Ref, or a literal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from tests.fuzz.draft import Draft
from tests.fuzz.program import Call

Kind: TypeAlias = Callable[[Draft, list[Any]], Any]
"""Of the draft, and the values of the arrays that the call has been given."""

SHAPES: list[tuple[int, ...]] = [(), (1,), (3,), (3,), (4,), (2, 3), (3, 2), (2, 2), (1, 3), (2, 1)]
SHAPES += [(3, 3), (2, 2, 2), (0,), (2, 0), (1, 2, 3)]
FLOATING = [np.float64] * 8 + [np.float32, np.complex128]
DTYPES = [np.float64] * 10 + [np.float32, np.complex128, np.int64, np.int64, np.bool_, np.int8]
SPECIAL = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-310, 1e300, -800.0, 0.5, 2.0, 3.0]


class Given:
    """Mixed results of a kind: the argument, and its value for the kinds after it."""


def numbers(
    draft: Draft, shape: Sequence[int], dtype: Any = np.float64, low: float = -2, high: float = 2
) -> Any:
    """Random numbers between bounds, some of them round; in a wild draft any."""
    rng, dtype = draft.rng, np.dtype(dtype)
    if dtype == np.bool_:
        return rng.random(shape) < 0.5
    if dtype.kind in "iu":
        return rng.integers(
            max(int(np.ceil(low)), 0 if dtype.kind == "u" else -9), int(high) + 1, shape
        ).astype(dtype)
    x = np.asarray(np.round(rng.uniform(low, high, shape), 3))
    if draft.wild and draft.chance(0.5):
        x = np.where(rng.random(shape) < 0.4, rng.choice(SPECIAL, shape), x)
    if low < 0 < high and draft.chance(0.2):  # whole numbers, and small ones
        x = np.where(rng.random(shape) < 0.5, np.round(x), x / 16)
    if dtype.kind == "c":
        x = x + 1j * np.round(rng.uniform(2 * low, 2 * high, shape), 3)
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(x).astype(dtype)


def as_given(draft: Draft, x: Any) -> Any:
    """An array without axes as one, or as NumPy's or Python's number."""
    if x.ndim:
        return x
    form = draft.rng.integers(3)
    return x if form == 0 else x[()] if form == 1 else x.item()


def array(
    *,
    low: float = -2,
    high: float = 2,
    dtypes: Sequence[Any] = DTYPES,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    fits: Callable[[Any], bool] = lambda x: True,
    into: str = "",
) -> Kind:
    """An array, or number, of one of the dtypes and shapes, with elements between bounds."""
    kinds = {np.dtype(d).kind for d in dtypes}
    ndims = {len(shape) for shape in shapes}

    def suits(x: Any) -> bool:
        x = np.asarray(x)
        if x.dtype.kind not in kinds or not fits(x):
            return False
        if len(shapes) < 9 and x.ndim not in ndims:
            return False
        is_bounded = (low, high) == (-2, 2) or x.dtype.kind in "cb"
        with np.errstate(invalid="ignore"):
            return is_bounded or bool(np.all((x >= low) & (x <= high)))

    def make(draft: Draft, before: list[Any]) -> Any:
        ref = draft.pick(suits) if draft.chance(0.7) else None
        if ref is None and into and draft.chance(0.5):
            near = draft.pick(
                lambda x: (
                    np.asarray(x).dtype.kind == "f"
                    and (len(shapes) >= 9 or np.ndim(x) in ndims)
                    and fits(np.asarray(x))
                )
            )
            if near is not None:
                tamed = draft.add(Call("np.tanh", (near,)))
                scaled = tamed and draft.add(Call("*", (tamed, (high - low) / 2.1)))
                ref = scaled and draft.add(Call("+", (scaled, (high + low) / 2)))
        if ref is None:
            x = numbers(draft, draft.choice(shapes), draft.choice(dtypes), low, high)
            ref = draft.fresh(as_given(draft, x))
        before.append(draft.values.get(ref.name, 0.0))
        return ref

    return make


ANY = array()
REAL = array(dtypes=[d for d in DTYPES if d is not np.complex128])
FLOAT = array(dtypes=[np.float64] * 8 + [np.float32])
FINE = array(dtypes=FLOATING)
"""Floating or complex."""
AXED = array(shapes=[s for s in SHAPES if s], fits=lambda x: x.ndim > 0)
FULL = array(shapes=[s for s in SHAPES if s and 0 not in s], fits=lambda x: x.ndim and x.size)
NUMBER = array(
    dtypes=[d for d in DTYPES if d is not np.complex128], shapes=[()], fits=lambda x: not x.ndim
)
REAL_AXED = array(
    dtypes=[np.float64] * 8 + [np.float32, np.int64],
    shapes=[s for s in SHAPES if s and 0 not in s],
    fits=lambda x: x.ndim > 0 and x.size > 0,
)
VECTOR = array(
    dtypes=FLOATING, shapes=[(3,), (4,), (2,), (5,)], fits=lambda x: x.ndim == 1 and x.size
)
REAL_VECTOR = array(
    dtypes=[np.float64] * 6 + [np.float32, np.int64],
    shapes=[(3,), (4,), (5,)],
    fits=lambda x: x.ndim == 1 and x.size > 1,
)
MATRIX = array(
    dtypes=FLOATING, shapes=[(2, 3), (3, 2), (2, 2), (3, 3)], fits=lambda x: x.ndim == 2 and x.size
)
REAL_MATRIX = array(
    dtypes=[np.float64] * 6 + [np.float32],
    shapes=[(2, 3), (3, 2), (2, 2), (3, 3)],
    fits=lambda x: x.ndim == 2 and x.size,
)
CUBE = array(
    dtypes=FLOATING, shapes=[(2, 2, 2), (1, 2, 3), (2, 1, 2)], fits=lambda x: x.ndim == 3 and x.size
)


def bounded(low: float, high: float) -> Kind:
    """Floating numbers between bounds."""
    return array(low=low, high=high, dtypes=[np.float64] * 7 + [np.float32], into="bounds")


def beside(kind: Kind = ANY) -> Kind:
    """What broadcasts with the array before: an earlier value, a fresh one, or a number."""

    def make(draft: Draft, before: list[Any]) -> Any:
        shape = np.shape(before[0])

        def broadcasts(x: Any) -> bool:
            try:
                return len(np.broadcast_shapes(np.shape(x), shape)) < 4
            except ValueError:
                return False

        way = draft.rng.random()
        if way < 0.5:
            ref = draft.pick(broadcasts)
            if ref is not None:
                before.append(draft.values[ref.name])
                return ref
        if way < 0.7:
            return draft.choice([2, 0.5, -1, 3.0, 1, 0.25, 2j, np.float32(0.5), True])
        options = [
            shape,
            shape[-1:],
            (1,) * len(shape),
            tuple(n if i else 1 for i, n in enumerate(shape)),
        ]
        x = numbers(draft, draft.choice(options), draft.choice(DTYPES))
        ref = draft.fresh(as_given(draft, x))
        before.append(x)
        return ref

    return make


def near(low: float, high: float) -> Kind:
    """Floating numbers between bounds that broadcast with the array before."""

    def make(draft: Draft, before: list[Any]) -> Any:
        shape = np.shape(before[0])
        options = [shape, shape[-1:], (1,) * len(shape), ()]
        x = numbers(draft, draft.choice(options), np.float64, low, high)
        ref = draft.fresh(as_given(draft, x))
        before.append(x)
        return ref

    return make


def like(
    *, dtypes: Sequence[Any] | None = None, low: float = -2, high: float = 2, which: int = 0
) -> Kind:
    """Of the same shape as an array before."""

    def make(draft: Draft, before: list[Any]) -> Any:
        shape = np.shape(before[which])
        kinds = None if dtypes is None else {np.dtype(d).kind for d in dtypes}
        ref = None
        if draft.chance(0.5) and (low, high) == (-2, 2):
            ref = draft.pick(
                lambda x: (
                    np.shape(x) == shape and (kinds is None or np.asarray(x).dtype.kind in kinds)
                )
            )
        if ref is None:
            x = numbers(draft, shape, draft.choice(dtypes or DTYPES), low, high)
            ref = draft.fresh(x if x.ndim else x[()])
        before.append(draft.values[ref.name])
        return ref

    return make


def shaped(
    *sizes: int | Callable[[tuple[int, ...]], int],
    which: int = 0,
    dtypes: Sequence[Any] = FLOATING,
    low: float = -2,
    high: float = 2,
) -> Kind:
    """Of a shape that is told by that of an array before."""

    def make(draft: Draft, before: list[Any]) -> Any:
        given = np.shape(before[which]) if before else ()
        shape = tuple(size if isinstance(size, int) else size(given) for size in sizes)
        ref = draft.pick(lambda x: np.shape(x) == shape and np.asarray(x).dtype.kind in "fc")
        if ref is None or draft.chance(0.3) or (low, high) != (-2, 2):
            ref = draft.fresh(numbers(draft, shape, draft.choice(dtypes), low, high))
        before.append(draft.values[ref.name])
        return ref

    return make


def INTEGER(draft: Draft, before: list[Any]) -> Any:  # noqa: N802  # a kind, as those above
    """A Python integer, or NumPy's, or an array of some."""
    x = draft.rng.integers(0, 4, draft.choice([(), (), (3,)]))
    ref = draft.fresh(as_given(draft, x))
    before.append(x)
    return ref


def repeated(draft: Draft, before: list[Any]) -> Any:
    """A vector, and a list that is repeated as often as an integer says."""
    vector = REAL_VECTOR(draft, before)
    times = draft.fresh(int(draft.rng.integers(0, 4)))
    return [vector, Call("*", ([0.5], times))]


def one_of(*options: Any) -> Kind:
    """One of some literals."""
    return lambda draft, before: draft.choice(options)


def constant(make: Callable[[Any, Any], Any]) -> Kind:
    """A literal made of the random numbers and the first array's value."""
    return lambda draft, before: make(draft.rng, before[0] if before else None)


def axis(draft: Draft, before: list[Any]) -> Any:
    """An axis of the first array, or None."""
    ndim = np.ndim(before[0])
    if not ndim:
        return draft.choice([None, 0])
    return None if draft.chance(0.25) else int(draft.rng.integers(-ndim, ndim))


def one_axis(draft: Draft, before: list[Any]) -> Any:
    """An axis of the first array."""
    ndim = np.ndim(before[0])
    return int(draft.rng.integers(-ndim, ndim)) if ndim else 0


def axes(draft: Draft, before: list[Any]) -> Any:
    """An axis of the first array, several, or None."""
    ndim = np.ndim(before[0])
    if ndim > 1 and draft.chance(0.3):
        return tuple(int(i) for i in draft.rng.permutation(ndim)[: draft.rng.integers(1, ndim + 1)])
    return axis(draft, before)


def permutation(draft: Draft, before: list[Any]) -> Any:
    """All axes of the first array, in some order."""
    return tuple(int(i) for i in draft.rng.permutation(np.ndim(before[0])))


def reshaped(draft: Draft, before: list[Any]) -> Any:
    """Another shape for as many elements."""
    size = int(np.size(before[0]))
    options: list[Any] = [size, (size,), (1, size), (size, 1)]
    if size:
        options += [-1, (-1, 1), *((n, size // n) for n in (2, 3) if size % n == 0)]
    return draft.choice(options)


def index(draft: Draft, before: list[Any]) -> Any:
    """An index of the first array."""
    rng, shape = draft.rng, np.shape(before[0])
    if not shape:
        return draft.choice([(), None, ...])

    def one(n: int) -> Any:
        options: list[Any] = [slice(None), slice(None, None, -1), slice(1, None), slice(0, -1, 2)]
        if n:
            options += [int(rng.integers(-n, n))] * 2
            options += [[int(i) for i in rng.integers(-n, n, 2)], rng.integers(-n, n, 3)]
            options += [rng.random(n) < 0.6]
        return draft.choice(options)

    way = rng.random()
    if way < 0.4:
        return one(shape[0])
    if way < 0.6:
        return (..., one(shape[-1]))
    if way < 0.7:
        return (None, one(shape[0]))
    if way < 0.8:
        return rng.random(shape) < 0.5
    return tuple(
        int(rng.integers(-n, n)) if n and draft.chance(0.5) else slice(None, None, -1)
        for n in shape
    )


def several(low: int, high: int, *, same: bool = True, kind: Kind = ANY, make: type = list) -> Kind:
    """A list of arrays of one shape, or as the kind makes them."""

    def of(draft: Draft, before: list[Any]) -> Any:
        first = kind(draft, before)
        count = int(draft.rng.integers(low, high)) - 1
        rest = [(like() if same else kind)(draft, before) for _ in range(count)]
        return make([first, *rest])

    return of


def square(way: str = "") -> Kind:
    """Square matrices, far from singular: any, symmetric, positive definite, triangular."""

    def make(draft: Draft, before: list[Any]) -> Any:
        rng, n = draft.rng, draft.choice([1, 2, 2, 3])
        lead = draft.choice([(), (), (2,)]) if way in ("", "positive", "symmetric", "real") else ()
        dtype = draft.choice(FLOATING if way in ("", "flat") else [np.float64] * 6 + [np.float32])
        a = np.round(rng.uniform(-1, 1, (*lead, n, n)), 3)
        if np.dtype(dtype).kind == "c":
            a = a + 1j * np.round(rng.uniform(-1, 1, a.shape), 3)
        if way == "triangular":
            a = np.tril(a) + 2 * np.eye(n)
        elif way != "symmetric":
            a = a + 2 * np.eye(n)
        else:
            a = a + np.diag(np.arange(n) * 2.0)
        ref: Any = draft.fresh(a.astype(dtype))
        if way in ("positive", "symmetric"):
            turned = draft.add(Call("np.swapaxes", (ref, -1, -2)))
            if turned is not None:
                ref = draft.add(Call("@" if way == "positive" else "+", (ref, turned))) or ref
        else:
            scalar = draft.pick(lambda x: np.ndim(x) == 0 and np.asarray(x).dtype.kind == "f")
            if scalar is not None and draft.chance(0.5):
                small = draft.add(Call("np.tanh", (scalar,)))
                small = small and draft.add(Call("*", (small, 0.25)))
                ref = (small and draft.add(Call("+", (ref, small)))) or ref
        before.append(draft.values[ref.name])
        return ref

    return make


def rhs(draft: Draft, before: list[Any]) -> Any:
    """A right hand side for a matrix: a matrix of two columns, or a vector."""
    shape = np.shape(before[0])
    shapes = [(*shape[:-2], shape[-1], 2)] + ([(shape[-1],)] if len(shape) == 2 else [])
    x = numbers(draft, draft.choice(shapes), draft.choice([np.float64] * 6 + [np.float32]))
    ref = draft.fresh(x)
    before.append(x)
    return ref


def sample_input(value: Any) -> Kind:
    """Of the shape and dtype that an op's sample has, and near it."""

    def make(draft: Draft, before: list[Any]) -> Any:
        x = np.asarray(value)
        ref = None
        if x.dtype.kind == "f" and x.size <= 12 and draft.chance(0.5):
            scalar = draft.pick(
                lambda y: np.asarray(y).dtype.kind == "f" and np.shape(y) in ((), x.shape)
            )
            if scalar is not None:
                base = draft.fresh(value)
                small = draft.add(Call("np.tanh", (scalar,)))
                small = small and draft.add(Call("*", (small, 0.0625)))
                ref = small and draft.add(Call("+", (base, small)))
        if ref is None:
            ref = draft.fresh(value)
        before.append(draft.values[ref.name])
        return ref

    return make
