"""Writing an op: the ``@og.op`` decorator, and the typed, callable ops that it makes.

One class per arity, chosen by overloads, lets type checkers see the number and types of inputs,
params and cotangents. At run time the classes differ in nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from inspect import Parameter
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    Protocol,
    TypeAlias,
    TypeVar,
    overload,
)

from opgrad.errors import OpDefinitionError
from opgrad.operation import Data, Op, Raw, Sample
from opgrad.value import Value, apply

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
R = TypeVar("R")
P = ParamSpec("P")
K = TypeVar("K", bound=Data)
F = TypeVar("F", bound=Callable[..., Any])
Functions: TypeAlias = Callable[..., Any] | tuple[Callable[..., Any], ...]
Samples: TypeAlias = Iterable[Sample | tuple[Raw, ...]]


class OpN(Op):
    """An op that can be called, and given its rules: what ``@og.op`` makes."""

    __slots__ = ()

    def __call__(self, *inputs: Any, **params: Any) -> Value[Any]:
        """Apply the op to Values and raw data; always gives a Value.

        Raises:
            InputError: wrong number of inputs, or one is neither a Value nor raw data.
        """
        return apply(self, inputs, params)

    def vjp(self, rule: F) -> F:
        """Decorator: ``rule(g, out, *inputs, **params)`` returns one cotangent per input.

        ``g`` is the cotangent of ``out``. A rule of one input returns its cotangent, or a tuple of
        one; of more inputs, a tuple, with ``None`` for an input without a gradient.

        Raises:
            OpDefinitionError: there is a rule already, or its signature does not fit.
        """
        self.set_joint_rule(rule)
        return rule

    def vjp_wrt(self, position: int) -> Callable[[F], F]:
        """Decorator: ``rule(g, out, *inputs, **params)`` returns the cotangent of one input.

        Rules per input, instead of one for all, let the scheduler skip those that nobody needs.

        Raises:
            OpDefinitionError: there is a rule for it already, or its signature does not fit.
        """

        def decorate(rule: F) -> F:
            self.set_rule(position, rule)
            return rule

        return decorate


class Op1(OpN, Generic[A, P, R]):
    """An op of one input."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __call__(self, x: Value[A] | A, /, *args: P.args, **params: P.kwargs) -> Value[R]: ...

        def vjp(  # type: ignore[override]  # narrower than any rule, on purpose
            self, rule: Callable[Concatenate[R, R, A, P], A | tuple[A | None] | None], /
        ) -> Callable[Concatenate[R, R, A, P], A | tuple[A | None] | None]: ...


class Op2(OpN, Generic[A, B, P, R]):
    """An op of two inputs."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __call__(
            self, x: Value[A] | A, y: Value[B] | B, /, *args: P.args, **params: P.kwargs
        ) -> Value[R]: ...

        def vjp(  # type: ignore[override]  # narrower than any rule, on purpose
            self, rule: Callable[Concatenate[R, R, A, B, P], tuple[A | None, B | None]], /
        ) -> Callable[Concatenate[R, R, A, B, P], tuple[A | None, B | None]]: ...


class Op3(OpN, Generic[A, B, C, P, R]):
    """An op of three inputs."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __call__(
            self,
            x: Value[A] | A,
            y: Value[B] | B,
            z: Value[C] | C,
            /,
            *args: P.args,
            **params: P.kwargs,
        ) -> Value[R]: ...

        def vjp(  # type: ignore[override]  # narrower than any rule, on purpose
            self,
            rule: Callable[Concatenate[R, R, A, B, C, P], tuple[A | None, B | None, C | None]],
            /,
        ) -> Callable[Concatenate[R, R, A, B, C, P], tuple[A | None, B | None, C | None]]: ...


class Elementwise1(OpN, Generic[P]):
    """An elementwise op of one input: numbers to numbers, arrays to arrays."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __call__(self, x: Value[K] | K, /, *args: P.args, **params: P.kwargs) -> Value[K]: ...

        def vjp(  # type: ignore[override]  # narrower than any rule, on purpose
            self, rule: Callable[Concatenate[Raw, Raw, Raw, P], Raw], /
        ) -> Callable[Concatenate[Raw, Raw, Raw, P], Raw]: ...


class Elementwise2(OpN, Generic[P]):
    """An elementwise op of two inputs, which broadcast."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __call__(
            self,
            x: Value[Any] | Data,
            y: Value[Any] | Data,
            /,
            *args: P.args,
            **params: P.kwargs,
        ) -> Value[Any]: ...

        def vjp(  # type: ignore[override]  # narrower than any rule, on purpose
            self, rule: Callable[Concatenate[Raw, Raw, Raw, Raw, P], tuple[Raw, Raw]], /
        ) -> Callable[Concatenate[Raw, Raw, Raw, Raw, P], tuple[Raw, Raw]]: ...


