"""A program under test: its functions, its data, and what checks share, computed once."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from attrs import evolve, frozen

import opgrad as og
from tests.fuzz.leaves import in_form_of, is_floating, leaves, unwrapped, vector, widened
from tests.fuzz.namespaces import OPGRAD, PLAIN, SETTLED
from tests.fuzz.program import Program, Ref, function_of, without_dead_code


@frozen(eq=False)
class Raised:
    """An exception, where a result might have been."""

    error: Exception

    def __repr__(self) -> str:
        return f"{type(self.error).__name__}: {str(self.error).partition(chr(10))[0]}"


def attempt(f: Callable[..., Any], *args: Any) -> Any:
    """What the function returns, or that it raised; warnings are left out."""
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        try:
            return f(*args)
        except Exception as error:
            return Raised(error)


class Fault(Exception):  # noqa: N818  # what is found is a fault of OpGrad, not an error
    """Two results that should be one.

    Args:
        kind: in one word, what of them differs.
        given: what OpGrad gave.
        expected: what it should have given.
        where: in which part of the result.
    """

    def __init__(self, kind: str, given: Any, expected: Any, where: str = "") -> None:
        super().__init__(kind, given, expected, where)
        self.kind, self.given, self.expected, self.where = kind, given, expected, where
        self.point: Program | None = None  # on which data, if not on the program's own


class Refused(Exception):  # noqa: N818  # likewise
    """OpGrad said that it does not do this: a refusal by name is no fault."""


class Subject:
    """A program, and what it gives on plain data.

    Args:
        program: the program.
        seed: of random numbers for it: data, cotangents.
        names: what its names stand for, when OpGrad runs it.
    """

    def __init__(
        self, program: Program, seed: Sequence[int], names: Mapping[str, Any] = OPGRAD
    ) -> None:
        self.program = program
        self.seed = tuple(seed)
        self._names = names

    def used(self) -> Subject:
        """The same without the steps that no floating-point result depends on."""
        kept, slots = [], self.slots(self.active)
        returned = self.program.returned
        for part in leaves(returned):
            value = slots.get(part.name) if isinstance(part, Ref) else part
            if any(map(is_floating, leaves(value))):
                kept.append(part)
        return self.without_dead_code(kept)

    def without_dead_code(self, returned: Any = None) -> Subject:
        """The same without the steps that what is returned does not depend on."""
        program = evolve(
            self.program, returned=self.program.returned if returned is None else returned
        )
        steps = without_dead_code(program).steps
        return Subject(evolve(program, steps=steps), self.seed, self._names)

    def rng(self, purpose: int) -> np.random.Generator:
        """Random numbers for one purpose, the same ones each time."""
        return np.random.default_rng([*self.seed, purpose])

    @cached_property
    def plain(self) -> Callable[..., Any]:
        """With NumPy's and SciPy's own functions."""
        return function_of(self.program, PLAIN)

    @cached_property
    def settled(self) -> Callable[..., Any]:
        """Likewise, but that a call on Python's numbers gives one, as OpGrad's ops do."""
        return function_of(self.program, SETTLED)

    @cached_property
    def own(self) -> Callable[..., Any]:
        """With OpGrad's."""
        return function_of(self.program, self._names)

    @cached_property
    def active(self) -> list[Any]:
        """Data of the inputs that derivatives are by."""
        return self.program.data()[0]

    @cached_property
    def wide(self) -> list[Any]:
        """The same in double precision."""
        return [widened(x) for x in self.active]

    @cached_property
    def expected(self) -> Any:
        """What the program gives on plain data, or that it raised."""
        return attempt(self.plain, *self.program.arguments(self.active))

    def slots(self, active: Sequence[Any]) -> dict[str, Any]:
        """The value of each step on plain data; fewer, if one raises."""
        scope = dict(PLAIN)
        scope |= {x.name: data for x, data in zip(self.program.active, active, strict=True)}
        scope |= {x.name: x.data() for x in self.program.static}
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            for code in self._codes:
                try:
                    exec(code, scope)
                except Exception:
                    break
        names = [
            *(x.name for x in self.program.inputs),
            *(step.name for step in self.program.steps),
        ]
        return {name: scope[name] for name in names if name in scope}

    @cached_property
    def _codes(self) -> list[Any]:
        return [compile("\n".join(x.lines()), "<step>", "exec") for x in self.program.steps]

    def numbers(self) -> list[Any]:
        """All that its steps are given and give on plain data: leaves, and literals."""
        slots = [x for y in self.slots(self.active).values() for x in leaves(y)]
        return [*slots, *leaves(self.program.constants())]

    @cached_property
    def precision(self) -> tuple[float, float]:
        """What rounding may make of results: relative to each, and to the largest number met."""
        floats = [np.asarray(x) for x in self.numbers() if is_floating(x)]
        digits = min((_digits(x.dtype) for x in floats), default=53)
        eps = {11: 2.0**-8, 24: 2.0**-16}.get(digits, 2.0**-44)
        sizes = [np.max(np.abs(x[np.isfinite(x)]), initial=1.0) for x in floats if x.size]
        return eps, eps * min(float(max(sizes, default=1.0)), 1e6)

    def is_rounding(
        self, given: Any, expected: Any, function: Callable[..., Any], active: Sequence[Any]
    ) -> bool:
        """Whether inputs that are changed in their last digits make results as far apart.

        Then the program is ill-conditioned there, or at a jump, and the two say the same.
        """
        rng, apart = self.rng(3), vector_of(given) - vector_of(expected)
        reach = np.zeros(apart.shape)
        for _ in range(4):
            moved = [_jittered(rng, x) for x in active]
            other = vector_of(attempt(function, *moved))
            if other.shape != apart.shape:
                return True
            with np.errstate(invalid="ignore"):
                reach = np.maximum(
                    reach, np.nan_to_num(np.abs(other - vector_of(expected)), nan=np.inf)
                )
        with np.errstate(invalid="ignore"):
            return bool(np.all((np.abs(apart) <= 50 * reach) | (apart == 0)))

    @cached_property
    def is_differentiable(self) -> bool:
        """It has something to differentiate, by something."""
        return (
            bool(self.active)
            and not isinstance(self.expected, Raised)
            and any(map(is_floating, leaves(self.expected)))
        )

    @cached_property
    def plain_leaves(self) -> list[Any]:
        """The floating-point leaves of what is expected."""
        found = list(leaves(self.expected))
        return [found[i] for i in self.floating]

    @cached_property
    def floating(self) -> list[int]:
        """Which leaves of what is expected have floating-point numbers."""
        return [i for i, leaf in enumerate(leaves(self.expected)) if is_floating(leaf)]

    @cached_property
    def is_wide(self) -> bool:
        """All inputs have double precision."""
        return all(a is b for a, b in zip(self.active, self.wide, strict=True))

    @cached_property
    def cotangents(self) -> list[Any]:
        """A cotangent of each floating-point leaf, in double precision."""
        rng = self.rng(1)
        return [_random_like(rng, x) for x in self.plain_leaves]

    @cached_property
    def tangents(self) -> list[Any]:
        """A tangent of each active input, in double precision."""
        rng = self.rng(2)
        return [_random_like(rng, x) for x in self.active]

    def by_active(
        self, function: Callable[..., Any], point: Program | None = None
    ) -> Callable[..., list[Any]]:
        """The floating-point leaves of a function, by the active inputs alone."""
        return self._by_active(function, (point or self.program).data()[1])

    def _by_active(
        self, function: Callable[..., Any], static: Sequence[Any]
    ) -> Callable[..., list[Any]]:
        differentiable = self.program.differentiable

        def program(*active: Any) -> list[Any]:
            found = list(leaves(function(*differentiable(active), *static)))
            return [found[i] for i in self.floating]

        return program

    def loss(
        self, function: Callable[..., Any], static: Sequence[Any] | None = None
    ) -> Callable[..., Any]:
        """One real number: the leaves times the cotangents."""
        static = self.program.data()[1] if static is None else static
        parts, cotangents = self._by_active(function, static), self.cotangents

        def program(*active: Any) -> Any:
            terms = [
                np.sum(np.real(x * u)) for x, u in zip(parts(*active), cotangents, strict=True)
            ]
            return sum(terms[1:], terms[0])

        return program


