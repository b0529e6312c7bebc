"""Certificates: written when every check has passed, and held against what is installed."""

from __future__ import annotations

import json
from typing import Any

import pytest

import opgrad as og
from tests.registry.conftest import Environment

RIGHT = '''
import numpy as np
import opgrad as og

@og.op(elementwise=True, samples=[(0.5,), (np.array([1.0, -2.0]),)])
def waves(x):
    """sin(x)."""
    return np.sin(x)

@waves.vjp
def _(g, out, x):
    return g * np.cos(x)

@og.hookimpl
def opgrad_ops():
    return [waves]
'''
WRONG = RIGHT.replace("g * np.cos(x)", "-g * np.cos(x)")
CHANGED = RIGHT.replace("g * np.cos(x)", "np.cos(x) * g")
FILE = "opgrad_waves-opgrad-certificate.json"

CERTIFY = """
from click.testing import CliRunner
from opgrad.cli.app import app
done = CliRunner().invoke(app, ["check", "--certify", "waves"])
result = [done.exit_code, done.output]
"""
STATUS = """
registry = og.default_registry()
result = {p.name: [p.state, registry.certification(p).status] for p in registry.plugins}
"""


@pytest.fixture
def waves(environment: Environment) -> Environment:
    """An environment with a plugin that passes every check."""
    environment.install("opgrad-waves", source=RIGHT)
    return environment


def _certified(environment: Environment) -> Any:
    code, output = environment.run(CERTIFY)
    assert code == 0, output
    return json.loads((environment.folder / FILE).read_text())


def test_says_what_was_checked(waves: Environment) -> None:
    """Plugin, version, and for each op the hash of its rules, properties and samples; where."""
    certificate = _certified(waves)
    assert certificate["plugin"] == "waves"
    assert certificate["version"] == "1.0"
    op = certificate["ops"]["waves"]
    assert op["rules"].startswith("sha256:")
    assert "gradient" in op["properties"]
    assert op["samples"] == ["(0.5)", "([ 1., -2.])"]
    assert set(certificate["machine"]) == {"python", "platform", "opgrad", "numpy"}


def test_lies_in_a_package(environment: Environment) -> None:
    """There, without the module's name in front, so that a wheel takes it along."""
    environment.install("opgrad-waves")
    package = environment.folder / "opgrad_waves"
    package.mkdir()
    (package / "__init__.py").write_text(RIGHT)
    assert environment.run(CERTIFY)[0] == 0
    assert (package / "opgrad-certificate.json").exists()


def test_the_example_ships_one_that_holds() -> None:
    """After a change to it: opgrad check --certify logcosh."""
    registry = og.default_registry()
    [logcosh] = [plugin for plugin in registry.plugins if plugin.name == "logcosh"]
    assert registry.certification(logcosh).status == "certified"


def test_none_is_written_for_a_wrong_op(environment: Environment) -> None:
    """The exit code is that of the check."""
    environment.install("opgrad-waves", source=WRONG)
    code, output = environment.run(CERTIFY)
    assert code == 1
    assert "gets no certificate" in output
    assert not (environment.folder / FILE).exists()


@pytest.mark.parametrize(
    ("source", "status"), [(RIGHT, "certified"), (CHANGED, "changed"), (WRONG, "changed")]
)
def test_holds_until_a_rule_changes(waves: Environment, source: str, status: str) -> None:
    """It is the rules that count, not the version."""
    _certified(waves)
    (waves.folder / "opgrad_waves.py").write_text(source)
    assert waves.run(STATUS)["waves"] == ["loaded", status]


def test_built_ins_need_none(waves: Environment) -> None:
    """OpGrad's own tests check them."""
    found = waves.run(STATUS)
    assert found["elementary"] == ["loaded", "built in"]
    assert found["waves"] == ["loaded", "uncertified"]


def test_a_file_that_is_none_counts_for_nothing(waves: Environment) -> None:
    """No JSON, or another format."""
    entry = '{"format": 2, "plugin": "waves", "ops": {"waves": "rules"}}'
    for text in ("{", "[]", '{"format": 99, "ops": {}}', '{"format": 2, "ops": []}', entry):
        (waves.folder / FILE).write_text(text)
        assert waves.run(STATUS)["waves"] == ["loaded", "uncertified"]


