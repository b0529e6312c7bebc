"""``opgrad ops`` and ``opgrad plugins``: what is installed."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from itertools import compress
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from opgrad.cli.conflicts import Standing, function_name, standings
from opgrad.errors import PluginWarning
from opgrad.operation import Op
from opgrad.plugin import PluginInfo
from opgrad.registry import Registry, default
from opgrad.table import plugin_of

GIVE_WAY = {"inputs", "NumPy function", "doc", "brings"}
"""The columns that a narrow terminal makes narrower."""
NAMED = {"ops": "ops", "schedulers": "scheduler", "backends": "backend", "bridges": "bridge"}
"""What the list of plugins names of each, and how it calls that."""
COUNTED = ("functions", "lowerings")
"""What it counts: some plugins bring hundreds."""
WIDE_ONLY = {"version", "element-\nwise", "doc"}
"""The columns that a narrow terminal leaves out, so that names stay whole."""


def console(width: int = 120) -> Console:
    """Standard output; at least this wide where it is no terminal, which would set a limit."""
    out = Console(highlight=False)
    if not out.is_terminal:
        out.width = max(out.width, width)
    return out


def as_json(records: object) -> None:
    """Print records as JSON, for programs to read."""
    click.echo(json.dumps(records, indent=2))


# -- ops -----------------------------------------------------------------------------------------


@click.command(short_help="List the ops, and where each comes from.")
@click.option("--json", "to_json", is_flag=True, help="Print JSON, with the whole docs.")
def ops(to_json: bool) -> None:
    """List every op that is installed, and where it comes from.

    A terminal of 100 columns or more also shows versions, which ops are elementwise,
    and what each op computes.

    Call one as og.ops.NAME(...). One that is listed as PLUGIN.NAME is og.ops["PLUGIN.NAME"](...):
    its short name means another op, or is claimed by several. An op with a NumPy function is also
    what that function becomes on a Value; an arrow says that it becomes another op instead.

    \b
    Examples:
      opgrad ops
      opgrad ops --json | jq '.[] | select(.plugin == "arithmetic") | .name'
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    registry = default()
    owners = {info.name: info for info in registry.plugins}
    standing = standings(registry)
    records = [
        _op_record(op, owners[plugin_of(qualified)], standing[qualified])
        for qualified, op in registry.ops.items()
    ]
    if to_json:
        as_json(records)
    else:
        out = console(width=240)
        out.print(_op_table(records, narrow=out.width < 100))


def _op_record(op: Op, owner: PluginInfo, standing: Standing) -> dict[str, Any]:
    return {
        "name": op.name,
        "qualified_name": f"{owner.name}.{op.name}",
        "plugin": owner.name,
        "distribution": owner.distribution,
        "version": owner.version,
        "arity": op.arity,
        "params": sorted(op.param_names),
        "elementwise": op.elementwise,
        "opaque": op.opaque,
        "implements": [function_name(function) for function in op.implements],
        "has_short_name": standing.has_short_name,
        "lost": dict(standing.lost),
        "doc": op.doc,
    }


def _op_table(records: Iterable[dict[str, Any]], *, narrow: bool) -> Table:
    columns = ("op", "plugin", "version", "inputs", "element-\nwise", "NumPy function", "doc")
    shown = [not narrow or column not in WIDE_ONLY for column in columns]
    table = _table(*compress(columns, shown))
    for r in records:
        inputs = "any" if r["arity"] is None else str(r["arity"])
        cells = (
            Text(r["name"] if r["has_short_name"] else r["qualified_name"], "bold"),
            Text(r["plugin"]),
            Text(r["version"]),
            Text(" ".join([inputs, *(f"{p}=" for p in r["params"])])),
            Text("yes" if r["elementwise"] else ""),
            Text(", ".join(_becomes(f, r["lost"]) for f in r["implements"])),
            Text(r["doc"].partition("\n")[0], "dim", no_wrap=True, overflow="ellipsis"),
        )
        table.add_row(*compress(cells, shown))
    return table


def _becomes(function: str, lost: dict[str, str | None]) -> str:
    return f"{function} → {lost[function] or 'ambiguous'}" if function in lost else function


# -- plugins -------------------------------------------------------------------------------------


@click.command(short_help="List the plugins, and what is wrong with one.")
@click.option("--json", "to_json", is_flag=True, help="Print JSON.")
def plugins(to_json: bool) -> None:
    """List every plugin that was found: what it brings, or why it is not in use.

    Where a plugin does not get what it claims, this says who does: an op name, a NumPy function, a
    lowering, the name of a scheduler, backend or bridge.

    A plugin is "loaded", "disabled" (named in the environment variable OPGRAD_DISABLE),
    "unavailable" (it needs a package that is not installed; this says which), "uncertified" (and
    the environment variable OPGRAD_REQUIRE_CERTIFIED refuses it) or "broken": then this says what
    went wrong, and everything else works without it.

    "certified" means that the ops are as they were when they passed `opgrad check --certify`;
    "changed" that they have changed since.

    \b
    Examples:
      opgrad plugins
      OPGRAD_DISABLE=threaded opgrad plugins
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    registry = default()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # the list itself says what is broken
        registry.load_all()
    if to_json:
        as_json(_plugin_records(registry))
    else:
        console().print(plugin_table(registry))


def _plugin_records(registry: Registry) -> list[dict[str, Any]]:
    return [_plugin_record(info, registry) for info in registry.plugins]


def _plugin_record(info: PluginInfo, registry: Registry) -> dict[str, Any]:
    lost = registry.conflicts(info.name) if info.state == "loaded" else {}
    return {
        "name": info.name,
        "state": info.state,
        "cause": info.cause,
        "module": info.module,
        "distribution": info.distribution,
        "version": info.version,
        "builtin": info.builtin,
        "certification": registry.certification(info).status,
        "ops": list(info.ops),
        "functions": list(info.functions),
        "lowerings": list(info.lowerings),
        "schedulers": list(info.schedulers),
        "backends": list(info.backends),
        "bridges": list(info.bridges),
        "lost": {what: who[0] if len(who) == 1 else None for what, who in lost.items()},
    }


def plugin_table(registry: Registry) -> Table:
    """The plugins of a registry, one to a row."""
    table = _table("plugin", "state", "package", "version", "checked", "brings")
    colours = {
        "loaded": "green",
        "disabled": "yellow",
        "unavailable": "yellow",
        "uncertified": "yellow",
        "broken": "bold red",
    }
    for r in _plugin_records(registry):
        table.add_row(
            Text(r["name"], "bold"),
            Text(r["state"], colours[r["state"]]),
            Text(r["distribution"] or "-"),
            Text(r["version"]),
            _checked(r["certification"]),
            Text(r["cause"], "red") if r["cause"] else _brings(r),
        )
    return table


def _checked(status: str) -> Text:
    colours = {"certified": "green", "changed": "yellow"}
    return Text("no" if status == "uncertified" else status, colours.get(status, ""))


def _brings(record: dict[str, Any]) -> Text:
    lines = [f"{word}: {', '.join(record[key])}" for key, word in NAMED.items() if record[key]]
    lines += [f"{key}: {len(record[key])}" for key in COUNTED if record[key]]
    text = Text("\n".join(lines))
    if record["lost"]:
        lost = ", ".join(f"{what} ({who or 'ambiguous'})" for what, who in record["lost"].items())
        claim = f"\ndoes not get: {lost}; settle it with og.prefer({record['name']!r})"
        text.append(claim, "yellow")
    return text


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=column not in GIVE_WAY)
    return table
