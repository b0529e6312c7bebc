"""Every mutant of a Python file, found in its syntax tree.

What only people and type checkers read is left as it is: docstrings, annotations, what is raised or
warned, ``__repr__``. So are names, and statements whose absence Python itself would report.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import PurePosixPath
from typing import Any, TypeVar

from tests.mutants.mutant import Mutant

Part = ast.expr | ast.stmt
Changes = Iterator[tuple[str, Part, Part]]
"""Which sort of change it is, what is changed, and what stands there then."""
Node = TypeVar("Node", bound=Part)

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
REPRESENTATIONS = {"__repr__", "__str__", "_repr_html_"}
UNCHANGED_CALLS = {"warnings.warn", "TypeVar", "ParamSpec", "TypeVarTuple"}


def mutants(path: PurePosixPath, source: bytes) -> Iterator[Mutant]:
    """All of them."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in visited(ast.parse(source)):
        for kind, part, changed in changes(node):
            text = ast.unparse(changed)
            bare = isinstance(changed, ast.stmt | ast.Slice)
            start = starts[part.lineno - 1] + part.col_offset
            end = starts[(part.end_lineno or 0) - 1] + (part.end_col_offset or 0)
            yield Mutant(path, part.lineno, kind, start, end, text if bare else f"({text})")


def visited(node: ast.AST) -> Iterator[Part]:
    """The expressions and statements below a node that may change."""
    for name, field in ast.iter_fields(node):
        if name in {"annotation", "returns"}:
            continue
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST) and not for_people(child):
                if isinstance(child, Part):
                    yield child
                if not isinstance(child, ast.Raise):
                    yield from visited(child)


def for_people(node: ast.AST) -> bool:
    """Whether only people and type checkers read the node and what is below it."""
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.FunctionDef(name=name, decorator_list=decorators):
            return name in REPRESENTATIONS or "overload" in map(ast.unparse, decorators)
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Expr(value=ast.Call(func=called)) | ast.Assign(value=ast.Call(func=called)):
            return ast.unparse(called) in UNCHANGED_CALLS
    return isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom)


def changes(node: Part) -> Changes:
    """What may be changed about a node."""
    for kind, make in CHANGES.items():
        if isinstance(node, kind):
            yield from make(node)


def _with(node: Node, **fields: Any) -> Node:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _put(nodes: list[Any], i: int, *others: Any) -> list[Any]:
    return [*nodes[:i], *others, *nodes[i + 1 :]]


def comparison(node: ast.Compare) -> Changes:
    """Another comparison of the same two; ``kind in "fc"`` with a letter less."""
    for i, (op, compared) in enumerate(zip(node.ops, node.comparators, strict=True)):
        for other in COMPARISONS[type(op)]:
            yield "comparison", node, _with(node, ops=_put(node.ops, i, other()))
        match compared:
            case ast.Constant(value=str(letters)) if letters:
                for fewer in {letters[:-1], letters[1:]}:
                    yield "constant", compared, ast.Constant(fewer)


def arithmetic(node: ast.BinOp | ast.AugAssign) -> Changes:
    """Another operation on the same two."""
    if type(node.op) in ARITHMETIC:
        yield "arithmetic", node, _with(node, op=ARITHMETIC[type(node.op)]())


def sign(node: ast.UnaryOp) -> Changes:
    """No minus, no ``not``."""
    if isinstance(node.op, ast.USub | ast.Not):
        yield "boolean" if isinstance(node.op, ast.Not) else "arithmetic", node, node.operand


def boolean(node: ast.BoolOp) -> Changes:
    """``and`` for ``or``; all conditions but one."""
    yield "boolean", node, _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
    for i in range(len(node.values)):
        rest = _put(node.values, i)
        yield "condition", node, _with(node, values=rest) if len(rest) > 1 else rest[0]


def constant(node: ast.Constant) -> Changes:
    """Another number or truth value."""
    match node.value:
        case bool():
            yield "constant", node, ast.Constant(not node.value)
        case int() | float():
            yield "constant", node, ast.Constant(node.value + 1)
            if node.value > 1:
                yield "constant", node, ast.Constant(node.value - 1)


def returned(node: ast.Return) -> Changes:
    """None."""
    if node.value is not None and ast.unparse(node.value) != "None":
        yield "return", node, ast.Return(ast.Constant(None))


def choice(node: ast.IfExp) -> Changes:
    """One of the two, always."""
    yield "condition", node, node.body
    yield "condition", node, node.orelse


def branch(node: ast.If | ast.While) -> Changes:
    """Always or never, but no loop without an end."""
    if isinstance(node, ast.If):
        yield "condition", node.test, ast.Constant(True)
    yield "condition", node.test, ast.Constant(False)


def filtered(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Changes:
    """A comprehension without one of its conditions."""
    for part in node.generators:
        for test in part.ifs:
            yield "condition", test, ast.Constant(True)


def argument(node: ast.Call) -> Changes:
    """A call without its last argument, or without one that is named."""
    if len(node.args) > 1:
        yield "argument", node, _with(node, args=node.args[:-1])
    for i in range(len(node.keywords)):
        yield "argument", node, _with(node, keywords=_put(node.keywords, i))


def sliced(node: ast.Slice) -> Changes:
    """A slice from the start, or to the end."""
    if node.lower is not None:
        yield "slice", node, _with(node, lower=None)
    if node.upper is not None:
        yield "slice", node, _with(node, upper=None)


def deleted(node: ast.stmt) -> Changes:
    """Nothing. What binds a name stays: that it is missing would be noticed at once."""
    match node:
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.Expr():
            yield "statement", node, ast.Pass()
        case ast.AugAssign() | ast.Raise() | ast.Break() | ast.Continue() | ast.Delete():
            yield "statement", node, ast.Pass()


CHANGES: dict[Any, Callable[[Any], Changes]] = {
    ast.Compare: comparison,
    ast.BinOp | ast.AugAssign: arithmetic,
    ast.UnaryOp: sign,
    ast.BoolOp: boolean,
    ast.Constant: constant,
    ast.Return: returned,
    ast.IfExp: choice,
    ast.If | ast.While: branch,
    ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp: filtered,
    ast.Call: argument,
    ast.Slice: sliced,
    ast.stmt: deleted,
}
"""The changes by the type of the node."""
