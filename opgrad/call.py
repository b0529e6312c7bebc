"""One call of a function on fresh nodes, and the passes back and forth through it.

Fresh nodes are what keeps nested transforms apart. What came before them is *outside*: Values that
the function uses, or that its arguments are. Where a result depends on these, the passes are
recorded, and what is given back is a Value, for the transform outside; everything else is given
back raw.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from numbers import Number
from typing import Any

import numpy as np

from opgrad import diagnostics
from opgrad.containers import flatten, flatten_like, is_leaf
from opgrad.cotangent import seed
from opgrad.data import WRAPPED, holds_value, is_traced, say, snapshot
from opgrad.errors import InputError
from opgrad.node import Node, next_number, raw
from opgrad.passes import NOTHING, back_from, dependent, newer
from opgrad.pushforward import Pushforward
from opgrad.registry import default
from opgrad.residuals import Recording, only_residuals
from opgrad.running import outermost, running
from opgrad.tangent import zero_like
from opgrad.twins import twin
from opgrad.value import Value, apply


class Call:
    """``f(*args, **kwargs)``, differentiable by the chosen arguments.

    Args:
        f: the function.
        args: its positional arguments.
        kwargs: its keyword arguments.
        chosen: the arguments to differentiate by: positions, and names of keyword arguments.
        has_aux: ``f`` returns a pair, of which the second is not differentiated.
        only_back: there will be no :meth:`push`, which may read what a pull does not.
        is_kept: whoever called ``f`` goes on, before the passes: small arrays are copied.

    Attributes:
        out: what ``f`` returned.
        aux: what it returned beside that.
        roots: the leaves of ``out``, as nodes.

    Raises:
        InputError: a chosen argument, or the result, holds something other than floating-point
            numbers and arrays.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        chosen: Sequence[int | str],
        has_aux: bool = False,
        only_back: bool = False,
        is_kept: bool = False,
    ) -> None:
        self._f = f
        self._start = next_number()
        self._groups = []  # per chosen argument: its fresh nodes, and its structure
        by_position, by_name = list(args), dict(kwargs)
        for key in chosen:
            leaves, structure = flatten(args[key] if isinstance(key, int) else kwargs[key])
            for leaf in leaves:
                if leaf.__class__ is not np.ndarray or leaf.dtype.kind not in "fc":
                    self._check_argument(leaf, key)
            fresh = _fresh_nodes([snapshot(x) for x in leaves] if is_kept else leaves)
            rebuilt = structure.unflatten(fresh)
            if isinstance(key, int):
                by_position[key] = rebuilt
            else:
                by_name[key] = rebuilt
            self._groups.append((fresh, structure))
        self.inputs = [node for fresh, _ in self._groups for node in fresh]
        only_back = only_back and outermost.get() == math.inf and not diagnostics.state.depth
        self._recording = Recording(self._start) if only_back else None
        letting_go = only_residuals.set(self._recording)
        try:
            with running(self._start, self.inputs):
                returned, aux = f(*by_position, **by_name), None
        finally:
            only_residuals.reset(letting_go)
            _spend(self.inputs, Spent)
        if has_aux:
            if not isinstance(returned, tuple) or len(returned) != 2:
                raise InputError(
                    f"with has_aux, {self.name} must return a pair (result, aux); "
                    f"it returned {_returned(returned)}"
                )
            returned, aux = returned
        if returned is None:
            raise InputError(f"{self.name} returned {_returned(returned)}")
        self.roots, self.structure = flatten(returned)
        for root in self.roots:
            self._check_result(root)
        outside = self._outside(self.roots)
        self._record = bool(outside)
        self._pushforward: Pushforward | None = None
        self.out = self.structure.unflatten(_data_but(self.roots, outside))
        self.aux = None
        if has_aux:
            leaves, structure = flatten(aux)
            self.aux = structure.unflatten(_data_but(leaves, self._outside(leaves)))

    @property
    def name(self) -> str:
        """What messages call the function."""
        return getattr(self._f, "__name__", repr(self._f))

    def require_scalar(self) -> None:
        """Refuse a result that has no gradient.

        Raises:
            InputError: it is a container, an array, or complex.
        """
        data = [raw(root) for root in self.roots]
        if len(data) == 1 and data[0].__class__ in (np.float64, float):
            return
        if len(data) != 1 or np.shape(data[0]) or np.iscomplexobj(data[0]):
            given = say(data[0]) if len(data) == 1 else f"{len(data)} numbers and arrays"
            given = given if data else f"{say(self.out)}, which holds no numbers"
            raise InputError(
                f"grad differentiates functions that return one real number; {self.name} returned "
                f"{given}. For arrays see jacobian, vjp and elementwise_grad."
            )

    def pull(self, ct: Any) -> list[Any]:
        """The cotangents of the chosen arguments, given that of the result.

        Raises:
            InputError: ``ct`` is not in the form of the result.
        """
        what = f"the cotangent of the result of {self.name}"
        pulled = self.pull_leaves(flatten_like(self.structure, ct, what))
        return self.per_argument(pulled)

    def pull_leaves(self, cts: Sequence[Any]) -> list[Any]:
        """The cotangents of the chosen arguments' leaves, given those of the result's."""
        given = frozenset([ct for ct in cts if isinstance(ct, Node)])
        record = self._record or bool(given)
        is_last = self._recording is not None and self._recording.has_large
        found = back_from(
            self.roots, cts, frozenset(self.inputs), record=record, is_last=is_last and not record
        )
        pulled = [_or_zero(found.get(node), node) for node in self.inputs]
        return _data_but(pulled, self._outside(pulled, given) if record else NOTHING)

    def per_argument(self, leaves: Sequence[Any]) -> list[Any]:
        """The leaves of all chosen arguments, rebuilt to one container for each."""
        containers, start = [], 0
        for fresh, structure in self._groups:
            containers.append(structure.unflatten(leaves[start : start + len(fresh)]))
            start += len(fresh)
        return containers

    def push_leaves(self, tangents: Sequence[Any]) -> list[Any]:
        """The tangents of the result's leaves, given those of the arguments' (``None`` is zero).

        Raises:
            InputError: a tangent has not the shape of its primal, or is complex where that is real.
            NotDifferentiable: a derivative on the way is not defined.
        """
        given = frozenset([t for t in tangents if isinstance(t, Node)])
        record = self._record or bool(given)
        pairs: dict[Node, Any] = {}
        for node, tangent in zip(self.inputs, tangents, strict=True):
            if tangent is not None:
                _check_tangent(node, tangent)
                pairs[node] = seed(node, tangent, record=True)
        if self._pushforward is None:
            self._pushforward = Pushforward(self.roots, self.inputs, self._start)
        found = self._pushforward.push(pairs, record)
        pushed = [
            _or_zero(found.get(root) if isinstance(root, Node) else None, root)
            for root in self.roots
        ]
        return _data_but(pushed, self._outside(pushed, given) if record else NOTHING)

    def push(self, tangents: Sequence[Any]) -> Any:
        """The tangent of the result, given those of the chosen arguments.

        Raises:
            InputError: a tangent is not in the form of its argument.
        """
        if len(tangents) != len(self._groups):
            raise InputError(f"{len(self._groups)} primals, but {len(tangents)} tangents")
        leaves = []
        for i, (tangent, (_, structure)) in enumerate(zip(tangents, self._groups, strict=True)):
            leaves += flatten_like(structure, tangent, f"tangent {i} has not its primal's form")
        return self.structure.unflatten(self.push_leaves(leaves))

    def _outside(self, leaves: Iterable[Any], also: Collection[Node] = NOTHING) -> set[Node]:
        """Those of the nodes that depend on Values from outside, or on one of ``also``."""
        reached = newer(leaves, self._start, stop=also)
        old = _older(reached, self._start)
        sources = _live(old) if old else set()
        if also:
            sources.update(node for node in reached if node in also)
        return dependent(reached, sources) if sources else sources

    def _check_argument(self, leaf: Any, key: int | str) -> None:
        data = raw(leaf)
        if is_leaf(data) and np.result_type(data).kind in "fc":
            return
        which = f"argument {key}" if isinstance(key, int) else f"argument {key!r}"
        if is_leaf(data):
            hint = f"Make it floating ({_floating(data)}), or leave it out of argnums."
        elif holds_value(data):
            hint = WRAPPED
        elif callable(data):
            hint = "A function or an op goes into a field of a dataclass, or another argument."
        elif isinstance(data, np.ndarray | np.generic | Number):
            hint = f"Make it floating ({_floating(data)}), or leave it out of argnums."
        else:
            hint = (
                f"If {type(data).__name__} is a container, make it known: "
                f"optree.register_pytree_node(..., namespace='opgrad')."
            )
        raise InputError(
            f"{which} of {self.name} is or holds {say(data)}; derivatives are by floating-point "
            f"numbers and arrays. {hint}"
        )

    def _check_result(self, root: Any) -> None:
        if (root.__class__ is np.ndarray and root.dtype.kind in "fc") or isinstance(root, Node):
            return
        if is_traced(root):  # it is plain data, whatever its recorder refers to
            return
        if holds_value(root):
            raise InputError(f"{self.name} returned or holds in its result {say(root)}. {WRAPPED}")
        if not is_leaf(root):
            raise InputError(
                f"{self.name} returned or holds in its result {say(root)}; what is differentiated "
                f"is numbers and arrays. Return the rest beside it, with has_aux=True."
            )


