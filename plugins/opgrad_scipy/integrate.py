"""Functions of ``scipy.integrate`` on Values: the solution of an ordinary differential equation.

Its derivatives are solutions of differential equations, too, which the op itself solves, so that
they can be differentiated again. Back: the adjoint equation (Chen, Rubanova, Bettencourt, Duvenaud,
"Neural ordinary differential equations", 2018). Forward: the equation of the sensitivities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad.containers import flatten
from opgrad_scipy.rules import on_either

Slope: TypeAlias = Callable[..., Any]
"""``f(y, t, *inputs)``: dy/dt, in the shape of y."""


def _logistic(y: Any, t: Any, rate: Any) -> Any:
    return rate * y * (1 - y) * np.cos(t)


_TIMES = np.array([0.1, 0.4, 0.9])


@og.op(
    samples=[
        og.Sample(np.array([0.3, 0.6]), _TIMES, 1.2, f=_logistic, rtol=1e-11, atol=1e-12),
        og.Sample(0.3, _TIMES[::-1], np.array(0.7), f=_logistic, rtol=1e-11, method="RK45"),
        og.Sample(
            np.array([[0.3]], np.float32), _TIMES.astype(np.float32), np.float32(1.2), f=_logistic
        ),
    ]
)
def ode_solution(
    *given: Raw,
    f: Slope,
    rtol: float = 1e-8,
    atol: float = 1e-8,
    method: str = "DOP853",
) -> Raw:
    """Given y0, t and inputs: the y at each t, where dy/dt = f(y, t, *inputs), from y0 at t[0].

    Derivatives: with a' = -a df/dy, to which the cotangent is added at each time, a to y0, the
    integral of a df/dx to an input x, the cotangent times f to each t, and -a f to the first.
    """
    from scipy.integrate import solve_ivp

    y0, t, *inputs = given
    shape, dtype = np.shape(y0), np.result_type(np.asarray(y0), np.float32)
    times, places = np.unique(t, return_inverse=True)
    if len(times) and t[0] > t[-1]:
        times, places = times[::-1], len(times) - 1 - places
    if len(times) == 0 or np.any(np.diff(places) < 0):
        raise og.errors.InputError("odeint takes times in rising or in falling order, at least one")
    start = np.asarray(y0, np.float64).ravel()
    if len(times) == 1 or not start.size:
        return np.broadcast_to(np.asarray(y0, dtype), (len(t), *shape)).copy()

    def slope(t: float, y: Any) -> Any:
        return _raw_slope(f, y.reshape(shape)[()], t, inputs).ravel()

    span = (float(times[0]), float(times[-1]))
    found = solve_ivp(slope, span, start, method, times, rtol=rtol, atol=atol)
    if not found.success:
        raise RuntimeError(f"odeint did not reach the last time: {found.message}")
    return found.y.T[places].reshape(len(t), *shape).astype(dtype)


@ode_solution.vjp
def _(g: Raw, out: Raw, *given: Raw, f: Slope, **params: Any) -> tuple[Raw, ...]:
    y0, t, *inputs = given
    shape, shapes = np.shape(y0), [np.shape(x) for x in inputs]
    size, total = prod(shape), sum(map(prod, shapes))

    def adjoint(state: Any, t: Any, *inputs: Any) -> Any:
        y, a = (np.reshape(part, shape) for part in (state[:size], state[size : 2 * size]))
        slope, pull = og.vjp(f, y, t, *inputs)
        by_y, _, *by_inputs = pull(a)
        return _joined([slope, *(-ct for ct in (by_y, *by_inputs))])

    a, integrals, by_t = np.zeros(size), np.zeros(total), []
    for i in range(np.shape(t)[0] - 1, 0, -1):
        by_t.append(np.sum(g[i] * f(out[i], t[i], *inputs)))
        state = _joined([out[i], a + np.ravel(g[i]), integrals])
        back = t[i - 1 : i + 1][::-1]
        state = on_either(ode_solution, state, back, *inputs, f=adjoint, **params)[1]
        a, integrals = state[size : 2 * size], state[2 * size :]
    a = np.reshape(a, shape)
    by_t.append(-np.sum(a * f(y0, t[0], *inputs)))
    return a + g[0], np.stack(by_t[::-1]), *_parted(integrals, shapes)


@ode_solution.jvp
def _(tangents: tuple[Raw, ...], out: Raw, *given: Raw, f: Slope, **params: Any) -> Raw:
    y0, t, *inputs = given
    shape, n = np.shape(y0), len(inputs)
    dy, dt, *directions = tangents

    def sensitivity(state: Any, t: Any, *both: Any) -> Any:
        y, dy = _parted(state, [shape, shape])
        primals, along = (y, t, *both[:n]), (dy, 0.0 * t, *both[n:])
        return _joined(og.jvp(f, primals, along))

    slopes = np.stack([f(out[i], t[i], *inputs) for i in range(np.shape(t)[0])])
    start = _joined([y0, dy - slopes[0] * dt[0]])
    both = (*inputs, *directions)
    state = on_either(ode_solution, start, t, *both, f=sensitivity, **params)
    moved = np.reshape(state[:, prod(shape) :], np.shape(out))
    return moved + slopes * np.reshape(dt, (-1, *(1 for _ in shape)))


def odeint(
    func: Slope,
    y0: Raw,
    t: Raw,
    args: Any = (),
    *,
    rtol: float = 1e-8,
    atol: float = 1e-8,
    method: str = "DOP853",
) -> Raw:
    """The solution of dy/dt = func(y, t, *args) that starts from y0, at each time in t.

    It is called as ``scipy.integrate.odeint``, and solved by ``scipy.integrate.solve_ivp``.
    Gradients flow to ``y0``, to ``t`` and to ``args``, of any order. Each takes the solution of one
    more equation, of the same tolerances, backward from each time to the one before, and y is
    solved for again on that way. Where solutions come together fast (a stiff equation), they part
    as fast backward: put more times into ``t``, or go forward, with :func:`~opgrad.jvp`.

    Args:
        func: ``func(y, t, *args)``, written with NumPy; returns an array of the shape of y, or a
            list of numbers. It is called on plain data, and, for derivatives, on Values.
        y0: where the solution starts, at ``t[0]``: a real number or array of any shape.
        t: the times, in rising or falling order.
        args: numbers, arrays, Values, and containers of them. Integers are passed on as they are.
        rtol, atol: the tolerances of the solver.
        method: its name, as ``solve_ivp`` knows it: "Radau", "BDF" or "LSODA" for stiff equations.

    Returns:
        An array of the shape of t followed by that of y0, and of the dtype of y0.

    Raises:
        InputError: the times are in no order; y0 is complex; what ``func`` returns has another
            shape than y; or ``func`` uses a Value that is not among its arguments, to which no
            gradient would flow.
        RuntimeError: the solver does not reach the last time.
    """
    if not isinstance(args, tuple):
        args = (args,)  # as SciPy has it
    y0, t = _floating(y0), _floating(t)
    leaves, structure = flatten(args)
    moving = [i for i, leaf in enumerate(leaves) if _kind(leaf) in "fc"]
    if any(_kind(x) == "c" for x in (y0, t, *(leaves[i] for i in moving))):
        raise og.errors.InputError("odeint takes real numbers; give it real and imaginary parts")
    if np.ndim(t) != 1:
        raise og.errors.InputError(f"odeint takes a vector of times; its shape is {np.shape(t)}")
    kept = [None if i in moving else leaf for i, leaf in enumerate(leaves)]

    def f(y: Any, t: Any, *inputs: Any) -> Any:
        filled = list(kept)
        for i, x in zip(moving, inputs, strict=True):
            filled[i] = x
        slope = func(y, t, *structure.unflatten(filled))
        return np.stack(slope) if isinstance(slope, list | tuple) else slope

    inputs = [leaves[i] for i in moving]
    return on_either(ode_solution, y0, t, *inputs, f=f, rtol=rtol, atol=atol, method=method)


def _raw_slope(f: Slope, y: Any, t: float, inputs: Sequence[Any]) -> Any:
    """f on plain data, checked: the gradient to a Value that it uses would be lost.

    Raises:
        InputError: it used a Value from outside, or its shape is not that of y.
    """
    before = og.Value(0.0).number
    slope = f(y, t, *inputs)
    if isinstance(slope, og.Value):
        nodes = og.Graph.of(slope).nodes
        if any(node.number < before and not isinstance(node, og.Constant) for node in nodes):
            raise og.errors.InputError(
                "the function given to odeint uses a Value that is not among its arguments: no "
                "gradient would flow to it. Pass it on: odeint(func, y0, t, args=(value, ...)); "
                "or use its data: value.data."
            )
        slope = slope.data
    if np.shape(slope) != np.shape(y):
        raise og.errors.InputError(
            f"the function given to odeint returned an array of shape {np.shape(slope)}, where y "
            f"has the shape {np.shape(y)}"
        )
    return np.asarray(slope, np.float64)


def _floating(x: Any) -> Any:
    """An array of what is given, with integers made floating."""
    if isinstance(x, list | tuple):
        x = np.stack(x)
    return x * 1.0 if _kind(x) in "iub" else x


def _kind(x: Any) -> str:
    x = x.data if isinstance(x, og.Value) else x
    is_number = isinstance(x, int | float | complex) or hasattr(x, "dtype")
    return np.result_type(x).kind if is_number else "O"


def _joined(parts: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(part) for part in parts])


def _parted(joined: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    parts, start = [], 0
    for shape in shapes:
        stop = start + prod(shape)
        parts.append(np.reshape(joined[start:stop], shape))
        start = stop
    return parts
