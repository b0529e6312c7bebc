"""What is wrong with a VJP rule, in words."""

from __future__ import annotations

from mypy.errorcodes import ARG_TYPE
from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_STAR, ARG_STAR2, MemberExpr, NameExpr, TempNode
from mypy.plugin import MethodSigContext
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    NoneType,
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


def rule_signature(inputs: int, ctx: MethodSigContext) -> FunctionLike:
    """The signature of ``op.vjp``, for this rule; reports a rule that does not fit it.

    What is reported here, mypy need not report again: the signature then takes any rule.
    """
    signature = ctx.default_signature
    rule, expected = given(ctx), get_proper_type(signature.arg_types[0])
    if rule is None or not isinstance(expected, CallableType):
        return signature
    wrong = _parameters(inputs, rule, expected) or _cotangents(inputs, rule.ret_type)
    if not wrong:
        return signature
    ctx.api.fail(f"{_subject(ctx)} {wrong}", ctx.context, code=ARG_TYPE)
    return signature.copy_modified(arg_types=[rule])


def given(ctx: MethodSigContext) -> CallableType | None:
    """The type of the one function that a decorator is applied to."""
    match ctx.args:
        case [[TempNode() | NameExpr() as function]]:
            found = get_proper_type(ctx.api.get_expression_type(function))
            return found if isinstance(found, CallableType) else None
    return None


def _subject(ctx: MethodSigContext) -> str:
    """``this VJP of "hypot"``."""
    match ctx.context:
        case MemberExpr(expr=NameExpr(name=name) | MemberExpr(name=name)):
            return f'this VJP of "{name}"'
    return "this VJP"


def _parameters(inputs: int, rule: CallableType, expected: CallableType) -> str:
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
    params = [
        name
        for name, kind in zip(expected.arg_names, expected.arg_kinds, strict=True)
        if kind in (ARG_NAMED, ARG_NAMED_OPT)
    ]
    missing = [f'"{name}"' for name in params if name not in rule.arg_names]
    if missing and ARG_STAR2 not in kinds:
        return f"must take the op's params, too, keyword-only: it lacks {', '.join(missing)}"
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
