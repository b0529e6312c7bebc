"""Derivatives of functions: of ordinary code in, of ordinary numbers and arrays out.

Every transform does the same: call the function on fresh nodes (:mod:`opgrad.call`), and run passes
through what that recorded. Signatures and conventions are JAX's.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar, overload

import numpy as np

from opgrad.call import Call
from opgrad.choice import Argnames, Argnums, check_function, check_sequences, choose
from opgrad.containers import flatten
from opgrad.errors import InputError
from opgrad.node import raw

P = ParamSpec("P")
R = TypeVar("R")
X = TypeVar("X")
Pull: TypeAlias = Callable[[Any], tuple[Any, ...]]


@overload
def vjp(f: Callable[..., R], *primals: Any, has_aux: Literal[False] = False) -> tuple[R, Pull]: ...
@overload
def vjp(
    f: Callable[..., tuple[R, X]], *primals: Any, has_aux: Literal[True]
) -> tuple[R, Pull, X]: ...
def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """``f(*primals)``, and the function from its cotangent to those of the primals.

    Args:
        f: takes and returns numbers, arrays, and containers of them.
        primals: its arguments.
        has_aux: ``f`` returns a pair, of which the second is not differentiated.

    Returns:
        ``(out, pull)``, or with ``has_aux`` ``(out, pull, aux)``. ``pull(ct)`` takes a cotangent in
        the form of ``out`` and returns a tuple with one in the form of each primal; zero where
        ``out`` does not depend on it. It can be called many times, and reads the primals: do not
        write to arrays of more than 4 kB among these before; smaller ones are copied.

    Raises:
        InputError: a primal holds something that cannot be differentiated by, or, from ``pull``,
            ``ct`` does not have the structure of ``out``.
        CotangentError: from ``pull``: a shape differs.
    """
    check_function(f, "vjp")
    call = Call(f, primals, {}, range(len(primals)), has_aux, is_kept=True)

    def pull(ct: Any) -> tuple[Any, ...]:
        return tuple(call.pull(ct))

    return (call.out, pull, call.aux) if has_aux else (call.out, pull)


@overload
def jvp(
    f: Callable[..., R],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    has_aux: Literal[False] = False,
) -> tuple[R, R]: ...
@overload
def jvp(
    f: Callable[..., tuple[R, X]],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    has_aux: Literal[True],
) -> tuple[R, R, X]: ...
def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> Any:
    """``f(*primals)``, and its derivative along ``tangents``.

    No op needs a rule for it: where it has none of its own, its JVP is made of its VJP. One walk
    forward through what ``f`` recorded gives the tangents.

    Args:
        f: takes and returns numbers, arrays, and containers of them.
        primals: its arguments.
        tangents: the direction, in the form of ``primals``.
        has_aux: ``f`` returns a pair, of which the second is not differentiated.

    Returns:
        ``(out, tangent_out)``, both in the form of what ``f`` returns, or with ``has_aux``
        ``(out, tangent_out, aux)``.

    Raises:
        InputError: structures or shapes of ``primals`` and ``tangents`` differ.
        JvpError: an op's own JVP returned something that does not fit.
        NotDifferentiable: an op is opaque, not elementwise, and has no JVP of its own.
    """
    check_function(f, "jvp")
    check_sequences(primals, tangents)
    call = Call(f, primals, {}, range(len(primals)), has_aux)
    pushed = call.push(tangents)
    return (call.out, pushed, call.aux) if has_aux else (call.out, pushed)


def value_and_grad(
    f: Callable[P, R], argnums: Argnums = None, has_aux: bool = False, *, argnames: Argnames = None
) -> Callable[P, tuple[R, Any]]:
    """The function that returns ``f``'s result together with its gradient.

    Args:
        f: returns a real scalar.
        argnums: which positional arguments to differentiate by; the first, if nothing is said.
        has_aux: ``f`` returns a pair ``(scalar, aux)``; then so is the first of what is returned.
        argnames: which arguments to differentiate by, by name, however they are passed.

    Returns:
        A function of ``f``'s arguments. The gradient has the form of the argument; it is a tuple of
        such if several may be asked for (those of ``argnums`` first).

    Raises:
        InputError: when called: the result is no real scalar, or an argument holds something that
            cannot be differentiated by. At once: ``f`` is no function, or ``argnums`` or
            ``argnames`` are none.
    """
    check_function(f, "value_and_grad", argnums, argnames)

    @functools.wraps(f)
    def differentiated(*args: P.args, **kwargs: P.kwargs) -> tuple[R, Any]:
        chosen, is_one = choose(f, args, kwargs, argnums, argnames)
        call = Call(f, args, kwargs, chosen, has_aux, only_back=True)
        call.require_scalar()
        gradients = call.per_argument(call.pull_leaves([1.0]))
        result: Any = (call.out, call.aux) if has_aux else call.out
        return result, gradients[0] if is_one else tuple(gradients)

    return differentiated


@overload
def grad(
    f: Callable[P, tuple[Any, X]],
    argnums: Argnums = None,
    *,
    has_aux: Literal[True],
    argnames: Argnames = None,
) -> Callable[P, tuple[Any, X]]: ...
@overload
def grad(
    f: Callable[P, Any],
    argnums: Argnums = None,
    has_aux: Literal[False] = False,
    *,
    argnames: Argnames = None,
) -> Callable[P, Any]: ...
def grad(
    f: Callable[P, Any],
    argnums: Argnums = None,
    has_aux: bool = False,
    *,
    argnames: Argnames = None,
) -> Callable[P, Any]:
    """The function that returns ``f``'s gradient; see :func:`value_and_grad`.

    With ``has_aux`` it returns ``(gradient, aux)``.
    """
    check_function(f, "grad", argnums, argnames)
    both = value_and_grad(f, argnums, has_aux, argnames=argnames)

    @functools.wraps(f)
    def gradient(*args: P.args, **kwargs: P.kwargs) -> Any:
        value, g = both(*args, **kwargs)
        return (g, value[1]) if has_aux else g

    return gradient


def elementwise_grad(
    f: Callable[P, Any], argnums: Argnums = None, *, argnames: Argnames = None
) -> Callable[P, Any]:
    """The derivative of each element of ``f``'s result by the same element of its argument.

    For functions that work element by element; for others it is the gradient of the sum of all.
    Arguments are those of :func:`value_and_grad`.

    Raises:
        InputError: when called: the result is complex, and an argument real.
    """
    check_function(f, "elementwise_grad", argnums, argnames)

    @functools.wraps(f)
    def derivative(*args: P.args, **kwargs: P.kwargs) -> Any:
        chosen, is_one = choose(f, args, kwargs, argnums, argnames)
        call = Call(f, args, kwargs, chosen, only_back=True)
        if any(np.iscomplexobj(raw(root)) for root in call.roots) and not all(
            np.iscomplexobj(node.data) for node in call.inputs
        ):
            raise InputError(
                f"the result of {call.name} is complex, and its argument real: see jacobian and jvp"
            )
        ones = [np.ones_like(raw(root)) if np.shape(raw(root)) else 1.0 for root in call.roots]
        gradients = call.per_argument(call.pull_leaves(ones))
        return gradients[0] if is_one else tuple(gradients)

    return derivative


def stop_gradient(x: R) -> R:
    """The same data, through which no gradient flows; leaves of containers likewise."""
    leaves, structure = flatten(x)
    stopped: Any = structure.unflatten([raw(leaf) for leaf in leaves])
    return stopped  # type: ignore[no-any-return]  # in the form of x
