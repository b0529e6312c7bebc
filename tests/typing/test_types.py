"""Type checkers accept right code and refuse wrong code: both are in ``cases/``.

Each case is a plain file: ``assert_type`` says what a type is, and a ``# type: ignore[code]`` that
an error is expected; one that no error needs is an error itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))


def check(files: list[Path], cache: Path) -> str:
    """What mypy says of these files, and of nothing it was configured for elsewhere."""
    command = [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", "--config-file="]
    done = subprocess.run(
        [*command, f"--cache-dir={cache}", *map(str, files)],
        cwd=ROOT,  # where it finds the source of an editable OpGrad
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy says of all cases."""
    return check(CASES, tmp_path_factory.mktemp("mypy"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_types_are_as_the_case_says(case: Path, report: str) -> None:
    """Under --strict: every type asserted, every expected error, and no other."""
    assert [line for line in report.splitlines() if f"{case.name}:" in line] == []


def test_what_the_cases_import_is_typed(report: str) -> None:
    """Nothing to report of OpGrad's own source, either."""
    assert report == f"Success: no issues found in {len(CASES)} source files\n"


def test_an_error_that_does_not_come_is_reported(tmp_path: Path) -> None:
    """The check itself can fail."""
    case = tmp_path / "case.py"
    case.write_text("import opgrad as og\n\nog.Value(1.0) + 2.0  # type: ignore[arg-type]\n")
    assert "[unused-ignore]" in check([case], tmp_path / "cache")
