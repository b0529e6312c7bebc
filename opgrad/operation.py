"""The op record: a name, a forward, and the rules for its derivatives.

An op is data. It knows nothing of nodes, graphs or plugins, and nobody calls it here: the floors
above do. See :mod:`opgrad.define` for the decorator that makes one.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, NoReturn, Protocol, TypeAlias

import numpy as np
from attrs import Factory, field, frozen

from opgrad.errors import CopyError, NotDifferentiable, OpDefinitionError

Raw: TypeAlias = Any
"""Raw data: a Python number, or any array that speaks NumPy's dispatch protocols.

The rules of an op that is not opaque see Values in its place when they are themselves
differentiated, which is why this is no narrower type. Write ``x: Raw``, not ``x: Any``: given a
forward whose inputs are plainly ``Any``, mypy cannot tell an input from a param, and the op is
``Any``, too.
"""


class Array(Protocol):
    """An array that speaks NumPy's dispatch protocols: NumPy's own, and those of its kin."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of elements along each axis."""

    @property
    def dtype(self) -> Any:
        """The type of the elements."""

    @property
    def nbytes(self) -> int:
        """The memory that the elements take; no Value has it, so that no Value is an array."""

    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
        """NumPy's protocol for ufuncs (NEP 13)."""


Data: TypeAlias = complex | np.generic | Array
"""What an op may be called on, besides Values: a number (int, float, complex, NumPy's) or array."""

Forward: TypeAlias = Callable[..., Raw]
Rule: TypeAlias = Callable[..., Any]

NO_PARAMS: Mapping[str, Any] = MappingProxyType({})

NO_MODULE = "no module"
"""Where an op was defined whose forward was made by ``exec``."""


def full_name(function: Callable[..., Any]) -> str:
    """A NumPy function as messages name it: ``numpy.exp``, ``scipy.special.expit``."""
    name = getattr(function, "__name__", None)
    if name is None:
        return repr(function)
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):  # np.add, of np.add.reduce
        return f"{full_name(owner)}.{name}"
    homes = ("numpy", "scipy.special")  # many a ufunc does not know its module
    found = (home for home in homes if getattr(sys.modules.get(home), name, None) is function)
    module = getattr(function, "__module__", None) or next(found, None)
    return f"{module}.{name}" if module else name


def missing_rule(*args: Any, **params: Any) -> NoReturn:
    """Stands in for a rule that has not been given yet."""
    raise NotDifferentiable("no VJP has been written for this input")


@frozen(eq=False, init=False)
class Sample:
    """Example inputs (and params) of an op, away from its kinks; tests and checkers use them."""

    inputs: tuple[Raw, ...]
    params: Mapping[str, Any]

    def __init__(self, *inputs: Raw, **params: Any) -> None:
        self.__attrs_init__(inputs, MappingProxyType(params))


@frozen(eq=False)
class OwnPass:
    """What an op whose rules run a pass of their own does in one that tracks what is alive.

    A mask says which elements are (see :mod:`opgrad.alive`); the node is the op's.

    Attributes:
        pull: ``pull(g, mask, node, record)`` gives a pair of cotangent and mask for each input.
        push: ``push(tangents, masks, node, record)`` gives the pair of the output; ``None``: no
            tangent ever comes here.
    """

    pull: Callable[..., Sequence[tuple[Any, Any]]]
    push: Callable[..., tuple[Any, Any]] | None = None


def _op_of(module: str, variable: str) -> Any:
    return getattr(import_module(module), variable)


