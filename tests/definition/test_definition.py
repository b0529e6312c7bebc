"""Declaring an op: what ``@og.op`` reads from a forward, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
from attrs import fields
from attrs.exceptions import FrozenInstanceError

import opgrad as og
from opgrad.errors import InputError, OpDefinitionError


@og.op(samples=[(1.0, 2.0)])
def scaled_sum(x: float, y: float, *, scale: float = 1.0) -> float:
    """(x + y) * scale."""
    return (x + y) * scale


@scaled_sum.vjp
def _(g: float, out: float, x: float, y: float, *, scale: float = 1.0) -> tuple[float, float]:
    return g * scale, g * scale


def declare(forward: Callable[..., Any], **options: Any) -> Any:
    """``og.op`` without its types, to declare what a checker would refuse."""
    make: Any = og.op
    return make(**options)(forward)


# -- the signature -------------------------------------------------------------------------------


def test_positional_parameters_are_inputs() -> None:
    """Two of them: arity 2."""
    assert scaled_sum.arity == 2


def test_keyword_only_parameters_are_params() -> None:
    """Those behind the ``*``."""
    assert scaled_sum.param_names == {"scale"}


def test_star_inputs_take_any_number() -> None:
    """Arity None."""

    def forward(*inputs: Any) -> Any:
        return sum(inputs)

    assert declare(forward).arity is None


def test_a_default_on_an_input_is_refused_with_the_fix() -> None:
    """It is meant as a param; the message says how to write that."""

    def leaky(x: Any, slope: float = 0.01) -> Any:
        return x * slope

    with pytest.raises(OpDefinitionError) as caught:
        declare(leaky)
    assert "'slope' has a default, so it is no input" in str(caught.value)
    assert "behind a '*': (..., *, slope=0.01)" in str(caught.value)


def test_unnamed_params_are_refused() -> None:
    """``**params`` could not be checked when the op is called."""

    def forward(x: Any, **params: Any) -> Any:
        return x

    with pytest.raises(OpDefinitionError, match=r"takes \*\*params; name each param instead"):
        declare(forward)


def test_an_op_without_inputs_is_refused() -> None:
    """There would be nothing to differentiate by."""

    def forward(*, axis: int) -> Any:
        return axis

    with pytest.raises(OpDefinitionError, match=r"'forward' .* has no inputs"):
        declare(forward)


# -- what else it reads --------------------------------------------------------------------------


def test_an_op_is_named_after_its_function() -> None:
    """Unless it is told another name."""
    assert scaled_sum.name == "scaled_sum"
    assert declare(lambda x: x, name="identity").name == "identity"


def test_an_op_has_its_forward_s_docstring_and_module() -> None:
    """For listings and error messages."""
    assert scaled_sum.doc == "(x + y) * scale."
    assert scaled_sum.module == __name__


def test_an_op_shows_its_name_and_module() -> None:
    """Its repr is short: ops appear in error messages."""
    assert repr(scaled_sum) == f"<op scaled_sum of {__name__}>"


def test_an_op_made_by_exec_is_of_no_module() -> None:
    """It has no module's name to show."""
    made: dict[str, Any] = {"og": og}
    exec("@og.op\ndef f(x): return x", made)
    assert repr(made["f"]) == "<op f of no module>"
    with pytest.raises(InputError, match=r"op 'f' \(defined in no module, not registered"):
        made["f"]()


def test_samples_are_normalised() -> None:
    """A tuple is short for a Sample without params."""

    def forward(x: Any, y: Any, *, axis: int = 0) -> Any:
        return x

    op = declare(forward, samples=[(1.0, 2.0), og.Sample(3.0, 4.0, axis=1)])
    assert [(s.inputs, dict(s.params)) for s in op.samples] == [
        ((1.0, 2.0), {}),
        ((3.0, 4.0), {"axis": 1}),
    ]


def test_a_sample_is_immutable() -> None:
    """Its params, too."""
    sample: Any = og.Sample(1.0, axis=1)
    with pytest.raises(TypeError):
        sample.params["axis"] = 2
    with pytest.raises(FrozenInstanceError):
        sample.inputs = ()


@pytest.mark.parametrize(
    ("implements", "expected"),
    [
        ((), ()),
        (np.exp, (np.exp,)),
        ((np.exp, np.sin), (np.exp, np.sin)),
        ((np.abs, np.absolute), (np.abs,)),  # one function under two names
    ],
)
def test_implements_takes_one_function_or_several(implements: Any, expected: Any) -> None:
    """Each is kept once."""
    assert declare(lambda x: x, implements=implements).implements == expected


@pytest.mark.parametrize("implements", ["exp", [np.exp], None])
def test_implements_takes_nothing_but_functions(implements: Any) -> None:
    """A name or a list is a mistake, found at once."""
    with pytest.raises(OpDefinitionError, match="implements takes a NumPy function or a tuple"):
        declare(lambda x: x, implements=implements)


