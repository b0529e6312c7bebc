"""An op at one of its samples: what varies, what does not, and its rules called by hand."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from attrs import evolve, field, frozen

import opgrad as og
from opgrad.crossing import filled
from opgrad.define import OpN

Role: TypeAlias = Literal["varies", "none", "undefined", "fixed"]
"""Of an input: it has a cotangent; the rule gives none; that is not defined; it is no number that
could vary (a boolean, an index)."""


NOTHING = "nothing"
"""What a rule of one input returned that returned nothing: it must say (None,) if it means that."""


@frozen(eq=False, slots=False)
class Point:
    """An op at inputs and params.

    Attributes:
        op: the op.
        inputs: raw data, all of the inputs.
        params: by name.
        text: how a report names the sample.
        roles: of each input.
    """

    op: OpN
    inputs: tuple[Any, ...]
    params: dict[str, Any]
    text: str
    roles: tuple[Role, ...] = field(kw_only=True)

    @classmethod
    def of(cls, op: OpN, sample: og.Sample) -> Point:
        """The sample as it was given; finds out the roles."""
        inputs, params = tuple(map(copied, sample.inputs)), dict(sample.params)
        return cls(op, inputs, params, say(sample), roles=_roles(op, inputs, params))

    @cached_property
    def in_double(self) -> Point:
        """The same numbers in double precision; what is fixed as it is."""
        pairs = zip(self.inputs, self.roles, strict=True)
        inputs = (x if role == "fixed" else in_double(x) for x, role in pairs)
        return self.at(inputs)

    @cached_property
    def in_floats(self) -> Point:
        """In the precision of the sample; integers that could vary as floating-point numbers."""

        def floating(x: Any, role: Role) -> Any:
            if role == "fixed" or kind_of(x) not in "iu":
                return x
            return float(x) if isinstance(x, int) else in_double(x)

        return self.at(map(floating, self.inputs, self.roles))

    @property
    def positions(self) -> tuple[int, ...]:
        """Of the inputs that have a cotangent."""
        return tuple(i for i, role in enumerate(self.roles) if role == "varies")

    @property
    def primals(self) -> tuple[Any, ...]:
        """The inputs that vary."""
        return tuple(self.inputs[i] for i in self.positions)

    def at(self, inputs: Iterable[Any]) -> Point:
        """The same op, params and roles at other inputs."""
        return evolve(self, inputs=tuple(inputs))

    def varying(self, positions: Sequence[int]) -> Callable[..., Any]:
        """The op as a function of the inputs at ``positions``, the others being constants."""

        def f(*primals: Any) -> Any:
            return self.op(*filled(self.inputs, positions, primals), **self.params)

        return f

    @property
    def f(self) -> Callable[..., Any]:
        """The op as a function of all that varies."""
        return self.varying(self.positions)

    def forward(self, *inputs: Any) -> Any:
        """The forward at these inputs; at the point's own if there are none."""
        return self.op.forward(*(inputs or self.inputs), **self.params)

    def moved(self, position: int, x: Any) -> Any:
        """The forward with another number or array for one input."""
        return self.forward(*self.inputs[:position], x, *self.inputs[position + 1 :])

    def pulled(self, g: Any = None) -> tuple[Any, tuple[Any, ...]]:
        """The output, and the checked cotangents of all that varies, by OpGrad's own pass."""
        out, pull = og.vjp(self.f, *self.primals)
        return out, tuple(pull(arbitrary(out) if g is None else g))

    def raw_cotangents(self, g: Any, out: Any) -> list[Any]:
        """What the rules themselves return, unchecked; an exception where one says undefined."""
        return rule_results(self.op, (g, out, *self.inputs), self.params)

    def name(self, position: int) -> str:
        """The name of an input in the forward's signature."""
        names = input_names(self.op)
        return names[position] if position < len(names) else f"{names[-1]}[{position}]"


