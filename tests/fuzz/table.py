"""How each function may be called: a table that the modules of calls fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from tests.fuzz.arguments import Kind
from tests.fuzz.draft import Draft
from tests.fuzz.program import Call

OPTIONAL = 0.35
"""How often an argument is given that may be left out."""


@frozen(eq=False)
class Form:
    """One form of calls of a function."""

    function: str
    kinds: tuple[Kind, ...]
    needed: Mapping[str, Kind]
    optional: Mapping[str, Kind]

    def make(self, draft: Draft) -> Call:
        """A call, whose arguments may be new inputs of the draft, or new steps."""
        before: list[Any] = []
        args = tuple(kind(draft, before) for kind in self.kinds)
        kwargs = {name: kind(draft, before) for name, kind in self.needed.items()}
        for name, kind in self.optional.items():
            if draft.chance(OPTIONAL):
                kwargs[name] = kind(draft, before)
        return Call(self.function, args, kwargs)


class Table(dict[str, list[Form]]):
    """The forms of each function."""

    def add(
        self,
        names: str | Iterable[str],
        *kinds: Kind,
        need: Mapping[str, Kind] | None = None,
        **optional: Kind,
    ) -> None:
        """A form of these functions: positional arguments, and named ones that may be given."""
        for name in names.split() if isinstance(names, str) else names:
            self.setdefault(name, []).append(Form(name, kinds, need or {}, optional))
