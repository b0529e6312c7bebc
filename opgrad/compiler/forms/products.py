"""Forms of products."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from opgrad.compiler.forms.record import Form, record
from opgrad.compiler.primitives import MATMUL


def _matmul(x1: Any, x2: Any) -> Any:
    return record(MATMUL, x1, x2)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    if np.ndim(a) and np.ndim(b) and (np.ndim(b) == 1 or np.ndim(a) == np.ndim(b) == 2):
        return _matmul(a, b)
    return NotImplemented


def _outer(a: Any, b: Any, out: Any = None) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def _einsum(*operands: Any, optimize: Any = False, **options: Any) -> Any:
    """Sums, transposes and one product, where two operands or one are spelled out.

    Of two, each label is in both terms and summed over or not, or in one of them and the result.
    What is summed over in one of two terms alone is left to NumPy: summed before the product it
    would be another sum, where a zero meets an infinity.
    """
    if not operands or not isinstance(operands[0], str) or options:
        return NotImplemented
    subscripts, *arrays = operands
    found = _terms(subscripts, arrays)
    if found is None or len({x.dtype for x in arrays}) > 1 or arrays[0].dtype.kind != "f":
        return NotImplemented
    terms, result = found
    alone = [set(term) - set(result) - set("".join(terms).replace(term, "", 1)) for term in terms]
    if len(arrays) == 1:
        return _ordered(*_summed(arrays[0], terms[0], alone[0]), result)
    if any(alone):
        return NotImplemented
    return _product(arrays[0], arrays[1], terms[0], terms[1], result)


def _terms(subscripts: str, arrays: list[Any]) -> tuple[list[str], str] | None:
    """The labels of each operand and of the result; ``None`` if it is none of the simple ones."""
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if not arrow:
        result = "".join(sorted(c for c in set(left) - {","} if left.count(c) == 1))
    if len(terms) != len(arrays) or len(arrays) > 2 or not all(hasattr(x, "shape") for x in arrays):
        return None
    lengths: dict[str, int] = {}
    for term, x in zip(terms, arrays, strict=True):
        if len(term) != len(x.shape) or not term.isalpha() or not x.size:
            return None
        if any(lengths.setdefault(c, n) != n for c, n in zip(term, x.shape, strict=True)):
            return None
    each = [*terms, result]
    if any(len(set(term)) < len(term) for term in each) or not set(result) <= set(lengths):
        return None
    return terms, result


def _summed(x: Any, term: str, labels: set[str]) -> tuple[Any, str]:
    if not labels:
        return x, term
    axes = tuple(k for k, c in enumerate(term) if c in labels)
    return np.sum(x, axis=axes), "".join(c for c in term if c not in labels)


def _ordered(x: Any, term: str, result: str) -> Any:
    return np.transpose(x, [term.index(c) for c in result]) if result else x


def _product(a: Any, b: Any, of_a: str, of_b: str, result: str) -> Any:
    both = [c for c in of_a if c in of_b]
    batch, summed = [c for c in both if c in result], [c for c in both if c not in result]
    only_a, only_b = [c for c in of_a if c not in of_b], [c for c in of_b if c not in of_a]
    length = dict(zip(of_a + of_b, (*np.shape(a), *np.shape(b)), strict=True))

    def spread(x: Any, term: str, *groups: list[str]) -> Any:
        labels = [c for group in groups for c in group]
        x = np.transpose(x, [term.index(c) for c in labels if c in term])
        return np.reshape(x, tuple(length[c] if c in term else 1 for c in labels))

    if not summed or not (only_a or only_b):
        order = [batch, only_a, only_b, summed]
        product = spread(a, of_a, *order) * spread(b, of_b, *order)
        axes = tuple(range(product.ndim - len(summed), product.ndim))
        out = np.sum(product, axis=axes) if summed else product
    else:
        left, right = spread(a, of_a, batch, only_a, summed), spread(b, of_b, batch, summed, only_b)
        sizes = [prod(length[c] for c in group) for group in (only_a, summed, only_b)]
        lead = tuple(length[c] for c in batch)
        out = np.matmul(
            np.reshape(left, (*lead, sizes[0], sizes[1])),
            np.reshape(right, (*lead, sizes[1], sizes[2])),
        )
        out = np.reshape(out, (*lead, *(length[c] for c in (*only_a, *only_b))))
    return _ordered(out, "".join([*batch, *only_a, *only_b]), result)


FORMS: Mapping[Any, Form] = {
    np.matmul: _matmul,
    np.dot: _dot,
    np.outer: _outer,
    np.einsum: _einsum,
}
