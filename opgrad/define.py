"""Writing an op: the ``@og.op`` decorator, and the typed, callable ops that it makes.

One class per arity, chosen by overloads, lets type checkers see the number and types of inputs,
params and cotangents. At run time the classes differ in nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    Protocol,
    TypeVar,
    overload,
)

from opgrad.data import say
from opgrad.declaration import Functions, Samples, read_functions, read_samples, read_signature
from opgrad.errors import InputError, OpDefinitionError
from opgrad.operation import NO_MODULE, Data, Op, Raw
from opgrad.plugin import describe
from opgrad.value import Value, apply

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
R = TypeVar("R")
A_in = TypeVar("A_in", contravariant=True)
R_in = TypeVar("R_in", contravariant=True)
R_out = TypeVar("R_out", covariant=True)
P = ParamSpec("P")
K = TypeVar("K", bound=Data)
F = TypeVar("F", bound=Callable[..., Any])


class OpN(Op):
    """An op that can be called, and given its rules: what ``@og.op`` makes."""

    __slots__ = ()

    def __call__(self, *inputs: Any, **params: Any) -> Value[Any]:
        """Apply the op to Values and raw data; always gives a Value.

        Raises:
            InputError: wrong number of inputs, or one is neither a Value nor raw data; or a keyword
                is none of the op's params.
        """
        if params and not params.keys() <= self.param_names:
            raise self._unknown_param(*params)
        return apply(self, inputs, params)

    def _unknown_param(self, *given: str) -> InputError:
        unknown = next(name for name in given if name not in self.param_names)
        params = ", ".join(sorted(self.param_names)) or "none"
        return InputError(
            f"{describe(self)} has no param {unknown!r} (its params: {params}); "
            f"inputs are given by position, without their names"
        )

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

    def jvp(self, rule: F) -> F:
        """Decorator: ``rule(tangents, out, *inputs, **params)`` returns the tangent of ``out``.

        Not needed: the JVP is made of the VJPs. A rule of its own is faster, and the only way to
        a JVP for an opaque op that is not elementwise. ``tangents`` is a tuple with one for each
        input, in its form, all zero where nothing arrives (float64 for an integer).

        Raises:
            OpDefinitionError: there is one already, or its signature does not fit.
        """
        self.set_jvp_rule(rule)
        return rule


class Op1(OpN, Generic[A, P, R]):
    """An op of one input."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __call__(self, x: Value[A] | A, /, *args: P.args, **params: P.kwargs) -> Value[R]: ...

        def vjp(  # type: ignore[override]  # narrower than any rule, on purpose
            self, rule: Callable[Concatenate[R, R, A, P], A | tuple[A | None]], /
        ) -> Callable[Concatenate[R, R, A, P], A | tuple[A | None]]: ...


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


