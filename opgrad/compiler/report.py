"""What was made of a function, and what its calls differ in, in words."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from opgrad.compiler.arguments import Form
from opgrad.compiler.kind import Kind
from opgrad.compiler.store import Store
from opgrad.compiler.structures import exact_keys
from opgrad.data import PLAIN, show
from opgrad.exact import Exactly

SEVERAL = 3
"""So many examples of what varies are told."""
LONG = 8
"""So many leaves of a call are told."""


class Aspect(NamedTuple):
    """What calls may differ in: the shape of an argument, say."""

    argument: str
    what: str


class Found(NamedTuple):
    """What it is in one call: what tells it apart, and the thing itself."""

    key: Hashable
    value: Any


def parameters_of(function: Callable[..., Any]) -> list[str]:
    """The names of what it takes by position, as far as that is known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C, and without one
        return []
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in parameters if parameter.kind in by_position]


def explain(name: str, function: Callable[..., Any], store: Store, plain: dict[str, int]) -> str:
    """What was made of the function so far."""
    names = parameters_of(function)
    programs, kinds = store.programs, store.kinds
    lines = [f"{name}: {len(programs)} program(s)"]
    if kinds:
        lines[0] += f", of at most {store.limit}, for {len(kinds)} kind(s) of call"
    lines += [f"varies: {line}" for line, _ in variations(names, kinds)]
    if store.let_go:
        lines.append(f"let go, as there were too many: {store.let_go}")
    for number, program in enumerate(programs):
        stages = ", ".join(f"{stage} {1e3 * s:.1f} ms" for stage, s in program.seconds.items())
        lines += [
            f"program {number}, for {_call(name, names, program.kind)}: "
            f"{len(program.traces.graph)} nodes traced, {len(program.graph)} after passes; "
            f"{program.traces.guards} guard(s); {stages}",
            *(f"  {line}" for line in program.executable.report()),
        ]
    for kind in kinds:
        if kind.why is not None:
            lines.append(f"uncompiled, {_call(name, names, kind)}: {kind.why}")
    lines += [f"uncompiled, {count} call(s): {why}" for why, count in plain.items()]
    return "\n".join(lines)


def variations(names: Sequence[str], kinds: Sequence[Kind]) -> list[tuple[str, str]]:
    """What the calls differ in, what varies most first: in words, each with what to do."""
    found: dict[Aspect, dict[Hashable, Any]] = defaultdict(dict)
    for kind in kinds:
        for aspect, (key, value) in _aspects(names, kind):
            found[aspect].setdefault(key, value)
    counted = [
        (len(values), _in_words(aspect, list(values.values())), _advice(aspect, values.values()))
        for aspect, values in found.items()
        if len(values) > 1
    ]
    ways = max((len(kind.programs) for kind in kinds), default=0)
    if ways > 1:
        words = f"decisions on values, up to {ways} ways through them in calls of one kind"
        counted.append((ways, words, _DECISIONS))
    counted.sort(key=lambda each: -each[0])
    return [(words, advice) for _, words, advice in counted]


def _in_words(aspect: Aspect, values: Sequence[Any]) -> str:
    examples = ", ".join(_text(aspect.what, value) for value in values[:SEVERAL])
    more = ", ..." if len(values) > SEVERAL else ""
    whose = (
        "the number of arguments"
        if aspect.what == "number"
        else _WHOSE[aspect.what].format(aspect.argument)
    )
    return f"{whose}: {len(values)} ({examples}{more})"


_WHOSE = {
    "value": "the values of {}, which is static",
    "shape": "the shapes of {}",
    "dtype": "the dtypes of {}",
    "type": "the types of {}",
    "structure": "the structures of {}",
}


def _text(what: str, value: Any) -> str:
    if what == "structure":
        return "no container" if value.is_leaf() else f"{value.type.__name__} of {value.num_leaves}"
    return value.__name__ if what == "type" else show(value)


def _advice(aspect: Aspect, values: Any) -> str:
    if aspect.what != "value":
        return _ADVICE[aspect.what]
    if all(type(value) in PLAIN and value is not True and value is not False for value in values):
        return "Take it out of static_argnums and static_argnames: numbers are no part of a program"
    if all(map(callable, values)):
        return "Define the function once, before the loop, and pass the same one each time"
    return "Pass the same object each time; or what varies in it as numbers and arrays"


_ADVICE = {
    "shape": "Pad arrays to a few shapes",
    "dtype": "Convert arrays to one dtype first",
    "type": "Convert numbers to one type first",
    "structure": "Pass one array in place of a container whose length or keys change",
    "number": "Pass one array in place of so many arguments",
}
_DECISIONS = (
    "Use np.where for decisions that are taken element by element; a loop that goes on until a "
    "value is small is one way for each number of rounds"
)


# -- one kind of call --------------------------------------------------------------------------


def _aspects(names: Sequence[str], kind: Kind) -> Iterator[tuple[Aspect, Found]]:
    form = kind.form
    by_position, by_name = form.structure.children()
    given = (*range(by_position.num_children), *by_name.entries())
    yield Aspect("", "number"), Found(given, len(given))
    for where, part in zip(given, (*by_position.children(), *by_name.children()), strict=True):
        found = Found((part, exact_keys(part)), part)
        yield Aspect(_argument(names, where), "structure"), found
    paths = _paths(names, form)
    for path, cls in zip(paths, form.types, strict=True):
        if cls is not Exactly:
            yield Aspect(path, "type"), Found(cls, cls)
    start = 2 * len(form.arrays)
    for i, dtype, shape in zip(form.arrays, kind.key[:start:2], kind.key[1:start:2], strict=True):
        yield Aspect(paths[i], "dtype"), Found(dtype, dtype)
        yield Aspect(paths[i], "shape"), Found(shape, shape)
    for i, key, value in zip(form.static, kind.key[start:], kind.static, strict=True):
        yield Aspect(paths[i], "value"), Found(key, value)


def _call(name: str, names: Sequence[str], kind: Kind) -> str:
    """The call, with shapes and types in place of values."""
    form = kind.form
    leaves = {i: cls.__name__ for i, cls in enumerate(form.types)}
    leaves |= {i: show(value) for i, value in zip(form.static, kind.static, strict=True)}
    for j, i in enumerate(form.arrays):
        dtype, shape = kind.key[2 * j], kind.key[2 * j + 1]
        leaves[i] = f"{dtype}[{', '.join(map(str, shape))}]"
    parts = [f"{path}={leaves[i]}" for i, path in enumerate(_paths(names, form))]
    if len(parts) > LONG:
        parts[LONG:] = ["..."]
    return f"{name}({', '.join(parts)})"


def _paths(names: Sequence[str], form: Form) -> list[str]:
    found = []
    for accessor in form.structure.accessors():
        argument = _argument(names, accessor[1].entry)
        found.append(accessor[2:].codify(argument))
    return found


def _argument(names: Sequence[str], where: int | str) -> str:
    if isinstance(where, str):
        return where
    return names[where] if where < len(names) else f"argument {where}"


# -- where it happened -------------------------------------------------------------------------
