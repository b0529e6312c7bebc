"""Which ops to check: by plugin, by module, by name."""

from __future__ import annotations

import opgrad as og
from opgrad.define import OpN
from opgrad.errors import InputError, UnknownPluginError
from opgrad.operation import Op


def find_ops(*plugins_or_ops: str | Op) -> dict[str, OpN]:
    """The ops, by qualified name (an op that no plugin brings: by its own).

    Args:
        plugins_or_ops: names of plugins, of the modules that they are in, or of ops; or ops.
            None of them: the ops of all plugins.

    Raises:
        UnknownPluginError: a name is that of no plugin and of no op.
        InputError: one is neither a name nor an op that ``@og.op`` made.
    """
    registry = og.default_registry()
    by_name = {name: og.ops[name] for name in registry.ops}
    names_of = {op: name for name, op in by_name.items()}
    loaded = {p.name: p for p in registry.plugins if p.state == "loaded"}
    chosen: dict[str, OpN] = {}
    for what in plugins_or_ops or tuple(loaded):
        if isinstance(what, OpN):
            chosen[names_of.get(what, what.name)] = what
            continue
        if not isinstance(what, str):
            raise InputError(f"neither a name nor an op that @og.op made: {what!r}")
        owners = [p.name for p in loaded.values() if what in (p.name, p.module)]
        of_plugin = {n: op for n, op in by_name.items() if n.rpartition(".")[0] in owners}
        if of_plugin or owners:
            chosen |= of_plugin
        elif what in og.ops:
            op = og.ops[what]
            chosen[names_of[op]] = op
        else:
            raise UnknownPluginError(
                f"no plugin and no op is called {what!r}; plugins: {', '.join(sorted(loaded))}"
                f"{registry.not_in_use()}"
            )
    return chosen