class Spent(Value[Any]):
    """A fresh leaf whose call is over: to later calls, plain data."""

    __slots__ = ()

    __copy__, __deepcopy__, __reduce__ = Node.__copy__, Node.__deepcopy__, Node.__reduce__


def _live(nodes: Sequence[Node]) -> set[Node]:
    """Those of the nodes that a gradient is still to flow to."""
    since = outermost.get()
    live = {node for node in nodes if node.number >= since}
    if len(live) == len(nodes):
        return live
    reached = newer([node for node in nodes if node not in live], 0)
    leaves = {node for node in reached if node.op is None and node.__class__ is not Spent}
    return live | dependent(reached, leaves).intersection(nodes)


@twin("leaves")
def _fresh_nodes(leaves: list[Any]) -> list[Value[Any]]:
    return [fresh_node(leaf) for leaf in leaves]


@twin("spend")
def _spend(nodes: list[Value[Any]], cls: type[Spent]) -> None:
    for node in nodes:
        if node.op is None:
            object.__setattr__(node, "__class__", cls)


@twin("older")
def _older(nodes: list[Node], start: int) -> list[Node]:
    return [node for node in nodes if node.number < start]


def fresh_node(leaf: Any) -> Value[Any]:
    """A new node for an argument: an identity of a Value, a leaf of raw data."""
    if isinstance(leaf, Value):
        return apply(default().lookup("arithmetic.identity"), (leaf,))
    return Value.leaf(leaf)


