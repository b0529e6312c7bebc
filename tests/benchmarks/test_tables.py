"""The pages show the figures that were measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.tables import PAGES, PLACE, TABLES, table


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_what_was_measured(page: Path) -> None:
    """Its tables are made of the results in the repository, and of nothing else."""
    for place in PLACE.finditer(page.read_text()):
        assert place[0] == f"{place[1]}\n{table(place['name'])}\n\n{place[3]}"


def test_every_table_is_on_one_page() -> None:
    """None is measured in vain, and none shown twice."""
    shown = [place["name"] for page in PAGES for place in PLACE.finditer(page.read_text())]
    assert sorted(shown) == sorted(TABLES)
