"""Views: where the elements of an array are, inside a block of memory known before there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from opgrad.compiler.avals import Aval
from opgrad.compiler.primitives import BROADCAST, GETITEM, RESHAPE, TRANSPOSE
from opgrad_llvm.kinds import SIZE, Kind, kind_of


@dataclass(frozen=True, eq=False)
class Block:
    """Memory for the elements of one array, in C order.

    Attributes:
        origin: whose it is: an ``input``, ``output``, ``constant`` or result of a ``host`` step, of
            which the frame has the address; or a ``buffer``, part of the program's own memory.
        number: which of these.
        kind: of the elements.
        shape: of the array.
    """

    origin: str
    number: int
    kind: Kind
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def nbytes(self) -> int:
        """Its memory."""
        return self.size * SIZE[self.kind]

    def whole(self) -> View:
        """All of it."""
        return View(self, 0, self.shape, contiguous(self.shape))


@dataclass(frozen=True, eq=False)
class View:
    """Elements of a block: the first one's place, and strides, both counted in elements."""

    block: Block
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it is the block's elements in their order, in whatever shape."""
        return (
            not self.offset
            and self.block.size == int(np.prod(self.shape, dtype=int))
            and _normal(self.strides, self.shape) == _normal(contiguous(self.shape), self.shape)
        )

    def broadcast(self, shape: tuple[int, ...]) -> View:
        """Repeated along new axes, and along those of length 1."""
        new = len(shape) - len(self.shape)
        kept = (
            0 if length == 1 else stride
            for length, stride in zip(self.shape, self.strides, strict=True)
        )
        return View(self.block, self.offset, shape, (0,) * new + tuple(kept))


def contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of an array in C order."""
    strides = []
    step = 1
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return tuple(reversed(strides))


def _normal(strides: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Those that matter."""
    return tuple(s for s, n in zip(strides, shape, strict=True) if n != 1)


def view_of(op: Any, params: Mapping[str, Any], view: View, out: Aval) -> View | None:
    """The view that an op gives of a view; ``None``: it would have to copy."""
    if op is BROADCAST:
        return view.broadcast(out.shape)
    if op is TRANSPOSE:
        strides = tuple(view.strides[axis] for axis in params["axes"])
        return View(view.block, view.offset, out.shape, strides)
    if op is GETITEM:
        return _item(view, params["index"])
    assert op is RESHAPE
    if view.is_whole:
        return View(view.block, 0, out.shape, contiguous(out.shape))
    kept = [(n, s) for n, s in zip(view.shape, view.strides, strict=True) if n != 1]
    if [n for n, _ in kept] != [n for n in out.shape if n != 1]:
        return None
    rest = iter(kept)
    return View(
        view.block, view.offset, out.shape, tuple(next(rest)[1] if n != 1 else 0 for n in out.shape)
    )


def _item(view: View, index: Any) -> View:
    """The part at a basic index."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if Ellipsis not in parts:
        parts.append(Ellipsis)
    at = parts.index(Ellipsis)
    missing = len(view.shape) - sum(part is not None for part in parts) + 1
    parts[at : at + 1] = [slice(None)] * missing
    offset, shape, strides = view.offset, [], []
    axes = iter(zip(view.shape, view.strides, strict=True))
    for part in parts:
        if part is None:
            shape.append(1)
            strides.append(0)
            continue
        length, stride = next(axes)
        if isinstance(part, slice):
            start, stop, step = part.indices(length)
            count = len(range(start, stop, step))
            offset += start * stride if count else 0
            shape.append(count)
            strides.append(step * stride)
        else:
            offset += (int(part) % length) * stride
    return View(view.block, offset, tuple(shape), tuple(strides))


def part_of(block: Block, index: Any) -> View:
    """The part of a block at a basic index."""
    return _item(block.whole(), index)


def block_of(origin: str, number: int, aval: Aval) -> Block:
    """A block for an array.

    Raises:
        TypeError: native code does not have its dtype.
    """
    kind = kind_of(aval.dtype)
    if kind is None:
        raise TypeError(f"native code has no {aval.dtype}")
    return Block(origin, number, kind, aval.shape)
