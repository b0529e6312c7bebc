"""Mutants of a Cython file, found word by word: there is no syntax tree of it.

Those that make no sense do not compile, and count as noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.mutants.mutant import Mutant

SKIPPED = r'"""(?s:.*?)"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|<(?:\w+\s?\**)>'
"""Docstrings with C code in them, strings, comments and casts."""
WORDS = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "is not": "is",
    "is": "is not",
    "not in": "in",
    "and": "or",
    "or": "and",
    "not": "",
    "+": "-",
    "True": "False",
    "False": "True",
}
"""What stands for what; of those that begin alike, the longest counts."""

LONGEST_FIRST = sorted(WORDS, key=len, reverse=True)
TOKEN = re.compile(
    rf"(?P<skipped>{SKIPPED})"
    rf"|(?<=[\s(=])(?P<word>{'|'.join(map(re.escape, LONGEST_FIRST))})(?=[\s),:])"
    r"|(?<=[\s(\[,])(?P<number>\d+)(?=[\s)\],:])"
)


def mutants(path: PurePosixPath, source: bytes) -> Iterator[Mutant]:
    """All of them, in the order of the file."""
    text = source.decode()
    for found in TOKEN.finditer(text):
        if found["skipped"]:
            continue
        word = found[0]
        kind = "constant" if found["number"] else "word"
        other = str(int(word) + 1) if found["number"] else WORDS[word]
        start, end = (len(text[:i].encode()) for i in found.span())
        line = text.count("\n", 0, found.start()) + 1
        yield Mutant(path, line, kind, start, end, other)
