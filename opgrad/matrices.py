"""Derivatives that are matrices, and products with such matrices that never make them."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ParamSpec

import numpy as np

from opgrad.call import Call
from opgrad.choice import Argnames, Argnums, check_function, check_sequences, choose
from opgrad.errors import InputError, NotDifferentiable
from opgrad.node import raw
from opgrad.transforms import grad, vjp

P = ParamSpec("P")


def jacobian(
    f: Callable[P, Any],
    argnums: Argnums = None,
    has_aux: bool = False,
    *,
    argnames: Argnames = None,
) -> Callable[P, Any]:
    """The function that returns all derivatives of ``f``'s result by an argument.

    For an array by an array its shape is that of the result followed by that of the argument. For
    containers: that of the result, in which each array is replaced by a container in the form of
    the argument. It takes one pass for each number in the result, or in the arguments if these are
    fewer. The matrix is dense: a sparse pattern is not made use of. Of a complex argument and a
    real result it holds gradients, as :func:`~opgrad.grad` gives them; of a complex result, the
    complex derivative, for functions that have one.

    Arguments are those of :func:`~opgrad.value_and_grad`, for a function that need not be scalar;
    with ``has_aux`` the pair ``(jacobian, aux)`` is returned.

    Raises:
        InputError: when called: an argument or the result holds something else than numbers, or
            of several arguments some are real, some complex, and the result is complex.
    """
    check_function(f, "jacobian", argnums, argnames)

    @functools.wraps(f)
    def matrix(*args: P.args, **kwargs: P.kwargs) -> Any:
        chosen, is_one = choose(f, args, kwargs, argnums, argnames)
        call = Call(f, args, kwargs, chosen, has_aux)
        blocks = _blocks(call)
        per_root = []
        for row in blocks:
            derivatives = call.per_argument(row)
            per_root.append(derivatives[0] if is_one else tuple(derivatives))
        found = call.structure.unflatten(per_root)
        return (found, call.aux) if has_aux else found

    return matrix


def hessian(
    f: Callable[P, Any],
    argnums: Argnums = None,
    has_aux: bool = False,
    *,
    argnames: Argnames = None,
) -> Callable[P, Any]:
    """The function that returns all second derivatives of a scalar ``f``; see :func:`jacobian`."""
    check_function(f, "hessian", argnums, argnames)
    differentiate: Any = grad  # its overloads want has_aux to be known
    gradient = differentiate(f, argnums, has_aux, argnames=argnames)
    return jacobian(gradient, argnums, has_aux, argnames=argnames)


def hvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> Any:
    """The Hessian of a scalar ``f`` times a vector, without the matrix.

    The Hessian is symmetric, so this is the VJP of the gradient.

    Returns:
        In the form of the primal; a tuple if there are several. With ``has_aux`` a pair of that and
        the aux.

    Raises:
        InputError: ``tangents`` are not in the form of ``primals``.
    """
    check_function(f, "hvp")
    check_sequences(primals, tangents)
    differentiate: Any = grad  # its overloads want has_aux to be known
    gradient = differentiate(f, tuple(range(len(primals))), has_aux)
    pulled: tuple[Any, ...]
    aux = None
    if has_aux:
        _, pull, aux = vjp(gradient, *primals, has_aux=True)
    else:
        _, pull = vjp(gradient, *primals)
    pulled = pull(tuple(tangents))
    found = pulled[0] if len(primals) == 1 else pulled
    return (found, aux) if has_aux else found


def make_ggnvp(
    f: Callable[..., Any], g: Callable[[Any], Any] | None = None, f_argnum: int = 0
) -> Callable[..., Callable[[Any], Any]]:
    """Products with the generalised Gauss-Newton matrix of ``g(f(x))``: ``J.T @ H @ J @ v``.

    ``J`` is the Jacobian of ``f``, ``H`` the Hessian of ``g`` at ``f(x)`` (Schraudolph, "Fast
    curvature matrix-vector products for second-order gradient descent", 2002). The signature is
    that of HIPS autograd.

    Args:
        f: the model.
        g: the scalar loss of its result; half the sum of squares, if left out, whose Hessian is 1.
        f_argnum: which argument of ``f`` is ``x``.

    Returns:
        A function of ``f``'s arguments that returns the function ``v -> J.T @ H @ J @ v``.
    """
    check_function(f, "make_ggnvp", f_argnum)
    if g is not None:
        check_function(g, "make_ggnvp")

    def at(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        chosen, _ = choose(f, args, kwargs, f_argnum, None)
        call = Call(f, args, kwargs, chosen)
        curve = None if g is None else vjp(grad(g), call.out)[1]

        def product(v: Any) -> Any:
            pushed = call.push((v,))
            return call.pull(pushed if curve is None else curve(pushed)[0])[0]

        return product

    return at


def _blocks(call: Call) -> list[list[Any]]:
    """For each leaf of the result, for each leaf of the arguments: the derivatives."""
    outs = [np.shape(raw(root)) for root in call.roots]
    ins = [np.shape(node.data) for node in call.inputs]
    complex_in = [np.iscomplexobj(node.data) for node in call.inputs]
    complex_out = any(np.iscomplexobj(raw(root)) for root in call.roots)
    if complex_out and any(complex_in) and not all(complex_in):
        raise InputError(
            f"the result of {call.name} is complex, and its arguments are real and complex: give "
            f"these in several calls, of one kind each"
        )
    is_tall = sum(map(math.prod, ins)) < sum(map(math.prod, outs))
    if (is_tall and not any(complex_in)) or (complex_out and not any(complex_in)):
        # Backwards, a complex result has a real cotangent of a real argument; forwards, a real
        # result has a real tangent of a complex one.
        try:
            columns = [
                [call.push_leaves(basis) for basis in _units(ins, j)] for j in range(len(ins))
            ]
        except NotDifferentiable:  # an opaque op: only the way back is open
            if complex_out:
                raise
        else:
            return [
                [
                    _assembled([c[i] for c in columns[j]], out, given, -1)
                    for j, given in enumerate(ins)
                ]
                for i, out in enumerate(outs)
            ]
    rows = [[call.pull_leaves(basis) for basis in _units(outs, i)] for i in range(len(outs))]
    return [
        [_assembled([r[j] for r in rows[i]], out, given, 0) for j, given in enumerate(ins)]
        for i, out in enumerate(outs)
    ]


def _units(shapes: Sequence[tuple[int, ...]], which: int) -> Iterator[list[Any]]:
    """One of the leaves 1 at each of its places in turn, and 0 elsewhere; the others nothing."""
    shape = shapes[which]
    for index in np.ndindex(*shape):
        unit: Any = 1.0
        if shape:
            unit = np.zeros(shape)
            unit[index] = 1.0
        yield [unit if i == which else None for i in range(len(shapes))]


def _assembled(
    parts: Sequence[Any], out: tuple[int, ...], given: tuple[int, ...], axis: int
) -> Any:
    """Rows (axis 0) or columns (axis -1), put together in the shape of result and argument."""
    if not out + given:
        return parts[0]
    if not parts:
        return np.zeros(out + given)
    return np.reshape(np.stack(parts, axis), out + given)
