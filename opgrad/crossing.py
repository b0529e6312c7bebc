"""A function as other frameworks take it: of a flat list of arrays, with its derivatives alike.

What a bridge to a framework needs, and no framework is known here. A :class:`Program` runs on raw
data. Its pullback (VJP) and its pushforward (JVP) are programs again, so that a framework that
differentiates those gets derivatives of any order; and it tells the shapes and dtypes of its
results beforehand, which frameworks ask for that trace code.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from attrs import field, frozen

from opgrad.compiler.compiled import Compiled
from opgrad.containers import flatten, flatten_in_order
from opgrad.data import is_data, read_only, say
from opgrad.errors import InputError, ShapeError
from opgrad.node import Node, next_number
from opgrad.operation import Op
from opgrad.passes import newer
from opgrad.transforms import jvp, vjp

Spec: TypeAlias = tuple[tuple[int, ...], np.dtype[Any]]
"""A shape and a dtype."""
Like: TypeAlias = Spec | bool | int | float | complex
"""What is known of an input beforehand: the spec of an array; a Python number as it is."""


@frozen(eq=False)
class Program:
    """A differentiable function of numbers and arrays that returns a tuple of them.

    Attributes:
        name: what messages call it.
        function: takes and returns raw data or Values.
        raw: the same for raw data only, if there is a shorter way.
        is_elementwise: its arrays broadcast, and it has one result, of their common shape.
        base: what it is the pullback or the pushforward of, if any.
        moving: of the inputs of ``base``: those with a cotangent or tangent.
        live: of the results of ``base``: those with a cotangent or tangent.
        is_pullback: which of the two it is.
        compile: compiles its derivatives, where the function itself is compiled.
    """

    name: str
    function: Callable[..., Sequence[Any]]
    raw: Callable[..., Sequence[Any]]
    is_elementwise: bool = False
    base: Program | None = None
    moving: tuple[int, ...] = ()
    live: tuple[int, ...] = ()
    is_pullback: bool = False
    compile: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
    _specs: dict[Hashable, tuple[Spec, ...]] = field(factory=dict, init=False)
    _derived: dict[Hashable, Program] = field(factory=dict, init=False)

    def run(self, *inputs: Any) -> list[np.ndarray[Any, Any]]:
        """The results, as arrays in C order that are the caller's own.

        Raises:
            InputError: one depends on a Value that is no input, and would get no gradient.
        """
        start = next_number()
        given = [
            x[()] if isinstance(x, np.ndarray) and not x.ndim else read_only(x) for x in inputs
        ]
        taken = [x for x in inputs if isinstance(x, np.ndarray)]
        results: list[np.ndarray[Any, Any]] = []
        for result in self.raw(*given):
            data = self._data_of(result, start) if isinstance(result, Node) else result
            if not is_data(data):
                raise InputError(
                    f"{self.name} returned {say(data)}, no number and no array of NumPy's: if it "
                    f"takes a framework's array from outside, that would get no gradient. Pass it "
                    f"as an argument, or take its numbers if it is a constant"
                )
            array = np.asarray(data, order="C")
            shares = any(np.may_share_memory(array, x) for x in taken)
            results.append(array.copy() if shares or not array.flags.writeable else array)
            taken.append(results[-1])
        if self.base is None and not self.is_elementwise:
            self._specs[_key(map(_like, inputs))] = tuple((x.shape, x.dtype) for x in results)
        return results

    def _data_of(self, result: Node, start: int) -> Any:
        if any(node.number < start for node in newer([result], start)):
            raise InputError(
                f"{self.name} takes a Value that is no argument of it, and would get no gradient: "
                f"pass it as an argument, or take its .data if it is a constant"
            )
        return result.data

    def specs(self, *likes: Like) -> tuple[Spec, ...]:
        """The shapes and dtypes of the results, for inputs of these.

        Where it has not run on such inputs yet, it is run on placeholders, numbers of no meaning:
        what depends on the numbers themselves is not known beforehand.

        Raises:
            ShapeError: it failed on the placeholders, or shapes do not broadcast.
        """
        if self.base is not None and self.is_pullback:
            moved = (likes[i] for i in self.moving)
            return tuple(x if isinstance(x, tuple) else ((), np.dtype(type(x))) for x in moved)
        if self.base is not None:
            found = self.base.specs(*likes[: len(likes) - len(self.moving)])
            return tuple(found[i] for i in self.live)
        if self.is_elementwise:
            shapes = [like[0] for like in likes if isinstance(like, tuple)]
            small = [((), like[1]) if isinstance(like, tuple) else like for like in likes]
            [(_, dtype)] = self._specs_of(small)
            return ((broadcast(shapes), dtype),)
        return self._specs_of(
            [
                (tuple(int(n) for n in like[0]), like[1]) if isinstance(like, tuple) else like
                for like in likes
            ]
        )

    def _specs_of(self, likes: Sequence[Like]) -> tuple[Spec, ...]:
        key = _key(likes)
        if key not in self._specs:
            inputs = [placeholder(*like) if isinstance(like, tuple) else like for like in likes]
            try:
                with np.errstate(all="ignore"):
                    made = self.raw(*inputs)
            except Exception as error:
                shapes = ", ".join(str(x[0]) if isinstance(x, tuple) else str(x) for x in likes)
                raise ShapeError(
                    f"the shapes of what {self.name} returns have to be known before it runs. "
                    f"Tried on placeholders of shapes {shapes}, it raised {error!r}. "
                    f"Call it once, untraced, on arrays of these shapes."
                ) from error
            arrays = [np.asarray(x.data if isinstance(x, Node) else x) for x in made]
            self._specs[key] = tuple((x.shape, x.dtype) for x in arrays)
        return self._specs[key]

    def pullback(self, moving: tuple[int, ...], live: tuple[int, ...]) -> Program:
        """The program of ``(*inputs, *cotangents)``: the cotangents of the inputs at ``moving``.

        Args:
            moving: inputs of floating dtype.
            live: the results that cotangents are given of; they are of floating dtype.
        """

        def pulled(*given: Any) -> Sequence[Any]:
            inputs, cts = given[: len(given) - len(live)], given[len(given) - len(live) :]
            _, pull = vjp(self._varying(inputs, moving, live), *(inputs[i] for i in moving))
            return pull(tuple(cts))

        return self._derive(pulled, moving, live, is_pullback=True)

    def pushforward(self, moving: tuple[int, ...], live: tuple[int, ...]) -> Program:
        """The program of ``(*inputs, *tangents)``: the tangents of the results at ``live``.

        Args:
            moving: the inputs that tangents are given of; they are of floating dtype.
            live: results of floating dtype.
        """

        def pushed(*given: Any) -> Sequence[Any]:
            inputs, ts = given[: len(given) - len(moving)], given[len(given) - len(moving) :]
            primals = tuple(inputs[i] for i in moving)
            _, tangents = jvp(self._varying(inputs, moving, live), primals, tuple(ts))
            return tangents

        return self._derive(pushed, moving, live, is_pullback=False)

    def transpose(self) -> Program:
        """Of a pullback the pushforward, and the other way round.

        Raises:
            InputError: it is neither.
        """
        if self.base is None:
            raise InputError(f"{self.name} is not linear, so it has no transpose")
        derive = self.base.pushforward if self.is_pullback else self.base.pullback
        return derive(self.moving, self.live)

    @property
    def broadcasts(self) -> bool:
        """Whether it, or what it is a derivative of, is elementwise.

        Then, with an axis put before the others of every input, and as many axes for each input, it
        computes along that axis what it computes without.
        """
        return self.is_elementwise if self.base is None else self.base.broadcasts

    def _varying(
        self, inputs: Sequence[Any], moving: tuple[int, ...], live: tuple[int, ...]
    ) -> Callable[..., tuple[Any, ...]]:
        def varying(*primals: Any) -> tuple[Any, ...]:
            results = self.function(*filled(inputs, moving, primals))
            return tuple(results[i] for i in live)

        varying.__name__ = self.name
        return varying

    def _derive(
        self,
        function: Callable[..., Sequence[Any]],
        moving: tuple[int, ...],
        live: tuple[int, ...],
        is_pullback: bool,
    ) -> Program:
        key = (moving, live, is_pullback)
        if key not in self._derived:
            function.__name__ = f"{self.name}_{'vjp' if is_pullback else 'jvp'}"
            self._derived[key] = Program(
                name=function.__name__,
                function=function,
                raw=function if self.compile is None else self.compile(function),
                base=self,
                moving=moving,
                live=live,
                is_pullback=is_pullback,
                compile=self.compile,
            )
        return self._derived[key]


class Crossing:
    """An op or function, and a program for each form of call, with its static arguments.

    Args:
        f: an op, a compiled function, or a function that works on Values.
        is_array: whether a leaf of the arguments is an input, as arrays and numbers are, or static.
    """

    def __init__(self, f: Callable[..., Any], is_array: Callable[[Any], bool]) -> None:
        self.f: Any = f
        self.name: str = f.name if isinstance(f, Op) else getattr(f, "__name__", type(f).__name__)
        self.doc: str | None = f.doc if isinstance(f, Op) else f.__doc__
        self._is_array = is_array
        self._calls: dict[Hashable, Call] = {}

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Call, list[Any]]:
        """What a call comes to, and its inputs, flat.

        Raises:
            InputError: the call does not fit the op, or a static argument cannot be hashed.
        """
        is_op = isinstance(self.f, Op)
        leaves, structure = (list(args), None) if is_op else flatten_in_order((args, kwargs))
        dynamic = tuple(i for i, leaf in enumerate(leaves) if self._is_array(leaf))
        chosen = frozenset(dynamic)
        static = [None if i in chosen else x for i, x in enumerate(leaves)]
        key = (structure, dynamic, frozen_form(static), frozen_form(kwargs if is_op else {}))
        found = self._calls.get(key)
        if found is None:
            if isinstance(self.f, Op):
                found = _call_of_op(self.f, static, dynamic, kwargs)
            else:
                found = _call_of_function(self.f, self.name, static, structure, dynamic)
            self._calls[key] = found
        return found, [leaves[i] for i in dynamic]


@frozen(eq=False)
class Call:
    """One way to call a function.

    Attributes:
        program: it, of the inputs.
        rebuild: the result, of the program's results.
    """

    program: Program
    rebuild: Callable[[Sequence[Any]], Any]


def _call_of_op(
    op: Op, static: Sequence[Any], dynamic: Sequence[int], params: dict[str, Any]
) -> Call:
    if op.arity not in (None, len(static)):
        raise InputError(f"op {op.name!r} takes {op.arity} input(s), given {len(static)}")
    for i, x in enumerate(static):
        if i not in dynamic and not is_data(x):
            raise InputError(f"op {op.name!r} takes numbers and arrays, given {say(x)}")
    unknown = params.keys() - op.param_names
    if unknown:
        raise InputError(
            f"op {op.name!r} has no param {min(unknown)!r}; inputs are given by position"
        )
    call: Any = op  # whatever is an op can be called
    program = Program(
        name=op.name,
        function=lambda *inputs: (call(*filled(static, dynamic, inputs), **params),),
        raw=lambda *inputs: (op.forward(*filled(static, dynamic, inputs), **params),),
        is_elementwise=op.elementwise,
    )
    return Call(program, lambda results: results[0])


def _call_of_function(
    f: Callable[..., Any], name: str, static: Sequence[Any], structure: Any, dynamic: Sequence[int]
) -> Call:
    form: list[Any] = []

    def flat(*inputs: Any) -> Sequence[Any]:
        args, kwargs = structure.unflatten(filled(static, dynamic, inputs))
        results, out_structure = flatten(f(*args, **kwargs))
        if not form:
            form.append(out_structure)
        elif form[0] != out_structure:
            raise InputError(
                f"{name} returned {out_structure}, and before, called alike, {form[0]}; "
                f"what it returns may not change its structure"
            )
        return results

    flat.__name__ = name
    compile = f.beside if isinstance(f, Compiled) else None
    program = Program(name=name, function=flat, raw=flat, compile=compile)
    return Call(program, lambda results: form[0].unflatten(results))


def filled(given: Sequence[Any], positions: Sequence[int], values: Sequence[Any]) -> list[Any]:
    """The sequence, with these values at these positions."""
    full = list(given)
    for i, x in zip(positions, values, strict=True):
        full[i] = x
    return full


def frozen_form(x: Any) -> Hashable:
    """What stands for a static argument in a key: equal for equal ones.

    Raises:
        InputError: it can neither be hashed nor taken apart.
    """
    if isinstance(x, list | tuple):
        return (type(x), *map(frozen_form, x))
    if isinstance(x, dict):
        return (dict, *((k, frozen_form(v)) for k, v in sorted(x.items())))
    if isinstance(x, slice):
        return (slice, *map(frozen_form, (x.start, x.stop, x.step)))
    if isinstance(x, np.ndarray):
        return (np.ndarray, x.shape, x.dtype.str, x.tobytes())
    try:
        hash(x)
    except TypeError:
        raise InputError(f"a static argument must be hashable; given {say(x)}") from None
    return (type(x), x)


def broadcast(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The common shape, by NumPy's rules; lengths may be a framework's symbols.

    Raises:
        ShapeError: there is none.
    """
    rank = max(map(len, shapes), default=0)
    common: list[int] = []
    for axis in range(-rank, 0):
        lengths = [shape[axis] for shape in shapes if len(shape) >= -axis and shape[axis] != 1]
        if any(n != lengths[0] for n in lengths):
            raise ShapeError(f"shapes {', '.join(map(str, shapes))} do not broadcast")
        common.append(lengths[0] if lengths else 1)
    return tuple(common)


def placeholder(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """An array to find shapes with: positive, below 1, square matrices positive definite."""
    if dtype.kind not in "fc":
        return np.zeros(shape, dtype)[()] if dtype.kind != "b" else np.ones(shape, dtype)[()]
    size = int(np.prod(shape))
    x = (0.25 + 0.5 * np.arange(size) / max(size, 1)).reshape(shape).astype(dtype)
    if len(shape) > 1 and shape[-1] == shape[-2]:
        x = x + np.diag(np.arange(shape[-1]) + shape[-1]).astype(dtype)
    return x[()]


def _like(x: Any) -> Like:
    return (x.shape, x.dtype) if isinstance(x, np.ndarray | np.generic) else x


def _key(likes: Iterable[Like]) -> Hashable:
    return tuple(float if isinstance(like, float) else (type(like), like) for like in likes)
