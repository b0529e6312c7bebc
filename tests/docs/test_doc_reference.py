"""What is public is documented: names, errors, hooks, ops, decisions."""

from __future__ import annotations

import inspect
import pkgutil
import re
import types
from importlib import import_module

import pytest

import opgrad as og
from opgrad import hooks
from opgrad.errors import PluginWarning
from opgrad.installed import GROUP
from tests.docs.doc_pages import ROOT

DOCS = ROOT / "docs"
PUBLIC = sorted(
    name
    for name, thing in ((name, getattr(og, name)) for name in dir(og))
    if not name.startswith("_")
    and not isinstance(thing, types.ModuleType)
    and name not in ("annotations", "Any")
)
MODULES = [
    import_module(m.name)
    for m in pkgutil.walk_packages(og.__path__, "opgrad.")
    if not m.name.endswith("__main__")
]
ERRORS = sorted(
    {
        name
        for module in MODULES
        for name, thing in vars(module).items()
        if isinstance(thing, type)
        and issubclass(thing, og.OpgradError | PluginWarning)
        and thing.__module__.startswith("opgrad.")
    }
)
HOOKS = sorted(name for name, thing in vars(hooks).items() if hasattr(thing, f"{GROUP}_spec"))
OPS = sorted(
    name
    for info in og.default_registry().plugins
    if info.builtin
    for name in og.default_registry().ops
    if name.startswith(f"{info.name}.")
)
SOURCE = sorted(
    f"opgrad/{m.name}/" if m.ispkg else f"opgrad/{m.name}.py{'x' * (m.name == 'native')}"
    for m in pkgutil.iter_modules(og.__path__)
    if m.name != "__main__"
)
DECISIONS = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_a_docstring(name: str) -> None:
    """Functions and classes carry one of their own; data and type aliases are told in the page."""
    thing = getattr(og, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__doc__
        assert thing.__doc__ != object.__doc__


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_in_the_api_page(name: str) -> None:
    """A directive describes it as `opgrad.name`."""
    page = (DOCS / "api.md").read_text()
    assert re.search(rf"^\.\. (auto|py:)\w+:: opgrad\.{name}(\(\))?$", page, re.M)


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_is_in_the_errors_page(name: str) -> None:
    """It has its own heading, which says when it is raised and what to do."""
    assert re.search(rf"^### {name}$", (DOCS / "errors.md").read_text(), re.M)


@pytest.mark.parametrize("name", sorted(set(ERRORS) - {"DataError"}))
def test_every_error_of_the_library_is_in_the_api_page(name: str) -> None:
    """Under the path that it is imported from; the one of the demo is no part of the library."""
    page = (DOCS / "api.md").read_text()
    (path,) = re.findall(rf"^\.\. autoexception:: (opgrad[\w.]*)\.{name}$", page, re.M)
    assert isinstance(getattr(import_module(path), name), type)


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_in_the_hooks_page(name: str) -> None:
    """It has its own heading and a docstring."""
    assert re.search(rf"^### {name}$", (DOCS / "hooks.md").read_text(), re.M)
    assert inspect.getdoc(getattr(hooks, name))


@pytest.mark.parametrize("name", OPS)
def test_every_builtin_op_is_in_the_op_reference(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generated reference has its qualified name with its signature, and its docstring."""
    monkeypatch.syspath_prepend(DOCS / "_ext")
    reference = import_module("op_reference")
    text = reference.op_reference()
    op = og.default_registry().ops[name]
    assert op.doc
    assert f"`{name}(" in text
    assert reference.as_markdown(op.doc) in text


@pytest.mark.parametrize("name", DECISIONS)
def test_every_decision_is_in_the_index_of_decisions(name: str) -> None:
    """A record is linked, and has the parts that make it one."""
    assert name in (DOCS / "decisions" / "index.md").read_text()
    record = (DOCS / "decisions" / name).read_text()
    assert [h for h in ("## Why", "## Instead of", "## Price") if h not in record] == []


@pytest.mark.parametrize("path", SOURCE)
def test_every_module_is_on_the_map_of_the_source(path: str) -> None:
    """The README's table has a row for each file and package of the core."""
    assert f"`{path}`" in (ROOT / "README.md").read_text()


def test_the_lists_are_not_empty_by_mistake() -> None:
    """These tests find what they are to check."""
    assert "Value" in PUBLIC
    assert "VjpError" in ERRORS
    assert {"opgrad_ops", "opgrad_schedulers"} <= set(HOOKS)
    assert "arithmetic.add" in OPS
    assert len(DECISIONS) >= 8