def vector_of(result: Any) -> Any:
    """The floating-point leaves of a result as one vector; empty if it raised."""
    return vector([x for x in leaves(unwrapped(result)) if is_floating(x)])


def _digits(dtype: Any) -> int:
    """How many binary digits numbers of a floating-point dtype have."""
    return int(np.finfo(dtype).nmant) + 1


def _jittered(rng: np.random.Generator, x: Any) -> Any:
    data = np.asarray(x)
    eps = 2.0**-22 if data.dtype in (np.float32, np.complex64) else 2.0**-50
    moved = data * (1 + eps * rng.choice([-1, 1], data.shape)) + eps * 1e-3 * rng.choice(
        [-1, 1], data.shape
    )
    return in_form_of(x, moved)


def _random_like(rng: np.random.Generator, x: Any) -> Any:
    """Numbers of size 0.5 to 1.5 in the form of an array or number."""
    shape, dtype = np.shape(x), np.asarray(x).dtype

    def real() -> Any:
        return np.round(rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape), 3)

    made = real() + 1j * real() if dtype.kind == "c" else real()
    return in_form_of(widened(x), made)


def is_refusal(error: Exception) -> bool:
    """Whether OpGrad says that it does not do this, and why."""
    errors = og.errors
    known = (
        og.NotDifferentiable,
        errors.InputError,
        errors.UnknownOpError,
        errors.CutGradientError,
    )
    texts = (
        "float division by zero",  # Python's numbers raise where NumPy's give infinity
        "complex division by zero",
        "complex numbers have no order",
        "for real numbers only",
        "unsupported operand type",
        "not supported between instances of 'complex'",  # Python's numbers, compared by Python
        "method() takes exactly 2 positional arguments (3 given)",  # pow(x, y, z)
    )
    return isinstance(error, known) or any(text in str(error) for text in texts)
