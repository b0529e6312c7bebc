"""What the author of an op declared, read and checked: signature, NumPy functions, samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from inspect import Parameter, Signature
from typing import Any, TypeAlias

import numpy as np

from opgrad.errors import OpDefinitionError
from opgrad.operation import Raw, Sample, full_name

Functions: TypeAlias = Callable[..., Any] | tuple[Callable[..., Any], ...]
Samples: TypeAlias = Iterable[Sample | tuple[Raw, ...]]


def read_signature(signature: Signature, what: str) -> tuple[int | None, frozenset[str]]:
    """The number of inputs, and the names of params: positional and keyword-only parameters.

    Raises:
        OpDefinitionError: it is not clear which is which, or there are no inputs.
    """
    inputs: int | None = 0
    params = set()
    for p in signature.parameters.values():
        if p.kind is Parameter.KEYWORD_ONLY:
            params.add(p.name)
        elif p.kind is Parameter.VAR_POSITIONAL:
            inputs = None
        elif p.kind is Parameter.VAR_KEYWORD:
            raise OpDefinitionError(
                f"{what}: its forward takes **{p.name}; name each param instead, keyword-only"
            )
        elif p.default is not Parameter.empty:
            raise OpDefinitionError(
                f"{what}: {p.name!r} has a default, so it is no input; "
                f"make it a param by putting it behind a '*': (..., *, {p.name}={p.default!r})"
            )
        else:
            inputs = (inputs or 0) + 1
    if inputs == 0:
        raise OpDefinitionError(f"{what}: its forward has no inputs")
    return inputs, frozenset(params)


def read_functions(implements: Functions, what: str) -> tuple[Callable[..., Any], ...]:
    """The functions, each once: ``np.abs`` and ``np.absolute`` are the same.

    Raises:
        OpDefinitionError: one is no function, or none that NumPy could hand over to an op.
    """
    functions = implements if isinstance(implements, tuple) else (implements,)
    for function in functions:
        if not callable(function):
            raise OpDefinitionError(
                f"{what}: implements takes a NumPy function or a tuple of them; given {function!r}"
            )
        home = str(getattr(function, "__module__", None)).partition(".")[0]
        of_ufunc = getattr(function, "__self__", function)  # np.add, of np.add.reduce
        if not isinstance(of_ufunc, np.ufunc) and home not in ("numpy", "scipy"):
            raise OpDefinitionError(
                f"{what} cannot implement {full_name(function)}: only NumPy's functions, and "
                f"ufuncs, hand over to an op when they are called on a Value"
            )
    return tuple(dict.fromkeys(functions))


def read_samples(samples: Samples, signature: Signature, what: str) -> Iterator[Sample]:
    """Each as a Sample that the forward can be called on.

    Raises:
        OpDefinitionError: the inputs are no tuple, or they or the params do not fit the signature.
    """
    if not isinstance(samples, Iterable):
        raise OpDefinitionError(f"{what}: samples takes a list; given {samples!r}")
    for given in samples:
        if not isinstance(given, Sample | tuple):
            raise OpDefinitionError(
                f"{what}: a sample is a tuple of inputs, such as (1.0,), or an og.Sample; "
                f"given {given!r}"
            )
        sample = given if isinstance(given, Sample) else Sample(*given)
        try:
            signature.bind(*sample.inputs, **sample.params)
        except TypeError as error:
            raise OpDefinitionError(
                f"{what} cannot be called on its sample {_show(sample)}: {error}"
            ) from None
        yield sample


def _show(sample: Sample) -> str:
    params = [f"{name}={value!r}" for name, value in sample.params.items()]
    return f"({', '.join([*map(repr, sample.inputs), *params])})"