@pytest.mark.parametrize(
    ("function", "name"),
    [(math.exp, "math.exp"), (abs, "builtins.abs"), (scaled_sum.forward, "scaled_sum")],
)
def test_implements_takes_no_function_that_never_hands_over(function: Any, name: str) -> None:
    """Only NumPy asks its arguments to take part; ``math`` would ask for a float."""
    with pytest.raises(OpDefinitionError) as caught:
        declare(lambda x: x, implements=function)
    assert f"{name}: only NumPy's functions, and ufuncs, hand over" in str(caught.value)


@pytest.mark.parametrize(
    "function", [np.linalg.norm, scipy.special.expit, np.frompyfunc(math.exp, 1, 1)]
)
def test_implements_takes_numpy_functions_and_any_ufunc(function: Any) -> None:
    """These ask a Value to take part."""
    assert declare(lambda x: x, implements=function).implements == (function,)


@pytest.mark.parametrize("sample", [1.0, [1.0], np.ones(1), "a"], ids=repr)
def test_a_sample_that_is_no_tuple_is_refused(sample: Any) -> None:
    """Is a list the inputs, or the first of them? A tuple is the inputs."""
    with pytest.raises(
        OpDefinitionError, match=r"a sample is a tuple of inputs, such as \(1\.0,\)"
    ):
        declare(lambda x: x, samples=[sample])


def test_samples_that_are_no_list_are_refused() -> None:
    """A bare number is two pairs of brackets short."""
    with pytest.raises(OpDefinitionError, match=r"'f' .*: samples takes a list; given 1\.0"):
        declare(lambda x: x, name="f", samples=1.0)


@pytest.mark.parametrize(
    ("sample", "shown"),
    [
        ((1.0,), "(1.0): missing a required argument: 'y'"),
        ((1.0, 2.0, 3.0), "(1.0, 2.0, 3.0): too many positional arguments"),
        (og.Sample(1.0, 2.0, factor=3.0), "(1.0, 2.0, factor=3.0): got an unexpected keyword"),
    ],
    ids=["an input too few", "an input too many", "another param"],
)
def test_a_sample_that_does_not_fit_is_refused(sample: Any, shown: str) -> None:
    """When the op is declared, not in the first test that uses it."""

    def forward(x: Any, y: Any, *, scale: float = 1.0) -> Any:
        return x

    with pytest.raises(OpDefinitionError) as caught:
        declare(forward, samples=[sample])
    assert f"op 'forward' ({__name__}) cannot be called on its sample {shown}" in str(caught.value)


@pytest.mark.parametrize("name", [field.name for field in fields(og.Op)])
def test_an_op_is_immutable(name: str) -> None:
    """No field can be assigned or deleted."""
    op: Any = scaled_sum
    with pytest.raises(FrozenInstanceError):
        setattr(op, name, None)
    with pytest.raises(FrozenInstanceError):
        delattr(op, name)


def test_an_op_takes_no_new_attributes() -> None:
    """A misspelt one would otherwise go unnoticed."""
    op: Any = scaled_sum
    with pytest.raises(FrozenInstanceError):
        op.vpj = None


def test_ops_are_compared_by_identity() -> None:
    """The same function declared twice makes two ops."""

    def forward(x: Any) -> Any:
        return x

    one, two = declare(forward), declare(forward)
    assert one != two
    assert len({one, two}) == 2


# -- rules ---------------------------------------------------------------------------------------


def test_an_op_is_complete_once_every_input_has_a_rule() -> None:
    """With rules per input, not before the last."""
    op = declare(lambda x, y: x)
    assert not op.complete
    op.vjp_wrt(0)(lambda g, out, x, y: g)
    assert not op.complete
    op.vjp_wrt(1)(lambda g, out, x, y: None)
    assert op.complete


def test_decorating_a_rule_gives_the_rule_back() -> None:
    """So that it can be tested by itself."""
    op = declare(lambda x, y: x)

    def rule(g: Any, out: Any, x: Any, y: Any) -> Any:
        return g, None

    assert op.vjp(rule) is rule


@pytest.mark.parametrize(
    "rule",
    [
        lambda g, x, y, *, scale: (g, g),
        lambda g, out, x, y, z, *, scale: (g, g),
        lambda g, out, x, y: (g, g),
        lambda g, out, x, y, *, factor: (g, g),
    ],
    ids=["an input too few", "an input too many", "a param too few", "another param"],
)
def test_a_rule_s_signature_is_checked_when_it_is_given(rule: Any) -> None:
    """Not in the first backward pass; the message shows what is expected."""

    def forward(x: Any, y: Any, *, scale: float) -> Any:
        return x

    with pytest.raises(OpDefinitionError) as caught:
        declare(forward).vjp(rule)
    assert "does not take (g, out, x, y, *, scale)" in str(caught.value)


