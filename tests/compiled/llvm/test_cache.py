"""The disk cache: used, never trusted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opgrad_llvm import cache
from tests.compiled.llvm.programs import program_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("OPGRAD_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "llvm"


def f(x: Any) -> Any:
    """A function to compile."""
    return np.exp(x) * 2.5


def compile_and_run() -> bool:
    """Whether the code came from the cache; the result is right either way."""
    program = program_of(f, np.ones(9))
    np.testing.assert_allclose(program(np.ones(9))[0], f(np.ones(9)))
    (library,) = program.libraries
    assert library is not None
    return library.cached > 0


def test_code_is_compiled_once(folder: Path) -> None:
    """The second program of the same graph finds it."""
    assert not compile_and_run()
    assert compile_and_run()


def test_entries_are_private(folder: Path) -> None:
    """Folder and files are the user's alone."""
    compile_and_run()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o077 for path in folder.iterdir()] == [0]


@pytest.mark.parametrize("damage", ["truncated", "changed", "empty", "foreign", "of another name"])
def test_damaged_entries_are_ignored_and_made_anew(folder: Path, damage: str) -> None:
    """They are not run."""
    compile_and_run()
    (path,) = folder.iterdir()
    content = path.read_bytes()
    path.write_bytes(
        {
            "truncated": content[:-1],
            "changed": content[:-1] + bytes([content[-1] ^ 1]),
            "empty": b"",
            "foreign": b"\x7fELF" + content,
            "of another name": _entry(cache.key_of("other", "cpu"), content[100:]),
        }[damage]
    )
    assert not compile_and_run()
    assert compile_and_run()


def _entry(key: str, code: bytes) -> bytes:
    """A sound entry, but of another key."""
    before = os.environ["OPGRAD_CACHE_DIR"]
    cache.write(key, code)
    path = Path(before) / "llvm" / key
    content = path.read_bytes()
    path.unlink()
    return content


def test_the_processor_is_part_of_the_key() -> None:
    """Code of another one is not found."""
    assert cache.key_of("code", "one") != cache.key_of("code", "other")


def test_files_that_others_may_write_are_ignored(folder: Path) -> None:
    """Someone might have."""
    compile_and_run()
    (path,) = folder.iterdir()
    path.chmod(0o666)
    assert not compile_and_run()


def test_a_folder_that_others_may_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor anything in it."""
    (tmp_path / "open" / "llvm").mkdir(parents=True)
    (tmp_path / "open" / "llvm").chmod(0o777)
    monkeypatch.setenv("OPGRAD_CACHE_DIR", str(tmp_path / "open"))
    assert cache.directory() is None
    assert not compile_and_run()
    assert not list((tmp_path / "open" / "llvm").iterdir())


def test_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty name switches it off."""
    monkeypatch.setenv("OPGRAD_CACHE_DIR", "")
    assert cache.directory() is None
    assert not compile_and_run()


def test_a_full_disk_is_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves no file behind."""

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert not compile_and_run()
    assert not compile_and_run()
    assert not list(folder.iterdir())


def test_a_place_that_cannot_be_made_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one below a file."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OPGRAD_CACHE_DIR", str(tmp_path / "file"))
    assert cache.directory() is None
    assert not compile_and_run()
