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
        return _numpy.swapaxes(self, -1, -2)

    @property
    def real(self) -> Any:
        """The real part."""
        return _numpy.real(self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return _numpy.imag(self)

    def sum(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """The sum over an axis, several, or all."""
        return _numpy.sum(self, axis=axis, keepdims=keepdims)

    def prod(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """The product over an axis, several, or all."""
        return _numpy.prod(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """The mean over an axis, several, or all."""
        return _numpy.mean(self, axis=axis, keepdims=keepdims)

    def max(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """The largest element over an axis, several, or all."""
        return _numpy.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """The smallest element over an axis, several, or all."""
        return _numpy.min(self, axis=axis, keepdims=keepdims)

    def var(self, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
        """The variance over an axis, several, or all."""
        return _numpy.var(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def std(self, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
        """The standard deviation over an axis, several, or all."""
        return _numpy.std(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def cumsum(self, axis: int | None = None) -> Any:
        """The running sum along an axis, or of all elements."""
        return _numpy.cumsum(self, axis=axis)

    def cumprod(self, axis: int | None = None) -> Any:
        """The running product along an axis, or of all elements."""
        return _numpy.cumprod(self, axis=axis)

    def argmax(self, axis: int | None = None) -> Any:
        """Where the largest element is: plain integers, without a gradient."""
        return _numpy.argmax(self, axis=axis)

    def argmin(self, axis: int | None = None) -> Any:
        """Where the smallest element is: plain integers, without a gradient."""
        return _numpy.argmin(self, axis=axis)

    def argsort(self, axis: int | None = -1) -> Any:
        """The order that sorts: plain integers, without a gradient."""
        return _numpy.argsort(self, axis=axis)

    def reshape(self, *shape: Any) -> Any:
        """The same elements in another shape, given as a tuple or as several integers."""
        return _numpy.reshape(self, shape[0] if len(shape) == 1 else shape)

    def ravel(self) -> Any:
        """The same elements along one axis."""
        return _numpy.ravel(self)

    def flatten(self) -> Any:
        """The same elements along one axis."""
        return _numpy.ravel(self)

    def transpose(self, *axes: Any) -> Any:
        """The axes in another order; reversed, if none is given."""
        return _numpy.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def swapaxes(self, first: int, second: int) -> Any:
        """Two axes swapped."""
        return _numpy.swapaxes(self, first, second)

    def squeeze(self, axis: Axis = None) -> Any:
        """Without axes of length one."""
        return _numpy.squeeze(self, axis=axis)

    def repeat(self, repeats: Any, axis: int | None = None) -> Any:
        """Each element several times."""
        return _numpy.repeat(self, repeats, axis=axis)

    def take(self, indices: Any, axis: int | None = None) -> Any:
        """The elements at these indices."""
        return _numpy.take(self, indices, axis=axis)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """The diagonal of two axes."""
        return _numpy.diagonal(self, offset, axis1, axis2)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """The sum of the diagonal of two axes."""
        return _numpy.trace(self, offset, axis1, axis2)

    def dot(self, other: Any) -> Any:
        """The dot product."""
        return _numpy.dot(self, other)

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """No less than ``min``, no more than ``max``."""
        return _numpy.clip(self, min, max)

    def any(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """Whether any element is true: plain truths, without a gradient."""
        return _numpy.any(self, axis=axis, keepdims=keepdims)

    def all(self, axis: Axis = None, *, keepdims: bool = False) -> Any:
        """Whether all elements are true: plain truths, without a gradient."""
        return _numpy.all(self, axis=axis, keepdims=keepdims)

    def nonzero(self) -> Any:
        """Where elements are not zero: plain integers, without a gradient."""
        return _numpy.nonzero(self)

    def compress(self, condition: Any, axis: int | None = None) -> Any:
        """The elements for which the condition holds."""
        return _numpy.compress(condition, self, axis=axis)

    def copy(self) -> Any:
        """The same: Values do not change."""
        return _numpy.copy(self)

    def round(self, decimals: int = 0) -> Any:
        """Rounded; no gradient flows through it."""
        return _numpy.round(self, decimals)

    def conj(self) -> Any:
        """The complex conjugate."""
        return _numpy.conjugate(self)

    conjugate = conj

    def astype(self, dtype: Any) -> Any:
        """In another dtype; a gradient flows between floating ones."""
        return _numpy.astype(self, dtype)

    def item(self) -> Any:
        """Refused: it would lose the gradient."""
        raise CutGradientError(
            "v.item() would turn a Value into a plain number and lose its gradient; if that is "
            "meant, say so with v.data.item()"
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
