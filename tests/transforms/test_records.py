"""What records hold besides numbers: ops, functions, attributes that are no fields."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import pytest

import opgrad as og
from opgrad.errors import InputError

X = np.array([0.5, -1.0])


@dataclasses.dataclass
class Layer:
    """A dataclass that sets more than its fields."""

    w: Any
    act: Any

    def __post_init__(self) -> None:
        self.power = 2
        self.label = "layer"
        self.cache: dict[str, Any] = {}

    @cached_property
    def norm(self) -> Any:
        """Made of a field, and kept."""
        return np.sum(self.w**2)


@attrs.define(slots=False)
class Model:
    """The same with attrs."""

    w: Any
    act: Any

    def __attrs_post_init__(self) -> None:
        self.power = 2

    @cached_property
    def norm(self) -> Any:
        """Made of a field, and kept."""
        return np.sum(self.w**2)


@dataclasses.dataclass
class Scaled:
    """A dataclass that computes with its field beforehand."""

    w: Any

    def __post_init__(self) -> None:
        self.twice = 2.0 * self.w


RECORDS = [Layer, Model]


def apply(m: Any) -> Any:
    """Uses an op that the record holds, and an attribute that is no field."""
    return np.sum(m.act(m.w) ** m.power)


@pytest.mark.parametrize("make", RECORDS)
def test_a_record_keeps_its_op_and_its_attributes(make: Any) -> None:
    """The op is not taken apart; the gradient is a record with both."""
    m = make(X, og.ops.tanh)
    g = og.grad(apply)(m)
    np.testing.assert_allclose(g.w, 2.0 * np.tanh(X) * (1.0 - np.tanh(X) ** 2), rtol=1e-12)
    assert (type(g), g.act, g.power) == (make, og.ops.tanh, 2)


@pytest.mark.parametrize("make", RECORDS)
def test_attributes_in_every_direction(make: Any) -> None:
    """A tangent that was made with others than the primal's attributes has its form."""
    m, t = make(X, og.ops.tanh), make(np.ones(2), og.ops.tanh)
    t.power = 7
    pushed = og.jvp(apply, (m,), (t,))[1]
    np.testing.assert_allclose(pushed, np.sum(og.grad(apply)(m).w), rtol=1e-12)


@pytest.mark.parametrize("make", RECORDS)
def test_a_cached_property_is_computed_again(make: Any) -> None:
    """Of the fresh fields: what the record had computed before would be a constant."""
    m = make(X, None)
    assert m.norm == 1.25
    np.testing.assert_allclose(og.grad(lambda m: m.norm)(m).w, 2.0 * X, rtol=1e-15)


@pytest.mark.parametrize("hold", [1.0, X, {"a": [np.float32(2.0)]}, og.Value(1.0)], ids=repr)
def test_numbers_in_an_attribute_that_is_no_field_are_refused(hold: Any) -> None:
    """They may have been made of the fields, and would have no gradient."""
    m = Layer(X, og.ops.tanh)
    m.cache = hold
    with pytest.raises(InputError, match=r"Layer\.cache, .*no field .*Make it a property"):
        og.grad(apply)(m)


def test_what_post_init_computed_is_refused_by_name() -> None:
    """It would be a constant."""
    with pytest.raises(InputError, match=r"Scaled\.twice, .*would have no gradient"):
        og.grad(lambda m: np.sum(m.twice))(Scaled(X))


@pytest.mark.parametrize("container", [list, tuple, lambda x: {"op": x[0], "w": x[1]}])
def test_an_op_in_a_plain_container_is_refused_by_name(container: Any) -> None:
    """It is no number, and is not taken apart for the numbers in its samples."""
    with pytest.raises(InputError, match=r"<op tanh of .*A function or an op goes into a field"):
        og.grad(lambda m: 0.0)(container([og.ops.tanh, X]))


def test_an_op_in_a_result_is_refused_by_name() -> None:
    """The same for what a function returns."""
    with pytest.raises(InputError, match=r"returned or holds in its result .*<op tanh of"):
        og.vjp(lambda x: (x, og.ops.tanh), X)


def test_an_op_beside_the_result_comes_back() -> None:
    """It is itself."""
    assert og.grad(lambda x: (np.sum(x), [og.ops.tanh]), has_aux=True)(X)[1] == [og.ops.tanh]
