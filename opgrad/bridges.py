"""Ops and functions, taken to other frameworks and from there, by plugins that know these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opgrad.registry import default


def to_torch(function: Callable[..., Any], /) -> Callable[..., Any]:
    """A function on torch tensors, which torch differentiates as it does its own.

    Derivatives of any order where the rules allow them, ``torch.func.grad`` and ``vmap``,
    ``torch.compile``. What is computed, NumPy computes, on the memory of the tensors. The backward
    pass runs the function again, on its inputs, which is all that is kept.

    Args:
        function: an op, a function of numbers, arrays and containers of them that works on Values,
            or such a function compiled.

    Returns:
        A function of the same arguments, with tensors in the place of arrays. Arguments that are no
        tensors, arrays and numbers are static.

    Raises:
        UnknownBridgeError: torch is not installed.
        InputError: when called: a tensor is not on the CPU, or of a dtype that NumPy has not.
        ShapeError: when traced by ``torch.compile``: the shapes of the results are not to be found.
    """
    return default().bridge("torch").outward(function)


def from_torch(function: Callable[..., Any], /) -> Callable[..., Any]:
    """A function on Values and arrays that calls torch's function, and its derivatives.

    Args:
        function: takes tensors on the CPU, and returns a tensor, or a tuple, list or dict of them.
            Gradients flow to its arguments; not to parameters that it holds, such as those of a
            module: pass these (``torch.func.functional_call``).

    Raises:
        UnknownBridgeError: torch is not installed.
        InputError: when called: it returned something else.
    """
    return default().bridge("torch").inward(function)


def to_jax(function: Callable[..., Any], /) -> Callable[..., Any]:
    """A function on JAX's arrays, with ``jit``, ``vmap``, and derivatives of any mode and order.

    What is computed, NumPy computes; traced code calls it back. A pass back or forward runs the
    function again, on its inputs.

    Args:
        function: an op, a function of numbers, arrays and containers of them that works on Values,
            or such a function compiled.

    Returns:
        A function of the same arguments. Arguments that are no arrays and no floating-point numbers
        are static.

    Raises:
        UnknownBridgeError: JAX is not installed.
        InputError: when called: an array has a dtype that NumPy has not.
        ShapeError: when traced: the shapes of the results are not to be found.
    """
    return default().bridge("jax").outward(function)


def from_jax(function: Callable[..., Any], /) -> Callable[..., Any]:
    """A function on Values and arrays that calls JAX's function, and its derivatives.

    Args:
        function: takes JAX's arrays, and returns an array, or a container of them. JAX computes in
            float32 unless ``jax_enable_x64`` is set.

    Raises:
        UnknownBridgeError: JAX is not installed.
    """
    return default().bridge("jax").inward(function)
