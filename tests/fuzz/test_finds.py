"""The checks find mistakes that are made on purpose, and tell them in a few lines."""

from __future__ import annotations

from itertools import count, islice
from typing import Any

import numpy as np
import pytest

from tests.fuzz import planted
from tests.fuzz.generate import focus_of
from tests.fuzz.program import Call, Input, Program, Ref, Step
from tests.fuzz.report import Finding
from tests.fuzz.session import Session
from tests.fuzz.subject import Fault

MISTAKES = {
    "wrong_factor": ("tanh", "gradient"),
    "wrong_jvp": ("tanh", "adjoint"),
    "wrong_second": ("tanh", "second_order"),
    "wrong_dtype": ("tanh", "values"),
    "zero_absorbs": ("cbrt", "special"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.filterwarnings("ignore")
def test_a_mistake_is_found_and_shrunk(mistake: str) -> None:
    """Within a few programs about the function; one call, or two, are left of the program."""
    name, check = MISTAKES[mistake]
    names = planted.with_mistake(name, getattr(planted, mistake)())
    session = Session(0, [check], names)
    session.run(islice((n for n in count() if focus_of(0, n) == f"np.{name}"), 12))
    found = [x.program for x in session.findings.values() if f"np.{name}" in x.program.functions()]
    assert min(len(program.steps) for program in found) <= 2


def test_what_is_reported_runs() -> None:
    """The text of a finding is a module that computes what was compared."""
    x = Input("x0", np.array([[0.5, -1.0]], np.float32), "fortran")
    step = Step("v0", Call("np.sum", (Ref("x0"),), {"axis": 0}))
    program = Program((x,), (step,), {"a": Ref("v0")}, "dict")
    finding = Finding("values", 1, 2, program, Fault("value", 0, 1))
    scope: dict[str, Any] = {}
    exec(finding.text(), scope)
    assert "make fuzz SEED=1 ONLY=2" in str(finding)
    np.testing.assert_array_equal(scope["program"]({"x0": scope["x0"]})["a"], [0.5, -1.0])


def test_a_difference_at_one_backend_names_it() -> None:
    """The text calls what was compiled, first on what it was traced for."""
    x = Input("x0", 2.0)
    program = Program((x,), (Step("v0", Call("-", (Ref("x0"), 1))),), Ref("v0"))
    fault = Fault("value", 0, 1)
    fault.point = program.with_values({"x0": np.inf})
    text = Finding("compiled_llvm", 1, 2, program, fault).text()
    assert 'og.compile(program, backend="llvm")' in text
    assert text.index("x0 = 2.0") < text.index("x0 = np.inf")
