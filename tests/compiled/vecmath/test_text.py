"""What is written: names, definitions, declarations."""

from __future__ import annotations

import llvmlite.binding as llvm
import pytest

from opgrad_llvm import vecmath

FOR_ALL_ARGUMENTS = [name for name, d in vecmath.FUNCTIONS.items() if d.beyond is None]


def test_symbols_tell_name_lanes_and_dtype() -> None:
    """The lanes only where there are several."""
    assert vecmath.symbol("exp", "float64", 8) == "@og_exp_v8f64"
    assert vecmath.symbol("arctan2", "float32", 16) == "@og_arctan2_v16f32"
    assert vecmath.symbol("exp", "float64", 1) == "@og_exp_f64"


@pytest.mark.parametrize("lanes", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("fma", [True, False])
def test_every_function_is_valid_ir(lanes: int, fma: bool) -> None:
    """All in one module, which defines the symbol of each."""
    needed = [(name, dtype, lanes) for name in vecmath.FUNCTIONS for dtype in vecmath.DTYPES]
    declarations, functions = vecmath.definitions(needed, fma=fma)
    module = llvm.parse_assembly("\n".join([*declarations, functions]))
    module.verify()
    defined = {f"@{f.name}" for f in module.functions if not f.is_declaration}
    assert {vecmath.symbol(*which) for which in needed} <= defined


def test_repeats_are_defined_once() -> None:
    """Whatever the order, so that equal needs give equal text."""
    needed = [("exp", "float64", 8), ("log", "float64", 8)]
    assert vecmath.definitions([*needed, *needed[::-1]]) == vecmath.definitions(needed)


def test_nothing_needed_is_nothing_written() -> None:
    """Or a module without transcendentals would carry some."""
    assert vecmath.definitions([]) == (frozenset(), "")


def test_without_fma_it_is_not_asked_for() -> None:
    """A target without the instruction would call a function for every lane."""
    needed = [("power", "float64", 2)]
    assert "@llvm.fma." in vecmath.definitions(needed).functions
    assert "@llvm.fma." not in vecmath.definitions(needed, fma=False).functions


@pytest.mark.parametrize("name", FOR_ALL_ARGUMENTS)
def test_vectors_call_no_library(name: str) -> None:
    """But for arguments that are rare."""
    found = vecmath.definitions([(name, "float64", 8), (name, "float32", 16)])
    assert all("@llvm." in line for line in found.declarations)


@pytest.mark.parametrize("needed", [("exq", "float64", 8), ("exp", "float16", 8)])
def test_unknown_functions_are_key_errors(needed: tuple[str, str, int]) -> None:
    """A name and a dtype that are not there."""
    with pytest.raises(KeyError):
        vecmath.definitions([needed])
