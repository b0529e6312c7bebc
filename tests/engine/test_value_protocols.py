"""A Value among Python's and NumPy's own protocols: the right result or a clear error."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad import Value
from opgrad.errors import CutGradientError, InputError, UnknownOpError

ARRAY = np.array([1.0, 2.0])


# -- what Value holds --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    ["a", b"a", None, [1, 2], (1.0,), {}, pytest.param(object(), id="object"), Value(1),
     og.Constant(1), np.array([1, None]), np.array(["a"]), np.datetime64("2020"), np.str_("a")],
    ids=repr,
)  # fmt: skip
def test_value_holds_numbers_and_arrays_only(data: Any) -> None:
    """Anything else is refused with what it was."""
    with pytest.raises(InputError, match=r"Value\(\) holds numbers and numeric arrays .* given"):
        Value(data)


def test_a_list_is_answered_with_what_to_do() -> None:
    """Lists are not converted silently: the error says how to."""
    with pytest.raises(InputError, match=r"Make it an array first: np\.array"):
        Value([1, 2])  # type: ignore[type-var]  # what is tested


@pytest.mark.parametrize(
    "data",
    [1, 1.5, True, 2j, np.float64(1), np.float32(1), np.int8(1), np.bool_(True)],
    ids=repr,
)  # fmt: skip
def test_value_holds_the_very_number(data: Any) -> None:
    """Numbers are not converted."""
    assert Value(data).data is data


@pytest.mark.parametrize(
    "data",
    [ARRAY, np.array(1.0), np.ones((2, 0)), np.array([True]), np.array([1j]), np.ones((2, 3)).T],
    ids=repr,
)
def test_value_holds_a_copy_of_an_array(data: Any) -> None:
    """The same numbers, dtype and layout, out of reach of later changes of the original."""
    held = Value(data).data
    np.testing.assert_array_equal(held, data, strict=True)
    assert held.strides == data.strides
    assert not np.shares_memory(held, data)


@pytest.mark.parametrize("v", [Value(np.ones(2)), Value(np.ones(2)) * 2.0, Value(1.0) * np.ones(2)])
def test_arrays_of_values_are_read_only(v: Value[Any]) -> None:
    """What was computed stays true."""
    with pytest.raises(ValueError, match="read-only"):
        v.data[0] = 5.0


def test_a_changed_original_changes_no_gradient() -> None:
    """A rule sees the array as it was when it was computed with."""
    array = np.array([1.0, 2.0])
    v = Value(array)
    w = v * v
    array[0] = 100.0
    w.backward(np.ones(2))
    np.testing.assert_array_equal(v.grad, [2.0, 4.0])


def test_an_op_does_not_freeze_the_user_s_array() -> None:
    """A forward that hands its input on makes a view of it read-only, not the user's array."""

    @og.op(elementwise=True)
    def same(x: Any) -> Any:
        return x

    array = np.ones(2)
    same(array)
    array[0] = 2.0
    assert array[0] == 2.0


@pytest.mark.parametrize("grad", ["a", [1.0], Value(1.0)], ids=repr)
def test_grad_takes_numbers_and_arrays_only(grad: Any) -> None:
    """Else the next backward() would fail far from the cause."""
    with pytest.raises(InputError, match="a Value's 'grad' holds"):
        Value(1.0).grad = grad


def test_grad_has_the_shape_of_its_data() -> None:
    """Or is one number for all of them."""
    v = Value(np.ones(3), grad=1.0)
    v.grad = np.ones(3)
    with pytest.raises(InputError, match=r"has the shape of its data, \(3,\)"):
        v.grad = np.ones(2)


def test_backward_passes_by_nodes_that_are_no_values() -> None:
    """They have no place for a gradient."""
    v = Value(2.0)
    og.ops.mul(v, og.Node(3.0)).backward()
    assert v.grad == 3.0


def test_an_unknown_ufunc_of_another_package_goes_by_its_name() -> None:
    """Ufuncs do not know where they come from."""
    strange = np.frompyfunc(lambda x: x, 1, 1)
    with pytest.raises(UnknownOpError, match=r"differentiates <lambda> \(vectorized\)"):
        strange(Value(1.0))


def test_none_resets_grad() -> None:
    """As other frameworks write it."""
    v = Value(1.0, grad=3.0)
    v.grad = None
    assert v.grad == 0


