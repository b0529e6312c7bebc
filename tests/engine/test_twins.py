"""Compiled twins give what the functions in Python give, to the last bit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from operator import add, mul
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import opgrad as og
from opgrad.cotangent import fit
from opgrad.errors import InputError
from opgrad.node import Node
from opgrad.schedule import SEQUENTIAL, plan
from opgrad.twins import NATIVE
from opgrad.value import apply

compiled = pytest.mark.skipif(NATIVE is None, reason="OpGrad runs in Python here")

GRADIENTS_OF_SAMPLES = """
import hashlib, warnings
import numpy as np
import opgrad as og
warnings.simplefilter("ignore")
digest = hashlib.sha256()
for name in sorted(og.ops):
    op = og.ops[name]
    for sample in op.samples:
        inputs = [og.Value(x) for x in sample.inputs]
        try:
            out = op(*inputs, **sample.params)
            found = og.backward(out, np.ones_like(out.data) if np.shape(out.data) else 1.0)
        except Exception as error:
            digest.update(f"{name} {type(error).__name__}".encode())
            continue
        for x in inputs:
            g = found.get(x)
            digest.update(repr((name, type(g), getattr(g, "dtype", None), np.shape(g))).encode())
            digest.update(b"" if g is None else np.asarray(g).tobytes())
import opgrad.twins
print(digest.hexdigest(), opgrad.twins.NATIVE is None)
"""


def in_python(code: str, native: str) -> str:
    """What a fresh process prints, with twins or (``"0"``) without."""
    environ = os.environ | {"OPGRAD_NATIVE": native}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environ
    )
    return done.stdout.strip()


@compiled
def test_every_twin_stands_for_a_function_in_python() -> None:
    """None is left that nothing uses."""
    assert NATIVE is not None
    public = {
        name for name, x in vars(NATIVE).items() if type(x).__name__ == "cython_function_or_method"
    }
    assert public - {"connect"} == set(NATIVE.python)


@compiled
def test_a_twin_has_the_docstring_of_its_function() -> None:
    """It is documented once."""
    assert NATIVE is not None
    assert (plan.__doc__ or "").startswith("The nodes between")
    assert plan is NATIVE.plan


def test_without_twins_on_request() -> None:
    """The variable switches them off."""
    code = "import opgrad.twins, opgrad as og; v = og.Value(2.0); (v * v).backward(); "
    code += "print(opgrad.twins.NATIVE, v.grad)"
    assert in_python(code, "0") == "None 4.0"


@compiled
def test_gradients_of_all_samples_are_the_same_to_the_last_bit() -> None:
    """Of every op, with twins and without."""
    with_twins, without = (in_python(GRADIENTS_OF_SAMPLES, native) for native in ("1", "0"))
    assert (with_twins.split()[1], without.split()[1]) == ("False", "True")
    assert with_twins.split()[0] == without.split()[0]


@compiled
@given(st.integers(0, 300), st.integers(1, 300), st.sampled_from(["rows", "columns", "one"]))
def test_broadcast_inputs_get_numpys_sums(rows: int, columns: int, kept: str) -> None:
    """Cotangents are added up in NumPy's order, whichever way."""
    assert NATIVE is not None
    shape = {"rows": (columns,), "columns": (rows, 1), "one": (1, columns)}[kept]
    x, y = og.Value(np.zeros((rows, columns))), og.Value(np.zeros(shape))
    ct = np.random.default_rng(rows * 1000 + columns).normal(size=(rows, columns))
    ct[:, ::3] *= 0  # zeros of both signs
    expected = NATIVE.python["fit"](x + y, 1, y.data, ct)
    found = fit(x + y, 1, y.data, ct)
    assert found.shape == shape
    assert found.tobytes() == np.asarray(expected).tobytes()


@compiled
@pytest.mark.parametrize("kept", [(1,), (1, 1), (), (3, 1), (1, 4), (4,)])
@pytest.mark.parametrize(
    "shape", [(3, 1), (1, 4), (3, 4), (1, 1), (4,), (1,), (2, 3, 4), (2, 3, 1)]
)
def test_broadcast_inputs_get_sums_of_their_own_shape(
    shape: tuple[int, ...], kept: tuple[int, ...]
) -> None:
    """Axes of length one are summed over or kept, as the input has them."""
    assert NATIVE is not None
    x, y = og.Value(np.ones(shape)), og.Value(np.ones(kept))
    total = x + y
    ct = np.arange(1.0, total.data.size + 1).reshape(total.data.shape)
    for position, leaf in enumerate((x, y)):
        expected = NATIVE.python["fit"](total, position, leaf.data, ct)
        found = fit(total, position, leaf.data, ct)
        assert np.shape(found) == np.shape(leaf.data)
        np.testing.assert_array_equal(found, expected)
    lead = tuple(range(ct.ndim - len(kept)))
    ones = tuple(i for i, n in enumerate(kept, start=len(lead)) if n == 1 != ct.shape[i])
    by_hand = np.sum(ct, axis=(*lead, *ones), keepdims=True).reshape(kept)
    np.testing.assert_array_equal(og.backward(total, ct)[y], by_hand)


