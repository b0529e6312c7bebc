"""The cases of the compiler's benchmark are right, and so are its verdicts. No time is asserted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import erf

from benchmarks.compiled import figures
from benchmarks.compiled.bars import Line, fastest, lines
from benchmarks.compiled.contestants import opgrad_compiled, plain_c, plain_numpy
from benchmarks.compiled.entry import Entry, compare, parts
from benchmarks.compiled.programs import black_scholes, bundle, mlp
from benchmarks.compiled.timing import in_turns

# Without llvmlite compiled functions run by NumPy, and say so; their results are the same.
pytestmark = pytest.mark.filterwarnings("ignore::opgrad.errors.CompileWarning")
MEASURED = {"OpGrad": [1.0, 3.0, 2.0], "OpGrad, eager": [1e-9], "JAX, jit": [4.0], "C": [1.0]}


def test_one_program_of_the_mlp_serves_numbers_arrays_and_matrices() -> None:
    """All three spellings have the same loss."""
    program = mlp.make(7)
    X, y = program.arrays()

    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    wanted = mlp.loss(relu, program.params, program)
    assert wanted > 0
    assert np.sum(mlp.sample_loss(relu, program.params, X.T, y)) == pytest.approx(wanted)
    assert mlp.vectorised(np, mlp.layers(program.params), X, y) == pytest.approx(wanted)


def test_opgrad_finds_one_gradient_for_samples_as_numbers_and_as_arrays() -> None:
    """The contestants of both cases agree, by all ways to call them."""
    program = mlp.make(5)
    scalar = opgrad_compiled.scalar_mlp(program)
    batched = opgrad_compiled.batched_mlp(program)
    entries = {**scalar, **{f"{name}, batched": entry for name, entry in batched.items()}}
    assert compare(entries) < 1e-12


def test_layers_and_back_again_is_the_order_of_the_parameters() -> None:
    """What is read from gradients by layers stands where the parameters stood."""
    params = mlp.make(1).params
    value, back = mlp.from_layers((0.5, mlp.layers(params)))
    assert value == 0.5
    np.testing.assert_array_equal(back, params)


def test_opgrad_finds_the_greeks_of_the_closed_formulas() -> None:
    """Prices and all five, one of them a second derivative."""
    inputs = black_scholes.make(20)
    entries = {**plain_numpy.black_scholes(inputs), **opgrad_compiled.black_scholes(inputs)}
    assert len(parts(black_scholes.by_hand(erf, *inputs))) == 6
    assert compare(entries) < 1e-11


def test_the_gradient_of_the_cost_is_the_jacobian_times_the_residuals() -> None:
    """What the two bundle cases compute belongs together."""
    program = bundle.make(6)
    blocks = opgrad_compiled.bundle(program)["OpGrad"].step()
    found, jacobian = (np.array(part) for part in blocks)
    cost, grads = opgrad_compiled.bundle_cost(program)["OpGrad"].step()
    assert cost == pytest.approx(0.5 * np.sum(found**2))
    np.testing.assert_allclose(np.array(grads), np.einsum("rn,rin->in", found, jacobian))


def test_results_that_differ_end_the_run() -> None:
    """It says who differs from whom, before anything is timed."""
    entries = {"first": Entry(lambda: 1.0), "second": Entry(lambda: 1.1)}
    with pytest.raises(SystemExit, match="second differs from first"):
        compare(entries)


def test_calls_take_turns() -> None:
    """Each is called in every round, and has a time for it."""
    samples = in_turns({"a": lambda: None, "b": lambda: None}, rounds=2)
    assert {name: len(of) for name, of in samples.items()} == {"a": 2, "b": 2}


def test_without_gcc_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contestant in C cannot do without."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(SystemExit, match="gcc is needed"):
        plain_c.compiled.__wrapped__()


def test_bars_are_about_the_fastest_call_of_each_contestant() -> None:
    """By medians; eager figures, shown beside them, are not what they are about."""
    assert fastest(MEASURED, "OpGrad") == ("OpGrad", 2.0)
    assert fastest(MEASURED, "JAX") == ("JAX, jit", 4.0)
    assert fastest(MEASURED, "torch") is None


def _results(seconds: dict[str, list[float]]) -> dict[str, Any]:
    return {
        "seconds": {"MLP, 20,000 samples": seconds},
        "function_seconds": {"MLP, 20,000 samples": {"OpGrad": [0.5]}},
        "first_result": {},
    }


def test_a_bar_is_met_missed_or_not_measured() -> None:
    """Twice as fast as JAX, not as fast as C, and four times the function."""
    verdicts = [line.verdict for line in lines(_results(MEASURED))]
    assert verdicts == ["MISSED", "met", "MISSED"]
    assert Line("case", "bar", 1.0, None).verdict == "not measured"


def test_programs_that_grow_are_held_to_the_smallest() -> None:
    """Per op: the time to the first result doubles, that of a call grows fourfold."""
    ours = {
        "1287": {"first_seconds": 1287.0, "call_seconds": 1287.0, "peak_bytes": 1287.0},
        "12879": {"first_seconds": 2 * 12879.0, "call_seconds": 4 * 12879.0, "peak_bytes": 1.0},
    }
    results = {"seconds": {}, "function_seconds": {}, "first_result": {"OpGrad": ours}}
    assert [line.measured for line in lines(results)][-3:-1] == pytest.approx([2.0, 4.0])
    assert [line.verdict for line in lines(results)][-3:] == ["met", "MISSED", "met"]


def test_the_readme_table_has_a_column_for_each_contestant() -> None:
    """In microseconds, and empty where a contestant does not take part."""
    machine = {"cpu": "a processor", "python": "3", "versions": {}}
    results = _results(MEASURED) | {"machine": machine, "date": "2026-01-01"}
    row = figures.readme(results).splitlines()[2]
    assert row == "| MLP, 20,000 samples | 2,000,000 | 1,000,000 |  | 4,000,000 |  |  |"
