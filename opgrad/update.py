"""``og.at(v, index).set(x)``: a changed copy, where NumPy would write in place."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from opgrad.binding import plain_index
from opgrad.data import is_traced
from opgrad.node import Node
from opgrad.registry import default
from opgrad.value import apply


@frozen
class At:
    """A place in an array; see :func:`at`."""

    _array: Any
    _index: Any

    def set(self, x: Any) -> Any:
        """A copy of the array with ``x`` in this place, in the array's dtype.

        ``x`` broadcasts to the place. At an index that is named several times, the last one stays,
        and only that one gets a gradient.

        Raises:
            TypeError: the array's dtype cannot hold ``x``.
        """
        return self._changed("arrays.index_set", x)

    def add(self, x: Any) -> Any:
        """A copy of the array with ``x`` added in this place, in the array's dtype.

        ``x`` broadcasts to the place. At an index that is named several times, all are added.

        Raises:
            TypeError: the array's dtype cannot hold ``x``.
        """
        return self._changed("arrays.index_add", x)

    def _changed(self, name: str, x: Any) -> Any:
        op = default().lookup(name)
        if isinstance(self._array, Node) or isinstance(x, Node):
            return apply(op, (self._array, x), {"index": self._index})
        if is_traced(self._array) or is_traced(x) or _has_traced(self._index):
            return apply(op, (self._array, x), {"index": self._index}).data  # or called back
        return op.forward(self._array, x, index=self._index)


def _has_traced(index: Any) -> bool:
    return any(map(is_traced, index)) if isinstance(index, tuple | list) else is_traced(index)


def at(array: Any, index: Any) -> At:
    """A place in an array, of which changed copies can be made; both are differentiated.

    Args:
        array: a Value or an array.
        index: what NumPy takes between brackets.

    Returns:
        An object with ``.set(x)`` and ``.add(x)``: Values if ``array`` or ``x`` is one.

    Example:
        >>> v = og.Value(np.zeros(3))
        >>> og.at(v, slice(1, None)).set(2.0).data
        array([0., 2., 2.])
    """
    return At(array, plain_index(index))