def joined(x: Any, y: Any) -> Any:
    """A node of three inputs, whose nodes are not in slots: sums of both, and of one again."""
    return np.sum(np.stack([np.sum(x * 1.0), np.sum(y * 1.0), np.sum(x * 2.0)]))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Node, list[Node]]:
    """A root, and the leaves that it may depend on: numbers and arrays, of one input to three."""
    leaves: list[Any] = [og.Value(1.5), og.Value(np.arange(1.0, 4.0)), og.Value(np.ones((2, 3)))]
    nodes: list[Any] = list(leaves)
    for _ in range(draw(st.integers(1, 12))):
        x, y = draw(st.sampled_from(nodes)), draw(st.sampled_from([*nodes, 0.5]))
        make = draw(st.sampled_from([add, mul, lambda x, y: np.tanh(x), joined]))
        nodes.append(make(x, y))
    return np.sum(nodes[-1] * 1.0), draw(st.lists(st.sampled_from(leaves), min_size=1))


@compiled
@given(graphs())
def test_plans_are_the_same(case: tuple[Node, list[Node]]) -> None:
    """The same nodes, in the same order."""
    assert NATIVE is not None
    root, wrt = case
    for chosen in (None, frozenset(wrt)):
        assert plan(root, chosen) == NATIVE.python["plan"](root, chosen)


@compiled
@given(graphs())
def test_passes_are_the_same(case: tuple[Node, list[Node]]) -> None:
    """The same cotangents, of the same types, to the last bit."""
    assert NATIVE is not None
    root, wrt = case
    found = SEQUENTIAL.run(root, 1.0, frozenset(wrt))
    expected = NATIVE.python["run_in_order"](SEQUENTIAL, root, 1.0, frozenset(wrt))
    assert list(found) == list(expected)
    for node, ct in found.items():
        assert type(ct) is type(expected[node])
        assert np.asarray(ct).tobytes() == np.asarray(expected[node]).tobytes()


@pytest.mark.parametrize("data", [np.arange(3.0), np.arange(6.0).reshape(2, 3).T])
def test_what_a_forward_returns_is_read_only(data: Any) -> None:
    """Also an array that nobody else has."""
    assert not (og.Value(data) * 2.0).data.flags.writeable


def test_what_a_forward_keeps_stays_writeable() -> None:
    """Only the view that the node has is read-only."""
    kept = np.zeros(3)

    @og.op
    def given_back(x: Any) -> Any:
        return kept

    assert not given_back(1.0).data.flags.writeable
    assert kept.flags.writeable


def test_an_operator_called_on_no_value_is_refused() -> None:
    """An exception, no crash."""
    number: Any = 3
    with pytest.raises((TypeError, AttributeError)):
        og.Value.__add__(number, og.Value(1.0))


def test_apply_checks_what_it_is_given() -> None:
    """Too many inputs."""
    with pytest.raises(InputError, match="takes 1 input, given 2"):
        apply(og.ops["tanh"], (1.0, 2.0))


@pytest.mark.parametrize("inputs", [(3.0,), (3.0, 4.0)])
def test_an_op_of_any_number_of_inputs_without_a_rule(inputs: tuple[float, ...]) -> None:
    """Says so."""

    @og.op
    def first(*xs: Any) -> Any:
        return xs[0] * 2.0

    with pytest.raises(og.NotDifferentiable, match="no VJP has been written"):
        og.grad(lambda *xs: first(*xs))(*inputs)


class Unfinished(og.Value[Any]):
    """A subclass that forgets to initialise what it inherits."""

    def __init__(self) -> None:
        pass


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x + 1.0,
        lambda x: og.Value(1.0) * x,
        lambda x: np.exp(x),
        lambda x: og.backward(x),
        lambda x: apply(og.ops["tanh"], (x,)),
    ],
)
def test_a_value_that_was_not_initialised(use: Any) -> None:
    """An exception that says so, no crash."""
    with pytest.raises(InputError, match=r"Unfinished .* made without its __init__"):
        use(Unfinished())


def test_methods_are_no_data_in_containers() -> None:
    """A record may have one in a field."""

    @dataclass
    class Layer:
        w: Any
        activation: Any

    slope = og.grad(lambda m: np.sum(m.activation(m.w)))(Layer(np.zeros(3), og.Value.tanh))
    assert np.array_equal(slope.w, np.ones(3))
