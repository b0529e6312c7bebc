"""Type checkers accept right code and refuse wrong code: both are in ``cases/``.

Each case is a plain file: ``assert_type`` says what a type is, and a ``# type: ignore[code]`` that
an error is expected; one that no error needs is an error itself. Those in ``installed/`` hold with
the mypy plugin, and for pyright with stubs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.typing.conftest import Site

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.py"))
INSTALLED = sorted((HERE / "installed").glob("*.py"))
UNNEEDED = "import opgrad as og\n\nog.Value(1.0) + 2.0  # type: ignore[arg-type]\n"


@pytest.fixture(scope="module")
def reports(site: Site) -> dict[str, list[str]]:
    """What the checkers say of all cases, and of one whose error does not come."""
    unneeded = site.add("unneeded.py", UNNEEDED)
    return {
        "mypy": site.mypy(*CASES, unneeded, plugin=False),
        "pyright": site.pyright(*CASES, unneeded, with_stubs=False),
        "mypy with the plugin": site.mypy(*INSTALLED),
        "pyright with stubs": site.pyright(*INSTALLED),
    }


def about(case: Path, report: list[str]) -> list[str]:
    """The lines of a report that are about this file."""
    return [line for line in report if f"{case.name}:" in line]


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_types_are_as_the_case_says(
    case: Path, checker: str, reports: dict[str, list[str]]
) -> None:
    """Every type asserted, every expected error, and no other."""
    assert about(case, reports[checker]) == []


@pytest.mark.parametrize("checker", ["mypy with the plugin", "pyright with stubs"])
@pytest.mark.parametrize("case", INSTALLED, ids=lambda case: case.stem)
def test_types_of_installed_ops_are_as_the_case_says(
    case: Path, checker: str, reports: dict[str, list[str]]
) -> None:
    """Third-party ops included."""
    assert about(case, reports[checker]) == []


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_an_error_that_does_not_come_is_reported(
    checker: str, reports: dict[str, list[str]]
) -> None:
    """The check itself can fail."""
    (line,) = about(Path("unneeded.py"), reports[checker])
    assert "unneeded.py:3:" in line
    assert 'nused "type: ignore' in line or 'nnecessary "# type: ignore' in line


def test_the_plugin_leaves_other_types_as_they_are(site: Site) -> None:
    """All cases hold with it, too, but where the case says that any name is an op."""
    others = [case for case in CASES if case.stem not in {"loose_ops", "plugins"}]
    assert site.mypy(*others) == []
