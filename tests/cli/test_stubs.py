"""``opgrad stubs``, and what is in the stubs."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import opgrad as og
from opgrad import namespace, stubs

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke

NAMESPACE = Path("typings/opgrad-stubs/namespace.pyi")


def members(source: str) -> dict[str, ast.stmt]:
    """What is defined in class ``Ops`` in a source."""
    (ops,) = (x for x in ast.parse(source).body if isinstance(x, ast.ClassDef) and x.name == "Ops")
    names = {x.name: x for x in ops.body if isinstance(x, ast.FunctionDef)}
    attributes = {ast.unparse(x.target): x for x in ops.body if isinstance(x, ast.AnnAssign)}
    return {**names, **attributes}


def plugin(name: str, *ops: str) -> ModuleType:
    """A module that is a plugin, with these ops."""
    module = ModuleType(f"opgrad_{name}.home")
    for op_name in ops:

        @og.op(name=op_name)
        def op(x: float) -> float:
            return x

        op.vjp(lambda g, out, x: g)
        setattr(module, op_name, op)

    @og.hookimpl.opgrad_ops
    def opgrad_ops() -> list[og.Op]:
        return [getattr(module, op_name) for op_name in ops]

    module.__dict__["opgrad_ops"] = opgrad_ops
    return module


@pytest.fixture
def registry() -> og.Registry:
    """Two plugins: ``east`` with half and both, ``west`` with twice and both."""
    made = og.Registry(builtins=tuple, installed=tuple)
    made.register(plugin("east", "half", "both"), name="east")
    made.register(plugin("west", "twice", "both", "not", "a-b"), name="west")
    return made


# -- the command ---------------------------------------------------------------------------------


def test_stubs_are_written_where_pyright_looks_for_them(invoke: Invoke) -> None:
    """A partial stub package, in the folder typings."""
    result = invoke("stubs")
    assert result.exit_code == 0
    assert result.stdout == "typings/opgrad-stubs\n"
    assert (NAMESPACE.parent / "py.typed").read_text() == "partial\n"
    assert set(dir(og.ops)) <= set(members(NAMESPACE.read_text()))


def test_stubs_that_were_just_written_are_not_stale(invoke: Invoke) -> None:
    """Exit code 0, and nothing to say; in another folder, too."""
    invoke("stubs", "--out", "elsewhere")
    result = invoke("stubs", "--check", "--out", "elsewhere")
    assert (result.exit_code, result.output) == (0, "")


def test_a_check_without_stubs_fails(invoke: Invoke) -> None:
    """Exit code 1, and what to run; it writes nothing."""
    result = invoke("stubs", "--check", "--out", "here")
    assert result.exit_code == 1
    assert (
        "there are no stubs in here/opgrad-stubs; to write them anew: opgrad stubs --out here"
        in (result.stderr)
    )
    assert not Path("here").exists()


def test_a_check_of_stale_stubs_names_the_ops(invoke: Invoke) -> None:
    """What is missing, and what is gone; exit code 1."""
    invoke("stubs")
    NAMESPACE.write_text(NAMESPACE.read_text().replace("    exp: Final", "    expo: Final"))
    result = invoke("stubs", "--check")
    assert result.exit_code == 1
    assert "lack exp; they have, without a plugin for it, expo; to write" in result.stderr


# -- what is in them -----------------------------------------------------------------------------


def test_each_op_is_that_of_its_plugin_s_module(registry: og.Registry) -> None:
    """By the module that its entry point names, under a name that no op can hide."""
    stub = stubs.contents(registry)["namespace.pyi"]
    assert "\nimport opgrad_east.home as _opgrad_east__home\n" in stub
    assert "\n    half: Final = _opgrad_east__home.half\n" in stub
    assert "\n    twice: Final = _opgrad_west__home.twice\n" in stub


def test_a_name_of_several_plugins_is_loosely_typed(registry: og.Registry) -> None:
    """Whose it is, og.prefer tells at run time."""
    assert "\n    both: Final[OpN]" in stubs.contents(registry)["namespace.pyi"]


def test_a_name_that_is_no_attribute_is_left_out(registry: og.Registry) -> None:
    """Keywords, and what has other signs in it."""
    assert {"not", "a-b"}.isdisjoint(members(stubs.contents(registry)["namespace.pyi"]))


def test_the_stub_has_the_members_of_the_class() -> None:
    """With their parameters; without __getattr__, so that an unknown op is an error."""
    registry = og.Registry(builtins=tuple, installed=tuple)
    ours = members(inspect.getsource(namespace))
    theirs = members(stubs.contents(registry)["namespace.pyi"])
    assert set(theirs) == {*ours} - {"__getattr__", "__repr__"}  # an object has the latter
    assert all(signature(theirs[name]) == signature(ours[name]) for name in theirs)


def signature(function: ast.stmt) -> str:
    """Parameters and result, as they are written."""
    assert isinstance(function, ast.FunctionDef)
    assert function.returns is not None
    return f"{ast.unparse(function.args)} -> {ast.unparse(function.returns)}"


# -- whether they are stale ----------------------------------------------------------------------


def test_other_text_with_the_same_ops_is_stale(tmp_path: Path, registry: og.Registry) -> None:
    """An op that moved to another module, or stubs that another version wrote."""
    package = stubs.write(tmp_path, registry)
    assert stubs.staleness(tmp_path, registry) == ""
    (package / "py.typed").write_text("")
    assert "not as this version of OpGrad writes them" in stubs.staleness(tmp_path, registry)


def test_stubs_are_found_in_typings_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then on the path of imports."""
    monkeypatch.chdir(tmp_path)
    assert stubs.find() is None
    stubs.write(tmp_path / "installed")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    assert stubs.find() == tmp_path / "installed"
    stubs.write()
    assert stubs.find() == Path("typings")
