"""Calls of ``numpy.linalg``: on matrices that are far from singular."""

from __future__ import annotations

from tests.fuzz.arguments import (
    FULL,
    MATRIX,
    REAL_MATRIX,
    axis,
    one_of,
    rhs,
    several,
    shaped,
    square,
)
from tests.fuzz.table import Table

CALLS = Table()
FLAG = one_of(True, False)

CALLS.add("np.linalg.inv np.linalg.det np.linalg.slogdet np.linalg.cond", square())
CALLS.add("np.linalg.solve", square("real"), rhs)
CALLS.add("np.linalg.cholesky np.linalg.eigvalsh", square("positive"))
CALLS.add("np.linalg.eigvalsh", square("symmetric"), UPLO=one_of("L", "U"))
CALLS.add("np.linalg.eigh", square("symmetric"))
CALLS.add("np.linalg.eigvals np.linalg.eig", square("triangular"))
CALLS.add("np.linalg.qr", square("flat"))
CALLS.add("np.linalg.svd np.linalg.svdvals np.linalg.pinv np.linalg.matrix_rank", REAL_MATRIX)
CALLS.add("np.linalg.svd", REAL_MATRIX, need={"full_matrices": one_of(False)})
CALLS.add("np.linalg.svd", REAL_MATRIX, need={"compute_uv": one_of(False)})
CALLS.add("np.linalg.lstsq", REAL_MATRIX, shaped(lambda shape: shape[0]), rcond=one_of(None))
CALLS.add("np.linalg.norm", FULL, axis=axis, keepdims=FLAG)
CALLS.add("np.linalg.norm", MATRIX, ord=one_of("fro", "nuc", 1, -1, 2, float("inf")))
CALLS.add("np.linalg.norm", FULL, ord=one_of(None, 2), axis=axis)
CALLS.add(
    "np.linalg.vector_norm", FULL, axis=axis, keepdims=FLAG, ord=one_of(1, 2, 3, float("inf"))
)
CALLS.add("np.linalg.matrix_norm", MATRIX, ord=one_of("fro", "nuc", 1, 2), keepdims=FLAG)
CALLS.add("np.linalg.matrix_power", square(), one_of(0, 1, 2, 3, -1))
CALLS.add("np.linalg.multi_dot", several(2, 4, kind=square("flat")))
CALLS.add("np.linalg.tensorsolve", square("flat"), shaped(lambda shape: shape[0]))
CALLS.add("np.linalg.tensorinv", square("flat"), ind=one_of(1))
