"""What mypy remembers of the installed plugins is right when they come, change and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.typing.conftest import Site

USERS = {
    "direct.py": "import opgrad as og\n\nreveal_type(og.ops.moving)\n",
    "library.py": "from opgrad import ops as ops\n",
    "indirect.py": "from library import ops\n\nreveal_type(ops.moving)\n",
    "indeed.py": "import indirect\n",
}
OP = """
import opgrad as og

@og.op
def moving({inputs}) -> float:
    return x

@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    return [moving]
"""
ONE, TWO = OP.format(inputs="x: float"), OP.format(inputs="x: float, y: float")

ABSENT = 'no installed plugin provides op "moving"  [attr-defined]'
UNARY = '"opgrad.define.Op1[float, [], float]"'
BINARY = '"opgrad.define.Op2[float, float, [], float]"'
LOOSE = '"opgrad.define.OpN"'


def verdicts(site: Site) -> dict[str, str]:
    """What mypy says of the op in each file, and that it says so again."""
    lines = site.mypy(*USERS)
    assert site.mypy(*USERS) == lines
    told = (line for line in lines if "Revealed" not in line or '"Any"' not in line)
    return {line.partition(":")[0]: line for line in told}


@pytest.fixture(scope="module")
def history(site: Site) -> dict[str, dict[str, str]]:
    """What mypy says, with one cache throughout, at each station of a plugin's life."""
    for name, source in USERS.items():
        site.add(name, source)
    found = {"before": verdicts(site)}
    site.install("moving", ONE)
    found["installed"] = verdicts(site)
    site.install("moving", TWO)
    found["changed"] = verdicts(site)
    site.uninstall("moving")
    found["uninstalled"] = verdicts(site)
    site.install("moving", ONE)
    found["again"] = verdicts(site)
    site.uninstall("moving")
    site.install("moving", TWO, typed=False)
    found["untyped"] = verdicts(site)
    site.uninstall("moving")
    return found


@pytest.mark.parametrize("user", ["direct.py", "indirect.py"])
@pytest.mark.parametrize(
    ("station", "verdict"),
    [
        ("before", ABSENT),
        ("installed", UNARY),
        ("changed", BINARY),
        ("uninstalled", ABSENT),
        ("again", UNARY),
        ("untyped", LOOSE),
    ],
    ids=lambda value: value if value.isalpha() else "",
)
def test_the_type_is_that_of_the_op_that_is_there_now(
    station: str, verdict: str, user: str, history: dict[str, dict[str, str]]
) -> None:
    """Also in a file that has ``ops`` from a library of its project."""
    assert history[station][user].endswith(verdict)