class Elementwise3(OpN, Generic[P]):
    """An elementwise op of three inputs, which broadcast."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __call__(
            self,
            x: Value[Any] | Data,
            y: Value[Any] | Data,
            z: Value[Any] | Data,
            /,
            *args: P.args,
            **params: P.kwargs,
        ) -> Value[Any]: ...

        def vjp(  # type: ignore[override]  # narrower than any rule, on purpose
            self, rule: Callable[Concatenate[Raw, Raw, Raw, Raw, Raw, P], tuple[Raw, Raw, Raw]], /
        ) -> Callable[Concatenate[Raw, Raw, Raw, Raw, Raw, P], tuple[Raw, Raw, Raw]]: ...


class _Decorator(Protocol):
    """``@og.op(...)``: highest arity first, or a checker takes two inputs for one and a param."""

    @overload
    def __call__(self, forward: Callable[Concatenate[A, B, C, P], R], /) -> Op3[A, B, C, P, R]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[A, B, P], R], /) -> Op2[A, B, P, R]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[A, P], R], /) -> Op1[A, P, R]: ...


class _ElementwiseDecorator(Protocol):
    """``@og.op(elementwise=True, ...)``."""

    @overload
    def __call__(
        self, forward: Callable[Concatenate[Any, Any, Any, P], Any], /
    ) -> Elementwise3[P]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[Any, Any, P], Any], /) -> Elementwise2[P]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[Any, P], Any], /) -> Elementwise1[P]: ...


@overload
def op(forward: Callable[Concatenate[A, B, C, P], R], /) -> Op3[A, B, C, P, R]: ...
@overload
def op(forward: Callable[Concatenate[A, B, P], R], /) -> Op2[A, B, P, R]: ...
@overload
def op(forward: Callable[Concatenate[A, P], R], /) -> Op1[A, P, R]: ...
@overload
def op(
    *,
    elementwise: Literal[True],
    name: str | None = None,
    implements: Functions = (),
    opaque: bool = False,
    samples: Samples = (),
) -> _ElementwiseDecorator: ...
@overload
def op(
    *,
    elementwise: Literal[False] = False,
    name: str | None = None,
    implements: Functions = (),
    opaque: bool = False,
    samples: Samples = (),
) -> _Decorator: ...
def op(
    forward: Callable[..., Any] | None = None,
    /,
    *,
    elementwise: bool = False,
    name: str | None = None,
    implements: Functions = (),
    opaque: bool = False,
    samples: Samples = (),
) -> Any:
    """Make an op of its forward; its derivative is added with ``.vjp`` or ``.vjp_wrt``.

    The forward's positional parameters are the op's inputs (``*inputs`` for any number), its
    keyword-only ones the op's params: static, never differentiated.

    Args:
        forward: ``forward(*inputs, **params)``, on Python numbers and arrays; pure.
        elementwise: the op broadcasts its inputs; the scheduler then reduces each cotangent to its
            input's shape, and compilers may fuse the op with its neighbours.
        name: the op's name, if not the function's.
        implements: the NumPy function or functions that, called on a Value, become this op.
        opaque: the rules call foreign code, and cannot themselves be differentiated.
        samples: example inputs for tests and checkers, as tuples or, with params, `og.Sample`.

    Raises:
        OpDefinitionError: the forward's signature does not tell inputs from params, or
            ``implements`` is no function.

    Example:
        >>> @og.op(elementwise=True, implements=np.logaddexp, samples=[(0.5, -1.0)])
        ... def logaddexp(x, y):
        ...     return np.logaddexp(x, y)
        >>> @logaddexp.vjp
        ... def _(g, out, x, y):
        ...     return g * np.exp(x - out), g * np.exp(y - out)
    """

    def decorate(forward: Callable[..., Any]) -> OpN:
        arity, param_names = _read_signature(forward, name or forward.__name__)
        kinds = _ELEMENTWISE if elementwise else _GENERAL
        return kinds.get(arity, OpN)(
            name=name or forward.__name__,
            forward=forward,
            arity=arity,
            param_names=param_names,
            elementwise=elementwise,
            implements=_read_functions(implements, name or forward.__name__),
            opaque=opaque,
            samples=tuple(s if isinstance(s, Sample) else Sample(*s) for s in samples),
            doc=inspect.getdoc(forward) or "",
            module=forward.__module__,
        )

    return decorate if forward is None else decorate(forward)


_GENERAL: dict[int | None, type[OpN]] = {1: Op1, 2: Op2, 3: Op3}
_ELEMENTWISE: dict[int | None, type[OpN]] = {1: Elementwise1, 2: Elementwise2, 3: Elementwise3}


def _read_signature(forward: Callable[..., Any], name: str) -> tuple[int | None, frozenset[str]]:
    """Positional parameters are inputs, keyword-only ones params."""
    inputs: int | None = 0
    params = set()
    for p in inspect.signature(forward).parameters.values():
        if p.kind is Parameter.KEYWORD_ONLY:
            params.add(p.name)
        elif p.kind is Parameter.VAR_POSITIONAL:
            inputs = None
        elif p.kind is Parameter.VAR_KEYWORD:
            raise OpDefinitionError(
                f"op {name!r} ({forward.__module__}): its forward takes **{p.name}; name each "
                f"param instead, keyword-only"
            )
        elif p.default is not Parameter.empty:
            raise OpDefinitionError(
                f"op {name!r} ({forward.__module__}): {p.name!r} has a default, so it is no input; "
                f"make it a param by putting it behind a '*': (..., *, {p.name}={p.default!r})"
            )
        else:
            inputs = (inputs or 0) + 1
    if inputs == 0:
        raise OpDefinitionError(f"op {name!r} ({forward.__module__}): its forward has no inputs")
    return inputs, frozenset(params)


def _read_functions(implements: Functions, name: str) -> tuple[Callable[..., Any], ...]:
    """The functions, each once: ``np.abs`` and ``np.absolute`` are the same."""
    functions = implements if isinstance(implements, tuple) else (implements,)
    for function in functions:
        if not callable(function):
            raise OpDefinitionError(
                f"op {name!r}: implements takes a NumPy function or a tuple of them; "
                f"given {function!r}"
            )
    return tuple(dict.fromkeys(functions))
