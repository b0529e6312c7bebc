"""``opgrad check``: the ops of a plugin against what every op should have."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

import opgrad as og
from opgrad.certificate import certificate_path, write_certificate
from opgrad.cli.listing import as_json, console
from opgrad.cli.writing import writing
from opgrad.define import OpN
from opgrad.plugin import PluginInfo
from opgrad.registry import default
from opgrad.testing import Failure, Report, check_op, find_ops

MOST_SAMPLES = 2
"""How many samples of one failure the table names; JSON has all."""


@click.command(short_help="Check the ops of a plugin, and say what is wrong.")
@click.argument("targets", metavar="[PLUGIN|OP]...", nargs=-1)
@click.option("--json", "to_json", is_flag=True, help="Print JSON, with every failure.")
@click.option("--certify", is_flag=True, help="Write a certificate for each plugin that passes.")
def check(targets: tuple[str, ...], to_json: bool, certify: bool) -> None:
    """Check ops against everything that one should have.

    Each op is run at its samples: its derivatives against differences, first and second ones;
    arrays of every layout and precision; purity; NaN; compiled programs. For each failure this says
    what was given, what was expected, and the likely mistake.

    Name plugins, modules of plugins, or ops; without a name, all ops are checked.

    With --certify, name plugins of yours: one that passes gets a certificate, a file beside its
    module, to be shipped with it. `opgrad plugins` shows whether it still holds.

    The exit code is 0 if every op passes, 1 if one does not, and 2 if a name is unknown.

    \b
    Examples:
      opgrad check logcosh
      opgrad check opgrad_logcosh elementary.exp
      opgrad check --certify logcosh
      opgrad check --json | jq '.[] | select(.passed | not) | .op'
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    os.environ.pop("OPGRAD_REQUIRE_CERTIFIED", None)  # or what is not certified could not be
    plugins = _to_certify(targets) if certify else []
    reports = run(_found(targets), quiet=to_json)
    if to_json:
        as_json([{"qualified_name": name, **r.as_dict()} for name, r in reports.items()])
    else:
        console().print(rendered(reports))
    for info in plugins:
        _certify(info, reports)
    if not all(reports.values()):
        raise SystemExit(1)


def _found(targets: Sequence[str]) -> dict[str, OpN]:
    try:
        return find_ops(*targets)
    except og.errors.UnknownPluginError as error:
        raise click.UsageError(str(error)) from error


def _to_certify(targets: Sequence[str]) -> list[PluginInfo]:
    """The plugins that are named, and can be given a certificate."""
    if not targets:
        raise click.UsageError("--certify takes the names of plugins")
    known = {name: info for info in default().plugins for name in (info.name, info.module)}
    chosen = []
    for target in targets:
        info = known.get(target)
        if info is None:
            raise click.UsageError(f"--certify takes the names of plugins, and {target!r} is none")
        if info.builtin:
            raise click.UsageError(f"{info} is built in: OpGrad's own tests check it")
        if not info.ops:
            raise click.UsageError(f"{info} brings no ops to certify")
        chosen.append(info)
    return chosen


def _certify(info: PluginInfo, reports: dict[str, Report]) -> None:
    """Write the certificate, if all of the plugin's ops have passed."""
    registry = default()
    of_plugin = {op: reports[f"{info.name}.{op}"] for op in info.ops}
    if not all(of_plugin.values()):
        click.echo(f"{info} gets no certificate", err=True)
        return
    checked = {op: (report.properties, report.samples) for op, report in of_plugin.items()}
    with writing(certificate_path(info.module) or Path(f"a certificate of {info}")):
        path = write_certificate(info, registry.fingerprints(info.name), checked)
    click.echo(f"{info}: certified in {path}", err=True)


def run(ops: dict[str, OpN], *, quiet: bool = False) -> dict[str, Report]:
    """Check each; on a terminal, say which one is at it."""
    reports = {}
    columns = SpinnerColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console(), transient=True, disable=quiet) as progress:
        task = progress.add_task("")
        for name, op in ops.items():
            progress.update(task, description=name)
            reports[name] = check_op(op)
    return reports


def rendered(reports: dict[str, Report]) -> Group:
    """What failed, and how many passed."""
    parts: list[Table | Text] = []
    for name, report in reports.items():
        if not report:
            parts += [Text(f"{name}: {_count(report)}", "bold red"), _table(report.failures)]
    passed = [name for name, report in reports.items() if report]
    if len(passed) <= 10:
        parts += [Text(f"{name}: passed ({reports[name].extent})", "green") for name in passed]
    parts.append(Text(f"{len(passed)} of {len(reports)} ops passed", "bold"))
    return Group(*parts)


def _count(report: Report) -> str:
    broken = len({f.property for f in report.failures})
    return f"{broken} of {len(report.properties)} properties do not hold"


def _table(failures: Iterable[Failure]) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), show_lines=False)
    for column in ("property", "at", "given", "expected", "likely mistake"):
        table.add_column(column, overflow="fold", no_wrap=column == "property")
    for alike in grouped(failures):
        f, samples = alike[0], list(dict.fromkeys(f.sample for f in alike if f.sample))
        at = [f.where, *samples[:MOST_SAMPLES]]
        if len(samples) > MOST_SAMPLES:
            at.append(f"and {len(samples) - MOST_SAMPLES} more")
        table.add_row(
            Text(f.property, "bold"),
            Text("\n".join(filter(None, at))),
            Text(f.given, "red"),
            Text(f.expected, "green"),
            Text(f.mistake, "yellow"),
        )
    return table


def grouped(failures: Iterable[Failure]) -> list[list[Failure]]:
    """Those of one property and input with one likely mistake, together."""
    groups: dict[tuple[str, str, str], list[Failure]] = {}
    for f in failures:
        groups.setdefault((f.property, f.where, f.mistake or f.given), []).append(f)
    return list(groups.values())
