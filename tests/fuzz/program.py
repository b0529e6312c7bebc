"""Programs as data: named inputs, steps of one call each, and what is returned.

A program runs as the Python function that it prints, so that what a report shows is what was run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from attrs import evolve, field, frozen

from tests.fuzz.text import show

INFIX = {"+", "-", "*", "/", "//", "%", "**", "@", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^"}
INFIX |= {"<<", ">>"}
PREFIX = {"neg": "-", "pos": "+", "invert": "~"}


@frozen
class Ref:
    """The value of an input or step, by its name."""

    name: str


@frozen(eq=False)
class Call:
    """One call: of a function (``np.sum``), a method (``.sum``), an operator (``+``, ``[]``)."""

    function: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(factory=dict)

    def text(self) -> str:
        name, args = self.function, [show(arg) for arg in self.args]
        if name in INFIX:
            first = f"({args[0]})" if args[0].startswith("-") else args[0]
            return f"{first} {name} {args[1]}"
        if name in PREFIX:
            return f"{PREFIX[name]}{args[0]}"
        if name == "[]":
            return f"{args[0]}[{args[1]}]"
        if name == "":  # nothing is called: what is written there
            return args[0]
        args += [f"{key}={show(value)}" for key, value in self.kwargs.items()]
        if name.startswith("."):
            owner = args[0] if isinstance(self.args[0], Ref) else f"({args[0]})"
            return owner + (f"{name}({', '.join(args[1:])})" if self.called else name)
        if name.startswith("og.at."):  # a place in an array, and what becomes of it
            return f"og.at({args[0]}, {args[1]}).{name[6:]}({', '.join(args[2:])})"
        return f"{name}({', '.join(args)})"

    @property
    def called(self) -> bool:
        """Whether a name with a dot before it is a method, and not an attribute."""
        return self.function not in ATTRIBUTES


ATTRIBUTES = {".T", ".mT", ".real", ".imag", ".shape", ".ndim", ".size", ".dtype"}


@frozen(eq=False)
class Branch:
    """One of two calls, by whether the sum of a value is positive."""

    condition: Ref
    then: Call
    otherwise: Call

    def text(self) -> str:
        condition = f"np.sum({show(self.condition)}) > 0"
        return f"{self.then.text()} if {condition} else {self.otherwise.text()}"


@frozen(eq=False)
class Loop:
    """A call that is repeated, with what it gave in the place of its first argument."""

    times: int | Ref
    start: Any
    call: Call


Expression: TypeAlias = Call | Branch | Loop


@frozen(eq=False)
class Step:
    """An expression, and the name of what it gives."""

    name: str
    expression: Expression

    def lines(self) -> list[str]:
        e = self.expression
        if isinstance(e, Loop):
            again = evolve(e.call, args=(Ref(self.name), *e.call.args[1:]))
            return [
                f"{self.name} = {show(e.start)}",
                f"for _ in range({show(e.times)}):",
                f"    {self.name} = {again.text()}",
            ]
        return [f"{self.name} = {e.text()}"]


@frozen(eq=False)
class Input:
    """What a program is called on: a number, or an array that lies in memory in some way."""

    name: str
    value: Any
    layout: str = ""

    def text(self) -> str:
        """An expression that makes it."""
        return LAYOUTS[self.layout].format(show(self.value))

    def data(self) -> Any:
        """A fresh copy."""
        return laid_out(self.value, self.layout)

    @property
    def is_active(self) -> bool:
        """Derivatives are by floating-point numbers and arrays."""
        return np.asarray(self.value).dtype.kind in "fc"


LAYOUTS = {
    "": "{}",
    "fortran": "np.asfortranarray({})",
    "strided": "np.repeat({}, 2, -1)[..., ::2]",
    "reversed": "np.flip(np.flip({}, -1).copy(), -1)",
}


def laid_out(value: Any, layout: str) -> Any:
    """The same elements, in memory as the layout says."""
    if not isinstance(value, np.ndarray):
        return value
    if layout == "fortran":
        return np.asfortranarray(value.copy())
    if layout == "strided":
        return np.repeat(value, 2, -1)[..., ::2]
    if layout == "reversed":
        return np.flip(np.flip(value, -1).copy(), -1)
    return value.copy()


@frozen(eq=False)
class Program:
    """A function of its inputs. The active ones may be passed in one container."""

    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    returned: Any
    """A Ref, or a list, tuple or dict of such."""
    packing: str = ""
    """Of the active inputs: nothing, ``list``, ``tuple`` or ``dict``."""

    @property
    def active(self) -> tuple[Input, ...]:
        return tuple(x for x in self.inputs if x.is_active)

    @property
    def static(self) -> tuple[Input, ...]:
        return tuple(x for x in self.inputs if not x.is_active)

    def source(self) -> str:
        """The function's text."""
        active, static = [x.name for x in self.active], [x.name for x in self.static]
        is_packed = bool(self.packing and active)
        parameters = ["given", *static] if is_packed else [*active, *static]
        lines = [f"def program({', '.join(parameters)}):"]
        if is_packed and self.packing == "dict":
            lines += [f"    {name} = given[{name!r}]" for name in active]
        elif is_packed:
            lines += [f"    {name} = given[{i}]" for i, name in enumerate(active)]
        lines += [f"    {line}" for step in self.steps for line in step.lines()]
        return "\n".join([*lines, f"    return {show(self.returned)}", ""])

    def data(self) -> tuple[list[Any], list[Any]]:
        """Fresh copies of what the active inputs hold, and the static ones."""
        return [x.data() for x in self.active], [x.data() for x in self.static]

    def with_values(self, values: Mapping[str, Any]) -> Program:
        """The same, called on other data."""
        inputs = (evolve(x, value=values.get(x.name, x.value)) for x in self.inputs)
        return evolve(self, inputs=tuple(inputs))

    def arguments(self, active: Sequence[Any] | None = None) -> tuple[Any, ...]:
        """What the function is called with; the active inputs may be given."""
        own, static = self.data()
        return (*self.differentiable(own if active is None else active), *static)

    def differentiable(self, active: Sequence[Any]) -> tuple[Any, ...]:
        """The arguments that can be differentiated by; they come first."""
        if not self.packing or not active:
            return tuple(active)
        if self.packing == "dict":
            return ({x.name: data for x, data in zip(self.active, active, strict=True)},)
        return (list(active) if self.packing == "list" else tuple(active),)

    def constants(self) -> list[Any]:
        """The literals in its steps."""
        return [
            x
            for step in self.steps
            for call in calls_of(step.expression)
            for x in (*call.args, *call.kwargs.values())
            if not isinstance(x, Ref)
        ]

    def functions(self) -> set[str]:
        """The names of what its steps call."""
        return {call.function for step in self.steps for call in calls_of(step.expression)}

    def powers(self) -> int:
        """How many steps may make large integers of small ones."""
        growing = {"**", "pow", "<<", "og.ops['arithmetic.pow']"}
        steps = [step.expression for step in self.steps]
        calls = [call.function for expression in steps for call in calls_of(expression)]
        loops = sum(isinstance(expression, Loop) for expression in steps)
        return sum(name in growing for name in calls) + loops

    def setting(self) -> str:
        """The statements that make the arguments."""
        lines = [f"{x.name} = {x.text()}" for x in self.inputs]
        return "\n".join(lines) + ("\n" if lines else "")

    def call_text(self, call: str = "program") -> str:
        """A call of the function with these arguments."""
        names = [x.name for x in self.active]
        if self.packing == "dict":
            packed = "{" + ", ".join(f"{name!r}: {name}" for name in names) + "}"
        elif self.packing:
            packed = show([Ref(name) for name in names])
            packed = packed if self.packing == "list" else f"tuple({packed})"
        parts = [packed] if self.packing and names else names
        return f"{call}({', '.join([*parts, *(x.name for x in self.static)])})"


