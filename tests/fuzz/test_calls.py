"""The table of calls: complete, and every entry of it leads to programs."""

from __future__ import annotations

import pytest

from tests.fuzz.calls import NAMES, not_called
from tests.fuzz.generate import focus_of, program_of


def test_every_dispatched_function_is_called() -> None:
    """Who adds a function adds a form of calling it, in one of the modules of calls."""
    assert not_called() == []


def test_every_entry_is_generated() -> None:
    """In a series, each function is the one that a program is about, and is called there."""
    programs = {focus_of(0, number): program_of(0, number) for number in range(len(NAMES))}
    assert sorted(programs) == NAMES
    missed = [name for name, program in programs.items() if name not in program.functions()]
    missed = [name for name in missed if not _is_called(name)]
    assert missed == []


def _is_called(name: str) -> bool:
    """In one of several series: some calls are made only now and then."""
    for seed in range(1, 9):
        number = next(n for n in range(len(NAMES)) if focus_of(seed, n) == name)
        if name in program_of(seed, number).functions():
            return True
    return False


@pytest.mark.parametrize("number", range(0, 600, 60))
def test_a_seed_tells_all(number: int) -> None:
    """The same seed and number make the same program."""
    first, second = program_of(4, number), program_of(4, number)
    assert first.setting() + first.source() == second.setting() + second.source()
