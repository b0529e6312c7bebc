"""Kinds: the dtypes that native code computes with, as LLVM writes them; constants; casts."""

from __future__ import annotations

import math
import struct
from functools import cache
from typing import Any

import numpy as np

Kind = str
"""A dtype that native code has: its kind and the bytes of an element, as ``f8``, ``b1``, ``u4``."""

REGISTER = {"f8": "double", "f4": "float", "b1": "i1"} | {
    f"{sign}{size}": f"i{8 * size}" for sign in "iu" for size in (1, 2, 4, 8)
}
"""LLVM's type of a value."""

MEMORY = REGISTER | {"b1": "i8"}
"""LLVM's type of the same in memory."""

SIZE = {kind: int(kind[1]) for kind in REGISTER}

PACKED = {"f8": "d", "f4": "f4x", "b1": "?7x", "i8": "q", "i4": "i4x", "u8": "Q", "u4": "I4x"} | {
    "i1": "b7x",
    "u1": "B7x",
    "i2": "h6x",
    "u2": "H6x",
}
"""How :mod:`struct` writes one into eight bytes."""


@cache
def kind_of(dtype: np.dtype[Any]) -> Kind | None:
    """The kind of a dtype; ``None``: native code does not have it."""
    kind = f"{dtype.kind}{dtype.itemsize}"
    return kind if kind in REGISTER and dtype.isnative else None


def is_float(kind: Kind) -> bool:
    """Whether it is a float of either precision."""
    return kind[0] == "f"


def literal(value: Any, kind: Kind) -> str:
    """A number as LLVM reads it, cast to the kind.

    Raises:
        OverflowError: a Python integer that the kind has no room for.
    """
    if kind == "b1":
        return "true" if value else "false"
    if kind[0] == "f":
        if kind == "f4":
            with np.errstate(over="ignore"):
                value = float(np.float32(value))
        return "0x" + struct.pack(">d", value).hex()
    return str(int(np.array(value, kind)))


def known(ref: str) -> float:
    """The float that a reference is a literal of, in one lane or all; NaN if it is none."""
    if ref.startswith("%"):
        return math.nan
    bits = bytes.fromhex(ref.rpartition("0x")[2].rstrip(")"))
    return float(struct.unpack(">d", bits)[0])


def zero(kind: Kind) -> str:
    """The literal 0."""
    return literal(0, kind)
