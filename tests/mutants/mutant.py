"""A mutant: one small change of a source file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import PurePosixPath

from attrs import frozen


@frozen
class Mutant:
    """A piece of a file, and what stands there instead.

    Attributes:
        path: of the file, from the root of the checkout.
        line: where the piece begins, from 1.
        kind: which sort of change it is.
        start: where the piece begins in the file, in bytes.
        end: where it ends.
        text: the replacement.
    """

    path: PurePosixPath
    line: int
    kind: str
    start: int
    end: int
    text: str

    @property
    def place(self) -> str:
        """Where it is, in the way of compilers."""
        return f"{self.path}:{self.line}"

    def applied(self, source: bytes) -> bytes:
        """The file with the change made."""
        return source[: self.start] + self.text.encode() + source[self.end :]

    def diff(self, source: bytes) -> Iterator[str]:
        """The lines that differ, with one around them on either side."""
        before, after = source.decode().splitlines(), self.applied(source).decode().splitlines()
        yield from list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]
