"""What plugins claim: all that their hooks provide, by the name, function or op it is found by.

Every hook's results become claims here, and only claims go into the :mod:`~opgrad.table`. So who
has what is settled in one way, whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

from attrs import frozen

from opgrad.operation import Op, full_name

Kind: TypeAlias = Literal["op", "function", "lowering", "scheduler", "backend", "bridge"]
Thing: TypeAlias = tuple[Kind, Any]
"""A kind, and what things of it are found by: a name, a NumPy function, an op."""

BY_RIGHT = 2
"""The standing that nothing but the user's preference comes before."""


@frozen(eq=False)
class Claim:
    """That a plugin is the one to ask for something.

    Attributes:
        plugin: the name of the plugin.
        kind: what kind of thing it is.
        key: what it is found by.
        made: what the plugin provides; ``None``: that there is no such thing.
        standing: how good the claim is while the user prefers nobody. A built-in plugin's is
            ``BY_RIGHT``, and third-party ones' are 0. But how an op is lowered is up to the plugin
            that brings it, which so claims that even where it has no lowering: ``BY_RIGHT``, or 1
            if it passes on an op of another package, and no more than a built-in one's.
    """

    plugin: str
    kind: Kind
    key: Any
    made: Any
    standing: int

    @property
    def thing(self) -> Thing:
        """What is claimed."""
        return self.kind, self.key

    def __str__(self) -> str:
        match self.kind:
            case "function":
                return full_name(self.key)
            case "lowering":
                return f"lowering of {self.key.module}.{self.key.name}"
            case kind:
                return f"{kind} name {self.key!r}"

    @property
    def phrase(self) -> str:
        """The same, with its article."""
        return str(self) if self.kind == "function" else f"the {self}"


Brought: TypeAlias = Mapping[str, Any]
"""What each hook of a plugin returned."""


def claims_of(plugin: str, module: str, *, builtin: bool, brought: Brought) -> tuple[Claim, ...]:
    """All that a plugin claims, given what its hooks returned."""

    def standing(kind: Kind, key: Any) -> int:
        if kind != "lowering":
            return BY_RIGHT if builtin else 0
        if key not in brought["opgrad_ops"]:
            return 1 if builtin else 0
        return BY_RIGHT if is_home(module, key) else 1

    return tuple(
        Claim(plugin, kind, key, made, standing(kind, key))
        for claims in CLAIMS.values()
        for kind, key, made in claims(brought)
    )


def is_home(module: str, op: Op) -> bool:
    """Whether an op was defined in the package of a plugin's module."""
    return module.partition(".")[0] == op.module.partition(".")[0]


def _of_ops(brought: Brought) -> Iterator[tuple[Kind, Any, Any]]:
    for op in brought["opgrad_ops"]:
        yield "op", op.name, op
        for function in op.implements:
            yield "function", function, op


def _of_functions(brought: Brought) -> Iterator[tuple[Kind, Any, Any]]:
    for function, stand_in in brought["opgrad_functions"].items():
        yield "function", function, stand_in


def _of_lowerings(brought: Brought) -> Iterator[tuple[Kind, Any, Any]]:
    lowerings = brought["opgrad_lowerings"]
    for op in dict.fromkeys((*brought["opgrad_ops"], *lowerings)):
        yield "lowering", op, lowerings.get(op)


def _by_name(hook: str, kind: Kind) -> Callable[[Brought], Iterator[tuple[Kind, Any, Any]]]:
    return lambda brought: ((kind, made.name, made) for made in brought[hook])


CLAIMS: Mapping[str, Callable[[Brought], Iterator[tuple[Kind, Any, Any]]]] = {
    "opgrad_ops": _of_ops,
    "opgrad_functions": _of_functions,
    "opgrad_lowerings": _of_lowerings,
    "opgrad_schedulers": _by_name("opgrad_schedulers", "scheduler"),
    "opgrad_backends": _by_name("opgrad_backends", "backend"),
    "opgrad_bridges": _by_name("opgrad_bridges", "bridge"),
}
"""Of every hook, what its results are found by, and the kind."""
