"""Einstein's summation: any product of arrays whose axes have labels.

The derivative by one operand is a sum of the same kind, over the cotangent and the other operands.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, run
from opgrad_arrays.shaping import MATRIX

_SQUARE = np.array([[0.3, -1.2], [1.7, 0.4]])
_STACK = np.linspace(-1.3, 0.9, 12).reshape(2, 3, 2)


@og.op(
    linear=True,
    samples=[
        og.Sample(MATRIX, MATRIX.T, subscripts="ij,jk->ik"),
        og.Sample(MATRIX, MATRIX, subscripts="ij,ij"),
        og.Sample(MATRIX, subscripts="ij->j"),
        og.Sample(MATRIX, subscripts="ji"),
        og.Sample(_SQUARE, subscripts="ii"),
        og.Sample(_SQUARE, _SQUARE[0], subscripts="ii,i->i"),
        og.Sample(_STACK, _SQUARE, subscripts="...ij,jk->...ik"),
        og.Sample(_STACK, MATRIX[:1, :1], subscripts="b...,b..."),
        og.Sample(MATRIX, _STACK, MATRIX[0], subscripts="ij,ijk,j->k", optimize=True),
        og.Sample(np.ones((2, 0)), np.ones((0, 3)), subscripts="ij,jk->ik"),
        og.Sample(MATRIX.astype(np.float32), MATRIX.astype(np.float32), subscripts="ij,kj->ik"),
    ],
)
def einsum(*operands: Raw, subscripts: str, optimize: Any = False) -> Raw:
    """np.einsum(subscripts, *operands): axes of the same label go together, others are summed over.

    Derivative by one operand: the einsum of the cotangent and the other operands.
    """
    return np.einsum(subscripts, *operands, optimize=optimize)


@einsum.vjp  # type: ignore[untyped-decorator]  # an op of any number of inputs is Any
def _(g: Raw, out: Raw, *operands: Raw, subscripts: str, optimize: Any = False) -> tuple[Raw, ...]:
    terms, result = explicit(subscripts, [np.ndim(x) for x in operands])
    return tuple(_pull(g, k, terms, result, operands, optimize) for k in range(len(operands)))


def _pull(
    g: Raw, k: int, terms: list[str], result: str, operands: Sequence[Raw], optimize: Any
) -> Raw:
    """The cotangent of operand k."""
    shape = np.shape(operands[k])
    used = [result, *terms[:k], *terms[k + 1 :]]
    arrays = [g, *operands[:k], *operands[k + 1 :]]
    lengths = [dict(zip(t, np.shape(x), strict=True)) for t, x in zip(used, arrays, strict=True)]
    dtype = np.int8  # of constants, so that these leave the others' precision as it is
    target = ""
    for label, n in zip(terms[k], shape, strict=True):
        if n == 1:
            continue  # broadcast, or as if: summed over, and put back by the reshape
        if label not in target:
            target += label
            if all(length.get(label, 1) == 1 for length in lengths):  # summed over in k alone
                used.append(label)
                arrays.append(np.ones(n, dtype))
        else:  # a diagonal: zero elsewhere
            twin = next(x for x in ascii_letters if x not in "".join([*used, *terms, target]))
            used.append(label + twin)
            arrays.append(np.eye(n, dtype=dtype))
            target += twin
    return np.reshape(np.einsum(f"{','.join(used)}->{target}", *arrays, optimize=optimize), shape)


def explicit(subscripts: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """Each operand's labels, and the result's, with letters for what an ellipsis stands for."""
    inputs, arrow, result = subscripts.replace(" ", "").partition("->")
    if not arrow:
        letters = inputs.replace(",", "").replace(".", "")
        once = "".join(sorted(x for x in set(letters) if letters.count(x) == 1))
        result = "..." + once
    free = "".join(x for x in ascii_letters if x not in subscripts)
    terms, widest = [], ""
    for term, ndim in zip(inputs.split(","), ndims, strict=True):
        count = ndim - len(term.replace("...", ""))
        hidden = free[len(free) - count :]  # aligned on the right, as in broadcasting
        widest = max(widest, hidden, key=len)
        terms.append(term.replace("...", hidden))
    return terms, result.replace("...", widest)


def _einsum(subscripts: Any, *operands: Raw, optimize: Any = False) -> Raw:
    """np.einsum, with its subscripts in a string."""
    if not isinstance(subscripts, str):
        raise og.errors.InputError(
            "np.einsum of Values takes its subscripts as a string, such as 'ij,jk->ik'"
        )
    return run(einsum, *operands, subscripts=subscripts, optimize=optimize)


OPS = (einsum,)
FUNCTIONS: Functions = {np.einsum: _einsum}
