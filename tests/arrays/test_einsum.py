"""np.einsum: chosen subscripts, and any that hypothesis comes up with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opgrad as og
from opgrad.errors import InputError
from tests.arrays.derivatives import assert_derivatives_are_right

LENGTHS = {"a": 2, "b": 3, "c": 2, "d": 1}


def _array(shape: tuple[int, ...], seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 2)]),
        ("ij,jk", [(2, 3), (3, 2)]),
        ("ba", [(2, 3)]),
        ("ii", [(3, 3)]),
        ("ii->i", [(3, 3)]),
        ("iji->j", [(2, 3, 2)]),
        ("iij->", [(2, 2, 3)]),
        ("iii->i", [(2, 2, 2)]),
        ("ii,i", [(2, 2), (2,)]),
        ("i,j->", [(2,), (3,)]),
        ("ij->", [(2, 3)]),
        (",i->i", [(), (3,)]),
        (" i j , j k -> i k ", [(2, 3), (3, 2)]),
        ("...ij,...jk->...ik", [(2, 2, 3), (3, 2)]),
        ("...i,...i", [(2, 3), (4, 2, 3)]),
        ("i...->...", [(2, 3)]),
        ("i...,j...->...ij", [(2, 3), (2, 1)]),
        ("...,...", [(2, 1), (1, 3)]),
        ("...ii->...i", [(2, 3, 3)]),
        ("Ab,bA", [(2, 3), (3, 2)]),
        ("aB", [(2, 3)]),
        ("ij,ij->ij", [(1, 3), (2, 1)]),
        ("ij,jk->k", [(2, 1), (3, 2)]),
        ("i,ij,jk,k->", [(2,), (2, 3), (3, 2), (2,)]),
        ("ij,jk->ik", [(2, 0), (0, 3)]),
        ("ij->i", [(0, 3)]),
    ],
)
@pytest.mark.parametrize("optimize", [False, True])
def test_chosen_subscripts(subscripts: str, shapes: list[tuple[int, ...]], optimize: bool) -> None:
    """Value, first and second derivatives are right, by each operand."""
    operands = [_array(shape, k) for k, shape in enumerate(shapes)]
    assert_derivatives_are_right(
        lambda *xs: np.einsum(subscripts, *xs, optimize=optimize), *operands
    )


def test_the_same_operand_twice() -> None:
    """An operand that is used twice has the sum of both gradients."""
    assert_derivatives_are_right(lambda x: np.einsum("ij,ij->i", x, x), _array((2, 3)))


def test_complex_operands() -> None:
    """The rule is holomorphic: nothing is conjugated."""
    x, y = _array((2, 3)) + 1j * _array((2, 3), 1), _array((3,), 2)
    assert_derivatives_are_right(lambda x, y: np.einsum("ij,j->i", x, y), x, y, second=False)


def test_keeps_float32() -> None:
    """Constants that a rule adds leave single precision as it is."""
    x = _array((3, 3)).astype(np.float32)
    _, pull = og.vjp(lambda x: np.einsum("ii,jj->", x, x), x)
    out = og.vjp(lambda x: np.einsum("ii,kj->", x, x), x)[0]
    assert out.dtype == pull(np.float32(1.0))[0].dtype == np.float32


def test_sublists_are_refused() -> None:
    """Subscripts are strings."""
    with pytest.raises(InputError, match="as a string"):
        np.einsum(og.Value(_array((2, 3))), [0, 1])


def test_nonsense_is_refused_as_numpy_does() -> None:
    """What NumPy does not understand is its error."""
    with pytest.raises(ValueError, match="einstein sum"):
        np.einsum("ij->k", og.Value(_array((2, 3))))


@st.composite
def _calls(draw: st.DrawFn) -> tuple[str, list[tuple[int, ...]]]:
    """Up to three operands of up to three labels each, sometimes with an ellipsis and a result."""
    terms = draw(st.lists(st.text("abcd", max_size=3), min_size=1, max_size=3))
    ellipses = draw(st.lists(st.booleans(), min_size=len(terms), max_size=len(terms)))
    shapes = []
    for k, (term, has_ellipsis) in enumerate(zip(terms, ellipses, strict=True)):
        hidden = draw(st.sampled_from([(), (2,), (1,), (3, 2), (3, 1)])) if has_ellipsis else ()
        place = draw(st.integers(0, len(term)))
        lengths = tuple(LENGTHS[x] for x in term)
        shapes.append(lengths[:place] + hidden + lengths[place:])
        if has_ellipsis:
            terms[k] = f"{term[:place]}...{term[place:]}"
    subscripts = ",".join(terms)
    if draw(st.booleans()):
        return subscripts, shapes
    used = sorted({x for x in subscripts if x in LENGTHS})
    result = "".join(draw(st.permutations(used)))[: draw(st.integers(0, len(used)))]
    place = draw(st.integers(0, len(result)))
    return f"{subscripts}->{result[:place]}{'...' * any(ellipses)}{result[place:]}", shapes


@settings(max_examples=60, derandomize=True)
@given(_calls(), st.booleans())
def test_any_subscripts(call: tuple[str, list[tuple[int, ...]]], optimize: bool) -> None:
    """Whatever NumPy takes has the right first and second derivatives."""
    subscripts, shapes = call
    operands = [_array(shape, k) for k, shape in enumerate(shapes)]
    try:
        np.einsum(subscripts, *operands, optimize=optimize)
    except ValueError:  # such as hidden axes that do not broadcast
        return
    assert_derivatives_are_right(
        lambda *xs: np.einsum(subscripts, *xs, optimize=optimize), *operands
    )
