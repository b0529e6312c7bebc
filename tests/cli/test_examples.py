"""The scripts and the plugins in ``examples/`` run, and print what they promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_script_runs(run: Run, script: Path) -> None:
    """Without an argument or a warning."""
    done = run("-W", "error", script)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_classic_prints_the_right_gradients(run: Run) -> None:
    """The classic line; then, without the ReLU, the gradients that flow."""
    assert run(EXAMPLES / "classic.py").stdout.splitlines() == [
        "Value(data=2, grad=0) Value(data=-3, grad=0) Value(data=10, grad=0) "
        "Value(data=-28, grad=0) Value(data=0, grad=1)",
        "Value(data=2, grad=1) Value(data=-3, grad=10) Value(data=10, grad=-3) "
        "Value(data=-28, grad=1)",
    ]


def test_train_xor_learns_xor(run: Run) -> None:
    """Rounded, every prediction is right."""
    learnt = re.findall(r"= ([01])   learnt: (-?[\d.]+)", run(EXAMPLES / "train_xor.py").stdout)
    assert len(learnt) == 4
    assert all(round(float(said)) == int(right) for right, said in learnt)


def test_custom_op_agrees_with_differences(run: Run) -> None:
    """The derivative that was written down is that of the forward."""
    (line, *_) = run(EXAMPLES / "custom_op.py").stdout.splitlines()
    gradient, differences = re.findall(r"(?:gradient|differences) ([\d.]+)", line)
    assert float(gradient) == pytest.approx(float(differences), abs=2e-6)


def test_graph_of_the_classic_example(run: Run) -> None:
    """The command in the docstring of classic.py works."""
    done = run("-m", "opgrad", "graph", f"{EXAMPLES / 'classic.py'}:classic")
    assert "%e = relu %d" in done.stdout


@pytest.mark.parametrize("name", ["logcosh", "interp"])
def test_an_example_plugin_passes_its_own_tests(
    run: Run, name: str, request: pytest.FixtureRequest
) -> None:
    """Installed, as its users have it."""
    tests = EXAMPLES / f"opgrad-{name}" / "tests"
    installed = request.getfixturevalue(name)
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", tests, path=(installed,))
    assert done.returncode == 0, done.stdout
