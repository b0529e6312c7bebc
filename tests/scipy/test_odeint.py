"""`odeint`: solutions, and their derivatives by start, times and arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate

import opgrad as og
from opgrad_scipy.integrate import odeint
from tests.arrays.derivatives import assert_derivatives_are_right
from tests.arrays.differences import STEP, differences

T = np.array([0.0, 0.5, 0.7, 2.0])
EXACT: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}


def decay(y: Any, t: Any, rate: Any) -> Any:
    """Has the solution y0 exp(-rate t)."""
    return -rate * y


def oscillator(y: Any, t: Any, omega: Any) -> Any:
    """Position and velocity, given as a list, as is common with SciPy."""
    return [y[1], -(omega**2) * y[0]]


def lotka_volterra(y: Any, t: Any, p: Any) -> Any:
    """Prey and predators, with a container of rates."""
    prey, predators = y[0], y[1]
    birth, death = p["prey"]
    return np.stack([prey * (birth - p["eaten"] * predators), predators * (prey - death)])


RATES = {"prey": (1.1, 0.9), "eaten": 0.4}


def test_the_solution_is_that_of_scipy() -> None:
    """On plain data, with plain data in return."""
    expected = integrate.odeint(lotka_volterra, [1.0, 0.5], T, (RATES,), **EXACT)
    found = odeint(lotka_volterra, [1.0, 0.5], T, (RATES,), **EXACT)
    assert type(found) is np.ndarray
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_exponential_decay() -> None:
    """Value and gradients are those of the formula, by start and rate."""

    def last(y0: Any, rate: Any) -> Any:
        return odeint(decay, y0, T, (rate,))[-1]

    value, (by_start, by_rate) = og.value_and_grad(last, (0, 1))(1.5, 0.7)
    decayed = np.exp(-1.4)
    np.testing.assert_allclose([value, by_start, by_rate], [1.5 * decayed, decayed, -3 * decayed])


def test_harmonic_oscillator() -> None:
    """The gradient by the frequency of y = cos(omega t), over all times."""
    weights = np.array([0.4, -1.0, 2.0, 0.5])

    def weighted(omega: Any) -> Any:
        return weights @ odeint(oscillator, np.array([1.0, 0.0]), T, (omega,))[:, 0]

    expected = weights @ (-T * np.sin(1.3 * T))
    np.testing.assert_allclose(og.grad(weighted)(1.3), expected, rtol=1e-6)


def test_lotka_volterra() -> None:
    """The gradient by a container of rates, against differences."""
    y0 = np.array([1.0, 0.5])

    def loss(p: Any) -> Any:
        return np.sum(odeint(lotka_volterra, y0, T, (p,), **EXACT) ** 2)

    def of_vector(v: Any) -> Any:
        return loss({"prey": (v[0], v[1]), "eaten": v[2]})

    found = og.grad(loss)(RATES)
    flat = [*found["prey"], found["eaten"]]
    np.testing.assert_allclose(flat, differences(of_vector, [np.array([1.1, 0.9, 0.4])], 0), 1e-6)


@pytest.mark.parametrize("times", [T, T[::-1], np.array([0.3]), np.array([0.1, 0.4, 0.4, 0.9])])
def test_gradients_by_everything(times: Any) -> None:
    """By start, times and an argument, to second order; times rise, fall, repeat, or are one."""

    def f(y0: Any, t: Any, k: Any) -> Any:
        return odeint(lambda y, t, k: np.sin(t) - k * y**2, y0, t, (k,), **EXACT)

    if len(set(times)) == len(times):
        assert_derivatives_are_right(f, np.array([[0.3], [0.8]]), times, 0.7)
    else:  # differences would part the two, or put them in disorder
        g = og.grad(lambda t: np.sum(f(0.3, t, 0.7)))(times)
        assert g[1:].tolist() == pytest.approx(
            [np.sin(t) - 0.7 * y**2 for t, y in zip(times[1:], f(0.3, times, 0.7)[1:], strict=True)]
        )


def test_jvp() -> None:
    """Forward, by the sensitivities, along all arguments together."""

    def f(y0: Any, t: Any, k: Any) -> Any:
        return odeint(lambda y, t, k: np.sin(t) - k * y**2, y0, t, (k,), **EXACT)

    primals: tuple[Any, ...] = (0.3, T, 0.7)
    tangents: tuple[Any, ...] = (1.0, np.array([0.2, -1.0, 0.5, 0.3]), -2.0)
    above, below = (
        f(*(x + s * t for x, t in zip(primals, tangents, strict=True))) for s in (STEP, -STEP)
    )
    found = og.jvp(f, primals, tangents)[1]
    np.testing.assert_allclose(found, (above - below) / (2 * STEP), rtol=1e-6)


@pytest.mark.parametrize("order", ["reverse", "forward over reverse", "reverse over forward"])
def test_second_derivatives(order: str) -> None:
    """Of y0 exp(-rate t) by the rate, in every order of transforms."""

    def last(rate: Any) -> Any:
        return odeint(decay, 1.5, T, (rate,))[-1]

    def along(rate: Any) -> Any:
        return og.jvp(last, (rate,), (1.0,))[1]

    found = {
        "reverse": lambda: og.grad(og.grad(last))(0.7),
        "forward over reverse": lambda: og.jvp(og.grad(last), (0.7,), (1.0,))[1],
        "reverse over forward": lambda: og.grad(along)(0.7),
    }[order]()
    np.testing.assert_allclose(found, 4 * 1.5 * np.exp(-1.4), rtol=1e-6)


def test_a_stiff_equation() -> None:
    """With one of SciPy's implicit methods, and forward, as the way back is not stable."""

    def last(rate: Any) -> Any:
        return odeint(lambda y, t, k: -k * (y - np.cos(t)), 0.0, T, (rate,), method="LSODA")[-1]

    def exact(k: float) -> float:
        return float(k * (k * np.cos(2) + np.sin(2)) / (k * k + 1))

    value, by_rate = og.jvp(last, (1e3,), (1.0,))
    np.testing.assert_allclose(value, exact(1e3), rtol=1e-6)
    np.testing.assert_allclose(by_rate, (exact(1e3 + 0.1) - exact(1e3 - 0.1)) / 0.2, rtol=1e-2)


