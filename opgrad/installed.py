"""The entry points of what is installed, in spite of distributions that are not as they should be.

The look-up of the standard library ends at the first distribution that cannot be read. Here each is
read by itself, and what is wrong with one is kept, to be told where plugins are listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:  # importing it takes as long as a third of OpGrad: when a plugin is looked for
    from importlib.metadata import Distribution, EntryPoint

GROUP = "opgrad"
"""The entry-point group, and pluggy's project name."""


@frozen
class Origin:
    """The distribution that something comes from.

    Attributes:
        name: ``None`` if it does not say, or cannot be read.
        version: ``"?"`` likewise.
    """

    name: str | None
    version: str

    @classmethod
    def of(cls, distribution: Distribution | None) -> Origin:
        """What the distribution says of itself, if anything."""
        if distribution is None:
            return cls(None, "?")
        try:
            metadata = distribution.metadata
            name, version = metadata["Name"], metadata["Version"]
        except Exception:  # no file, none that can be read, or one without these
            return cls(None, "?")
        return cls(name or None, version or "?")


@frozen
class Unreadable:
    """A distribution whose entry points may have a plugin among them, and cannot be read."""

    origin: Origin
    cause: str


def entry_points(**context: Any) -> Iterator[EntryPoint | Unreadable]:
    """Those of OpGrad's group, of every distribution that is found; of two of a name, the first.

    Args:
        context: where to look, if not on ``sys.path``: ``path``, a list of folders.
    """
    from importlib.metadata import Distribution

    def is_first(distribution: Distribution) -> bool:
        name = Origin.of(distribution).name
        if name is None:
            return True
        first = next(iter(Distribution.discover(name=name, **context)), distribution)
        return str(first.locate_file("")) == str(distribution.locate_file(""))

    for distribution in Distribution.discover(**context):
        found: list[EntryPoint | Unreadable]
        try:
            found = list(distribution.entry_points.select(group=GROUP))
        except Exception as error:
            if not _may_be_ours(distribution):
                continue
            cause = f"its entry points cannot be read: {type(error).__name__}: {error}"
            found = [Unreadable(Origin.of(distribution), cause)]
        if found and is_first(distribution):  # few have any: only their metadata are read
            yield from found


def _may_be_ours(distribution: Distribution) -> bool:
    """Whether its file of entry points has OpGrad's group in it, as far as can be told."""
    try:
        text = distribution.read_text("entry_points.txt") or ""
    except UnicodeDecodeError as error:
        text = error.object.replace(b"\0", b"").decode("latin-1")  # of an encoding of wider units
    except Exception:
        return False
    return f"[{GROUP}]" in text
