"""What a Value shares with NumPy's arrays: attributes, methods, indexing.

Each method is the NumPy function of its name, which NumPy's dispatch protocols turn into an op.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from opgrad.errors import CutGradientError

Axis: TypeAlias = int | tuple[int, ...] | None

_numpy: Any = np  # its type stubs do not know of its dispatch protocols


class ArrayMethods:
    """Mixed into ``Value``; reads ``self.data`` for shapes and types, and nothing else of it."""

    __slots__ = ()

    data: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of elements along each axis; ``()`` for a number."""
        return np.shape(self.data)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return np.ndim(self.data)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def dtype(self) -> Any:
        """The type of the elements, as NumPy sees it."""
        return self.data.dtype if hasattr(self.data, "dtype") else np.result_type(self.data)

    @property
    def T(self) -> Any:  # noqa: N802  # NumPy's name
        """The axes in reverse order."""
        return _numpy.transpose(self)

    @property
    def mT(self) -> Any:  # noqa: N802  # NumPy's name
        """The last two axes swapped."""
        return _numpy.matrix_transpose(self)

    @property
    def real(self) -> Any:
        """The real part."""
        return _numpy.real(self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return _numpy.imag(self)

    def sum(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: None = None,
        keepdims: bool = False,
        **rest: Any,
    ) -> Any:
        """The sum over an axis, several, or all."""
        return _numpy.sum(self, axis, dtype, out, keepdims, **rest)

    def prod(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: None = None,
        keepdims: bool = False,
        **rest: Any,
    ) -> Any:
        """The product over an axis, several, or all."""
        return _numpy.prod(self, axis, dtype, out, keepdims, **rest)

    def mean(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: None = None,
        keepdims: bool = False,
        **rest: Any,
    ) -> Any:
        """The mean over an axis, several, or all."""
        return _numpy.mean(self, axis, dtype, out, keepdims, **rest)

    def max(self, axis: Axis = None, out: None = None, keepdims: bool = False, **rest: Any) -> Any:
        """The largest element over an axis, several, or all."""
        return _numpy.max(self, axis, out, keepdims, **rest)

    def min(self, axis: Axis = None, out: None = None, keepdims: bool = False, **rest: Any) -> Any:
        """The smallest element over an axis, several, or all."""
        return _numpy.min(self, axis, out, keepdims, **rest)

    def var(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: None = None,
        ddof: float = 0,
        keepdims: bool = False,
        **rest: Any,
    ) -> Any:
        """The variance over an axis, several, or all."""
        return _numpy.var(self, axis, dtype, out, ddof, keepdims, **rest)

    def std(
        self,
        axis: Axis = None,
        dtype: Any = None,
        out: None = None,
        ddof: float = 0,
        keepdims: bool = False,
        **rest: Any,
    ) -> Any:
        """The standard deviation over an axis, several, or all."""
        return _numpy.std(self, axis, dtype, out, ddof, keepdims, **rest)

    def cumsum(self, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
        """The running sum along an axis, or of all elements."""
        return _numpy.cumsum(self, axis, dtype, out)

    def cumprod(self, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
        """The running product along an axis, or of all elements."""
        return _numpy.cumprod(self, axis, dtype, out)

    def argmax(self, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
        """Where the largest element is: plain integers, without a gradient."""
        return _numpy.argmax(self, axis, out, keepdims=keepdims)

    def argmin(self, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
        """Where the smallest element is: plain integers, without a gradient."""
        return _numpy.argmin(self, axis, out, keepdims=keepdims)

    def argsort(
        self, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: Any = None
    ) -> Any:
        """The order that sorts: plain integers, without a gradient."""
        return _numpy.argsort(self, axis, kind, order, stable=stable)

    def reshape(self, *shape: Any, order: str = "C", copy: bool | None = None) -> Any:
        """The same elements in another shape, given as a tuple or as several integers."""
        wanted = shape[0] if len(shape) == 1 else shape
        if copy is None:
            return _numpy.reshape(self, wanted, order)
        return _numpy.reshape(self, wanted, order, copy=copy)

    def ravel(self, order: str = "C") -> Any:
        """The same elements along one axis."""
        return _numpy.ravel(self, order)

    def flatten(self, order: str = "C") -> Any:
        """The same elements along one axis."""
        return _numpy.ravel(self, order)

    def transpose(self, *axes: Any) -> Any:
        """The axes in another order; reversed, if none is given."""
        return _numpy.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        """Two axes swapped."""
        return _numpy.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Axis = None) -> Any:
        """Without axes of length one."""
        return _numpy.squeeze(self, axis=axis)

    def repeat(self, repeats: Any, axis: int | None = None) -> Any:
        """Each element several times."""
        return _numpy.repeat(self, repeats, axis=axis)

    def take(
        self, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise"
    ) -> Any:
        """The elements at these indices."""
        return _numpy.take(self, indices, axis, out, mode)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """The diagonal of two axes."""
        return _numpy.diagonal(self, offset, axis1, axis2)

    def trace(
        self,
        offset: int = 0,
        axis1: int = 0,
        axis2: int = 1,
        dtype: Any = None,
        out: None = None,
    ) -> Any:
        """The sum of the diagonal of two axes."""
        return _numpy.trace(self, offset, axis1, axis2, dtype, out)

    def dot(self, other: Any, out: None = None) -> Any:
        """The dot product."""
        return _numpy.dot(self, other, out=out)

    def clip(self, min: Any = None, max: Any = None, out: None = None, **rest: Any) -> Any:
        """No less than ``min``, no more than ``max``."""
        return _numpy.clip(self, min, max, out, **rest)

    def any(
        self, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Any = True
    ) -> Any:
        """Whether any element is true: plain truths, without a gradient."""
        return _numpy.any(self, axis, out, keepdims, where=where)

    def all(
        self, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Any = True
    ) -> Any:
        """Whether all elements are true: plain truths, without a gradient."""
        return _numpy.all(self, axis, out, keepdims, where=where)

    def nonzero(self) -> Any:
        """Where elements are not zero: plain integers, without a gradient."""
        return _numpy.nonzero(self)

    def compress(self, condition: Any, axis: int | None = None, out: None = None) -> Any:
        """The elements for which the condition holds."""
        return _numpy.compress(condition, self, axis, out)

    def copy(self, order: str = "C") -> Any:
        """The same: Values do not change."""
        return _numpy.copy(self, order)

    def round(self, decimals: int = 0, out: None = None) -> Any:
        """Rounded; no gradient flows through it."""
        return _numpy.round(self, decimals, out)

    def conj(self) -> Any:
        """The complex conjugate."""
        return self if self.dtype.kind == "b" else _numpy.conjugate(self)  # NumPy's has integers

    conjugate = conj

    def astype(
        self,
        dtype: Any,
        order: str = "K",
        casting: str = "unsafe",
        subok: bool = True,
        copy: bool = True,
    ) -> Any:
        """In another dtype; a gradient flows between floating ones."""
        if casting != "unsafe" and not _numpy.can_cast(self.dtype, dtype, casting):
            raise TypeError(f"cannot cast from {self.dtype} to {np.dtype(dtype)} by {casting!r}")
        return _numpy.astype(self, dtype)

    def item(self, *args: Any) -> Any:
        """Refused: it would lose the gradient."""
        raise CutGradientError(
            "v.item() would turn a Value into a plain number and lose its gradient; if that is "
            "meant, say so with v.data.item(). An element that keeps it: v[i]."
        )

    def sort(self, *_: Any, **__: Any) -> Any:
        """Refused: an array's method sorts in place."""
        raise CutGradientError(
            "v.sort() would change a Value in place and lose its gradient; np.sort(v) gives a "
            "sorted copy"
        )

    def to_dask_array(self) -> Any:
        """Refused: functions such as ``da.sum`` call it, and would lose the gradient."""
        raise CutGradientError(
            "a function of dask.array would turn a Value into a Dask array and lose its gradient; "
            "call NumPy's, which runs on the Dask array that the Value holds: np.sum(v), not "
            "da.sum(v)"
        )

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("a Value of a number cannot be iterated over")
        this: Any = self  # a Value, which can be indexed
        return (this[i] for i in range(len(self)))

    def __and__(self, other: Any) -> Any:
        return _numpy.bitwise_and(self, other)

    def __or__(self, other: Any) -> Any:
        return _numpy.bitwise_or(self, other)

    def __xor__(self, other: Any) -> Any:
        return _numpy.bitwise_xor(self, other)

    def __invert__(self) -> Any:
        return _numpy.invert(self)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __setitem__(self, index: Any, value: object) -> None:
        raise CutGradientError(
            "v[i] = x would change a Value in place and lose its gradient. Get a changed copy "
            "instead: v = og.at(v, i).set(x), or .add(x)."
        )
