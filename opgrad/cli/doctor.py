"""``opgrad doctor``: what is wrong with what is installed, and what to do."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import click
from attrs import asdict, frozen

from opgrad import stubs
from opgrad.cli.listing import as_json
from opgrad.cli.lock import NAME, differences, locked, read_lock
from opgrad.errors import PluginWarning
from opgrad.registry import Registry, default

Weight: TypeAlias = Literal["error", "note"]


@frozen
class Diagnosis:
    """Something to know about what is installed.

    Attributes:
        weight: an ``error`` is to be settled; a ``note`` may be as it should.
        about: the plugin, or the file.
        what: is the matter.
        remedy: what to do; empty if that is up to the user.
    """

    weight: Weight
    about: str
    what: str
    remedy: str = ""


Examination: TypeAlias = Callable[[Registry], Iterable[Diagnosis]]


@click.command(short_help="Say what is wrong with what is installed.")
@click.option(
    "--lock",
    "lock_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The lock file to compare with; {NAME}, if it is there.",
)
@click.option("--json", "to_json", is_flag=True, help="Print JSON.")
def doctor(lock_file: Path | None, to_json: bool) -> None:
    """Look over the plugins that are installed: broken ones, conflicts, extras that are missing.

    In a project with stubs for pyright (`opgrad stubs` writes them): whether they are stale.

    Where there is a lock file (`opgrad lock` writes one), also: what has changed since.

    The exit code is 1 if there is something to settle: a broken plugin, a conflict, a certificate
    that does not hold any more, stale stubs, a difference from the lock file.

    \b
    Examples:
      opgrad doctor
      opgrad doctor --lock ci/opgrad-lock.json
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    registry = default()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # these are what is told below
        registry.load_all()
        found = [d for examine in EXAMINATIONS for d in examine(registry)]
        if lock_file is not None or Path(NAME).exists():
            found += compared(registry, lock_file or Path(NAME))
    if to_json:
        as_json([asdict(d) for d in found])
    else:
        _print(found)
    if any(d.weight == "error" for d in found):
        raise SystemExit(1)


def _print(found: Sequence[Diagnosis]) -> None:
    for d in found:
        weight = click.style(f"{d.weight}:", "red" if d.weight == "error" else "yellow", bold=True)
        click.echo(f"{weight} {d.about}: {d.what}")
        if d.remedy:
            click.echo(click.style(f"       {d.remedy}", dim=True))
    if not found:
        click.secho("nothing is wrong", fg="green")


def broken_plugins(registry: Registry) -> Iterator[Diagnosis]:
    """Those that could not be loaded, and why."""
    for info in registry.plugins:
        if info.state == "broken":
            remedy = f"mend or uninstall it, or set OPGRAD_DISABLE={info.name}"
            yield Diagnosis("error", str(info), info.cause, remedy)


def not_in_use(registry: Registry) -> Iterator[Diagnosis]:
    """Those that are switched off, that miss an extra, or that are refused."""
    for info in registry.plugins:
        if info.state in ("disabled", "unavailable"):
            yield Diagnosis("note", str(info), f"{info.state}: {info.cause}")
        elif info.state == "uncertified":
            yield Diagnosis("error", str(info), f"refused: {info.cause}")


def conflicts(registry: Registry) -> Iterator[Diagnosis]:
    """What a plugin claims and does not get."""
    for info in registry.plugins:
        if info.state != "loaded":
            continue
        lost = registry.conflicts(info.name)
        if lost:
            claims = "; ".join(f"{what} is {_held(by)}" for what, by in lost.items())
            remedy = f"og.prefer({info.name!r}) gives it to this plugin"
            yield Diagnosis("error", str(info), f"claims what is another's: {claims}", remedy)


def _held(holders: tuple[str, ...]) -> str:
    return holders[0] if len(holders) == 1 else f"claimed by {' and '.join(holders)}, and nobody's"


def certificates(registry: Registry) -> Iterator[Diagnosis]:
    """Those of plugins whose ops have changed since."""
    for info in registry.plugins:
        found = registry.certification(info)
        if info.state == "loaded" and found.status == "changed":
            yield Diagnosis("error", str(info), found.cause)


def stale_stubs(registry: Registry) -> Iterator[Diagnosis]:
    """Stubs for pyright, where a project keeps them, that other plugins were installed for."""
    folder = stubs.find()
    if folder is not None and (stale := stubs.staleness(folder, registry)):
        remedy = f"to write them anew: opgrad stubs --out {folder}"
        yield Diagnosis("error", str(folder), stale, remedy)


EXAMINATIONS: tuple[Examination, ...] = (
    broken_plugins,
    not_in_use,
    conflicts,
    certificates,
    stale_stubs,
)
"""In the order of the report."""


def compared(registry: Registry, path: Path) -> Iterator[Diagnosis]:
    """What is not as the lock file has it.

    Raises:
        ClickException: there is no such file, or it is none.
    """
    remedy = f"if that is meant: opgrad lock --out {path}"
    for name, what in sorted(differences(read_lock(path), locked(registry))):
        yield Diagnosis("error", f"plugin {name!r}", f"{what}, says {path}", remedy)