# -- what would cut the gradient ---------------------------------------------------------------

CUTS: dict[str, Callable[[Value[Any]], Any]] = {
    "float(v)": float,
    "int(v)": int,
    "complex(v)": complex,
    "math.exp(v)": math.exp,
    "math.floor(v)": math.floor,
    "range(v)": lambda v: range(v),
    "np.asarray(v)": np.asarray,
    "np.array([v, v])": lambda v: np.array([v, v]),
    "np.array([1.0, v])": lambda v: np.array([1.0, v]),
    "np.array(v, dtype=object)": lambda v: np.array(v, dtype=object),
    "np.full(3, v)": lambda v: np.full(3, v),
    "array[:] = v": lambda v: np.zeros(2).__setitem__(slice(None), v),
    "array += v": lambda v: np.zeros(2).__iadd__(v),
    "array *= v": lambda v: np.zeros(2).__imul__(v),
    "np.add(a, v, out=a)": lambda v: np.add(ARRAY, v, out=np.zeros(2)),
    "np.float64(v)": np.float64,
}


@pytest.mark.parametrize("name", CUTS)
def test_no_gradient_is_cut_silently(name: str) -> None:
    """What would turn a Value into plain data raises, and says how to go on."""
    with pytest.raises(CutGradientError, match="gradient"):
        CUTS[name](Value(2.0))


def test_an_element_of_an_array_takes_no_value() -> None:
    """For what has elements NumPy makes every failure its own ValueError; ours is the cause."""
    array = np.zeros(2)
    with pytest.raises(ValueError, match="sequence") as raised:
        array[0] = Value(1.0)
    assert isinstance(raised.value.__cause__, CutGradientError)
    np.testing.assert_array_equal(array, [0.0, 0.0])


def test_an_array_is_not_changed_by_a_refused_in_place_operator() -> None:
    """`array += v` is refused before anything is written."""
    array = np.zeros(2)
    with pytest.raises(CutGradientError, match="Use the result instead"):
        array += Value(1.0)
    np.testing.assert_array_equal(array, [0.0, 0.0])


@pytest.mark.parametrize("data", [3, np.int32(3), True])
@pytest.mark.parametrize(
    "use", [int, range, math.factorial, pytest.param("abcd".__getitem__, id="text")], ids=str
)
def test_integers_do_not_pass_for_plain_ones(use: Callable[[Any], Any], data: Any) -> None:
    """An integer Value may have a gradient, too."""
    with pytest.raises(CutGradientError, match=r"say so with v\.data"):
        use(Value(data))


@pytest.mark.parametrize(
    "function",
    [np.frexp, np.unique, np.histogram, np.hypot.accumulate, np.roots],
    ids=lambda f: getattr(f, "__name__", str(f)),
)
def test_an_unknown_numpy_function_says_what_to_do(function: Any) -> None:
    """It names the function, how to add an op for it, and how to go on without a gradient."""
    with pytest.raises(
        UnknownOpError, match=r"differentiates numpy\..*v\.data.*@og\.op\(implements"
    ):
        function(Value(ARRAY))


# -- operators ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other", ["a", None, [1, 2], (1,), {}, pytest.param(object(), id="object")], ids=repr
)
@pytest.mark.parametrize("symbol", [operator.add, operator.mul])
def test_operators_refuse_what_is_no_number(symbol: Any, other: Any) -> None:
    """`v + "a"` is Python's own TypeError, on either side."""
    v = Value(2.0)
    with pytest.raises(TypeError):
        symbol(v, other)
    with pytest.raises(TypeError):
        symbol(other, v)


@pytest.mark.parametrize("other", [np.array(["a", "b"]), np.array([1, None])], ids=repr)
def test_operators_refuse_arrays_that_are_not_numeric(other: Any) -> None:
    """Neither side lets NumPy loop over the objects."""
    v = Value(2.0)
    with pytest.raises(InputError):
        v + other
    with pytest.raises(InputError):
        other + v


OTHERS = [3, 1.5, True, np.float64(2), np.float32(2), np.int64(2), ARRAY, np.array(2.0), ARRAY > 0]
SYMBOLS = [operator.add, operator.mul, operator.sub, operator.truediv, operator.pow]


