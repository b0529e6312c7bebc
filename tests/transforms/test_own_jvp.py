"""What an op's JVP is made of: its own rule, itself, its VJP rules; and what can go wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og

X = np.array([0.5, -1.0, 2.0])


def make(jvp: Any = None, *, opaque: bool = False) -> Any:
    """The op x @ x of a vector: not elementwise, not linear."""

    @og.op(name="squared_length", opaque=opaque)
    def squared_length(x: og.Raw) -> og.Raw:
        return x @ x

    @squared_length.vjp
    def _(g: og.Raw, out: og.Raw, x: og.Raw) -> og.Raw:
        return g * 2 * x

    if jvp is not None:
        squared_length.jvp(jvp)
    return squared_length


def own_rule(tangents: Any, out: Any, x: Any) -> Any:
    """The right one."""
    return 2 * (x @ tangents[0])


def test_the_own_rule_is_used() -> None:
    """Once for each application, and only by JVPs."""
    calls = []

    def counting(tangents: Any, out: Any, x: Any) -> Any:
        calls.append(out)
        return own_rule(tangents, out, x)

    op = make(counting)
    assert og.jvp(lambda x: op(2 * x) + op(x), (X,), (X,))[1] == 2 * 5 * (X @ X)
    np.testing.assert_array_equal(og.grad(op)(X), 2 * X)
    assert len(calls) == 2


def test_ops_with_and_without_own_rule_mix() -> None:
    """In one function; the result is that of VJPs alone."""
    with_rule, without = make(own_rule), make()

    def f(first: Any, second: Any) -> Any:
        return lambda x: np.sin(first(x)) * second(np.exp(x))

    expected = og.jvp(f(without, without), (X,), (np.ones(3),))
    np.testing.assert_allclose(og.jvp(f(with_rule, without), (X,), (np.ones(3),)), expected)
    np.testing.assert_allclose(og.jvp(f(without, with_rule), (X,), (np.ones(3),)), expected)
    assert expected[1] == pytest.approx(og.grad(f(without, without))(X) @ np.ones(3))


def test_an_own_rule_nests() -> None:
    """The gradient of a JVP differentiates the rule, as does a JVP of a JVP."""
    op = make(own_rule)

    def along(x: Any) -> Any:
        return og.jvp(lambda x: op(x) ** 2, (x,), (X,))[1]

    hessian = og.hessian(lambda x: (x @ x) ** 2)(X)
    np.testing.assert_allclose(og.grad(along)(X), hessian @ X)
    np.testing.assert_allclose(og.jvp(along, (X,), (X,))[1], X @ hessian @ X)


def test_missing_tangents_are_zeros_in_the_form_of_inputs() -> None:
    """Of a constant, and of an integer, which has none."""
    seen: list[Any] = []

    @og.op
    def scaled(x: og.Raw, y: og.Raw, n: og.Raw) -> og.Raw:
        return np.sum(x) * y * n

    @scaled.jvp
    def _(tangents: Any, out: og.Raw, x: og.Raw, y: og.Raw, n: og.Raw) -> og.Raw:
        seen.extend(tangents)
        return np.sum(tangents[0]) * y * n + np.sum(x) * tangents[1] * n

    single = X.astype(np.float32)
    assert og.jvp(lambda y: scaled(single, y, 3), (2.0,), (1.0,))[1] == 4.5
    assert seen[0].dtype == np.float32
    np.testing.assert_array_equal(seen[0], np.zeros(3))
    assert seen[1:] == [1.0, 0.0]


def test_an_opaque_op_with_an_own_rule() -> None:
    """It has a JVP, as `supports` says, but not a second one."""
    assert not og.supports(make(opaque=True), "jvp")
    op = make(own_rule, opaque=True)
    assert og.supports(op, "jvp")
    assert not og.supports(op, "jvp", order=2)
    assert og.jvp(op, (X,), (X,))[1] == 2 * (X @ X)
    with pytest.raises(og.NotDifferentiable, match="squared_length"):
        og.grad(lambda x: og.jvp(op, (x,), (X,))[1])(X)


def test_a_linear_op_is_its_own_jvp() -> None:
    """Its forward runs once more for each input that moves; so it may be opaque, at any order."""
    calls = []

    @og.op(linear=True, opaque=True)
    def dot(x: og.Raw, y: og.Raw) -> og.Raw:
        calls.append((x, y))
        return x @ y

    dot.vjp(lambda g, out, x, y: (g * y, g * x))
    assert og.jvp(lambda x: dot(x, X), (X,), (X,))[1] == X @ X
    assert len(calls) == 2
    assert og.jvp(lambda x: dot(x, x), (X,), (X,))[1] == 2 * (X @ X)
    assert len(calls) == 5
    assert og.supports(dot, "jvp", order=3)
    twice = og.jvp(lambda x: og.jvp(lambda x: dot(x, x), (x,), (X,))[1], (X,), (X,))[1]
    assert twice == 2 * (X @ X)


def test_an_opaque_op_without_says_how_to_give_one() -> None:
    """The message names the decorator."""
    with pytest.raises(og.NotDifferentiable, match=r"@squared_length\.jvp"):
        og.jvp(make(opaque=True), (X,), (X,))


def test_an_op_with_only_a_jvp() -> None:
    """It can be pushed forward, but not back."""

    @og.op
    def halved(x: og.Raw) -> og.Raw:
        return x / 2

    halved.jvp(lambda tangents, out, x: tangents[0] / 2)
    assert og.supports(halved, "jvp")
    assert not og.supports(halved, "vjp")
    np.testing.assert_array_equal(og.jvp(halved, (3.0,), (1.0,)), (1.5, 0.5))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda tangents, out, x: None, "`return` missing"),
        (lambda tangents, out, x: [1.0], "number or array"),
        (lambda tangents, out, x: x, r"expected shape \(\)"),
        (lambda tangents, out, x: 1j, "real tangent"),
        (lambda tangents, out, x: np.float32(1.0), "expected dtype float64"),
    ],
)
def test_a_wrong_result_is_a_jvp_error(wrong: Any, message: str) -> None:
    """It names the op, what was returned and what was expected."""
    with pytest.raises(og.errors.JvpError, match=rf"JVP of op 'squared_length'.*{message}"):
        og.jvp(make(wrong), (X,), (X,))


def test_an_exception_in_a_rule_gets_a_note() -> None:
    """It keeps its type, and says which op's JVP it came from."""

    def broken(tangents: Any, out: Any, x: Any) -> Any:
        raise KeyError("oops")

    with pytest.raises(KeyError) as caught:
        og.jvp(make(broken), (X,), (X,))
    assert "in the JVP of op 'squared_length'" in caught.value.__notes__[0]