class Variadic(OpN, Generic[A, R]):
    """An op of any number of inputs; checkers leave its params to the run."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __call__(self, *inputs: Value[A] | A, **params: Any) -> Value[R]: ...

        def vjp(  # type: ignore[override]  # narrower than any rule, on purpose
            self, rule: _VariadicRule[R, A], /
        ) -> _VariadicRule[R, A]: ...


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


class _VariadicForward(Protocol[A_in, R_out]):
    """``forward(*inputs)``: can be called on none, and on four. Its params have defaults.

    Written as ``*inputs: A_in``, mypy would take any forward of one ``Any`` for it.
    """

    @overload
    def __call__(self) -> R_out: ...
    @overload
    def __call__(self, w: A_in, x: A_in, y: A_in, z: A_in, /) -> R_out: ...


class _VariadicRule(Protocol[R_in, A]):
    """``rule(g, out, *inputs)``: one cotangent per input."""

    def __call__(self, g: R_in, out: R_in, /, *inputs: A) -> tuple[A | None, ...]: ...


class _Decorator(Protocol):
    """``@og.op(...)``: highest arity first, or a checker takes two inputs for one and a param."""

    @overload
    def __call__(  # type: ignore[overload-overlap]  # no fixed number of inputs is any number
        self, forward: _VariadicForward[A, R], /
    ) -> Variadic[A, R]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[A, B, C, P], R], /) -> Op3[A, B, C, P, R]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[A, B, P], R], /) -> Op2[A, B, P, R]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[A, P], R], /) -> Op1[A, P, R]: ...


class _ElementwiseDecorator(Protocol):
    """``@og.op(elementwise=True, ...)``."""

    @overload
    def __call__(self, forward: _VariadicForward[object, Any], /) -> Variadic[Any, Any]: ...
    @overload
    def __call__(
        self, forward: Callable[Concatenate[Any, Any, Any, P], Any], /
    ) -> Elementwise3[P]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[Any, Any, P], Any], /) -> Elementwise2[P]: ...
    @overload
    def __call__(self, forward: Callable[Concatenate[Any, P], Any], /) -> Elementwise1[P]: ...


@overload
def op(  # type: ignore[overload-overlap]  # no fixed number of inputs is any number
    forward: _VariadicForward[A, R], /
) -> Variadic[A, R]: ...
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
    linear: bool = False,
    selects: bool = False,
    opaque: bool = False,
    samples: Samples = (),
) -> _ElementwiseDecorator: ...
@overload
def op(
    *,
    elementwise: Literal[False] = False,
    name: str | None = None,
    implements: Functions = (),
    linear: bool = False,
    selects: bool = False,
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
    linear: bool = False,
    selects: bool = False,
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
        implements: the NumPy function or functions (SciPy's ufuncs, too) that, called on a Value,
            become this op.
        linear: the op is linear in each of its inputs while the others stay the same, as a sum and
            a product are. Its JVP is then made of the op itself.
        selects: elements of an input may have no part in the result, as of a maximum or an index,
            and each of the others comes in with a factor above 0. An infinite derivative before an
            element that is not selected does no harm then; without this it gives NaN.
        opaque: the rules call foreign code, and cannot themselves be differentiated.
        samples: example inputs for tests and checkers, as tuples or, with params, `og.Sample`.

    Raises:
        OpDefinitionError: the forward's signature does not tell inputs from params, a sample does
            not fit it, or ``implements`` is nothing that NumPy could hand over to an op.

    Example:
        >>> @og.op(elementwise=True, implements=np.logaddexp, samples=[(0.5, -1.0)])
        ... def logaddexp(x, y):
        ...     return np.logaddexp(x, y)
        >>> @logaddexp.vjp
        ... def _(g, out, x, y):
        ...     return g * np.exp(x - out), g * np.exp(y - out)
    """

    def decorate(forward: Callable[..., Any]) -> OpN:
        if not callable(forward) or isinstance(forward, Op):
            raise OpDefinitionError(f"@og.op takes a forward, a function; given {say(forward)}")
        module = getattr(forward, "__module__", None) or NO_MODULE
        op_name = name or getattr(forward, "__name__", None)
        if not isinstance(op_name, str):
            raise OpDefinitionError(f"@og.op finds no name for {say(forward)}; give it: name=...")
        what = f"op {op_name!r} ({module})"
        try:
            signature = inspect.signature(forward)
        except (TypeError, ValueError) as error:
            raise OpDefinitionError(f"{what}: its forward has no signature: {error}") from None
        arity, param_names = read_signature(signature, what)
        kinds = _ELEMENTWISE if elementwise else _GENERAL
        return kinds.get(arity, OpN)(
            name=op_name,
            forward=forward,
            arity=arity,
            param_names=param_names,
            elementwise=elementwise,
            implements=read_functions(implements, what),
            linear=linear,
            selects=selects,
            opaque=opaque,
            samples=tuple(read_samples(samples, signature, what)),
            doc=inspect.getdoc(forward) or "",
            module=module,
        )

    return decorate if forward is None else decorate(forward)


_GENERAL: dict[int | None, type[OpN]] = {None: Variadic, 1: Op1, 2: Op2, 3: Op3}
_ELEMENTWISE: dict[int | None, type[OpN]] = {
    None: Variadic,
    1: Elementwise1,
    2: Elementwise2,
    3: Elementwise3,
}
