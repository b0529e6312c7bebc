"""The programs of one compiled function: so many at most, whatever tells their calls apart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from time import perf_counter
from typing import Any

from opgrad.compiler.arguments import Form, Key
from opgrad.compiler.kind import Kind, Program

LONGEST_REST = 1023
"""So many calls at most run uncompiled before the programs of their kind are tried again."""


class Store:
    """Programs, and notes of kinds of calls that run uncompiled; both count.

    When there are as many as may be, the one that was used least recently makes room for the next.
    Making it must have been earned: as much time as the last one took to make has to go into calls
    that ran uncompiled since. So a function that is called in ever new ways takes about twice the
    time of plain Python at most, once the store is full.

    A kind of call whose programs did not fit, one after the other, does not try them for a while.

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
        self._spent = self._earned = 0.0

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
        return not self.is_full or self._earned >= self._spent

    def add(self, program: Program, form: Form, key: Key, static: Sequence[Any]) -> None:
        """Keep a program, made for calls of that kind."""
        program.kind = kind = self._kind(form, key, static)
        self._put(program)
        kind.programs = (*kind.programs, program)
        kind.rest = 0
        kind.is_eager = False

    def note(self, why: str, form: Form, key: Key, static: Sequence[Any]) -> None:
        """Keep in mind that calls of that kind run uncompiled."""
        kind = self._kind(form, key, static)
        for program in kind.programs:  # of other ways; they would be tried in vain
            self.entries.remove(program)
        kind.programs = ()
        kind.why = why
        kind.is_eager = True
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

    def earn(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """The function's result, uncompiled; the time that it takes counts."""
        start = perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            self._earned += perf_counter() - start

    def give_rest(self, kind: Kind) -> None:
        """No program of the kind fitted; the longer that is so, the less often they are tried."""
        fitted = any(program.used > kind.missed for program in kind.programs)
        kind.missed = self.clock
        kind.patience = 0 if fitted else min(2 * kind.patience + 1, LONGEST_REST)
        kind.rest = kind.patience
        kind.is_eager = kind.rest > 0

    def rest(self, kind: Kind) -> None:
        """One of the calls that do not try the programs of the kind."""
        kind.rest -= 1
        kind.is_eager = kind.rest > 0
