"""Each promise of docs/promises.md ends with the tests that hold it, and these exist."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import frozen

from tests.docs.doc_pages import ROOT

PAGE = ROOT / "docs" / "promises.md"
WITHOUT_TESTS = "Not promised"
"""The heading below which nothing is promised."""

TEST = re.compile(r"`(?P<file>tests/[\w/]+\.py)?::(?P<name>\w+)`")
RULE = re.compile(r"\|[\s:|-]+\|$")


@frozen
class Promise:
    """An item of a list, or a row of a table.

    Attributes:
        heading: what it stands under.
        text: all of it.
    """

    heading: str
    text: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """File and function of each test; without a file, it is in the one before."""
        found, file = [], ""
        for match in TEST.finditer(self.text):
            file = match["file"] or file
            found.append((file, match["name"]))
        return found


def promises(page: str) -> list[Promise]:
    """What a page promises, in order."""
    found = []
    for section in re.split(r"^## ", page, flags=re.M)[1:]:
        heading, _, body = section.partition("\n")
        if heading != WITHOUT_TESTS:
            items = re.findall(r"^[-*] .*(?:\n[ ]+.*)*", body, re.M)
            found += [Promise(heading, text) for text in [*items, *_rows(body)]]
    return found


def _rows(body: str) -> list[str]:
    """The rows of tables, without their heads and the lines below these."""
    lines = [*body.split("\n"), ""]
    heads = [line for line, below in pairwise(lines) if RULE.match(below)]
    return [x for x in lines if x.startswith("|") and x not in heads and not RULE.match(x)]


def missing(promise: Promise) -> list[str]:
    """The tests it names that do not exist, or that it names none."""
    if not promise.tests:
        return ["no test is named"]
    return [f"{file}::{name}" for file, name in promise.tests if name not in functions(ROOT / file)]


def functions(file: Path) -> set[str]:
    """The test functions of a file; none, if there is no such file."""
    if not file.is_file():
        return set()
    body = ast.parse(file.read_text()).body
    return {x.name for x in body if isinstance(x, ast.FunctionDef) and x.name.startswith("test_")}


PROMISES = promises(PAGE.read_text())


@pytest.mark.parametrize("promise", PROMISES, ids=lambda p: p.text[2:50])
def test_every_promise_names_tests_that_exist(promise: Promise) -> None:
    """At least one, each by its file and its function."""
    assert missing(promise) == []


def test_every_heading_has_promises() -> None:
    """None is overlooked for how it is written, and what is not promised is said."""
    headings = re.findall(r"^## (.*)$", PAGE.read_text(), re.M)
    assert [h for h in headings if h not in {p.heading for p in PROMISES}] == [WITHOUT_TESTS]


def test_every_test_in_the_page_belongs_to_a_promise() -> None:
    """But for the one in the introduction, which shows how to run it."""
    _, _, body = PAGE.read_text().partition("\n## ")
    assert body.count("::test_") == sum(len(promise.tests) for promise in PROMISES)


HERE = "tests/docs/test_promises.py"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Nothing is wrong.", ["no test is named"]),
        ("- Nothing,\n  `::test_of_no_file`", ["::test_of_no_file"]),
        ("- Nothing,\n  `tests/no_such.py::test_a`", ["tests/no_such.py::test_a"]),
        (f"- Nothing,\n  `{HERE}::test_no_such`", [f"{HERE}::test_no_such"]),
        (f"- Nothing. `{HERE}::missing`", [f"{HERE}::missing"]),
        (f"- `{HERE}::test_every_heading_has_promises`, `::test_b`", [f"{HERE}::test_b"]),
        ("| what | test |\n|---|---|\n| a | none |", ["no test is named"]),
        (f"- Right. `{HERE}::test_every_heading_has_promises`", []),
    ],
)
def test_a_promise_without_a_test_is_noticed(text: str, expected: list[str]) -> None:
    """None is named, or the file or the function is not there, or it is no test."""
    [promise] = promises(f"# Page\n\n## Section\n\n{text}\n")
    assert missing(promise) == expected