def test_integers_and_settings_are_passed_on() -> None:
    """They have no gradient, and are as they were."""

    def f(y: Any, t: Any, setting: Any, rate: Any) -> Any:
        assert setting == {"name": "decay", "power": 1}
        return -rate * y ** setting["power"]

    def last(rate: Any) -> Any:
        return odeint(f, 2, [0, 1], ({"name": "decay", "power": 1}, rate))[-1]

    assert og.grad(last)(0.5) == pytest.approx(-2 * np.exp(-0.5))


def test_single_precision() -> None:
    """The solution and the gradient have the dtype of what they belong to."""
    y0 = np.ones(2, np.float32)
    out, pull = og.vjp(lambda y0, k: odeint(decay, y0, T, (k,)), y0, 0.5)
    by_start, by_rate = pull(np.ones_like(out))
    assert (out.dtype, by_start.dtype, type(by_rate)) == (np.float32, np.float32, float)


def test_ops_may_be_used_on_plain_data() -> None:
    """They make Values, which come from nowhere outside."""
    found = odeint(lambda y, t, k: -og.ops.exp(k) * y, 1.0, T, (0.0,))
    np.testing.assert_allclose(found, np.exp(-T), rtol=1e-6)


@pytest.mark.parametrize("transform", [lambda f: f(og.Value(0.7)), lambda f: og.grad(f)(0.7)])
def test_a_value_from_outside_is_refused(transform: Any) -> None:
    """Its gradient would be lost; the message says what to do."""
    with pytest.raises(og.errors.InputError, match=r"args=\(value, ...\)"):
        transform(lambda k: odeint(lambda y, t: -k * y, 1.0, T)[-1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: odeint(decay, 1.0, np.array([0.0, 2.0, 1.0]), (1.0,)), "rising or in falling"),
        (lambda: odeint(decay, 1.0, np.array([]), (1.0,)), "at least one"),
        (lambda: odeint(decay, 1.0, 2.0, (1.0,)), "vector of times"),
        (lambda: odeint(decay, 1j, T, (1.0,)), "real numbers"),
        (lambda: odeint(lambda y, t: np.ones(3), np.ones(2), T), r"shape \(3,\)"),
    ],
)
def test_what_it_refuses(call: Any, message: str) -> None:
    """Each with what is wrong."""
    with pytest.raises(og.errors.InputError, match=message):
        call()


def test_a_solution_that_ends_early_is_an_error() -> None:
    """y' = y² from 1 goes to infinity at time 1."""
    with pytest.raises(RuntimeError, match="did not reach the last time"):
        odeint(lambda y, t: y * y, 1.0, T)
