"""``opgrad ops`` and ``opgrad plugins``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import opgrad as og
from tests.cli.conftest import install_plugin

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, Run


def test_ops_prints_a_line_for_every_op(invoke: Invoke) -> None:
    """Each begins with the op's name."""
    result = invoke("ops")
    assert result.exit_code == 0
    first_words = {line.split()[0] for line in result.stdout.splitlines() if line.strip()}
    assert {op.name for op in og.default_registry().ops.values()} <= first_words


def test_ops_shows_what_there_is_to_know_of_an_op(invoke: Invoke) -> None:
    """Plugin, version, number of inputs, whether elementwise, NumPy function, first line of doc."""
    (line,) = (x for x in invoke("ops").stdout.splitlines() if x.split()[:1] == ["mul"])
    version = og.__version__
    known = ["mul", "arithmetic", version, "2", "yes", "np.multiply", "x", "*", "y."]
    assert line.split()[: len(known)] == known


def test_ops_json_has_every_op(invoke: Invoke) -> None:
    """In the order of the registry, under its qualified name."""
    records = json.loads(invoke("ops", "--json").stdout)
    assert [record["qualified_name"] for record in records] == list(og.default_registry().ops)


def test_ops_json_says_what_an_op_is(invoke: Invoke) -> None:
    """All that the op record has, but for its functions and samples."""
    records = json.loads(invoke("ops", "--json").stdout)
    (record,) = (r for r in records if r["qualified_name"] == "arithmetic.add")
    assert record == {
        "name": "add",
        "qualified_name": "arithmetic.add",
        "plugin": "arithmetic",
        "distribution": "opgrad",
        "version": og.__version__,
        "arity": 2,
        "params": [],
        "elementwise": True,
        "opaque": False,
        "implements": ["np.add"],
        "has_short_name": True,
        "lost": {},
        "doc": og.ops.add.doc,
    }


def test_plugins_shows_what_each_brings(invoke: Invoke) -> None:
    """Ops, schedulers and backends, by name."""
    result = invoke("plugins")
    assert result.exit_code == 0
    assert "ops: identity, add, " in result.stdout
    assert "scheduler: sequential" in result.stdout
    assert "backend: python" in result.stdout
    assert "backend: llvm" in result.stdout


def test_plugins_json_says_who_a_plugin_is(invoke: Invoke) -> None:
    """Every plugin, with what it brings."""
    records = {r["name"]: r for r in json.loads(invoke("plugins", "--json").stdout)}
    assert set(records) == {info.name for info in og.default_registry().plugins}
    assert records["sequential"] == {
        "name": "sequential",
        "state": "loaded",
        "cause": "",
        "module": "opgrad.schedule",
        "distribution": "opgrad",
        "version": og.__version__,
        "builtin": True,
        "certification": "built in",
        "ops": [],
        "functions": [],
        "lowerings": [],
        "schedulers": ["sequential"],
        "backends": [],
        "bridges": [],
        "lost": {},
    }


@pytest.fixture(scope="module")
def rivals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two plugins that want the same name; one that wants a built-in op's name and function."""
    folder = tmp_path_factory.mktemp("rivals")
    install_plugin(folder, "east", "halve")
    install_plugin(folder, "west", "halve")
    install_plugin(folder, "north", "tanh", implements="(np.tanh, np.spacing)")
    return folder


def test_ops_shows_an_op_under_the_name_that_means_it(run: Run, rivals: Path) -> None:
    """The qualified one, where the short one is a built-in's or is claimed by two."""
    done = run("-m", "opgrad", "ops", path=(rivals,))
    names = [line.split()[0] for line in done.stdout.splitlines() if line.strip()]
    assert {"tanh", "north.tanh", "east.halve", "west.halve"} <= set(names)
    assert names.count("tanh") == 1
    assert "halve" not in names


def test_ops_shows_which_op_a_function_becomes_instead(run: Run, rivals: Path) -> None:
    """Beside a function that it does become."""
    done = run("-m", "opgrad", "ops", path=(rivals,))
    (line,) = (x for x in done.stdout.splitlines() if x.split()[:1] == ["north.tanh"])
    assert "np.tanh → elementary.tanh, np.spacing" in line