def test_a_rule_per_input_has_its_signature_checked_too() -> None:
    """It is called with all inputs."""
    with pytest.raises(OpDefinitionError, match=r"does not take \(g, out, x, y\)"):
        declare(lambda x, y: x).vjp_wrt(0)(lambda g, out, x: g)


def test_a_rule_of_any_number_of_inputs_must_take_any_number() -> None:
    """One that names a few does not fit."""
    op = declare(lambda *terms, weight=1.0: 0.0)
    with pytest.raises(OpDefinitionError, match=r"does not take \(g, out, \*terms, weight\)"):
        op.vjp(lambda g, out, x, *, weight: (g,))


def test_a_joint_rule_is_set_once() -> None:
    """A second one would silently replace the first."""
    op = declare(lambda x, y: x)
    op.vjp(lambda g, out, x, y: (g, g))
    with pytest.raises(OpDefinitionError, match="has a VJP already"):
        op.vjp(lambda g, out, x, y: (g, g))


def test_the_rule_of_an_input_is_set_once() -> None:
    """A second one would silently replace the first."""
    op = declare(lambda x, y: x)
    op.vjp_wrt(1)(lambda g, out, x, y: g)
    with pytest.raises(OpDefinitionError, match="has a VJP for input 1 already"):
        op.vjp_wrt(1)(lambda g, out, x, y: g)


def test_a_joint_rule_and_one_per_input_exclude_each_other() -> None:
    """In either order."""
    first_joint, last_joint = declare(lambda x, y: x), declare(lambda x, y: x)
    first_joint.vjp(lambda g, out, x, y: (g, g))
    with pytest.raises(OpDefinitionError, match="has a VJP for input 0 already"):
        first_joint.vjp_wrt(0)(lambda g, out, x, y: g)
    last_joint.vjp_wrt(0)(lambda g, out, x, y: g)
    with pytest.raises(OpDefinitionError, match="has a VJP already"):
        last_joint.vjp(lambda g, out, x, y: (g, g))


@pytest.mark.parametrize("position", [2, -1])
def test_a_rule_for_an_input_there_is_not_is_refused(position: int) -> None:
    """The message says how many there are."""
    with pytest.raises(OpDefinitionError, match=f"has no input {position}: it takes 2"):
        declare(lambda x, y: x).vjp_wrt(position)(lambda g, out, x, y: g)


def test_a_rule_per_input_needs_a_number_of_inputs() -> None:
    """An op of any number of inputs has one joint rule."""
    with pytest.raises(OpDefinitionError, match="it takes any number of inputs"):
        declare(lambda *inputs: 0.0).vjp_wrt(0)(lambda g, out, *inputs: g)


@pytest.mark.parametrize("rule", [lambda g, out, x: g * 2.0, lambda g, out, x: (g * 2.0,)])
def test_a_unary_rule_returns_its_cotangent_or_a_tuple_of_one(rule: Any) -> None:
    """Both read well."""
    op = declare(lambda x: x * 2.0)
    op.vjp(rule)
    x = og.Value(3.0)
    op(x).backward()
    assert x.grad == 2.0


# -- calling -------------------------------------------------------------------------------------


def test_calling_an_op_gives_a_value() -> None:
    """Also on raw data alone; raw in, raw out is ``op.forward``."""
    assert isinstance(scaled_sum(1.0, 2.0), og.Value)
    assert scaled_sum.forward(1.0, 2.0) == 3.0


def test_params_reach_forward_and_rule() -> None:
    """By keyword."""
    x = og.Value(1.0)
    y = scaled_sum(x, 2.0, scale=10.0)
    y.backward()
    assert (y.data, x.grad) == (30.0, 10.0)


def test_the_wrong_number_of_inputs_names_the_op() -> None:
    """And its params, in case one of them was passed by position."""
    op: Any = scaled_sum
    with pytest.raises(InputError, match=r"'scaled_sum' .* takes 2 inputs, given 3 .*scale"):
        op(1.0, 2.0, 3.0)


def test_an_unknown_param_names_the_op() -> None:
    """And the params that it has."""
    op: Any = scaled_sum
    with pytest.raises(InputError, match=r"'scaled_sum' .* no param 'sclae' \(its params: scale\)"):
        op(1.0, 2.0, sclae=3.0)


def test_an_input_given_by_name_is_refused_with_the_reason() -> None:
    """Inputs have no names when an op is called, whatever its forward calls them."""
    op: Any = og.ops.relu
    with pytest.raises(
        InputError, match=r"'relu' .* no param 'x' .*; inputs are given by position"
    ):
        op(x=og.Value(1.0))


def test_a_missing_param_names_the_op() -> None:
    """Python's own TypeError, with a note."""

    def pick(x: Any, *, axis: int) -> Any:
        return x

    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'axis'") as e:
        declare(pick)(1.0)
    assert "in the forward of op 'pick'" in e.value.__notes__[0]
