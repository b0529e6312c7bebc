"""A function marked with the plain ``@og.hookimpl``, checked as ``@og.hookimpl.NAME`` would."""

from __future__ import annotations

import difflib

from mypy.errorcodes import ARG_TYPE
from mypy.nodes import Decorator
from mypy.plugin import MethodSigContext
from mypy.types import CallableType, FunctionLike, Instance, get_proper_type

from opgrad.hooks import HOOKS
from opgrad.mypy_plugin.rules import function_given

HOOK_MARKER = "opgrad.hooks.HookimplMarker"


def mark_signature(ctx: MethodSigContext) -> FunctionLike:
    """The signature of ``hookimpl``, for this function; reports one that is named like no hook."""
    signature = ctx.default_signature
    function = function_given(ctx.args, ctx.api)
    marker = get_proper_type(ctx.type)
    if function is None or function.definition is None or not isinstance(marker, Instance):
        return signature
    name = function.definition.name
    if name not in HOOKS:
        close = difflib.get_close_matches(name, HOOKS, n=1)
        hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(HOOKS)}"
        ctx.api.fail(f'there is no hook "{name}"; {hint}', ctx.context, code=ARG_TYPE)
        return signature
    method = marker.type.get_method(name)
    typed = method.func.type if isinstance(method, Decorator) else method.type if method else None
    if not isinstance(typed, CallableType):
        return signature
    return signature.copy_modified(arg_types=[typed.arg_types[1]], ret_type=function, variables=[])
