"""The programs of one compiled function: so many at most, whatever tells their calls apart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from time import perf_counter
from typing import Any

from opgrad.compiler.arguments import Form, Key
from opgrad.compiler.kind import OTHER, Kind, Program

PRICE = 2
"""So many times what the last program cost must be earned before another takes its place."""


class Store:
    """Programs, and notes of kinds of calls that run uncompiled; both count.

    When there are as many as may be, the one that was used least recently makes room for the next.
    But making it must be earned: calls that run uncompiled since must take ``PRICE`` times as long
    as making the last one did. And a kind of call whose programs do not fit is watched: these are
    tried only while that takes no longer than running the function would. So a function that is
    called in ever new ways takes about twice the time of plain Python, once the store is full.

    Whoever changes what is in it must be the only one.

    Attributes:
        limit: how many there may be.
        forms: of the calls that something is known of.
        entries: programs and notes, in the order in which they were made.
        clock: how often another program was found than the time before.
        let_go: how many had to make room.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.forms: dict[Hashable, Form] = {}
        self.entries: list[Program | Kind] = []
        self.clock = 0
        self.let_go = 0
        self._foreign: dict[Hashable, Form] = {}
        self._spent = self._earned = 0.0

    def form(self, key: Hashable, structure: Any, types: tuple[type, ...]) -> Form:
        """The form with that key; a new one, which is kept if it needs no programs."""
        form = self.forms.get(key) or self._foreign.get(key)
        if form is None:
            form = Form(key, structure, types)
            if form.foreign is not None:
                if len(self._foreign) >= self.limit:
                    self._foreign.clear()
                self._foreign[key] = form
        return form

    @property
    def programs(self) -> list[Program]:
        """Those that there are, the latest made last."""
        return [entry for entry in self.entries if isinstance(entry, Program)]

    @property
    def kinds(self) -> list[Kind]:
        """Those that something is known of."""
        return [kind for form in [*self.forms.values()] for kind in [*form.kinds.values()]]

    @property
    def is_full(self) -> bool:
        """Whether there are as many as may be."""
        return len(self.entries) >= self.limit

    @property
    def may_make(self) -> bool:
        """Whether there is room for another program, or making it was earned."""
        return not self.is_full or self._earned >= PRICE * self._spent

    def add(self, program: Program, form: Form, key: Key, static: Sequence[Any]) -> None:
        """Keep a program, made for calls of that kind."""
        program.kind = kind = self._kind(form, key, static)
        self._put(program)
        kind.programs = (*kind.programs, program)

    def note(self, why: str, form: Form, key: Key, static: Sequence[Any]) -> None:
        """Keep in mind that calls of that kind run uncompiled."""
        kind = self._kind(form, key, static)
        for program in kind.programs:  # of other ways; they would be tried in vain
            self.entries.remove(program)
        kind.programs = ()
        kind.why = why
        kind.is_watched = True
        self._put(kind)

    def _kind(self, form: Form, key: Key, static: Sequence[Any]) -> Kind:
        form = self.forms.setdefault(form.key, form)
        return form.kinds.get(key) or form.kinds.setdefault(key, Kind(form, key, static))

    def _put(self, entry: Program | Kind) -> None:
        self.clock += 1
        entry.used = self.clock
        self.entries.append(entry)
        while len(self.entries) > self.limit:
            self._let_go(min(self.entries, key=lambda entry: entry.used))

    def _let_go(self, entry: Program | Kind) -> None:
        self.let_go += 1
        self.entries.remove(entry)
        kind = entry if isinstance(entry, Kind) else entry.kind
        kind.programs = tuple(program for program in kind.programs if program is not entry)
        if kind is entry or not kind.programs:
            del kind.form.kinds[kind.key]
            if not kind.form.kinds:
                del self.forms[kind.form.key]

    # -- what a new program may cost -----------------------------------------------------------

    def spend(self, seconds: float) -> None:
        """So long it took to make the last program, or to find out that none can be made."""
        self._spent = seconds
        self._earned = 0.0

    def earn(self, kind: Kind | None, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """The function's result, uncompiled; the time that it takes counts."""
        start = perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            seconds = perf_counter() - start
            self._earned += seconds
            if kind is not None:
                kind.plain_calls += 1
                kind.plain_seconds += seconds

    def run(self, kind: Kind, inputs: Sequence[Any]) -> Any:
        """What the programs of a kind that is watched give."""
        start = perf_counter()
        for program in kind.programs:
            found = program.run(inputs)
            if found is not OTHER:
                self.clock += 1
                program.used = self.clock
                kind.saved += kind.plain_seconds / max(kind.plain_calls, 1)
                kind.is_watched = kind.saved < 2 * kind.lost
                break
        else:
            found = OTHER
        kind.lost += perf_counter() - start
        return found
