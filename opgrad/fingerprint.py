"""A hash of what an op computes: forward and rules, and the functions, classes and data they use.

It goes by the source, without comments and layout, so that it is the same under every Python; by
the bytecode where there is no source, or that of a lambda. What is followed is in the op's own
package: a change in another package, NumPy say, changes no hash.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from opgrad.operation import Op, full_name, missing_rule

CONSTANTS = (bool, int, float, complex, str, bytes, type(None))


def fingerprint(op: Op) -> str:
    """``sha256:`` and the hash; changes when a derivative might have."""
    from hashlib import sha256  # when ops are certified or locked only

    return f"sha256:{sha256(chr(10).join(_told(op)).encode()).hexdigest()}"


def _told(op: Op) -> Iterator[str]:
    yield from _of_op(op, op.module.partition(".")[0], set())


def _of_op(op: Op, package: str, seen: set[int]) -> Iterator[str]:
    seen.add(id(op))
    yield f"name={op.name} arity={op.arity} params={sorted(op.param_names)}"
    yield f"elementwise={op.elementwise} linear={op.linear} selects={op.selects} opaque={op.opaque}"
    yield f"implements={sorted(map(full_name, op.implements))}"
    for function in (op.forward, op.joint_rule, *op.rules, op.jvp_rule):
        yield "---"
        if function is not None and function is not missing_rule:
            yield from _of_function(function, package, seen)


def _of_function(function: Callable[..., Any], package: str, seen: set[int]) -> Iterator[str]:
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType):
        yield full_name(function)
        return
    if id(function) in seen:
        return
    seen.add(id(function))
    yield _source(function) or _bytecode(function.__code__)
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    used = [(name, _content(cell)) for name, cell in cells]
    names = sorted(set(_names(function.__code__)))
    used += [(n, function.__globals__[n]) for n in names if n in function.__globals__]
    used += [("default", x) for x in (function.__defaults__ or ())]
    used += [(name, x) for name, x in sorted((function.__kwdefaults__ or {}).items())]
    for name, value in used:
        if isinstance(value, ModuleType):
            yield from _of_module(value, names, package, seen)
        else:
            yield from _of_value(name, value, package, seen)


def _of_module(
    module: ModuleType, names: Sequence[str], package: str, seen: set[int]
) -> Iterator[str]:
    """What a function that uses these names may use of a module of the same package."""
    if module.__name__.partition(".")[0] != package:
        return
    for name in names:
        value = vars(module).get(name)
        if not isinstance(value, ModuleType):
            yield from _of_value(name, value, package, seen)
        elif value.__name__.startswith(f"{module.__name__}."):  # down only: no endless walk
            yield from _of_module(value, names, package, seen)


def _of_value(name: str, value: Any, package: str, seen: set[int]) -> Iterator[str]:
    """What the value is made of, if it is data, or of the same package; else only the name."""
    if isinstance(value, MethodType | staticmethod | classmethod):
        value = value.__func__
    own = str(getattr(value, "__module__", None) or "").partition(".")[0] == package
    if isinstance(value, CONSTANTS):
        yield f"{name} = {value!r}"
    elif isinstance(value, np.ndarray | np.generic) and value.dtype != object:
        yield f"{name} = {value.dtype} {value.shape} {value.tobytes().hex()}"
    elif isinstance(value, Op):
        yield f"{name} is op {value.name}"
        if value.module.partition(".")[0] == package and id(value) not in seen:
            yield from _of_op(value, package, seen)
    elif isinstance(value, FunctionType):
        if own:
            yield f"{name} ="
            yield from _of_function(value, package, seen)
    elif isinstance(value, type):
        yield f"{name} is {value.__qualname__}"
        if own:
            yield from _of_parts(name, value, _of_class(value), package, seen)
    elif (parts := _parts(value, own)) is not None:
        yield f"{name} of {type(value).__qualname__}"
        yield from _of_parts(name, value, parts, package, seen)


def _of_parts(
    name: str, whole: Any, parts: Mapping[Any, Any], package: str, seen: set[int]
) -> Iterator[str]:
    if id(whole) not in seen:
        seen.add(id(whole))
        for key, part in parts.items():
            yield from _of_value(f"{name}[{key!r}]", part, package, seen)
        seen.discard(id(whole))  # no more than a guard against cycles: its id may be used again


def _parts(value: Any, own: bool) -> Mapping[Any, Any] | None:
    """The parts of a container, or of an object of the package; ``None`` if it is neither."""
    if isinstance(value, np.ndarray):
        value = value.ravel().tolist()
    if isinstance(value, tuple | list):
        return dict(enumerate(value))
    if isinstance(value, set | frozenset):
        return dict(enumerate(sorted(value, key=repr)))
    if isinstance(value, Mapping):
        return value
    if isinstance(value, partial):
        return {"function": value.func, "args": value.args, "keywords": value.keywords}
    if isinstance(value, property):
        return {"get": value.fget}
    if isinstance(value, SimpleNamespace):
        return vars(value)
    if not own:
        return None
    slots = [n for c in type(value).__mro__ for n in getattr(c, "__slots__", ())]
    held = {n: getattr(value, n) for n in slots if n[:2] != "__" and hasattr(value, n)}
    return {"class": type(value), **held, **getattr(value, "__dict__", {})}


def _of_class(of: type) -> dict[str, Any]:
    """Bases, methods and constants; not what Python adds, which differs by its version."""
    own = {n: x for n, x in vars(of).items() if isinstance(x, _METHODS) or n[:2] != "__"}
    return {"bases": of.__bases__, **dict(sorted(own.items()))}


_METHODS = (FunctionType, staticmethod, classmethod, property)


def _source(function: FunctionType) -> str:
    """Without comments, layout, decorators and docstring; empty if it cannot be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, IndentationError):
        return ""
    [statement, *more] = tree.body
    if more or not isinstance(statement, ast.FunctionDef):
        return ""  # a lambda, among other things on its line
    statement.decorator_list = []
    statement.returns = None
    for argument in ast.walk(statement.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    if ast.get_docstring(statement) is not None:
        statement.body = statement.body[1:] or [ast.Pass()]
    return ast.unparse(statement)


def _bytecode(code: CodeType) -> str:
    constants = [_constant(c) for c in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {constants}"


def _constant(constant: Any) -> str:
    if isinstance(constant, CodeType):
        return _bytecode(constant)
    return repr(sorted(constant, key=repr) if isinstance(constant, frozenset) else constant)


def _names(code: CodeType) -> Iterator[str]:
    """The names that a function looks up, those of its inner functions too."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None
