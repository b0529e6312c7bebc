"""Every link between pages, and from pages to source files, leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.doc_pages import PAGES, ROOT, blocks, name_of, prose

LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
INCLUDED = re.compile(r"^:(?:pyobject|start-at|end-before): (?P<what>.+)$", re.M)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    """A link that is no URL names an existing file, and an existing heading in it."""
    for match in LINK.finditer(prose(page.read_text())):
        target, _, anchor = match["target"].partition("#")
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file = page.parent / target if target else page
        assert file.exists(), f"{name_of(page)} links to {match['target']}"
        if anchor:
            assert anchor in anchors(file), f"{name_of(page)}: no heading for {match['target']}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_source_file_named_in_a_page_exists(page: Path) -> None:
    """`opgrad/....py`, `plugins/...`, `tests/...` and the like, in code quotes, are paths."""
    named = re.findall(
        r"`((?:opgrad|plugins|tests|docs|examples|benchmarks)/[\w./-]*)`", prose(page.read_text())
    )
    # What `make docs` writes is not there yet.
    missing = [path for path in named if "_build" not in path and not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_quoted_from_the_source_exists(page: Path) -> None:
    """A literalinclude names an existing file, and what it quotes is in it."""
    for block in blocks(page.read_text()):
        if block.kind.startswith("{literalinclude}"):
            source = page.parent / block.kind.split()[1]
            assert source.exists(), f"{name_of(page)}:{block.line}"
            for match in INCLUDED.finditer(block.text):
                what = match["what"].strip('"').split(".")[-1]
                assert what in source.read_text(), match["what"]


def anchors(page: Path) -> set[str]:
    """The anchors that headings of the page get."""
    headings = re.findall(r"^#+ (.*)$", prose(page.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}
