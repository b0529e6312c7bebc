"""Calls of NumPy functions that reduce, rearrange, join and choose."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.fuzz import arguments as a
from tests.fuzz.arguments import (
    ANY,
    AXED,
    CUBE,
    FINE,
    FULL,
    MATRIX,
    REAL,
    REAL_AXED,
    REAL_MATRIX,
    REAL_VECTOR,
    VECTOR,
    axes,
    axis,
    beside,
    bounded,
    constant,
    like,
    near,
    one_axis,
    one_of,
    several,
    shaped,
)
from tests.fuzz.table import Table

CALLS = Table()
FLAG = one_of(True, False)

# -- reductions, running ones, order ---------------------------------------------------------------

CALLS.add("np.sum np.prod np.mean np.any np.all", ANY, axis=axes, keepdims=FLAG)
CALLS.add("np.max np.min np.amax np.amin np.ptp np.median", REAL_AXED, axis=axes, keepdims=FLAG)
CALLS.add("np.max np.min np.std np.var", ANY)
CALLS.add("np.std np.var", FULL, axis=axes, keepdims=FLAG, ddof=one_of(0, 1))
CALLS.add("np.sum", ANY, dtype=one_of(np.float64, np.float32))
CALLS.add(
    "np.nansum np.nanprod np.nanmax np.nanmin np.nanmean", REAL_AXED, axis=axis, keepdims=FLAG
)
CALLS.add("np.nanstd np.nanvar", REAL_AXED, axis=axis, ddof=one_of(0, 1))
CALLS.add("np.nanargmax np.nanargmin np.argmax np.argmin", REAL_AXED, axis=axis)
CALLS.add("np.cumsum np.cumprod np.nancumsum np.nancumprod", ANY, axis=axis)
CALLS.add(
    "np.cumulative_sum np.cumulative_prod", AXED, need={"axis": one_axis}, include_initial=FLAG
)
CALLS.add(
    "np.quantile",
    REAL_AXED,
    near(0, 1),
    axis=axis,
    keepdims=FLAG,
    method=one_of("linear", "lower", "higher", "midpoint", "nearest"),
)
CALLS.add("np.quantile", REAL_AXED, one_of(0.3, 0.5, [0.2, 0.7]), axis=axis)
CALLS.add("np.percentile", REAL_AXED, one_of(30, 50.0, [20, 70]), axis=axis, keepdims=FLAG)
CALLS.add("np.average", FULL, axis=axis, keepdims=FLAG)
CALLS.add(
    "np.average",
    FULL,
    need={"weights": like(low=0.3, high=2, dtypes=[np.float64])},
    axis=axis,
    returned=FLAG,
)
CALLS.add("np.cov np.corrcoef", REAL_MATRIX, rowvar=FLAG)
CALLS.add("np.cov", REAL_VECTOR, like(), ddof=one_of(0, 1), bias=FLAG)
CALLS.add("np.sort", AXED, axis=axis)
CALLS.add("np.argsort", REAL_AXED, axis=axis)
CALLS.add("np.partition np.argpartition", REAL_VECTOR, one_of(0, 1, 2, -1))
CALLS.add("np.lexsort", several(2, 3, kind=REAL_VECTOR, make=tuple))
CALLS.add(
    "np.searchsorted",
    constant(lambda rng, x: np.sort(rng.normal(size=4))),
    REAL,
    side=one_of("left", "right"),
)
CALLS.add("np.digitize", REAL, constant(lambda rng, x: np.sort(rng.normal(size=4))))
CALLS.add("np.isin", ANY, one_of([1, 2, 0.5], [True]))
CALLS.add("np.nonzero np.argwhere np.flatnonzero", AXED)
CALLS.add(
    "np.bincount",
    one_of([0, 1, 1, 3], [2, 2, 0, 0]),
    need={"weights": shaped(4)},
    minlength=one_of(6),
)

# -- shapes ----------------------------------------------------------------------------------------

CALLS.add("np.ravel np.squeeze np.transpose np.diagflat np.nonzero np.unstack", AXED)
CALLS.add("np.reshape", ANY, a.reshaped, order=one_of("C", "F"))
CALLS.add("np.ravel", ANY, order=one_of("C", "F", "K"))
CALLS.add("np.transpose", AXED, a.permutation)
CALLS.add("np.broadcast_to", ANY, constant(lambda rng, x: (2, *np.shape(x))))
CALLS.add("np.broadcast_arrays", ANY, beside())
CALLS.add("np.expand_dims", ANY, one_of(0, -1))
CALLS.add(
    "np.squeeze",
    a.array(shapes=[(1, 3), (1,), (1, 2)], fits=lambda x: x.shape[:1] == (1,)),
    axis=one_of(0),
)
CALLS.add("np.swapaxes", AXED, one_axis, one_axis)
CALLS.add("np.moveaxis", AXED, one_axis, one_axis)
CALLS.add("np.rollaxis", AXED, one_axis)
CALLS.add("np.matrix_transpose np.linalg.matrix_transpose np.fliplr np.linalg.diagonal", MATRIX)
CALLS.add("np.rot90", MATRIX, one_of(1, 2, 3))
CALLS.add("np.flip np.flipud", AXED)
CALLS.add("np.flip", AXED, axes)
CALLS.add("np.roll", AXED, one_of(1, -2, 0), axis=axis)
CALLS.add("np.fft.fftshift np.fft.ifftshift", AXED, axes=axis)
CALLS.add("np.resize", FULL, one_of(5, (2, 2), (4,)))
CALLS.add("np.tile", ANY, one_of(2, (2, 1), 1, ()))
CALLS.add("np.repeat", AXED, one_of(2, 1, 0, [2]), axis=axis)
CALLS.add("np.astype", ANY, one_of(np.float32, np.float64, complex, int, bool))
CALLS.add("np.pad", FULL, one_of(1, (1, 2), 0), mode=one_of("constant", "edge", "reflect", "wrap"))
CALLS.add("np.pad", FULL, one_of(1, (2, 0)), need={"constant_values": one_of(1.5, (1, 2))})
CALLS.add("np.meshgrid", VECTOR, VECTOR, indexing=one_of("ij", "xy"), sparse=FLAG)
CALLS.add("np.linspace", FINE, beside(), one_of(3, 4, 1), endpoint=FLAG, axis=one_of(0, -1))
CALLS.add("np.logspace", bounded(-1, 1), near(-1, 1), one_of(3, 4), base=one_of(2.0))
CALLS.add("np.geomspace", bounded(0.5, 2), near(0.5, 2), one_of(3, 4), endpoint=FLAG)
CALLS.add("np.vander", VECTOR, one_of(2, 3), increasing=FLAG)

# -- joining and taking apart ----------------------------------------------------------------------

CALLS.add("np.concatenate", several(1, 4, kind=AXED), axis=axis)
CALLS.add("np.stack", several(1, 4), axis=one_of(0, -1))
CALLS.add("np.hstack np.vstack np.dstack np.column_stack", several(1, 4))
CALLS.add("np.concatenate np.stack", several(2, 3, kind=VECTOR, make=tuple))


def _blocks(draft: Any, before: list[Any]) -> Any:
    first = MATRIX(draft, before)
    return [[first, like()(draft, before)], [like()(draft, before), first]]


CALLS.add("np.block", _blocks)
CALLS.add("np.append", ANY, beside())
CALLS.add("np.append", AXED, like(), need={"axis": one_of(0, -1)})
CALLS.add("np.split", VECTOR, one_of(1, [1], [1, 2], [0, 2]))
CALLS.add("np.array_split", AXED, one_of(2, 3, [1]))
CALLS.add("np.hsplit np.vsplit", MATRIX, one_of([1], 1))
CALLS.add("np.dsplit", CUBE, one_of([1], 1))
CALLS.add("np.insert", AXED, one_of(0, -1, 1, [0, 1]), one_of(5.0, 2, 0.5), axis=axis)
CALLS.add("np.insert", VECTOR, one_of(0, 1, -1), FINE)
CALLS.add("np.delete", FULL, one_of(0, -1, [0], slice(0, 1)), axis=axis)
CALLS.add("np.ediff1d", VECTOR, to_end=one_of(1.0), to_begin=one_of([0.5]))

# -- choosing --------------------------------------------------------------------------------------

CALLS.add(
    "np.take",
    FULL,
    one_of(0, -1, [0, 0], np.array([[0, -1]])),
    axis=axis,
    mode=one_of("wrap", "clip", "raise"),
)
CALLS.add(
    "np.take_along_axis",
    VECTOR,
    constant(lambda rng, x: rng.integers(0, len(x), 4)),
    need={"axis": one_of(0, -1)},
)
CALLS.add("np.compress", constant(lambda rng, x: rng.random(2) < 0.6), FULL, axis=axis)
CALLS.add("np.extract", constant(lambda rng, x: rng.random(3) < 0.6), VECTOR)
CALLS.add(
    "np.choose",
    constant(lambda rng, x: rng.integers(0, 2, 3)),
    several(2, 3, kind=a.array(shapes=[(3,)], fits=lambda x: x.shape == (3,))),
)
CALLS.add(
    "np.select",
    constant(lambda rng, x: [rng.random(3) < 0.5, rng.random(3) < 0.5]),
    several(2, 3, kind=a.array(shapes=[(3,)], fits=lambda x: x.shape == (3,))),
    default=one_of(0.5, 1),
)
CALLS.add("np.diagonal np.trace", MATRIX, offset=one_of(0, 1, -1))
CALLS.add("np.diagonal np.trace", CUBE, axis1=one_of(0), axis2=one_of(1, 2))
CALLS.add("np.linalg.trace np.linalg.diagonal", MATRIX, offset=one_of(0, 1))
CALLS.add("np.diag", MATRIX, k=one_of(0, 1, -1))
CALLS.add("np.diag np.diagflat", VECTOR, k=one_of(0, 1, -1))
CALLS.add("np.tril np.triu", MATRIX, k=one_of(0, 1, -1))
CALLS.add("np.tril np.triu", a.array(shapes=[(2, 2), (3, 3), (2, 3)], fits=lambda x: x.ndim > 1))
CALLS.add("np.tril_indices_from np.triu_indices_from", MATRIX, k=one_of(0, 1))
CALLS.add("np.diag_indices_from", a.square())

# -- products --------------------------------------------------------------------------------------


def _last(shape: tuple[int, ...]) -> int:
    return shape[-1]


CALLS.add("np.matmul np.dot np.linalg.matmul", MATRIX, shaped(_last, 2))
CALLS.add("np.matmul np.dot np.inner np.vdot np.vecdot np.linalg.vecdot", VECTOR, like())
CALLS.add("np.matmul np.dot np.matvec", MATRIX, shaped(_last))
CALLS.add("np.matmul", CUBE, shaped(_last, 2))
CALLS.add("np.vecmat", VECTOR, shaped(_last, 2))
CALLS.add("np.dot np.inner", ANY, one_of(2, 0.5, 2.0))
CALLS.add("np.dot", VECTOR, shaped(_last, 2))
CALLS.add("np.inner", MATRIX, shaped(2, _last))
CALLS.add("np.vecdot", MATRIX, like(), axis=one_of(-1, 0))
CALLS.add("np.outer np.kron np.linalg.outer", VECTOR, VECTOR)
CALLS.add("np.outer np.kron", AXED, VECTOR)
CALLS.add(
    "np.tensordot np.linalg.tensordot",
    MATRIX,
    shaped(_last, 2),
    need={"axes": one_of(1, 0, ([1], [0]))},
)
CALLS.add(
    "np.einsum", one_of("ij,jk->ik", "ij,jk", "ij,jk->i", "ij,jl->jil"), MATRIX, shaped(_last, 2)
)
CALLS.add(
    "np.einsum", one_of("i,i->", "i,i->i", "i,j->ij", "i,j->", "...,...->..."), VECTOR, like()
)
CALLS.add(
    "np.einsum", one_of("ii->", "ii->i", "ij->ji", "ij->", "ij->j", "...ij->...ji"), a.square()
)
CALLS.add("np.cross", a.array(shapes=[(3,)], fits=lambda x: x.shape == (3,)), like())
CALLS.add(
    "np.linalg.cross", a.array(shapes=[(3,), (2, 3)], fits=lambda x: x.shape[-1:] == (3,)), like()
)
CALLS.add("np.convolve np.correlate", VECTOR, VECTOR, mode=one_of("full", "same", "valid"))

# -- slopes and points -----------------------------------------------------------------------------

CALLS.add("np.diff", FULL, n=one_of(0, 1, 2), axis=one_axis)
CALLS.add("np.diff", VECTOR, n=one_of(0, 1), prepend=one_of(1.0, [0.5]), append=one_of(2.0))
CALLS.add("np.gradient", VECTOR, edge_order=one_of(1, 2))
CALLS.add("np.gradient", VECTOR, one_of(0.5, 2))
CALLS.add("np.trapezoid", FULL, axis=one_axis, dx=one_of(0.5))
CALLS.add("np.trapezoid", VECTOR, like())
CALLS.add(
    "np.interp",
    REAL,
    one_of([-1.0, 0.1, 1.5]),
    shaped(3, dtypes=[np.float64, np.float32, np.complex128]),
    left=one_of(0.5),
    right=one_of(-1.0),
    period=one_of(4.0),
)
CALLS.add("np.polyval", VECTOR, FINE)
CALLS.add(
    "np.piecewise", REAL_VECTOR, constant(lambda rng, x: [np.asarray(x) > 0.1]), one_of([1.0, -1.0])
)

# -- functions of functions ------------------------------------------------------------------------

CALLS.add("np.apply_along_axis", one_of(np.sum, np.cumsum, np.flip), one_of(0, -1), FULL)
CALLS.add("np.apply_over_axes", one_of(np.sum, np.max), MATRIX, one_of([0], [0, 1]))

# -- transforms ------------------------------------------------------------------------------------

CALLS.add(
    "np.fft.fft np.fft.ifft np.fft.hfft np.fft.irfft",
    FULL,
    axis=one_axis,
    n=one_of(2, 3, 5),
    norm=one_of("ortho", "forward"),
)
CALLS.add(
    "np.fft.rfft np.fft.ihfft",
    REAL_AXED,
    axis=one_axis,
    n=one_of(2, 3, 5),
    norm=one_of("ortho", "backward"),
)
CALLS.add(
    "np.fft.fft2 np.fft.fftn np.fft.ifft2 np.fft.ifftn np.fft.irfft2 np.fft.irfftn",
    MATRIX,
    norm=one_of("ortho"),
    s=one_of((2, 2), (3, 4)),
)
CALLS.add("np.fft.rfft2 np.fft.rfftn", REAL_MATRIX, norm=one_of("ortho"), s=one_of((2, 2), (3, 4)))
