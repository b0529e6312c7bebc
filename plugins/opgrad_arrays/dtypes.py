"""The same elements in another dtype; parts of complex ones.

Complex cotangents follow JAX: that of a real result by z = x + iy is ∂/∂x − i ∂/∂y.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, run
from opgrad_arrays.shaping import MATRIX, SINGLE

COMPLEX = np.array([[0.3 - 1.1j, -1.2 + 0.4j], [2.1 + 0.7j, 0.8 - 0.2j]])
PARTS: list[tuple[Raw, ...]] = [
    (1.5,),
    (-2,),
    (MATRIX,),
    (SINGLE,),
    (COMPLEX,),
    (COMPLEX.astype(np.complex64),),
    (np.zeros((0, 2)),),
]


@og.op(
    selects=True,
    samples=[
        og.Sample(MATRIX, dtype=np.float64),
        og.Sample(MATRIX, dtype=np.complex128),
        og.Sample(SINGLE, dtype=np.float64),
        og.Sample(MATRIX[:0], dtype=np.float64),
    ],
)
def astype(x: Raw, *, dtype: Any) -> Raw:
    """The elements of x in another dtype.

    Derivative: 1 between floating and complex dtypes. No gradient flows through integers.
    """
    return (x if hasattr(x, "astype") else np.asarray(x)).astype(dtype)


@astype.vjp
def _(g: Raw, out: Raw, x: Raw, *, dtype: Any) -> Raw:
    given = np.result_type(x)
    if np.dtype(dtype).kind not in "fc" or given.kind not in "fc":
        return (None,)
    return run(astype, np.real(g) if given.kind == "f" else g, dtype=given)


def in_dtype_of(x: Raw, ct: Raw) -> Raw:
    """A cotangent in its primal's dtype, where that is floating and another."""
    wanted, given = np.result_type(x), np.result_type(ct)
    if wanted == given or wanted.kind not in "fc":
        return ct
    return run(astype, np.real(ct) if wanted.kind == "f" else ct, dtype=wanted)


@og.op(elementwise=True, implements=np.real, samples=PARTS)
def real(x: Raw) -> Raw:
    """The real part.

    Derivative: 1.
    """
    return np.real(x)


@real.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g


@og.op(elementwise=True, implements=np.imag, samples=PARTS)
def imag(x: Raw) -> Raw:
    """The imaginary part; 0 for real x.

    Derivative: −i. No gradient to real x.
    """
    return np.imag(x)


@imag.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -1j * g if np.iscomplexobj(x) else (None,)


@og.op(elementwise=True, implements=np.conjugate, samples=PARTS)
def conj(x: Raw) -> Raw:
    """The complex conjugate.

    Derivative: its VJP is the conjugate of the cotangent.
    """
    return np.conjugate(x)


@conj.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return np.conjugate(g)


def _astype(x: Raw, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    return astype(x, dtype=dtype)


FUNCTIONS: Functions = {np.astype: _astype}
