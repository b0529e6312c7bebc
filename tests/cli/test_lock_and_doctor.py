"""``opgrad lock`` and ``opgrad doctor``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from opgrad.cli.lock import differences
from tests.cli.conftest import Invoke
from tests.registry.conftest import Environment, op_source

DOCTOR = """
from click.testing import CliRunner
from opgrad.cli.app import app
done = CliRunner().invoke(app, ["doctor", *{arguments}])
result = [done.exit_code, done.output]
"""


def _lock(**plugins: Any) -> dict[str, Any]:
    return {"format": 2, "plugins": plugins}


def _plugin(version: str = "1.0", others: Any = None, **ops: str) -> dict[str, Any]:
    entry = {"distribution": "opgrad-east", "version": version}
    return {**entry, "ops": ops, "others": others or {}}


def _examined(environment: Environment, *arguments: str, **variables: str) -> Any:
    return environment.run(DOCTOR.format(arguments=list(arguments)), **variables)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """With no plugins but the built-in ones."""
    return Environment(tmp_path)


def test_a_lock_holds_ops_versions_and_hashes(invoke: Invoke) -> None:
    """Of every plugin that is loaded, in the file that is named."""
    result = invoke("lock", "--out", "here.json")
    assert result.exit_code == 0, result.output
    record = json.loads(Path("here.json").read_text())
    logcosh = record["plugins"]["logcosh"]
    assert logcosh["distribution"] == "opgrad-logcosh"
    assert logcosh["ops"]["logcosh"].startswith("sha256:")
    assert "exp" in record["plugins"]["elementary"]["ops"]
    assert record["plugins"]["arrays"]["others"]["numpy.ptp"].startswith("sha256:")
    [(scheduler, made)] = record["plugins"]["threaded"]["others"].items()
    assert (scheduler, made) == ("scheduler name 'threaded'", "opgrad_threaded.scheduler.Threaded")


def test_nothing_is_wrong_right_after(invoke: Invoke) -> None:
    """The doctor reads the file by itself."""
    invoke("lock")
    result = invoke("doctor")
    assert "opgrad-lock.json" not in result.output
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("was", "now", "what"),
    [
        (_lock(east=_plugin()), _lock(), "is not there any more (opgrad-east 1.0)"),
        (_lock(), _lock(east=_plugin()), "is new (opgrad-east 1.0)"),
        (_lock(east=_plugin()), _lock(east=_plugin("2.0")), "version 2.0, locked at 1.0"),
        (_lock(east=_plugin(f="1")), _lock(east=_plugin(f="2")), "rules changed: f"),
        (_lock(east=_plugin(f="1")), _lock(east=_plugin()), "ops gone: f"),
        (_lock(east=_plugin()), _lock(east=_plugin(f="1")), "ops new: f"),
        (_lock(east=_plugin(others={"a": "1"})), _lock(east=_plugin()), "gone: a"),
        (_lock(east=_plugin()), _lock(east=_plugin(others={"a": "1"})), "new: a"),
        (
            _lock(east=_plugin(others={"a": "1"})),
            _lock(east=_plugin(others={"a": "2"})),
            "changed: a",
        ),
    ],
)
def test_each_difference_is_named(was: Any, now: Any, what: str) -> None:
    """Plugins and ops that come and go, versions, rules."""
    assert list(differences(was, was)) == []
    assert list(differences(was, now)) == [("east", what)]


def test_a_difference_is_an_error(invoke: Invoke) -> None:
    """With what to do if it is meant."""
    invoke("lock")
    record = json.loads(Path("opgrad-lock.json").read_text())
    record["plugins"]["logcosh"]["version"] = "0.9"
    Path("opgrad-lock.json").write_text(json.dumps(record))
    result = invoke("doctor")
    assert result.exit_code == 1
    assert "error: plugin 'logcosh': version 1.0.0, locked at 0.9" in result.output
    assert "if that is meant: opgrad lock" in result.output


@pytest.mark.parametrize(
    "text", [None, "{", "[]", '{"format": 99}', '{"format": 2, "plugins": {"x": 3}}', "[" * 100_000]
)
def test_a_lock_that_is_none_is_an_error(invoke: Invoke, text: str | None) -> None:
    """It names the file."""
    if text is not None:
        Path("x.json").write_text(text)
    result = invoke("doctor", "--lock", "x.json")
    assert result.exit_code == 1
    assert "Error: x.json" in result.output


def test_a_broken_plugin(environment: Environment) -> None:
    """With the cause, and how to go on without it."""
    environment.install("opgrad-east", source="1 / 0")
    code, output = _examined(environment)
    assert code == 1
    assert "error: plugin 'east' (opgrad-east 1.0): ZeroDivisionError" in output
    assert "OPGRAD_DISABLE=east" in output


def test_a_conflict(environment: Environment) -> None:
    """Between a built-in op and another, and between two others."""
    environment.install("opgrad-east", source=op_source("exp"))
    environment.install("opgrad-north", source=op_source("halve"))
    environment.install("opgrad-south", source=op_source("halve"))
    code, output = _examined(environment)
    assert code == 1
    assert "claims what is another's: the op name 'exp' is elementary" in output
    assert "og.prefer('east')" in output
    assert "the op name 'halve' is claimed by north and south, and nobody's" in output


def test_what_is_not_in_use(environment: Environment) -> None:
    """A missing extra, or a plugin that is switched off, may be as it should: a note."""
    needs = "import opgrad as og\nraise og.MissingExtra('it needs snowpack: pip install snowpack')"
    environment.install("opgrad-east", source=needs)
    environment.install("opgrad-west", source=op_source("halve"))
    code, output = _examined(environment, OPGRAD_DISABLE="west")
    assert code == 0, output
    assert "note: plugin 'east' (opgrad-east 1.0): unavailable: it needs snowpack" in output
    assert "note: plugin 'west' (opgrad-west 1.0): disabled" in output


def test_a_plugin_that_is_refused(environment: Environment) -> None:
    """For want of a certificate, where one is required."""
    environment.install("opgrad-east", source=op_source("halve"))
    code, output = _examined(environment, OPGRAD_REQUIRE_CERTIFIED="1")
    assert code == 1
    assert "error: plugin 'east' (opgrad-east 1.0): refused: it has no certificate" in output


def test_a_certificate_that_does_not_hold(environment: Environment) -> None:
    """Its ops have changed since."""
    environment.install("opgrad-east", source=op_source("halve"))
    stale = {"format": 2, "plugin": "east", "ops": {"halve": {"rules": "sha256:0"}}, "others": {}}
    (environment.folder / "opgrad_east-opgrad-certificate.json").write_text(json.dumps(stale))
    code, output = _examined(environment)
    assert code == 1
    assert "changed since they were checked: halve" in output


def test_stale_stubs(invoke: Invoke) -> None:
    """Where a project keeps stubs: those that lack an op that is installed."""
    invoke("stubs")
    assert invoke("doctor").exit_code == 0
    stub = Path("typings/opgrad-stubs/namespace.pyi")
    stub.write_text(stub.read_text().replace("logcosh", "other"))
    result = invoke("doctor")
    assert result.exit_code == 1
    assert "error: typings: the stubs in typings/opgrad-stubs lack logcosh" in result.output
    assert "opgrad stubs --out typings" in result.output


def test_as_json(environment: Environment) -> None:
    """A list of records."""
    environment.install("opgrad-east", source="1 / 0")
    code, output = _examined(environment, "--json")
    assert code == 1
    [found] = [d for d in json.loads(output) if d["weight"] == "error"]
    assert found["about"] == "plugin 'east' (opgrad-east 1.0)"