def _data_but(leaves: Sequence[Any], keep: Collection[Node]) -> list[Any]:
    """What the caller sees: Values where they are to be kept, else data of its own."""
    seen: set[int] = set()
    if not keep:
        return [_own(leaf, seen) for leaf in leaves]
    return [
        leaf if isinstance(leaf, Node) and leaf in keep else _own(leaf, seen) for leaf in leaves
    ]


@twin("own")
def _own(leaf: Any, seen: set[int]) -> Any:
    """Raw data that the caller may write to: nothing else shares its memory."""
    data = raw(leaf)
    if not isinstance(data, np.ndarray):
        return data
    if not data.ndim:
        return data[()]  # as NumPy's own functions give it
    if data is leaf and data.flags.writeable and data.flags.owndata and id(data) not in seen:
        seen.add(id(data))
        return data
    return data.copy()


def _returned(result: object) -> str:
    return "None: did you forget `return`?" if result is None else say(result)


def _floating(data: Any) -> str:
    """How a number or array is written that a gradient can flow to."""
    if isinstance(data, Number) and not isinstance(data, np.generic):
        return f"{float(data)!r} for {data!r}" if isinstance(data, int) else f"float({data!r})"
    return "x.astype(float) for an array"


def _or_zero(ct: Any, like: Any) -> Any:
    """A zero in the form of the primal, where nothing arrived."""
    return zero_like(raw(like)) if ct is None else ct


def _check_tangent(node: Node, tangent: Any) -> None:
    data, primal = raw(tangent), node.data
    if not is_leaf(tangent) or np.shape(data) != np.shape(primal):
        raise InputError(
            f"a tangent has the shape of its primal, {np.shape(primal)}; given {say(data)}"
        )
    if np.iscomplexobj(data) and not np.iscomplexobj(primal):
        raise InputError(f"a real primal takes a real tangent; given {say(data)}")
