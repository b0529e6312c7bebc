"""All checks, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.fuzz import checks_derivatives, checks_runs, checks_special, checks_values
from tests.fuzz.calls_python import ABOUT_TYPES
from tests.fuzz.program import Program
from tests.fuzz.subject import Subject

Check = Callable[[Subject], int]
"""How many numbers were compared; raises Fault, or Refused."""

CHECKS: Mapping[str, Check] = {
    "values": checks_values.values_of_floats,
    "values_of_all": checks_values.values_of_all,
    "gradient": checks_derivatives.gradient,
    "narrow_gradient": checks_derivatives.narrow_gradient,
    "adjoint": checks_derivatives.adjoint,
    "second_order": checks_derivatives.second_order,
    "special": checks_special.special,
    "checkpointed": checks_runs.checkpointed,
    "threaded": checks_runs.threaded,
    "in_python": checks_runs.in_python,
    "compiled_python": checks_runs.compiled_python,
    "compiled_llvm": checks_runs.compiled_llvm,
}
RARE = {"compiled_llvm": 8, "threaded": 2, "checkpointed": 2, "in_python": 2}
"""Those that take long, or that seldom differ: each for one program of so many."""
AFTER: Mapping[str, set[str]] = {
    "gradient": {"values"},
    "narrow_gradient": {"values", "gradient"},
    "adjoint": {"values", "gradient"},
    "second_order": {"values", "gradient"},
    "special": {"values", "gradient"},
    "checkpointed": {"values", "gradient"},
    "threaded": {"values", "gradient"},
    "compiled_llvm": {"compiled_python"},
}
"""What would find again what another check has found of a program."""


def applies(check: str, program: Program) -> bool:
    """Whether a check can be made of a program."""
    return check.startswith("compiled") or not program.functions() & ABOUT_TYPES
