"""A fixed series of random programs, each compared in all ways; `make fuzz` runs others.

How many are compared is part of the test: a comparison that is left out too often tests nothing.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.fuzz.checks import CHECKS
from tests.fuzz.session import Session

SEED = 20
PROGRAMS = {
    "values": (700, Fraction(9, 10)),
    "values_of_all": (700, Fraction(1, 8)),
    "gradient": (300, Fraction(6, 10)),
    "narrow_gradient": (300, Fraction(1, 10)),
    "adjoint": (300, Fraction(6, 10)),
    "second_order": (200, Fraction(4, 10)),
    "special": (200, Fraction(4, 10)),
    "checkpointed": (200, Fraction(6, 10)),
    "threaded": (200, Fraction(6, 10)),
    "in_python": (160, Fraction(9, 10)),
    "compiled_python": (160, Fraction(8, 10)),
    "compiled_llvm": (160, Fraction(8, 10)),
}
"""For each check: of how many programs it takes its share, and how much of that is compared."""


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.filterwarnings("ignore")  # programs go where NumPy warns, and where nothing is traced
def test_finds_nothing(check: str) -> None:
    """The check holds for each program, and enough of them are compared."""
    count, share = PROGRAMS[check]
    session = Session(SEED, [check])
    session.run(range(count))
    assert not session.findings, "\n".join(map(str, session.findings.values()))
    assert session.compared[check] >= share * session.ran[check], session.summary()
