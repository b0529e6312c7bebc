"""Who may import whom: inside OpGrad, only from lower floors; between OpGrad and plugins, one way.

Every import counts: also those inside functions and for type checkers only.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import opgrad

ROOT = Path(__file__).parents[1]

FLOORS = (  # the lowest first; a module imports from lower floors only
    {"errors", "twins", "installed", "running", "exact"},
    {"data"},
    {"operation"},
    {"node", "declaration", "kinks", "fingerprint"},
    {"draw", "containers", "residuals", "choice"},
    {"graph"},
    {"hooks", "claims"},
    {"plugin"},
    {"table", "diagnostics", "certificate"},
    {"discovery"},
    {"registry"},
    {"cotangent", "forward", "binding", "array_methods", "refusals", "copies", "plain"},
    {"alive", "tangent"},
    {"steps"},
    {"schedule"},
    {"passes", "value"},
    {"pushforward"},
    {"call", "update"},
    {"transforms", "recompute", "compiler"},
    {"matrices", "support"},
    {"define"},
    {"crossing", "bridges"},
    {"foreign"},
    {"namespace"},
    {"opgrad"},  # the public names, opgrad/__init__.py
    {"demo", "stubs", "testing"},
    {"mypy_plugin"},
    {"cli"},
    {"__main__"},
)
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}

KNOW_PLUGGY = {"opgrad.hooks", "opgrad.plugin"}
FOREIGN = {  # what a plugin with an extra may import besides NumPy
    "opgrad_scipy": {"scipy"},
    "opgrad_llvm": {"llvmlite"},
    "opgrad_torch": {"torch"},
    "opgrad_jax": {"jax"},
    "opgrad_pytest": {"pytest"},
}
OPEN_TO_PLUGINS = {
    "opgrad",
    "opgrad.schedule",  # what a scheduler is made of
    "opgrad.containers",  # what takes arguments apart
    "opgrad.compiler.avals",  # what a backend reads
    "opgrad.compiler.primitives",
    "opgrad.crossing",  # what a bridge is made of
    "opgrad.foreign",
    "opgrad.testing",  # what makes tests of ops
}


def modules_under(folder: Path, package: str) -> dict[str, Path]:
    """The modules of a package, by dotted name."""
    found = {}
    for path in sorted((folder / package).rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


OPGRAD = modules_under(ROOT, "opgrad")
PLUGINS = {
    name: path
    for folder in (ROOT / "plugins").iterdir()
    if folder.is_dir()
    for name, path in modules_under(ROOT / "plugins", folder.name).items()
}


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """Every import of a file: the module, and the name taken from it (``""`` for all of it)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{path} imports relatively"
            for alias in node.names:
                if f"{node.module}.{alias.name}" in OPGRAD:  # a submodule, not a name
                    yield f"{node.module}.{alias.name}", ""
                else:
                    yield node.module, alias.name


def floor_of(module: str) -> str:
    """The name in the table of floors: the first part below ``opgrad``."""
    return module.removeprefix("opgrad.").partition(".")[0]


def top(module: str) -> str:
    """The top-level package of a module."""
    return module.partition(".")[0]


def test_every_module_has_its_floor() -> None:
    """A new module must be put in the table."""
    assert {floor_of(module) for module in OPGRAD} <= set(LEVEL)


@pytest.mark.parametrize("module", OPGRAD)
def test_imports_go_down_only(module: str) -> None:
    """A module imports from lower floors, or from its own package."""
    for target, name in imported(OPGRAD[module]):
        if top(target) == "opgrad" and floor_of(target) != floor_of(module):
            assert LEVEL[floor_of(target)] < LEVEL[floor_of(module)], (
                f"{module} imports {target}.{name}".rstrip(".")
            )


def test_there_are_no_import_cycles() -> None:
    """Also not inside a package, and not by way of imports for type checkers."""
    graph = {
        module: {target for target, _ in imported(path) if target in OPGRAD}
        for module, path in OPGRAD.items()
    }
    assert len(list(TopologicalSorter(graph).static_order())) == len(OPGRAD)


@pytest.mark.parametrize("module", OPGRAD)
def test_opgrad_never_imports_a_plugin(module: str) -> None:
    """Not even a built-in one."""
    assert not {top(target) for target, _ in imported(OPGRAD[module])} & {*map(top, PLUGINS)}


@pytest.mark.parametrize("module", [*OPGRAD, *PLUGINS])
def test_only_the_registry_s_floor_knows_pluggy(module: str) -> None:
    """To the rest, a plugin is what the registry's table says."""
    if module not in KNOW_PLUGGY:
        path = OPGRAD.get(module) or PLUGINS[module]
        assert "pluggy" not in {top(target) for target, _ in imported(path)}


@pytest.mark.parametrize("module", PLUGINS)
def test_plugins_import_what_is_public(module: str) -> None:
    """The built-in plugins need nothing that another plugin could not have."""
    for target, name in imported(PLUGINS[module]):
        if top(target) == "opgrad":
            assert target in OPEN_TO_PLUGINS, f"{module} imports {target}"
            assert not name.startswith("_")
            assert not name or hasattr(import_module(target), name)
        else:
            own = {"numpy", top(module), *FOREIGN.get(top(module), ())}
            assert top(target) in {*own, *sys.stdlib_module_names}, target


def test_no_public_name_shadows_a_module() -> None:
    """``opgrad.op`` cannot be both a function and a module."""
    submodules = {name.split(".")[1] for name in OPGRAD if "." in name}
    taken = {name for name in submodules if hasattr(opgrad, name)}
    assert all(getattr(opgrad, name) is sys.modules[f"opgrad.{name}"] for name in taken)


def test_public_names_are_public_to_strict_checkers() -> None:
    """Each is re-exported ``as`` itself, or defined where it stands."""
    tree = ast.parse(OPGRAD["opgrad"].read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and top(node.module or "") == "opgrad":
            for alias in node.names:
                assert alias.asname == alias.name or (alias.asname or "").startswith("_"), (
                    alias.name
                )