def test_a_rule_is_set_once_and_must_fit() -> None:
    """Both are found when it is declared."""
    with pytest.raises(og.errors.OpDefinitionError, match="has a JVP already"):
        make(own_rule).jvp(own_rule)
    with pytest.raises(og.errors.OpDefinitionError, match=r"JVP .* \(tangents, out, x\)"):
        make(lambda tangents, out: out)


def test_an_elementwise_rule_that_sums_itself() -> None:
    """Its VJP is no elementwise function of its cotangent; then the VJP is transposed."""

    @og.op(elementwise=True)
    def plus(x: og.Raw, y: og.Raw) -> og.Raw:
        return x + y

    @plus.vjp
    def _(g: og.Raw, out: og.Raw, x: og.Raw, y: og.Raw) -> tuple[og.Raw, og.Raw]:
        return np.sum(g), g

    tangent = og.jvp(lambda x: plus(x, X), (1.0,), (2.0,))[1]
    np.testing.assert_array_equal(tangent, [2.0, 2.0, 2.0])


def test_a_complex_function_that_is_not_holomorphic() -> None:
    """z / |z| turns with z, and does not grow."""

    def f(z: Any) -> Any:
        return z / np.abs(z)

    z, t = 3.0 + 4.0j, 1.0 - 2.0j
    expected = (f(z + 1e-6 * t) - f(z - 1e-6 * t)) / 2e-6
    assert og.jvp(f, (z,), (t,))[1] == pytest.approx(expected)


def test_debug_mode_names_the_op_that_made_a_nan() -> None:
    """The first one."""

    def broken(tangents: Any, out: Any, x: Any) -> Any:
        return np.nan * out

    with og.debug(), pytest.raises(og.errors.NonFiniteError, match="JVP of op 'squared_length'"):
        og.jvp(make(broken), (X,), (X,))


def test_a_checkpoint_is_run_again_for_its_jvp() -> None:
    """With what it captures, and what it does not depend on."""
    op = make(own_rule)
    w = og.Value(3.0)
    block = og.checkpoint(lambda x, n: op(x) * w * n)
    _, tangent = og.jvp(lambda x: block(x, og.Value(2)), (X,), (X,))
    assert tangent.data == 12 * (X @ X)


def test_a_complex_tangent_of_a_real_primal_is_refused() -> None:
    """Before anything is computed."""
    with pytest.raises(og.errors.InputError, match="real tangent"):
        og.jvp(np.sin, (1.0,), (1j,))
