"""A plugin for mypy: ``og.ops.softplus`` has the type of the op that an installed plugin brings.

Switch it on in mypy's configuration: ``plugins = ["opgrad.mypy_plugin"]``. It reads the metadata of
what is installed beside the code that mypy checks, and imports no plugin.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import version as version_of
from typing import Any

from mypy.nodes import Import, ImportAll, ImportFrom, MypyFile, StrExpr
from mypy.options import Options
from mypy.plugin import (
    AttributeContext,
    CheckerPluginInterface,
    MethodContext,
    MethodSigContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import FunctionLike, Type

from opgrad.mypy_plugin.installed import BENEATH, installed_plugins
from opgrad.mypy_plugin.marks import HOOK_MARKER, mark_signature
from opgrad.mypy_plugin.names import Names
from opgrad.mypy_plugin.rules import INPUTS, explain

__version__ = version_of("opgrad")  # part of what mypy's cache depends on

OPS = "opgrad.namespace.Ops"
PRIORITY = 20  # of an added dependency: below that of imports, where mypy has to break a cycle


class OpgradPlugin(Plugin):
    """What mypy asks: the types of ops, the signatures of rules and hooks, and what it caches."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._plugins = installed_plugins(options)
        own = {plugin.module.partition(".")[0] for plugin in self._plugins if plugin.builtin}
        self._beneath = {*BENEATH, "opgrad", *own}
        self._users: set[str] = set()
        """The modules in which the type of an op was asked for."""

    # -- types -----------------------------------------------------------------------------------

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        owner, _, name = fullname.rpartition(".")
        return partial(self._attribute, name) if owner == OPS and name[0] != "_" else None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        owner, _, name = fullname.rpartition(".")
        if owner in INPUTS and name == "vjp":
            return partial(explain, INPUTS[owner])
        return self._item if fullname == f"{OPS}.__getitem__" else None

    def get_method_signature_hook(
        self, fullname: str
    ) -> Callable[[MethodSigContext], FunctionLike] | None:
        return mark_signature if fullname == f"{HOOK_MARKER}.__call__" else None

    def _attribute(self, name: str, ctx: AttributeContext) -> Type:
        return self._type_of(name, ctx, ctx.default_attr_type)

    def _item(self, ctx: MethodContext) -> Type:
        match ctx.args:
            case [[StrExpr() as name]]:
                return self._type_of(name.value, ctx, ctx.default_return_type)
        return ctx.default_return_type

    def _type_of(self, name: str, ctx: AttributeContext | MethodContext, otherwise: Type) -> Type:
        module = module_of(ctx.api)
        if not self._may_use_ops(module):
            return otherwise
        self._users.add(module)
        assert self._modules is not None  # mypy has read files by now
        return Names(self._plugins, self._modules).type_of(name, ctx, otherwise)

    # -- what mypy's cache depends on ------------------------------------------------------------

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        if not self._may_use_ops(file.fullname) or not _imports_opgrad(file):
            return []
        return [(PRIORITY, plugin.module, -1) for plugin in self._plugins if plugin.has_types]

    def get_additional_indirect_deps(self, file: MypyFile) -> set[str]:
        if file.fullname not in self._users:
            return set()
        return {plugin.module for plugin in self._plugins if plugin.has_types}

    def report_config_data(self, ctx: ReportConfigContext) -> Any:
        if not self._may_use_ops(ctx.id):
            return None
        return [[p.name, p.module, p.has_types] for p in self._plugins]

    def _may_use_ops(self, module: str) -> bool:
        """Whether it is neither beneath OpGrad nor part of it.

        OpGrad's own plugins would otherwise depend on all plugins, and mypy check all as one.
        """
        return module.partition(".")[0] not in self._beneath


def module_of(api: CheckerPluginInterface) -> str:
    """The module that is being checked."""
    tree: MypyFile = api.tree  # type: ignore[attr-defined]  # of TypeChecker, which it always is
    return tree.fullname


def _imports_opgrad(file: MypyFile) -> bool:
    """Whether the file imports OpGrad, or something of it, anywhere."""
    names: list[str] = []
    for statement in file.imports:
        match statement:
            case ImportFrom() | ImportAll():
                names.append(statement.id)
            case Import():
                names += [name for name, _ in statement.ids]
    return any(name.partition(".")[0] == "opgrad" for name in names)


def plugin(version: str) -> type[OpgradPlugin]:
    """What mypy calls, with its version."""
    return OpgradPlugin
