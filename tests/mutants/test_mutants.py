"""The driver that tries small changes: what it changes, what it leaves, and what it says."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tests.mutants.__main__ import ROOT, chosen, mutants_at
from tests.mutants.closest import CLOSEST, closest_tests
from tests.mutants.cython import mutants as cython_mutants
from tests.mutants.python import mutants
from tests.mutants.workshop import Workshop

FILE = PurePosixPath("file.py")
CHANGED = [
    ("x = a < b", {"(a <= b)", "(a > b)"}),
    ("x = a is None", {"(a is not None)"}),
    ("x = k in 'fc'", {"(k not in 'fc')", "('f')", "('c')"}),
    ("x = a + b", {"(a - b)"}),
    ("x = a and b", {"(a or b)", "(a)", "(b)"}),
    ("x = not a", {"(a)"}),
    ("x = -a", {"(a)"}),
    ("x = 1", {"(2)"}),
    ("x = True", {"(False)"}),
    ("x = a[b:]", {":"}),
    ("x = a if b else c", {"(a)", "(c)"}),
    ("x = f(a, b, c=d)", {"(f(a, c=d))", "(f(a, b))"}),
    ("x = [a for a in b if a]", {"(True)"}),
    ("def f(a=2): ...", {"(3)", "(1)"}),
    ("def f(): return a", {"return None"}),
    ("if a: b()", {"(True)", "(False)", "pass"}),
    ("while a: b += c", {"(False)", "b -= c", "pass"}),
    ("raise Wrong(f(1) < 2)", {"pass"}),
    ("a.b = c", {"pass"}),
]
LEFT = [
    '"""A docstring."""',
    "def f(a: tuple[int, 2]) -> list[1]: ...",
    "def __repr__(self): return 1 + 1",
    "warnings.warn('this', Bad, stacklevel=2)",
    "x = f'{1 + 1}'",
    "assert a < b",
    "__all__ = [1]",
    "T = TypeVar('T', bound=1)",
    "x = None",
]


@pytest.mark.parametrize(("source", "texts"), CHANGED)
def test_each_kind_of_change(source: str, texts: set[str]) -> None:
    """All that may stand in the place of a part; each is Python."""
    found = list(mutants(FILE, source.encode()))
    assert {mutant.text for mutant in found} == texts
    for mutant in found:
        ast.parse(mutant.applied(source.encode()))


@pytest.mark.parametrize("source", LEFT)
def test_what_only_people_read_is_left(source: str) -> None:
    """There is nothing to try."""
    assert not list(mutants(FILE, source.encode()))


def test_a_mutant_is_shown_as_a_diff() -> None:
    """With the lines around it; also behind letters of several bytes."""
    source = 'a = "α"\nb = "β" if a < c else 1\nd = 3\n'
    (mutant, *_) = (m for m in mutants(FILE, source.encode()) if m.kind == "comparison")
    assert mutant.place == "file.py:2"
    assert list(mutant.diff(source.encode())) == [
        "@@ -1,3 +1,3 @@",
        ' a = "α"',
        '-b = "β" if a < c else 1',
        '+b = "β" if (a <= c) else 1',
        " d = 3",
    ]


def test_cython_is_changed_by_its_words() -> None:
    """Comparisons, ``and``, ``not``, numbers; no casts, comments, strings or C code."""
    source = '"""a < 1"""\ncdef f(int a):\n    # 1 < 2\n    return a <= 3 and not <object>a\n'
    found = list(cython_mutants(FILE, source.encode()))
    assert {(m.line, m.text) for m in found} == {(4, "<"), (4, "4"), (4, "or"), (4, "")}


def test_the_choice_is_that_of_the_seed() -> None:
    """The same for the same seed, another for another."""
    picks = [chosen(["opgrad/containers.py"], 10, seed) for seed in (1, 1, 2)]
    assert picks[0] == picks[1] != picks[2]
    assert len(set(picks[0])) == 10


def test_a_line_can_be_chosen() -> None:
    """All mutants of it, and no others."""
    first = next(mutants_at("opgrad/containers.py"))
    found = list(mutants_at(first.place))
    assert first in found
    assert {mutant.line for mutant in found} == {first.line}


def test_every_source_file_has_tests_that_exist() -> None:
    """The nearest entry is that of a folder or file that is there, and so are its tests."""
    for place, tests in CLOSEST.items():
        for path in (place, *tests):
            assert (ROOT / path).exists(), path
    for folder in ("opgrad", "plugins"):
        for file in (ROOT / folder).rglob("*.py*"):
            if file.suffix in {".py", ".pyx"}:
                assert closest_tests(PurePosixPath(file.relative_to(ROOT)))


@pytest.fixture
def small(tmp_path: Path) -> Workshop:
    """A package of one function, and two tests, of which the second tests it better."""
    original, copy = tmp_path / "original", tmp_path / "copy"
    for root in (original, copy):
        root.mkdir()
        (root / "small.py").write_text("def larger(a, b):\n    return a if a > b else b\n")
        for name, checks in [("loose", "larger(1, 2) == 2"), ("tight", "larger(2, 1) == 2")]:
            text = f"from small import larger\n\ndef test_{name}():\n    assert {checks}\n"
            (root / f"test_{name}.py").write_text(text)
    return Workshop(copy, original)


def test_mutants_are_noticed_by_the_closest_test_that_can(small: Workshop) -> None:
    """Or by none; the file is as it was afterwards."""
    path = PurePosixPath("small.py")
    source = (small.original / path).read_bytes()
    tests = ("test_loose.py", "test_tight.py")
    noticed = {
        mutant.text: small.verdict(mutant, tests, native=True).noticed
        for mutant in mutants(path, source)
        if mutant.text in {"(a)", "(b)", "(a >= b)"}
    }
    assert noticed == {
        "(a)": "test_loose.py::test_loose",
        "(b)": "test_tight.py::test_tight",
        "(a >= b)": None,  # it is the same function
    }
    assert (small.root / path).read_bytes() == source


def test_tests_that_fail_without_a_change_say_nothing(small: Workshop) -> None:
    """It ends, and names the test."""
    (small.original / "test_loose.py").write_text("def test_broken():\n    assert False\n")
    (mutant, *_) = mutants(PurePosixPath("small.py"), (small.original / "small.py").read_bytes())
    with pytest.raises(SystemExit, match=r"without any change: test_loose\.py::test_broken"):
        small.verdict(mutant, ("test_loose.py",), native=True)


def test_a_place_that_is_not_there() -> None:
    """Said in a line."""
    command = [sys.executable, "-m", "tests.mutants", "opgrad/nowhere.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no folder and no file opgrad/nowhere.py" in done.stderr
