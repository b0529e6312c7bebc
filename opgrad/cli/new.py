"""``opgrad new opgrad-NAME``: writes the package of a plugin, which passes its own checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path, PurePosixPath

import click
from attrs import frozen

from opgrad.cli.writing import writing
from opgrad.registry import Registry, default

PREFIX = "opgrad-"
SUFFIX = ".in"
"""What a template's name ends in, so that no tool takes it for what it makes."""

TAKEN = {"Raw", "annotations", "np", "og", "opgrad_ops", "pytest", "op_tests", "test_op"}
"""What an op cannot be called because the templates use it."""


@frozen
class Names:
    """What the new package and its parts are called.

    Attributes:
        distribution: as pip knows it, ``opgrad-soft-abs``.
        op: as ``og.ops`` knows it.
    """

    distribution: str
    op: str

    @property
    def plugin(self) -> str:
        """As OpGrad knows it: the name of the entry point."""
        return self.distribution.removeprefix(PREFIX).replace("-", "_")

    @property
    def module(self) -> str:
        """As Python knows it."""
        return self.distribution.replace("-", "_")

    def fill(self, text: str) -> str:
        """A template, or the name of one, with the names in it."""
        for name in ("distribution", "module", "plugin", "op"):
            text = text.replace(f"@{name.upper()}@", getattr(self, name))
        return text


@click.command(short_help="Write the package of a new plugin.")
@click.argument("distribution", metavar="opgrad-NAME")
@click.option("--op", "op_name", help="What its op is called; NAME, if left out.")
@click.option(
    "--in",
    "parent",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="The folder in which the package's own is made; this one, if left out.",
)
def new(distribution: str, op_name: str | None, parent: Path) -> None:
    """Write the package of a new plugin, in a folder of its name.

    It has one op with its rule, typed; tests; settings for mypy and for continuous
    integration; a README. It passes its own tests and checks as it is: change the op into yours
    step by step.

    \b
    Examples:
      opgrad new opgrad-softabs
      opgrad new opgrad-losses --op huber --in ~/projects
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    names = choose_names(distribution, op_name)
    refuse_clashes(names, default())
    folder = parent / names.distribution
    written = list(write(names, folder))
    click.echo(f"Wrote {folder}:")
    for path in written:
        click.echo(f"  {path}")
    click.echo(
        f"\nNext:\n"
        f"  cd {folder}\n"
        f"  python -m pip install --editable '.[test]'\n"
        f"  python -m pytest\n"
        f"  python -m mypy\n"
        f"  opgrad check {names.plugin}\n\n"
        f"The op is in {PurePosixPath('src', names.module, '__init__.py')}: make it yours."
    )


def choose_names(distribution: str, op: str | None) -> Names:
    """The names of a package's parts.

    Raises:
        ClickException: the distribution or the op cannot be called that.
    """
    if not re.fullmatch(rf"{PREFIX}[a-z][a-z0-9]*(-[a-z0-9]+)*", distribution):
        words = re.findall("[a-z0-9]+", distribution.lower().removeprefix("opgrad"))
        better = PREFIX + ("-".join(words).lstrip("0123456789-") or "softabs")
        raise click.ClickException(
            f"a plugin's package cannot be called {distribution!r}: it is {PREFIX}NAME, with "
            f"lower-case letters, digits, and single hyphens between them, such as {better!r}"
        )
    names = Names(distribution, Names(distribution, "").plugin if op is None else op)
    if not names.op.isidentifier() or iskeyword(names.op) or names.op.startswith("_"):
        raise click.ClickException(
            f"an op cannot be called {names.op!r}, since no Python function can be (or should, if "
            f"that begins with an underscore). Choose another name with --op"
        )
    if names.op in TAKEN:
        raise click.ClickException(
            f"the op cannot be called {names.op!r}, which means something else in the file that "
            f"defines it. Choose another name with --op"
        )
    return names


def refuse_clashes(names: Names, registry: Registry) -> None:
    """See to it that nothing is installed that has one of the names.

    Raises:
        ClickException: there is; it says what.
    """
    for info in registry.plugins:
        if info.name == names.plugin:
            raise click.ClickException(f"{info} is installed: choose another name")
    if find_spec(names.module) is not None:
        raise click.ClickException(f"a module {names.module!r} is installed: choose another name")
    for qualified, op in registry.ops.items():
        if op.name == names.op:
            raise click.ClickException(
                f"there is an op {names.op!r} already, {qualified}, so that the short name would "
                f"not mean yours. Choose another with --op"
            )


def write(names: Names, folder: Path) -> Iterator[PurePosixPath]:
    """Make the folder, and write every template into it, filled in; the files' paths in it.

    Raises:
        ClickException: there is something of that name, or it cannot be written.
    """
    if folder.exists() or folder.is_symlink():
        raise click.ClickException(
            f"{folder} exists already. Choose another name, or another folder with --in"
        )
    with writing(folder):
        folder.mkdir()
        for path, template in sorted(templates(files("opgrad.cli") / "templates")):
            filled = PurePosixPath(names.fill(str(path)).removesuffix(SUFFIX))
            (folder / filled).parent.mkdir(parents=True, exist_ok=True)
            (folder / filled).write_text(names.fill(template), encoding="utf-8")
            yield filled


def templates(folder: Traversable) -> Iterator[tuple[PurePosixPath, str]]:
    """Every template in the folder: its path in it, and its text."""
    for entry in folder.iterdir():
        if entry.is_dir():
            for path, text in templates(entry):
                yield entry.name / path, text
        else:
            yield PurePosixPath(entry.name), entry.read_text(encoding="utf-8")
