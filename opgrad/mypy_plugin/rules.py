"""What is wrong with a VJP rule, in words."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.errorcodes import ARG_TYPE
from mypy.nodes import (
    ARG_STAR,
    ARG_STAR2,
    Decorator,
    Expression,
    MemberExpr,
    NameExpr,
    TempNode,
)
from mypy.plugin import CheckerPluginInterface, MethodContext
from mypy.types import (
    CallableType,
    Instance,
    NoneType,
    Parameters,
    TupleType,
    Type,
    get_proper_type,
)

INPUTS = {
    "opgrad.define.Op1": 1,
    "opgrad.define.Op2": 2,
    "opgrad.define.Op3": 3,
    "opgrad.define.Elementwise1": 1,
    "opgrad.define.Elementwise2": 2,
    "opgrad.define.Elementwise3": 3,
}
"""The classes of ops with a fixed number of inputs, and that number."""


def explain(inputs: int, ctx: MethodContext) -> Type:
    """The type of ``op.vjp(rule)``, as it is; adds to mypy's error what is wrong with the rule.

    mypy has compared the rule with the type that it should have, and shows both in full.
    """
    rule = function_given(ctx.args, ctx.api)
    if rule is not None:
        wrong = _parameters(inputs, _params(ctx.type), rule) or _cotangents(inputs, rule.ret_type)
        if wrong:
            ((at,),) = ctx.args
            ctx.api.msg.note(f"{_subject(ctx)} {wrong}", at, code=ARG_TYPE)
    return ctx.default_return_type


def function_given(
    args: Sequence[Sequence[Expression]], api: CheckerPluginInterface
) -> CallableType | None:
    """The type of the one function that a decorator is applied to."""
    match args:
        case [[TempNode() | NameExpr() as function]]:
            found = get_proper_type(api.get_expression_type(function))
            return found if isinstance(found, CallableType) else None
    return None


def _subject(ctx: MethodContext) -> str:
    """``the VJP of "hypot"``, where it is written as a decorator."""
    if isinstance(ctx.context, Decorator):
        for decorator in ctx.context.decorators:
            match decorator:
                case MemberExpr(name="vjp", expr=NameExpr(name=name) | MemberExpr(name=name)):
                    return f'the VJP of "{name}"'
    return "this VJP"


def _params(op: Type) -> list[str]:
    """The names of the op's params, which are the only names in its type."""
    op = get_proper_type(op)
    args = map(get_proper_type, op.args) if isinstance(op, Instance) else ()
    return [n for arg in args if isinstance(arg, Parameters) for n in arg.arg_names if n]


def _parameters(inputs: int, params: list[str], rule: CallableType) -> str:
    """What is wrong with what the rule takes, if that is its number or a name."""
    kinds = set(rule.arg_kinds)
    wanted = 2 + inputs
    required = sum(kind.is_positional() and kind.is_required() for kind in rule.arg_kinds)
    possible = sum(kind.is_positional() for kind in rule.arg_kinds)
    if required > wanted or (possible < wanted and ARG_STAR not in kinds):
        names = ", ".join(
            name or "_"
            for name, kind in zip(rule.arg_names, rule.arg_kinds, strict=True)
            if kind.is_positional()
        )
        of_inputs = "1 input" if inputs == 1 else f"{inputs} inputs"
        return f"must take g, out and the {of_inputs}, in this order; it takes ({names})"
    missing = [f'"{name}"' for name in params if name not in rule.arg_names]
    if missing and ARG_STAR2 not in kinds:
        return f"must take the op's params, too, keyword-only; it lacks {', '.join(missing)}"
    return ""


def _cotangents(inputs: int, returned: Type) -> str:
    """What is wrong with the number of cotangents that the rule returns."""
    match get_proper_type(returned):
        case TupleType(items=items):
            number = len(items)
        case NoneType():
            number = 0  # a forgotten return
        case Instance(type=of) if of.fullname != "builtins.tuple":
            number = 1
        case _:
            return ""  # any, or any number: for mypy to judge, or for the run
    if number == inputs:
        return ""
    cotangents = "1 cotangent" if inputs == 1 else f"{inputs} cotangents, one per input"
    return f"must return {cotangents}; it returns {number or 'none'}"
