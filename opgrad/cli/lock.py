"""``opgrad lock``: what plugins bring, from where, and with which rules, in a file."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from opgrad.cli.writing import why, writing
from opgrad.errors import PluginWarning
from opgrad.registry import Registry, default

NAME = "opgrad-lock.json"
FORMAT = 2
HASHES = ("ops", "others")
"""The parts of an entry that hold hashes, by what was hashed."""


@click.command(short_help="Write which ops there are, with versions and hashes.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(NAME),
    help=f"The file to write; {NAME} if left out.",
)
def lock(out: Path) -> None:
    """Write all that plugins bring, their versions, and a hash of each op's rules to a file.

    Kept with a project, it tells `opgrad doctor` later, or elsewhere, whether the same derivatives
    are installed: the hash changes when an op's forward, rule or lowering does. Also in the file:
    functions made of ops, lowerings of other plugins' ops, schedulers, backends and bridges.

    \b
    Examples:
      opgrad lock
      opgrad doctor
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    registry = default()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # the doctor tells of these
        record = locked(registry)
    with writing(out):
        out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    count = sum(len(plugin["ops"]) for plugin in record["plugins"].values())
    click.echo(f"{out}: {count} ops of {len(record['plugins'])} plugins")


def locked(registry: Registry) -> dict[str, Any]:
    """The plugins that are loaded, each with its distribution, version and all that it brings."""
    plugins = {
        info.name: {
            "distribution": info.distribution,
            "version": info.version,
            **asdict(registry.fingerprints(info.name)),
        }
        for info in registry.plugins
        if info.state == "loaded"
    }
    return {"format": FORMAT, "plugins": plugins}


def read_lock(path: Path) -> dict[str, Any]:
    """What the file says.

    Raises:
        ClickException: there is none, or it is no lock file of this format.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = found["format"] == FORMAT and all(map(_is_entry, found["plugins"].values()))
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {why(error)}") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        known = False
    if not known:
        raise click.ClickException(
            f"{path} is no lock file of format {FORMAT}; opgrad lock writes one"
        )
    return found


def _is_entry(entry: Any) -> bool:
    named = {"distribution", "version", *HASHES} <= entry.keys()
    return named and all(isinstance(entry[key], dict) for key in HASHES)


def differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What has changed, plugin by plugin: its name, and what."""
    was, now = old["plugins"], new["plugins"]
    for name in sorted(was.keys() | now.keys()):
        if name not in now:
            package = was[name]["distribution"] or "registered by hand"
            yield name, f"is not there any more ({package} {was[name]['version']})"
        elif name not in was:
            yield name, f"is new ({now[name]['distribution']} {now[name]['version']})"
        else:
            yield from ((name, what) for what in _changes(was[name], now[name]))


def _changes(was: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    if was["version"] != now["version"]:
        yield f"version {now['version']}, locked at {was['version']}"
    for key in HASHES:
        old, new = was[key], now[key]
        prefix = "ops " if key == "ops" else ""
        groups = {
            f"{prefix}gone": [what for what in old if what not in new],
            f"{prefix}new": [what for what in new if what not in old],
            "rules changed" if key == "ops" else "changed": [
                what for what, hash_ in old.items() if new.get(what, hash_) != hash_
            ],
        }
        for how, things in groups.items():
            if things:
                yield f"{how}: {', '.join(things)}"
