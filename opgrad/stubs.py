"""Stubs that name the installed ops, for type checkers that take no plugins: pyright and Pylance.

``opgrad-stubs`` is a partial stub package (PEP 561): it stands in front of one module of OpGrad,
:mod:`opgrad.namespace`, in which every op is taken from the module of its plugin, with its type.
"""

from __future__ import annotations

import keyword
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from opgrad.errors import AmbiguousOpError
from opgrad.registry import Registry, default

PACKAGE = "opgrad-stubs"
FOLDER = Path("typings")
"""Where pyright and Pylance look for stubs unless they are told otherwise."""

HEAD = '''"""The installed ops. Written by `opgrad stubs`; run it again when plugins change."""

from collections.abc import Iterator
from typing import Final

'''
CLASS = """
from opgrad.define import OpN
from opgrad.registry import Registry

class Ops:
    def __init__(self, registry: Registry) -> None: ...
    def __getitem__(self, name: str) -> OpN: ...
    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __dir__(self) -> list[str]: ...
"""
TAIL = """
ops: Ops
"""


def contents(registry: Registry | None = None) -> Mapping[str, str]:
    """The files of the stub package, by name, for the ops of a registry; loads all plugins."""
    registry = default() if registry is None else registry
    modules = {info.name: info.module for info in registry.plugins if info.ops}
    homes = {op: modules[name.rpartition(".")[0]] for name, op in registry.ops.items()}
    aliases = {module: f"_{module.replace('.', '__')}" for module in sorted({*modules.values()})}
    lines = []
    for name in sorted({op.name for op in registry.ops.values()}):
        if not name.isidentifier() or keyword.iskeyword(name):
            continue  # no attribute; found by og.ops["..."] only
        try:
            lines.append(f"    {name}: Final = {aliases[homes[registry.lookup(name)]]}.{name}\n")
        except AmbiguousOpError:
            lines.append(f"    {name}: Final[OpN]  # of several plugins\n")
    imports = (f"import {module} as {alias}\n" for module, alias in aliases.items())
    stub = "".join([HEAD, *imports, CLASS, *lines, TAIL])
    return {"py.typed": "partial\n", "namespace.pyi": stub}


def write(folder: Path = FOLDER, registry: Registry | None = None) -> Path:
    """Write the stub package into a folder; return where it is."""
    package = folder / PACKAGE
    package.mkdir(parents=True, exist_ok=True)
    for name, text in contents(registry).items():
        (package / name).write_text(text, encoding="utf-8")
    return package


def staleness(folder: Path = FOLDER, registry: Registry | None = None) -> str:
    """How the stubs in a folder differ from what is installed, in words; empty if they do not."""
    package = folder / PACKAGE
    wanted = contents(registry)
    found = {
        name: (package / name).read_text(encoding="utf-8", errors="replace")
        for name in wanted
        if (package / name).is_file()
    }
    if not found:
        return f"there are no stubs in {package}"
    new, old = ({*_ops(files.get("namespace.pyi", ""))} for files in (wanted, found))
    differences = [
        f"{verb} {', '.join(sorted(names))}"
        for verb, names in (("lack", new - old), ("have, without a plugin for it,", old - new))
        if names
    ]
    if not differences and found != wanted:
        differences = ["are not as this version of OpGrad writes them, from these plugins"]
    return f"the stubs in {package} {'; they '.join(differences)}" if differences else ""


def find() -> Path | None:
    """The folder that has stubs: ``typings``, or the first such folder on ``sys.path``."""
    folders = (FOLDER, *map(Path, sys.path))
    return next((folder for folder in folders if (folder / PACKAGE).is_dir()), None)


def _ops(stub: str) -> Iterator[str]:
    """The names of the ops in a stub."""
    for line in stub.splitlines():
        name = line.strip().replace(":", " ").partition(" ")[0]
        if line.startswith("    ") and name.isidentifier() and name != "def":
            yield name
