"""Which op a name means, and what is wrong with one that means none."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from mypy.errorcodes import ATTR_DEFINED
from mypy.nodes import Decorator, MypyFile, Var
from mypy.plugin import AttributeContext, MethodContext
from mypy.types import AnyType, Instance, ProperType, Type, TypeOfAny, get_proper_type

from opgrad.mypy_plugin.installed import Installed
from opgrad.table import CLOSE, plugin_of

OP = "opgrad.operation.Op"


class Names:
    """The ops that plugins export from their modules, by name."""

    def __init__(self, plugins: Sequence[Installed], modules: Mapping[str, MypyFile]) -> None:
        self._modules = {p: modules.get(p.module) if p.has_types else None for p in plugins}

    def type_of(self, name: str, ctx: AttributeContext | MethodContext, otherwise: Type) -> Type:
        """The type of the op of this short or qualified name; reports a name that means none.

        ``otherwise`` if that is for the run to tell: several plugins have it, or it may be that of
        a plugin whose module has no types.
        """
        wanted, op = plugin_of(name), name.rpartition(".")[2]
        plugins = [p for p in self._modules if not wanted or p.name == wanted]
        found = [(p, node) for p in plugins if (node := self._exported(p, op)) is not None]
        # A built-in op keeps its short name; several plugins may pass on the same op.
        holders = [node for p, node in found if p.builtin] or [node for _, node in found]
        if len({node.fullname for node in holders}) == 1:
            return _type_of(holders[0]) or otherwise
        if holders or None in (self._modules[p] for p in plugins):
            return otherwise
        meant = " or ".join(f'"{close}"' for close in self._close_to(op, wanted))
        message = f'no installed plugin provides op "{name}"'
        message += f"; did you mean {meant}?" if meant else ""
        ctx.api.fail(message, ctx.context, code=ATTR_DEFINED)
        return AnyType(TypeOfAny.from_error)

    def _exported(self, plugin: Installed, name: str) -> Decorator | Var | None:
        """What the plugin's module has under this name, if that may be an op."""
        module = self._modules[plugin]
        symbol = module.names.get(name) if module is not None else None
        node = symbol.node if symbol is not None else None
        if not isinstance(node, Decorator | Var):
            return None
        found = _type_of(node)
        return node if found is None or isinstance(found, AnyType) or _is_op(found) else None

    def _close_to(self, op: str, wanted: str) -> Iterator[str]:
        """The names that may have been meant: short ones, or qualified ones."""
        names = {
            name: plugin.name
            for plugin, module in self._modules.items()
            if module is not None
            for name, symbol in module.names.items()
            if isinstance(symbol.node, Decorator | Var) and _is_op(_type_of(symbol.node))
        }
        for close in difflib.get_close_matches(op, names, n=3, cutoff=CLOSE):
            yield f"{names[close]}.{close}" if wanted else close


def _type_of(node: Decorator | Var) -> ProperType | None:
    """The type of what a module has under a name; None while mypy is still to find it."""
    return get_proper_type(node.var.type if isinstance(node, Decorator) else node.type)


def _is_op(found: Type | None) -> bool:
    return isinstance(found, Instance) and found.type.has_base(OP)