def rule_results(op: OpN, args: tuple[Any, ...], params: dict[str, Any]) -> list[Any]:
    """One for each input: a cotangent, ``None``, ``NOTHING``, or a `opgrad.NotDifferentiable`.

    A joint rule that returns no tuple is returned as it is, in a list of one.
    """
    if op.joint_rule is not None:
        found = op.joint_rule(*args, **params)
        return list(found) if isinstance(found, tuple) else [found]
    results: list[Any] = []
    for rule in op.rules:
        try:
            ct = rule(*args, **params)
        except og.NotDifferentiable as error:
            ct = error
        is_packed = isinstance(ct, tuple) and len(ct) == 1
        results.append(ct[0] if is_packed else NOTHING if ct is None else ct)
    return results


def input_names(op: OpN) -> list[str]:
    """The names of its inputs, as the forward's signature has them."""
    parameters = inspect.signature(op.forward).parameters.values()
    return [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]


def say(sample: og.Sample) -> str:
    """Inputs and params, on one line."""
    params = [f"{name}={show(value)}" for name, value in sample.params.items()]
    return f"({', '.join([*map(show, sample.inputs), *params])})"


def show(x: Any) -> str:
    """A number or array, short, on one line."""
    if isinstance(x, np.ndarray):
        text = np.array2string(x, precision=6, threshold=12, edgeitems=2, separator=", ")
        shape = "" if x.size else f" of shape {x.shape}"
        kind = "" if x.dtype in (np.float64, np.int64) else f" {x.dtype}"
        return " ".join(text.split()) + shape + kind
    if isinstance(x, float):  # np.float64 is one, too
        return f"{x:.7g}"
    if isinstance(x, np.generic):
        return f"{x.item():.7g} {x.dtype}" if x.dtype.kind == "f" else f"{x.item()}"
    text = repr(x)
    return text if len(text) <= 120 else f"{text[:117]}..."


def kind_of(x: Any) -> str:
    """The kind of a number's or array's dtype: b, i, u, f or c."""
    return str(np.result_type(x).kind)


def in_double(x: Any) -> Any:
    """The same numbers in double precision; booleans as they are."""
    dtype = {"b": np.bool_, "c": np.complex128}.get(kind_of(x), np.float64)
    return np.asarray(x, dtype)[()]


def copied(x: Any) -> Any:
    """An array of its own, so that nothing done to it reaches the sample."""
    return x.copy() if isinstance(x, np.ndarray) else x


def arbitrary(like: Any, seed: int = 10) -> Any:
    """Numbers of both signs, none of them equal, in the form of ``like``."""
    like, rng = np.asarray(og.stop_gradient(like)), np.random.default_rng(seed)
    digits = 1 + len(str(like.size))  # few, to be read in a report
    numbers = rng.uniform(0.3, 1.3, like.shape).round(digits) * rng.choice([-1.0, 1.0], like.shape)
    if like.dtype.kind == "c":
        numbers = numbers + 1j * rng.uniform(-0.7, 0.9, like.shape)
    return numbers.astype(like.dtype if like.dtype.kind in "fc" else np.float64)[()]


def _roles(op: OpN, inputs: tuple[Any, ...], params: dict[str, Any]) -> tuple[Role, ...]:
    try:
        inputs = tuple(map(copied, inputs))  # one that writes into them is found later
        out = op.forward(*inputs, **params)
        found = rule_results(op, (arbitrary(out), out, *inputs), params)
    except Exception:  # whatever it is, a property will come upon it and report it
        found = []
    if len(found) != len(inputs):
        found = [0.0] * len(inputs)
    return tuple(_role(op, x, ct) for x, ct in zip(inputs, found, strict=True))


def _role(op: OpN, x: Any, ct: Any) -> Role:
    kind = kind_of(x)
    missing = ct is None or isinstance(ct, og.NotDifferentiable)
    if kind == "b" or (kind in "iu" and missing and not op.elementwise):
        return "fixed"
    if isinstance(ct, og.NotDifferentiable):
        return "undefined"
    return "none" if ct is None else "varies"