@pytest.mark.parametrize("data", [2.0, 2, np.float64(2.0), np.array([1.0, 2.0])], ids=repr)
@pytest.mark.parametrize("other", OTHERS, ids=repr)
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_operators_work_on_either_side(symbol: Any, other: Any, data: Any) -> None:
    """Numbers, NumPy scalars and arrays: one Value, of what NumPy gives on plain data."""
    for left, right in [(Value(data), other), (other, Value(data)), (Value(data), Value(other))]:
        plain = [x.data if isinstance(x, Value) else x for x in (left, right)]
        result = symbol(left, right)
        assert type(result) is Value
        assert result.op is not None
        np.testing.assert_allclose(result.data, symbol(*plain), rtol=1e-15)


def test_augmented_assignment_makes_a_new_value() -> None:
    """`v += 1` rebinds the name; the old node stays as it was."""
    v = old = Value(2.0)
    v += 1.0
    assert (old.data, v.data, v.inputs[0]) == (2.0, 3.0, old)


def test_sum_and_builtins() -> None:
    """`sum` starts from the number 0."""
    v, w = Value(2.0), Value(3.0)
    assert sum([v, w]).data == 5.0  # type: ignore[union-attr]  # sum() may give the 0
    assert (+v) is v


# -- comparisons -------------------------------------------------------------------------------


def test_comparisons_compare_data() -> None:
    """As NumPy's arrays, Values compare by data, and the outcome is a Value."""
    v, w = Value(2.0), Value(2.0)
    assert (v == w).data is True
    assert (v != 2.0).data is False
    assert (v < 3).data is True
    assert (v >= 3).data is False
    assert (np.float64(3.0) > v).data
    np.testing.assert_array_equal((Value(ARRAY) > 1.5).data, [False, True])


def test_comparison_with_none_is_false() -> None:
    """`v == None` is False, and no error."""
    v: Any = Value(2.0)
    assert (v == None) is False  # noqa: E711  # that is the fact
    assert (v != None) is True  # noqa: E711


def test_if_reads_the_data() -> None:
    """`if v`, `if v > 0`, `max` and `sorted` decide by the data."""
    v, w = Value(2.0), Value(-3.0)
    assert v
    assert not Value(0.0)
    assert v > 0
    assert not w > 0
    assert max(v, w) is v
    assert [x.data for x in sorted([v, w])] == [-3.0, 2.0]


def test_an_array_has_no_truth_value() -> None:
    """`if v` of an array is NumPy's own error."""
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Value(ARRAY))


# -- showing and copying -----------------------------------------------------------------------


def test_format() -> None:
    """A format spec applies to the data; without one, it is the repr."""
    v = Value(2.0)
    assert f"{v:.3f} {v}" == "2.000 Value(data=2.0, grad=0)"


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
def test_leaves_can_be_copied_and_pickled(copied: Callable[[Value[Any]], Value[Any]]) -> None:
    """A leaf takes its data and grad along, and is a node of its own."""
    v = Value(2.0, grad=3.0)
    w = copied(v)
    assert (w.data, w.grad, w.op) == (2.0, 3.0, None)
    assert w is not v


def test_deepcopy_of_a_leaf_copies_its_array() -> None:
    """A deep copy shares no array with the original."""
    v = Value(ARRAY.copy())
    w = copy.deepcopy(v)
    assert not np.shares_memory(w.data, v.data)
    np.testing.assert_array_equal(w.data, v.data)


def test_a_value_for_a_param_is_refused() -> None:
    """Params are static: no gradient would flow to it."""
    with pytest.raises(InputError, match=r"'slope' is a param, .*slope=v\.data"):
        og.ops.leaky_relu(Value(1.0), slope=Value(0.1))


def test_calling_an_op_with_a_wrong_number_of_inputs() -> None:
    """It names the op, its arity, and how many were given."""
    with pytest.raises(InputError, match=r"op 'add' of plugin .* takes 2 inputs, given 3"):
        og.ops.add(1.0, 2.0, 3.0)


@pytest.mark.parametrize("wrong", ["a", None, [1.0]], ids=repr)
def test_calling_an_op_on_what_is_no_data(wrong: Any) -> None:
    """It names the op and what was given."""
    with pytest.raises(InputError, match=r"op 'add' of plugin .* takes numbers.*; given"):
        og.ops.add(1.0, wrong)
