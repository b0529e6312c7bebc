"""The project's pages, and the code blocks in them."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts),
]

FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.M | re.S
)


@frozen
class Block:
    """One fenced block of a page.

    Attributes:
        kind: its language, or its directive in braces.
        caption: the file that it shows, if it is captioned with a file's name.
        text: what is in it, without options.
        line: the number of its first line in the page.
        end: the offset in the page at which it ends.
        start: the offset at which it begins.
    """

    kind: str
    caption: str | None
    text: str
    line: int
    start: int
    end: int


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = []
    for match in FENCE.finditer(page):
        kind, body = match["info"].strip(), match["body"]
        caption = None
        if kind.startswith("{code-block}"):
            kind = kind.removeprefix("{code-block}").strip()
            options = re.match(r"(?::[\w-]+:[^\n]*\n)*", body)
            assert options is not None
            named = re.search(r":caption: (.*)", options[0])
            caption = named[1].strip() if named else None
            body = "\n" * options[0].count("\n") + body[options.end() :]
        line = page.count("\n", 0, match.start()) + 2
        found.append(Block(kind, caption, body, line, match.start(), match.end()))
    return found


def prose(page: str) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", page)


def name_of(page: Path) -> str:
    """How a test calls the page."""
    return page.relative_to(ROOT).as_posix()
