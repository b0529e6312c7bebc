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

from opgrad.data import Recorded
from opgrad.errors import CopyError, ImmutableError
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
        _set_op(self, op)
        _set_x(self, inputs[0] if inputs else None)
        _set_y(self, inputs[1] if len(inputs) > 1 else None)
        variadic = op is not None and op.arity is None
        _set_more(
            self, (inputs[2:], dict(params)) if len(inputs) > 2 or params or variadic else None
        )
        _set_data(self, data)
        _set_number(self, next_number())

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
        made_by = "leaf" if self.op is None else self.op.name
        return f"<{type(self).__name__} {self.number}: {made_by}, data={self.data!r}>"


_set_op, _set_x, _set_y, _set_more, _set_data, _set_number = (
    Node.__dict__[name].__set__ for name in ("op", "x", "y", "more", "data", "number")
)


set_data = _set_data
"""For data that is let go (see :mod:`opgrad.residuals`); nothing else sets a node's slots."""


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
