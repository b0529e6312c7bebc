"""A hash of what an op computes: forward and rules, and the functions, classes and data they use.

It goes by the source, without comments and layout, so that it is the same under every Python; by
the bytecode where there is no source, or that of a lambda. What is followed is in the op's own
package: a change in another package, NumPy say, changes no hash.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dis import get_instructions, opmap
from enum import Enum
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from numbers import Number
from types import CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from opgrad.operation import Op, full_name, missing_rule

MISSING = object()
CONSTANTS = (bool, int, float, complex, str, bytes, type(None))
TOLD_BY_REPR = (np.dtype, range, slice, Enum, Number, type(...))


def fingerprint(op: Op, lowering: Callable[..., Any] | None = None) -> str:
    """``sha256:`` and the hash; changes when a derivative might have, compiled ones too.

    Args:
        op: the op.
        lowering: what its plugin has traced in the place of its forward, if anything.
    """
    package, seen = op.module.partition(".")[0], set[int]()
    told = list(_of_op(op, package, seen))
    if lowering is not None:
        told += ["--- lowering", *_of_given(lowering, package, seen)]
    return _hash(told)


def fingerprint_of(made: Any, module: str) -> str:
    """The hash of a function that a plugin's module provides; of another object, its class's name.

    A scheduler or backend computes what the ops say, however it is written.
    """
    if not callable(made):
        return f"{type(made).__module__}.{type(made).__qualname__}"
    return _hash(_of_given(made, module.partition(".")[0], set()))


def _hash(told: Iterable[str]) -> str:
    from hashlib import sha256  # when ops are certified or locked only

    return f"sha256:{sha256(chr(10).join(told).encode()).hexdigest()}"


def _of_op(op: Op, package: str, seen: set[int]) -> Iterator[str]:
    seen.add(id(op))
    yield f"name={op.name} arity={op.arity} params={sorted(op.param_names)}"
    yield f"elementwise={op.elementwise} linear={op.linear} selects={op.selects} opaque={op.opaque}"
    yield f"implements={sorted(map(full_name, op.implements))}"
    for function in (op.forward, op.joint_rule, *op.rules, op.jvp_rule):
        yield "---"
        if function is not None and function is not missing_rule:
            yield from _of_given(function, package, seen)


def _of_given(function: Any, package: str, seen: set[int]) -> Iterator[str]:
    """What a forward or rule does, or another function that a plugin gives: from any package."""
    if isinstance(function, FunctionType):
        yield from _of_function(function, package, seen)
    else:
        yield from _of_value("given", function, package, seen)


def _of_function(function: FunctionType, package: str, seen: set[int]) -> Iterator[str]:
    if id(function) in seen:
        return
    seen.add(id(function))
    code, scope = function.__code__, function.__globals__
    yield _source(function) or _bytecode(code)
    cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
    used = [(name, _content(cell)) for name, cell in cells]
    home = sys.modules.get(str(scope.get("__name__")))
    for name in sorted(set(_globals(code))):
        value = scope.get(name, MISSING)
        if not isinstance(home, ModuleType) or (value is MISSING and hasattr(builtins, name)):
            used.append((name, value))
        else:
            used.append((name, _member(home, name) if value is MISSING else value))
    used += [("default", x) for x in (function.__defaults__ or ())]
    used += [(name, x) for name, x in sorted((function.__kwdefaults__ or {}).items())]
    used += _imported(code, str(scope.get("__package__") or ""), package)
    names, visited = sorted(set(_names(code))), set[str]()
    for name, value in used:
        if isinstance(value, ModuleType):
            yield from _of_module(name, value, names, package, seen, visited)
        elif value is not MISSING:
            yield from _of_value(name, value, package, seen)


def _of_module(
    known_as: str,
    module: ModuleType,
    names: Sequence[str],
    package: str,
    seen: set[int],
    visited: set[str],
) -> Iterator[str]:
    """What a function that uses these names may use of a module of the same package."""
    if module.__name__.partition(".")[0] != package:
        yield f"{known_as} is {module.__name__}"
        return
    if module.__name__ in visited:
        return
    visited.add(module.__name__)
    for name in names:
        value = _member(module, name)
        if isinstance(value, ModuleType):
            yield from _of_module(name, value, names, package, seen, visited)
        elif value is not MISSING:
            yield from _of_value(name, value, package, seen)


def _member(module: ModuleType, name: str) -> Any:
    """What a module has of that name: also a submodule that nobody has imported yet."""
    found = vars(module).get(name, MISSING)
    if found is MISSING and hasattr(module, "__path__") and name.isidentifier():
        full = f"{module.__name__}.{name}"
        found = _module(full) if find_spec(full) else MISSING
    return found


def _module(name: str) -> Any:
    """The module, imported now if nobody has; or it would depend on that what is told."""
    try:
        return import_module(name)
    except Exception:  # it cannot be used, then
        return MISSING


def _imported(code: CodeType, home: str, package: str) -> Iterator[tuple[str, Any]]:
    """What a function imports of its own package while it runs, by name."""
    constants: list[Any] = []
    for instruction in get_instructions(code) if _IMPORT in code.co_code[::2] else ():
        if instruction.opname in _LOAD_CONSTANT:
            constants.append(instruction.argval)
        elif instruction.opname == "IMPORT_NAME":
            level, names = constants[-2:]
            parts = home.split(".")[: len(home.split(".")) - level + 1] if level else []
            full = ".".join(filter(None, (*parts, instruction.argval)))
            if full.partition(".")[0] == package:
                module = _module(full)
                if module is MISSING or not names:  # import a.b binds a; import a.b as c, a.b
                    yield from ((full, module), (package, _module(package)))
                else:
                    yield from ((name, _member(module, name)) for name in names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _imported(constant, home, package)


_IMPORT = opmap["IMPORT_NAME"]
_LOAD_CONSTANT = frozenset({"LOAD_CONST", "LOAD_SMALL_INT"})  # the second from Python 3.14 on


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
    elif isinstance(value, FunctionType) and own:
        yield f"{name} ="
        yield from _of_function(value, package, seen)
    elif isinstance(value, type):
        yield f"{name} is {value.__qualname__}"
        if own:
            yield from _of_parts(name, value, _of_class(value), package, seen)
    elif (parts := _parts(value, own)) is not None:
        yield f"{name} of {type(value).__qualname__}"
        yield from _of_parts(name, value, parts, package, seen)
    elif isinstance(value, TOLD_BY_REPR):
        yield f"{name} is {value!r}"
    elif hasattr(value, "__name__"):
        yield f"{name} is {full_name(value)}"
    else:
        yield f"{name} of {type(value).__qualname__}"


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
        tree = ast.parse(textwrap.dedent(inspect.getsource(function.__code__)))
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
    """All names in a function, those of its inner functions too: also attributes."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _globals(code: CodeType) -> Iterator[str]:
    """The names that a function looks up in its module, those of its inner functions too."""
    for instruction in get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals(constant)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None
