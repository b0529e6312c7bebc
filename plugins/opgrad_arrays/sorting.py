"""Sorting: elements gathered in an order, which is data without a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw


def _sort(a: Raw, axis: int | None = -1, kind: Any = None, *, stable: Any = None) -> Raw:
    """np.sort, by gathering."""
    return _gathered(a, axis, lambda x, axis: np.argsort(x, axis=axis, kind=kind, stable=stable))


def _partition(a: Raw, kth: Any, axis: int | None = -1) -> Raw:
    """np.partition, by gathering."""
    return _gathered(a, axis, lambda x, axis: np.argpartition(x, kth, axis=axis))


def _gathered(a: Raw, axis: int | None, find_order: Callable[[Any, int], Any]) -> Raw:
    """The elements in that order. At a tie each place has the gradient of the one put there."""
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    index: list[Any] = list(np.indices(np.shape(a), sparse=True))
    index[axis] = find_order(og.stop_gradient(a), axis)
    return a[tuple(index)]


def _of_data(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose results are integers, as it is on the data."""

    def on_data(a: Raw, *args: Any, **kwargs: Any) -> Any:
        return function(og.stop_gradient(a), *args, **kwargs)

    return on_data


OPS: tuple[og.Op, ...] = ()
FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.sort: _sort,
    np.partition: _partition,
    **{f: _of_data(f) for f in (np.argsort, np.argpartition, np.argmax, np.argmin)},
}
