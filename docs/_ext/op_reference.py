"""The ``{op-reference}`` directive: every built-in op, read from the registry at build time."""

import inspect
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import opgrad as og
from opgrad.operation import full_name
from opgrad.plugin import PluginInfo


class OpReferenceDirective(SphinxDirective):
    """One section per built-in plugin, one per op within it."""

    def run(self) -> list[nodes.Node]:
        """The sections, parsed from :func:`op_reference`."""
        self.env.note_reread()  # the registry is no file that Sphinx could watch
        return self.parse_text_to_nodes(op_reference(), allow_section_headings=True)


def op_reference() -> str:
    """The reference of all built-in ops, in Markdown."""
    registry = og.default_registry()
    plugins = {
        info: ops for info in registry.plugins if info.builtin and (ops := ops_of(info, registry))
    }
    sections = [plugin_section(info, ops) for info, ops in plugins.items()]
    return "\n\n".join([overview(plugins), *sections])


def overview(plugins: Mapping[PluginInfo, list[og.Op]]) -> str:
    """A table of all ops: what each computes, and as which NumPy functions."""
    rows = [
        f"| [{op.name}](#{info.name}-{op.name}) | {summary(op)} | {functions(op)} |"
        for info, ops in plugins.items()
        for op in ops
    ]
    return "\n".join(["| op | computes | NumPy |", "|---|---|---|", *rows])


def summary(op: og.Op) -> str:
    """The first sentence of its docstring, for a cell of a table."""
    first = op.doc.partition("\n\n")[0].replace("\n", " ").partition(". ")[0].rstrip(".")
    return as_markdown(first)


def functions(op: og.Op) -> str:
    """The NumPy functions that become the op."""
    return ", ".join(f"`{full_name(f)}`" for f in op.implements)


def ops_of(info: PluginInfo, registry: og.Registry) -> list[og.Op]:
    """The ops of one plugin, by name."""
    return sorted(
        (op for name, op in registry.ops.items() if name.partition(".")[0] == info.name),
        key=lambda op: op.name,
    )


def plugin_section(info: PluginInfo, ops: list[og.Op]) -> str:
    """A heading for the plugin, and what each of its ops does."""
    entries = "\n\n".join(op_entry(f"{info.name}.{op.name}", op) for op in ops)
    section = f"## {info.name}\n\nModule `{info.module}`, {len(ops)} ops.\n\n{entries}"
    made = ", ".join(f"`{name}`" for name in functions_made_of_ops(info.module))
    return section + (f"\n\n### Made of ops in {info.name}\n\n{made}." if made else "")


def functions_made_of_ops(module: str) -> list[str]:
    """The NumPy functions that the plugin's hook ``opgrad_functions`` brings, by name."""
    hook = getattr(import_module(module), "opgrad_functions", dict)
    return sorted(full_name(function) for function in hook())


def op_entry(qualified: str, op: og.Op) -> str:
    """Signature, properties and docstring of one op."""
    arity = {None: "any number of inputs", 1: "1 input"}.get(op.arity, f"{op.arity} inputs")
    facts = [
        arity,
        *(["elementwise"] if op.elementwise else []),
        *(
            [f"params: {', '.join(f'`{p}`' for p in sorted(op.param_names))}"]
            * bool(op.param_names)
        ),
        *(["opaque"] if op.opaque else []),
        *([f"NumPy: {functions(op)}"] if op.implements else []),
    ]
    plugin = qualified.partition(".")[0]
    heading = f"({plugin}-{op.name})=\n\n### {op.name}"
    heading += f"\n\n`{qualified}{signature(op)}`: {'; '.join(facts)}"
    return f"{heading}\n\n{as_markdown(op.doc)}"


def as_markdown(doc: str) -> str:
    """A docstring with its params as a list, in which `x**2 * y` is no emphasis."""
    doc = re.sub(r"^    (\w+): ", r"- `\1`: ", doc.replace("\nArgs:\n", "\n"), flags=re.MULTILINE)
    parts = re.split(r"(``.*?``|`.*?`)", doc)
    return "".join(p if p.startswith("`") else re.sub(r"([*_<|])", r"\\\1", p) for p in parts)


def signature(op: og.Op) -> str:
    """The forward's parameters, without their types."""
    forward = inspect.signature(op.forward)
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in forward.parameters.values()]
    return str(inspect.Signature(bare))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("op-reference", OpReferenceDirective)
    return {"parallel_read_safe": True}