def test_ops_json_says_what_an_op_does_not_get(run: Run, rivals: Path) -> None:
    """And who does: an op, or nobody."""
    done = run("-m", "opgrad", "ops", "--json", path=(rivals,))
    records = {r["qualified_name"]: r for r in json.loads(done.stdout)}
    assert records["north.tanh"]["has_short_name"] is False
    assert records["north.tanh"]["lost"] == {
        "tanh": "elementary.tanh",
        "np.tanh": "elementary.tanh",
    }
    assert records["east.halve"]["lost"] == {"halve": None}


def test_plugins_shows_what_a_plugin_does_not_get(run: Run, rivals: Path) -> None:
    """And how to settle it. It is no failure: the exit code is 0, and there is no warning."""
    done = run("-m", "opgrad", "plugins", path=(rivals,))
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    lost = "the op name 'tanh' (elementary), numpy.tanh (elementary)"
    assert f"does not get: {lost}; settle it" in text
    assert "does not get: the op name 'halve' (ambiguous); settle it with og.prefer('west')" in text
    assert text.count("does not get") == 3


def test_plugins_json_says_what_a_plugin_does_not_get(run: Run, rivals: Path) -> None:
    """The same for programs."""
    done = run("-m", "opgrad", "plugins", "--json", path=(rivals,))
    lost = {r["name"]: r["lost"] for r in json.loads(done.stdout)}
    assert lost["north"] == {"the op name 'tanh'": "elementary", "numpy.tanh": "elementary"}
    assert lost["west"] == {"the op name 'halve'": None}
    assert lost["elementary"] == {}


def test_a_third_party_plugin_is_listed_with_its_package(run: Run, logcosh: Path) -> None:
    """Its ops are among the ops, its distribution and version in the list of plugins."""
    ops = json.loads(run("-m", "opgrad", "ops", "--json", path=(logcosh,)).stdout)
    (op,) = (r for r in ops if r["plugin"] == "logcosh")
    assert (op["name"], op["distribution"], op["version"]) == ("logcosh", "opgrad-logcosh", "1.0.0")
    plugins = json.loads(run("-m", "opgrad", "plugins", "--json", path=(logcosh,)).stdout)
    (plugin,) = (r for r in plugins if r["name"] == "logcosh")
    assert (plugin["state"], plugin["builtin"], plugin["ops"]) == ("loaded", False, ["logcosh"])


def test_plugins_shows_why_a_plugin_is_broken(run: Run, broken: Path) -> None:
    """That is what the list is for: no error, and no warning besides."""
    done = run("-m", "opgrad", "plugins", path=(broken,))
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = (x for x in done.stdout.splitlines() if x.split()[:1] == ["broken"])
    assert line.split()[1:4] == ["broken", "opgrad-broken", "3.2.1"]
    assert "No module named 'no_such_library'" in line


def test_plugins_shows_what_is_disabled(run: Run) -> None:
    """And by what."""
    done = run("-m", "opgrad", "plugins", "--json", OPGRAD_DISABLE="elementary")
    (record,) = (r for r in json.loads(done.stdout) if r["name"] == "elementary")
    assert (record["state"], record["cause"]) == ("disabled", "named in OPGRAD_DISABLE")
    assert record["ops"] == []


def test_ops_warns_of_a_broken_plugin_in_one_line(run: Run, broken: Path) -> None:
    """On stderr, so that what is on stdout stays JSON; the rest works."""
    done = run("-m", "opgrad", "ops", "--json", path=(broken,))
    assert done.returncode == 0
    assert "arithmetic.add" in {r["qualified_name"] for r in json.loads(done.stdout)}
    (line,) = done.stderr.splitlines()
    assert line.startswith("Warning: plugin 'broken' (opgrad-broken 3.2.1) was set aside: ")


def test_on_a_narrow_terminal_names_stay_whole(run: Run) -> None:
    """Half a name is no name; what else there is needs a wider terminal."""
    done = run("-m", "opgrad", "ops", FORCE_COLOR="1", COLUMNS="80")
    lines = re.sub(r"\x1b\[[\d;]*m", "", done.stdout).splitlines()
    assert max(map(len, lines)) <= 80
    assert ["mul", "arithmetic", "2", "np.multiply"] in [line.split() for line in lines]
    assert "…" not in done.stdout
