"""The kit finds what it is for: each of these ops has one mistake, and the report names it."""

from __future__ import annotations

import pytest

from opgrad.testing import check_op
from tests.testing.bad_manners import BAD_MANNERS
from tests.testing.planted import Planted
from tests.testing.wrong_in_part import WRONG_IN_PART
from tests.testing.wrong_rules import WRONG_RULES

ALL = WRONG_RULES + WRONG_IN_PART + BAD_MANNERS


@pytest.mark.parametrize("planted", [pytest.param(p, id=f"{p.found_by}-{p.says}") for p in ALL])
def test_is_found_and_named(planted: Planted) -> None:
    """The property fails, and gives the likely mistake in words."""
    report = check_op(planted.op)
    found = [f.mistake for f in report.failures if f.property == planted.found_by]
    assert any(planted.says in mistake for mistake in found), str(report)
