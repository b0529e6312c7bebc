"""Node: one recorded application of an op, or a leaf.

Nodes only point to their inputs, hold no closure and no gradient, and so form no reference cycle:
a graph is freed at once when its last user lets go. Each carries a creation number; inputs are
older than outputs, so a topological order is a sort.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from opgrad.data import PLAIN, Recorded, is_data, say, why_no_data
from opgrad.errors import CopyError, ImmutableError, InputError
from opgrad.operation import NO_PARAMS, Op, Raw

next_number = count().__next__


class Node(Recorded):
    """One application of an op: immutable, compared by identity.

    Attributes:
        op: the op that made ``data``; ``None`` for a leaf.
        inputs: the nodes it was applied to.
        params: the op's static keyword arguments.
        data: the primal: what the op's forward returned, or the leaf's own data.
        number: grows with every node made; inputs have smaller numbers than outputs.

    Raises:
        InputError: ``data`` is no number or array, or the others do not fit each other.
    """

    # The inputs are stored as `x`, `y` (None where there is no such input) and, in the rarer case
    # of more inputs, of an op of any number of inputs, or of params, `more`: the pair (other
    # inputs, params). A tuple of inputs would be a second object for the garbage collector to
    # walk, and take a quarter of the time of a scalar forward pass.
    __slots__ = ("__weakref__", "data", "more", "number", "op", "x", "y")

    op: Op | None
    x: Node | None
    y: Node | None
    more: tuple[tuple[Node, ...], dict[str, Any]] | None
    data: Raw
    number: int

    fields: ClassVar[tuple[str, ...]] = ("op", "inputs", "params", "data", "number")

    def __init__(
        self,
        data: Raw,
        op: Op | None = None,
        inputs: tuple[Node, ...] = (),
        params: Mapping[str, Any] = NO_PARAMS,
    ) -> None:
        if data.__class__ not in PLAIN and (isinstance(data, Node) or not is_data(data)):
            raise InputError(why_no_data(data, f"{type(self).__name__}() holds"))
        x: Node | None = None
        y: Node | None = None
        more: tuple[tuple[Node, ...], dict[str, Any]] | None = None
        if op is not None or inputs or params:
            op, inputs = self._checked(op, inputs, params)
            x, y = inputs[0], inputs[1] if len(inputs) > 1 else None
            if len(inputs) > 2 or params or op.arity is None:
                more = inputs[2:], dict(params)
        _set_op(self, op)
        _set_x(self, x)
        _set_y(self, y)
        _set_more(self, more)
        _set_data(self, data)
        _set_number(self, next_number())

    def _checked(
        self, op: Op | None, inputs: tuple[Node, ...], params: Mapping[str, Any]
    ) -> tuple[Op, tuple[Node, ...]]:
        """The op and inputs; passes read them, and call the op's rules, without another look."""
        who = f"{type(self).__name__}()"
        if op is None or isinstance(self, Constant):
            raise InputError(f"{who} makes a leaf here, which has no op, inputs and params")
        if not isinstance(op, Op) or not hasattr(op, "jvp_rule"):  # its last field
            raise InputError(f"{who} takes an op, such as og.ops.exp; given {say(op)}")
        what = f"{who} of op {op.name!r} ({op.module})"
        if not isinstance(inputs, tuple | list):
            raise InputError(f"{what} takes a tuple of nodes; given {say(inputs)}")
        for x in inputs:
            if not isinstance(x, Node):
                raise InputError(
                    f"{what} takes nodes for inputs; given {say(x)}. Make it one: og.Constant(...)"
                    f", or og.Value(...) if a gradient is to flow to it."
                )
            finished(x)
        if not inputs or (op.arity is not None and op.arity != len(inputs)):
            expected = "one input or more" if op.arity is None else f"inputs: {op.arity}"
            raise InputError(f"{what} takes {expected}; given {len(inputs)}")
        if not isinstance(params, Mapping) or not params.keys() <= op.param_names:
            known = ", ".join(sorted(op.param_names)) or "none"
            raise InputError(f"{what} takes a mapping of params ({known}); given {say(params)}")
        if any(isinstance(param, Node) for param in params.values()):
            raise InputError(f"{what}: a param is never differentiated, so it is no node")
        return op, tuple(inputs)

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes that the op was applied to."""
        x, y = self.x, self.y
        if x is None:
            return ()
        first = (x,) if y is None else (x, y)
        return first if self.more is None else first + self.more[0]

    @property
    def params(self) -> Mapping[str, Any]:
        """The op's static keyword arguments."""
        return NO_PARAMS if self.more is None else MappingProxyType(self.more[1])

    def __setattr__(self, name: str, value: object) -> None:
        raise ImmutableError(
            f"a node's {name!r} cannot be set: nodes are immutable. Compute a new one instead."
        )

    def __delattr__(self, name: str) -> None:
        raise ImmutableError(f"a node's {name!r} cannot be deleted: nodes are immutable")

    def __copy__(self) -> Any:
        return self  # of what does not change, one is enough

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        raise CopyError(f"a {type(self).__name__} is not pickled: pickle its data, node.data")

    def __repr__(self) -> str:
        try:
            made_by = "leaf" if self.op is None else self.op.name
            return f"<{type(self).__name__} {self.number}: {made_by}, data={self.data!r}>"
        except AttributeError:  # made without its __init__, as a message may have to say
            return object.__repr__(self)


_set_op, _set_x, _set_y, _set_more, _set_data, _set_number = (
    Node.__dict__[name].__set__ for name in ("op", "x", "y", "more", "data", "number")
)


def finished(node: Node) -> Node:
    """The node, if it was made as nodes are.

    Raises:
        InputError: it was made by ``__new__`` alone, and is empty.
    """
    try:
        node.number  # noqa: B018  # set last
    except AttributeError:
        kind = type(node).__name__
        raise InputError(f"the {kind} that was given was made without its __init__") from None
    return node


set_data = _set_data
"""For data that is let go (see :mod:`opgrad.residuals`); nothing else sets a node's slots."""


def raw(x: Any) -> Any:
    """The data of a node; anything else as it is."""
    try:
        return x.data if isinstance(x, Node) else x
    except AttributeError:
        return finished(x)  # which is not, and says so


class Constant(Node):
    """A leaf that no gradient flows to: a plain number or array that met a ``Value``."""

    __slots__ = ()


class Writable:
    """Mixed into a node class, gives a twin of the same layout: empty at first, its fields unset.

    ``twin.__class__ = Frozen`` then makes the node, for good, the immutable class. It takes a
    third of the time of setting the slots of an immutable class through their descriptors.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self) -> None: ...

    else:
        __init__ = object.__init__
        __setattr__ = object.__setattr__
        __delattr__ = object.__delattr__
