"""Plain data of every form and dtype that functions are called on, and their copies as Values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

import opgrad as og

DTYPES = ("f8", "f4", "f2", "c16", "c8", "i8", "i4", "u1", "?")
"""What each call of one array is tried on."""

NUMBERS = np.array([0.3, -1.2, 2.1, 0.7, -0.6, 1.7, 0.4, -0.9, 1.1, -2.3, 0.2, 1.5])
SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, np.nan, -1.0])


def filled(shape: tuple[int, ...], dtype: str, turn: int = 0) -> Any:
    """An array of numbers with both signs, no two neighbours alike."""
    size = int(np.prod(shape))
    numbers = np.resize(np.roll(NUMBERS, turn), size).reshape(shape)
    return np.asarray(converted(numbers, dtype))


def converted(numbers: Any, dtype: str) -> Any:
    """These numbers in a dtype: whole ones in those of integers, both parts in complex ones."""
    kind = np.dtype(dtype).kind
    if kind == "c":
        pairs = [complex(x, y) for x, y in zip(numbers.flat, np.roll(numbers, 1).flat, strict=True)]
        return np.array(pairs, dtype).reshape(numbers.shape)
    if kind == "b":
        return numbers > 0
    if kind in "iu":
        return np.trunc(np.abs(numbers) * 3 if kind == "u" else numbers * 3).astype(dtype)
    return numbers.astype(dtype)


def _shaped(shape: tuple[int, ...]) -> Callable[[str, int], Any]:
    return lambda dtype, turn: filled(shape, dtype, turn)


def _number(dtype: str, turn: int) -> Any:
    return filled((3,), dtype, turn)[1].item()


SHAPES: dict[str, tuple[int, ...]] = {
    "zero_d": (),
    "vector": (4,),
    "one": (1,),
    "row": (1, 3),
    "matrix": (2, 3),
    "square": (3, 3),
    "cube": (2, 3, 4),
    "empty": (0,),
    "no_rows": (0, 3),
    "no_columns": (2, 0),
}

FORMS: dict[str, Callable[[str, int], Any]] = {
    "number": _number,
    "scalar": lambda dtype, turn: filled((3,), dtype, turn)[1],
    **{name: _shaped(shape) for name, shape in SHAPES.items()},
    "fortran": lambda dtype, turn: np.asfortranarray(filled((2, 3), dtype, turn)),
    "strided": lambda dtype, turn: filled((3, 4), dtype, turn)[::-2, 1:],
    "special": lambda dtype, turn: converted(np.roll(SPECIAL, turn), dtype),
}
"""By name: what makes data of a dtype."""

GROUPS: dict[str, tuple[str, ...]] = {
    "any": tuple(FORMS),
    "array": tuple(name for name in FORMS if name not in ("number", "scalar")),
    "arrays": tuple(name for name in FORMS if name != "number"),
    "filled": tuple(
        name for name in FORMS if not name.startswith(("no_", "empty", "number", "scalar"))
    ),  # NumPy leaves the result for empty ones as memory was
    "some": ("number", "scalar", "vector", "matrix", "no_rows"),
    "few": ("scalar", "vector", "matrix"),
}
"""Forms that are tried one after the other where a call names the group."""


def is_possible(form: str, dtype: str) -> bool:
    """Whether there is such data."""
    kind = np.dtype(dtype).kind
    if form == "number":
        return dtype in ("f8", "c16", "i8", "?")
    return form != "special" or kind in "fc"


_MIXES: dict[int, list[tuple[str, ...]]] = {
    1: [(dtype,) for dtype in DTYPES],
    2: [
        *((dtype, dtype) for dtype in DTYPES),
        *(pair for dtype in DTYPES[1:] for pair in (("f8", dtype), (dtype, "f8"))),
        *(("f4", "i8"), ("i4", "f4"), ("f2", "i8"), ("f2", "f4"), ("c8", "f4"), ("f4", "c16")),
        *(("u1", "i4"), ("i8", "u1"), ("?", "i8"), ("u1", "?"), ("?", "f4"), ("f2", "?")),
    ],
    3: list(product(("f8", "f4", "c16", "i8"), repeat=3)),
}
"""The dtypes of one, of two, and of three inputs."""


def each_input(forms: str) -> Iterator[tuple[str, list[Any]]]:
    """The inputs of calls, for forms or groups separated by spaces; each with what it is."""
    chosen = [GROUPS.get(form, (form,)) for form in forms.split()]
    for each in product(*chosen):
        for kinds in _MIXES[len(each)]:
            pairs = list(zip(each, kinds, strict=True))
            if all(is_possible(form, dtype) for form, dtype in pairs):
                made = [FORMS[form](dtype, turn) for turn, (form, dtype) in enumerate(pairs)]
                yield " ".join(f"{form}[{dtype}]" for form, dtype in pairs), made


def as_values(inputs: list[Any]) -> Iterator[list[Any]]:
    """The inputs as Values: all of them, and of several each alone."""
    yield [og.Value(x) for x in inputs]
    if len(inputs) > 1:
        for i, x in enumerate(inputs):
            yield [*inputs[:i], og.Value(x), *inputs[i + 1 :]]