@frozen(eq=False, kw_only=True)
class Op:
    """A differentiable operation: immutable, compared by identity.

    ``forward(*inputs, **params)`` maps raw data to raw data; it is pure and mutates nothing.
    Its derivative is either one *joint* rule, ``rule(g, out, *inputs, **params)`` that returns a
    tuple with one cotangent per input, or one rule per input, each returning one cotangent, so
    that only those that are needed run. ``None`` for a cotangent means: no gradient (a structural
    zero).
    """

    name: str
    forward: Forward
    arity: int | None
    """Number of inputs; ``None`` if the forward takes any number (``*inputs``)."""
    param_names: frozenset[str] = frozenset()
    elementwise: bool = False
    """The op broadcasts; the scheduler then reduces each cotangent to its input's shape."""
    implements: tuple[Callable[..., Any], ...] = ()
    """The NumPy functions that, called on a ``Value``, become this op."""
    linear: bool = False
    """The op is linear in each of its inputs, so that its JVP is made of itself."""
    selects: bool = False
    """Elements of the inputs may have no part in the result: see :mod:`opgrad.alive`."""
    opaque: bool = False
    """The rules call foreign code, and so cannot themselves be differentiated."""
    samples: tuple[Sample, ...] = ()
    doc: str = ""
    module: str = NO_MODULE
    joint_rule: Rule | None = field(default=None, init=False)
    rules: tuple[Rule, ...] = field(
        default=Factory(lambda self: (missing_rule,) * (self.arity or 0), takes_self=True),
        init=False,
    )
    """One per input, unless there is a joint rule; ``missing_rule`` where it is yet to come."""
    jvp_rule: Rule | None = field(default=None, init=False)
    """``rule(tangents, out, *inputs, **params)``, if the op has its own."""
    own_pass: OwnPass | None = field(default=None, init=False)
    """If the op's rules run a pass of their own: what they do in one that tracks what is alive."""

    def __repr__(self) -> str:
        try:
            return f"<op {self.name} of {self.module}>"
        except AttributeError:  # made without its __init__, as a message may have to say
            return object.__repr__(self)

    def __copy__(self) -> Op:
        return self  # compared by identity

    def __deepcopy__(self, memo: object) -> Op:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as functions are: by where it is found.

        Raises:
            CopyError: no variable of its module holds it.
        """
        home = sys.modules.get(self.module)
        for variable, x in vars(home).items() if home else ():
            if x is self:
                return _op_of, (self.module, variable)
        raise CopyError(
            f"op {self.name!r} ({self.module}) is not pickled: no variable of its module holds it, "
            f"by which it could be found again"
        )

    @property
    def complete(self) -> bool:
        """Whether every input has a rule."""
        return self.joint_rule is not None or (bool(self.rules) and missing_rule not in self.rules)

    def set_joint_rule(self, rule: Rule) -> None:
        """Fill in the one rule for all inputs. A rule is set once.

        Raises:
            OpDefinitionError: the op has a rule already, or the signature does not fit.
        """
        if self.joint_rule is not None or any(rule is not missing_rule for rule in self.rules):
            raise OpDefinitionError(f"op {self.name!r} ({self.module}) has a VJP already")
        if self.arity == 1:  # the rule for its one input; it may return a tuple or the cotangent
            self.set_rule(0, rule)
        else:
            self._check_signature(rule)
            object.__setattr__(self, "joint_rule", rule)

    def set_rule(self, position: int, rule: Rule) -> None:
        """Fill in the rule for the input at ``position``. A rule is set once.

        Raises:
            OpDefinitionError: that input has a rule already, there is no such input, or the
                signature does not fit.
        """
        if self.arity is None or not 0 <= position < self.arity:
            raise OpDefinitionError(
                f"op {self.name!r} ({self.module}) has no input {position}: "
                f"it takes {'any number of inputs' if self.arity is None else self.arity}"
            )
        if self.joint_rule is not None or self.rules[position] is not missing_rule:
            raise OpDefinitionError(
                f"op {self.name!r} ({self.module}) has a VJP for input {position} already"
            )
        self._check_signature(rule)
        rules = (*self.rules[:position], rule, *self.rules[position + 1 :])
        object.__setattr__(self, "rules", rules)

    def set_jvp_rule(self, rule: Rule) -> None:
        """Fill in the op's own rule for tangents. It is set once.

        Raises:
            OpDefinitionError: the op has one already, or the signature does not fit.
        """
        if self.jvp_rule is not None:
            raise OpDefinitionError(f"op {self.name!r} ({self.module}) has a JVP already")
        self._check_signature(rule, "JVP", "tangents")
        object.__setattr__(self, "jvp_rule", rule)

    def set_own_pass(self, own_pass: OwnPass) -> None:
        """Say what the op does in a pass that tracks what is alive. It is said once."""
        assert self.own_pass is None
        object.__setattr__(self, "own_pass", own_pass)

    def _check_signature(self, rule: Rule, kind: str = "VJP", first: str = "g") -> None:
        """A rule is called as ``rule(g, out, *inputs, **params)``; find out now if it cannot be."""
        any_number = 20  # more than a rule would name one by one
        dummies = [object()] * (2 + (any_number if self.arity is None else self.arity))
        try:
            inspect.signature(rule).bind(*dummies, **dict.fromkeys(self.param_names))
        except TypeError as error:
            inputs = inspect.signature(self.forward).parameters.values()
            names = [str(p).partition(":")[0] for p in inputs if p.kind is not p.KEYWORD_ONLY]
            star = ["*"] if self.param_names and self.arity is not None else []
            expected = ", ".join([first, "out", *names, *star, *sorted(self.param_names)])
            raise OpDefinitionError(
                f"the {kind} of op {self.name!r} ({self.module}) does not take "
                f"({expected}): {error}"
            ) from None
