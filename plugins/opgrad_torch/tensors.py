"""Tensors and arrays: what may cross, and how, without a copy."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from torch.fx.immutable_collections import immutable_dict, immutable_list

import opgrad as og
from opgrad.crossing import Like

_SYMBOLS = {torch.SymBool: bool, torch.SymInt: int, torch.SymFloat: float}
"""What stands for Python's numbers while torch traces."""


def is_input(x: Any) -> bool:
    """Whether an argument is data, and not static."""
    return isinstance(x, (torch.Tensor, np.ndarray, np.generic, bool, int, float, *_SYMBOLS))


def thawed(x: Any) -> Any:
    """Arguments with plain containers, where they come out of one of torch's traced graphs."""
    if isinstance(x, immutable_dict) or type(x) is dict:
        return {key: thawed(value) for key, value in x.items()}
    if isinstance(x, immutable_list) or type(x) is list:
        return [thawed(value) for value in x]
    return tuple(map(thawed, x)) if type(x) is tuple else x


@cache
def _dtypes() -> dict[Any, np.dtype[Any]]:
    kinds = "bool uint8 int8 int16 int32 int64 float16 float32 float64 complex64 complex128"
    return {getattr(torch, kind): np.dtype(kind) for kind in kinds.split()}


def numpy_dtype(dtype: Any) -> np.dtype[Any]:
    """NumPy's dtype of the same name."""
    return _dtypes()[dtype]


def torch_dtype(dtype: np.dtype[Any]) -> Any:
    """Torch's dtype of the same name.

    Raises:
        InputError: there is none.
    """
    for theirs, ours in _dtypes().items():
        if ours == dtype:
            return theirs
    raise og.errors.InputError(f"torch has no dtype for results of NumPy's {dtype}")


def as_tensor(x: Any, name: str) -> Any:
    """An input as torch's op takes it: a tensor that has been looked at, or a Python number.

    Raises:
        InputError: it is a tensor that NumPy cannot read, or no data at all.
    """
    if isinstance(x, torch.Tensor):
        check(x, name)
        return x
    if isinstance(x, np.ndarray | np.generic):
        return tensor_of(np.array(x))  # torch could not tell, later, if it was written to
    if isinstance(x, (bool, int, float, *_SYMBOLS)):
        return x
    raise og.errors.InputError(
        f"{name}, taken to torch, takes tensors, arrays and numbers; given {type(x).__name__}"
    )


def check(x: Any, name: str) -> None:
    """Refuse a tensor that NumPy cannot read.

    Raises:
        InputError: it is on another device than the CPU, sparse, or of a dtype that NumPy has not.
    """
    if x.device.type not in ("cpu", "meta"):
        raise og.errors.InputError(
            f"{name} is computed by NumPy, on the CPU, and was given a tensor on {x.device}. "
            f"Move it: {name}(x.cpu()).to(x.device)"
        )
    if x.dtype not in _dtypes():
        raise og.errors.InputError(
            f"{name} is computed by NumPy, which has no {str(x.dtype).removeprefix('torch.')}. "
            f"Convert the tensor: {name}(x.float())"
        )
    if x.layout != torch.strided:
        raise og.errors.InputError(
            f"{name} is computed by NumPy, which has no {str(x.layout).removeprefix('torch.')} "
            f"arrays. Make it dense: {name}(x.to_dense())"
        )


def array_of(x: Any) -> Any:
    """The tensor's memory as an array; a number as it is."""
    return x.detach().resolve_conj().resolve_neg().numpy() if isinstance(x, torch.Tensor) else x


def tensor_of(x: np.ndarray[Any, Any]) -> Any:
    """The array's memory as a tensor; a copy where torch could write to what is read-only.

    Raises:
        InputError: torch has no such dtype.
    """
    torch_dtype(x.dtype)
    if not x.flags.writeable or any(stride < 0 for stride in x.strides):
        x = x.copy()
    return torch.from_numpy(x)


def borrowed(x: Any) -> Any:
    """The array's memory as a tensor that is only read; a number as it is.

    Torch knows no read-only tensors, and warns where it is given such an array.
    """
    if not isinstance(x, np.ndarray):
        return x
    if any(stride < 0 for stride in x.strides):
        x = x.copy()
    elif not x.flags.writeable:
        x = _writeable(x)
    return torch.from_numpy(x)


def _writeable(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A view of the same memory; a copy, where that is not an array's to give."""
    view, owner = x.view(), x
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    was_sealed = owner.flags.owndata and not owner.flags.writeable  # as the data of most Values
    if was_sealed:
        owner.setflags(write=True)
    try:
        view.setflags(write=True)
    except ValueError:  # memory that is read-only itself
        view = x.copy()
    finally:
        if was_sealed:
            owner.setflags(write=False)
    return view


def kind_of(x: Any) -> type:
    """What an input is to torch: a tensor, or one of Python's numbers."""
    if isinstance(x, torch.Tensor):
        return torch.Tensor  # type: ignore[no-any-return]  # torch is not looked into
    for symbol, kind in _SYMBOLS.items():
        if isinstance(x, symbol):
            return kind
    return bool if isinstance(x, bool) else int if isinstance(x, int) else float


def like(x: Any) -> Like:
    """What is known of an input before it is there."""
    if isinstance(x, torch.Tensor):
        return tuple(x.shape), numpy_dtype(x.dtype)
    number: bool | int | float = kind_of(x)(x)
    return number