def test_that_of_another_plugin_counts_for_nothing(waves: Environment) -> None:
    """Though its ops have the same names and rules."""
    certificate = _certified(waves) | {"plugin": "ripples"}
    (waves.folder / FILE).write_text(json.dumps(certificate))
    assert waves.run(STATUS)["waves"] == ["loaded", "uncertified"]


def test_what_is_not_certified_can_be_refused(waves: Environment) -> None:
    """Its ops are not found, and the error says why; built-in ones are."""
    code = """
    try:
        og.ops.waves
    except og.errors.UnknownOpError as error:
        result = [str(error), og.ops.exp.name]
    """
    message, other = waves.run(code, OPGRAD_REQUIRE_CERTIFIED="1")
    assert "plugin 'waves' (opgrad-waves 1.0), which is uncertified: it has no cert" in message
    assert "opgrad check --certify waves makes one" in message
    assert other == "exp"


def test_what_has_changed_since_is_refused_too(waves: Environment) -> None:
    """With the ops that have."""
    _certified(waves)
    assert waves.run("result = og.ops.waves.name", OPGRAD_REQUIRE_CERTIFIED="1") == "waves"
    (waves.folder / "opgrad_waves.py").write_text(CHANGED)
    code = "[cause] = [p.cause for p in og.default_registry().plugins if p.name == 'waves']"
    cause = waves.run(f"{code}\nresult = cause", OPGRAD_REQUIRE_CERTIFIED="1")
    assert cause.startswith("changed since they were checked: waves;")


@pytest.mark.parametrize("value", ["", "0"])
def test_nothing_is_refused_unless_it_is_asked_for(waves: Environment, value: str) -> None:
    """An empty variable, and 0, ask for nothing."""
    assert waves.run("result = og.ops.waves.name", OPGRAD_REQUIRE_CERTIFIED=value) == "waves"


def test_certifying_works_where_certificates_are_required(waves: Environment) -> None:
    """Or none could ever be made there."""
    code, output = waves.run(CERTIFY, OPGRAD_REQUIRE_CERTIFIED="1")
    assert code == 0, output


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("", "takes the names of plugins"),
        ("logcsoh", "'logcsoh' is none"),
        ("elementary", "is built in"),
    ],
)
def test_only_plugins_of_others_are_certified(waves: Environment, target: str, says: str) -> None:
    """Anything else is a usage error."""
    code, output = waves.run(CERTIFY.replace('"waves"', f'"{target}"' if target else ""))
    assert code == 2
    assert says in output


MORE = """
@og.hookimpl
def opgrad_lowerings():
    return {OP: lambda x: np.sin(x) * 1.0}
"""


@pytest.mark.parametrize(
    ("what", "source"),
    [
        ("waves", MORE.replace("OP", "waves")),
        (
            "lowering of opgrad_elementary.trigonometric.sin",
            MORE.replace("OP", "og.ops['elementary.sin']"),
        ),
        (
            "numpy.fabs",
            "@og.hookimpl\ndef opgrad_functions():\n    return {np.fabs: lambda x: abs(x)}\n",
        ),
        (
            "backend name 'mine'",
            "class Mine:\n    name = 'mine'\n    def lower(self, graph, inputs): ...\n\n"
            "@og.hookimpl\ndef opgrad_backends():\n    return [Mine()]\n",
        ),
    ],
    ids=["a lowering", "a lowering of another's op", "a function made of ops", "a backend"],
)
def test_holds_until_something_else_is_brought(waves: Environment, what: str, source: str) -> None:
    """And again when it has been certified, until that changes."""
    _certified(waves)
    (waves.folder / "opgrad_waves.py").write_text(RIGHT + source)
    cause = """
    registry = og.default_registry()
    [result] = [registry.certification(p).cause for p in registry.plugins if p.name == "waves"]
    """
    assert waves.run(cause).startswith(f"changed since they were checked: {what};")
    _certified(waves)
    assert waves.run(cause) == ""