def function_of(program: Program, namespace: Mapping[str, Any]) -> Callable[..., Any]:
    """The program as a function whose names mean what the namespace says."""
    scope = dict(namespace)
    exec(compile(program.source(), "<program>", "exec"), scope)
    function: Callable[..., Any] = scope["program"]
    return function


def calls_of(expression: Expression) -> Iterator[Call]:
    """The calls in an expression."""
    if isinstance(expression, Call):
        yield expression
    elif isinstance(expression, Branch):
        yield from (expression.then, expression.otherwise)
    else:
        yield expression.call


def is_iterative(function: str) -> bool:
    """Whether it is LAPACK's, some of whose functions never end when they are given NaN."""
    return "linalg" in function or function.startswith("og.ops['scipy.s")


def refs_in(thing: Any) -> Iterator[Ref]:
    """The names that arguments, expressions and results read."""
    if isinstance(thing, Ref):
        yield thing
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from refs_in(part)
    elif isinstance(thing, dict):
        yield from refs_in(list(thing.values()))
    elif isinstance(thing, Call):
        yield from refs_in([*thing.args, *thing.kwargs.values()])
    elif isinstance(thing, Branch):
        yield from refs_in([thing.condition, thing.then, thing.otherwise])
    elif isinstance(thing, Loop):
        yield from refs_in(
            [thing.times, thing.start, *thing.call.args[1:], *thing.call.kwargs.values()]
        )


def substituted(thing: Any, new: Mapping[str, Any]) -> Any:
    """The same with other arguments in the place of these names."""
    if isinstance(thing, Ref):
        return new.get(thing.name, thing)
    if isinstance(thing, list):
        return [substituted(part, new) for part in thing]
    if isinstance(thing, tuple):
        return tuple(substituted(part, new) for part in thing)
    if isinstance(thing, dict):
        return {key: substituted(part, new) for key, part in thing.items()}
    if isinstance(thing, Call):
        return evolve(
            thing, args=substituted(thing.args, new), kwargs=substituted(dict(thing.kwargs), new)
        )
    if isinstance(thing, Branch):
        return Branch(
            *(substituted(x, new) for x in (thing.condition, thing.then, thing.otherwise))
        )
    if isinstance(thing, Loop):
        return evolve(
            thing,
            times=substituted(thing.times, new),
            start=substituted(thing.start, new),
            call=substituted(thing.call, new),
        )
    return thing


def without_dead_code(program: Program) -> Program:
    """Only the steps and inputs that what is returned depends on."""
    needed = {ref.name for ref in refs_in(program.returned)}
    steps = []
    for step in reversed(program.steps):
        if step.name in needed:
            steps.append(step)
            needed |= {ref.name for ref in refs_in(step.expression)}
    inputs = tuple(x for x in program.inputs if x.name in needed)
    return evolve(program, inputs=inputs, steps=tuple(reversed(steps)))
