"""The disk cache of machine code: private to the user, safe to share between processes.

An entry's name is a digest of all that its code depends on. Its file has a digest of the code,
checked when it is read; one that is damaged is as good as none. Files are written under another
name first and then moved, so that none is ever seen half written. What goes wrong here, such as a
full disk, costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

MAGIC = b"opgrad machine code 1\n"
LIMIT = 1 << 28
"""Bytes of all entries together; the oldest go first."""
_DIGEST = hashlib.sha256().digest_size


def key_of(text: str, target: str) -> str:
    """The name of the entry for that LLVM code, on that processor."""
    digest = hashlib.sha256(target.encode())
    digest.update(b"\0")
    digest.update(text.encode())
    return digest.hexdigest()


def read(key: str) -> bytes | None:
    """The code of an entry; ``None``: there is none that can be trusted."""
    folder = directory()
    if folder is None:
        return None
    try:
        path = folder / key
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or not _is_private(status):
                return None
            content = file.read()
    except OSError:
        return None
    head = len(MAGIC) + _DIGEST
    code = content[head:]
    expected = MAGIC + _checksum(key, code)
    return code if content[:head] == expected else None


def write(key: str, code: bytes) -> None:
    """Make an entry, if that is possible."""
    folder = directory()
    if folder is None:
        return
    name = None
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + _checksum(key, code) + code)
        os.replace(name, folder / key)
        _prune(folder)
    except OSError:
        if name is not None:
            _remove(name)


def _prune(folder: Path) -> None:
    """Remove the oldest entries, if there are too many."""
    entries = [(status.st_mtime, status.st_size, path) for path, status in _entries(folder)]
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= LIMIT:
            break
        _remove(str(path))
        total -= size


def _entries(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.iterdir():
        with suppress(OSError):  # another process may have removed it
            yield path, path.stat()


def directory() -> Path | None:
    """Where entries are, made if need be; ``None``: nowhere that is private to this user.

    ``OPGRAD_CACHE_DIR`` names it; if that is empty, there is no cache. Otherwise it is
    ``opgrad/llvm`` in the user's cache directory.
    """
    return _directory(os.environ.get("OPGRAD_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME"))


@cache
def _directory(chosen: str | None, home: str | None) -> Path | None:
    if chosen == "":
        return None
    try:
        base = Path(chosen) if chosen else Path(home or "~/.cache").expanduser() / "opgrad"
        folder = base / "llvm"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
        return folder if stat.S_ISDIR(status.st_mode) and _is_private(status) else None
    except (OSError, RuntimeError):  # RuntimeError: the user has no home
        return None


def _is_private(status: os.stat_result) -> bool:
    """Whether nobody else can have written it."""
    if not hasattr(os, "getuid"):  # Windows keeps users' folders apart by itself
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _checksum(key: str, code: bytes) -> bytes:
    return hashlib.sha256(key.encode() + code).digest()


def _remove(name: str) -> None:
    with suppress(OSError):
        os.unlink(name)
