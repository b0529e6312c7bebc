"""Sorting: elements gathered in an order, which is data without a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions


def _sort(a: Raw, axis: int | None = -1, kind: Any = None, *, stable: Any = None) -> Raw:
    """np.sort, by gathering."""
    return _gathered(a, axis, lambda x, axis: np.argsort(x, axis=axis, kind=kind, stable=stable))


def _partition(a: Raw, kth: Any, axis: int | None = -1) -> Raw:
    """np.partition, by gathering."""

    def find_order(x: Any, axis: int) -> Any:  # argpartition's may be another one
        order = np.empty(np.shape(x), np.intp)
        places = np.argsort(np.partition(x, kth, axis=axis), axis=axis, kind="stable")
        np.put_along_axis(order, places, np.argsort(x, axis=axis, kind="stable"), axis)
        return order

    return _gathered(a, axis, find_order)


def _gathered(a: Raw, axis: int | None, find_order: Callable[[Any, int], Any]) -> Raw:
    """The elements in that order. At a tie each place has the gradient of the one put there."""
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    return np.take_along_axis(a, find_order(og.stop_gradient(a), axis), axis)


OPS: tuple[og.Op, ...] = ()
FUNCTIONS: Functions = {
    np.sort: _sort,
    np.partition: _partition,
}
