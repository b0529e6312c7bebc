"""Plugins are found through entry points, and loaded no sooner than needed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.registry.conftest import Environment

LOADED = "[name for name in sys.modules if name.startswith('opgrad_')]"


@pytest.fixture
def special(environment: Environment, op_source: Callable[..., str]) -> Environment:
    """An environment with plugin ``special``, which brings doubled."""
    environment.install("opgrad-special", source=op_source("doubled"), version="2.0")
    return environment


# -- when ----------------------------------------------------------------------------------------


def test_importing_opgrad_loads_no_plugin(special: Environment) -> None:
    """Not even the built-in ones."""
    assert special.run(f"result = {LOADED}") == []


def test_using_built_in_ops_loads_no_third_party_plugin(special: Environment) -> None:
    """Operators, a look-up, NumPy's dispatch and a backward pass need none."""
    code = f"""
    import numpy as np
    x = og.Value(2.0)
    np.add(og.ops.relu(x) * x, 1.0).backward()
    result = {LOADED}
    """
    assert "opgrad_special" not in special.run(code)


def test_a_name_the_built_ins_lack_loads_third_party_plugins(special: Environment) -> None:
    """The op is there when it is asked for."""
    assert special.run("result = og.ops.doubled(3.0).data") == 6.0


@pytest.mark.parametrize(
    "listing",
    ["registry.ops", "registry.plugins", "registry.schedulers", "dir(og.ops)", "repr(og.ops)"],
)
def test_listing_loads_third_party_plugins(special: Environment, listing: str) -> None:
    """A list that lacked some would mislead."""
    code = f"registry = og.default_registry()\n{listing}\nresult = {LOADED}"
    assert "opgrad_special" in special.run(code)


def test_plugins_know_who_brought_them(special: Environment) -> None:
    """Name, module, distribution and version come from the installed metadata."""
    code = """
    infos = [info for info in og.default_registry().plugins if info.name == "special"]
    result = [[i.module, i.distribution, i.version, i.builtin, i.state] for i in infos]
    """
    assert special.run(code) == [["opgrad_special", "opgrad-special", "2.0", False, "loaded"]]


def test_built_in_plugins_are_opgrad_s_own(special: Environment) -> None:
    """They are in the same list, marked."""
    code = """
    infos = [i for i in og.default_registry().plugins if i.builtin]
    result = sorted({i.distribution for i in infos}), sorted(i.name for i in infos)
    """
    distributions, names = special.run(code)
    assert distributions == ["opgrad"]
    assert {"arithmetic", "elementary", "activations", "sequential", "threaded"} <= set(names)


def test_errors_of_an_op_name_plugin_and_version(special: Environment) -> None:
    """Also when the plugin's module is imported directly, before the registry loads it."""
    code = """
    import opgrad_special
    try:
        opgrad_special.doubled("text")
    except og.errors.InputError as error:
        result = str(error)
    """
    assert special.run(code).startswith(
        "op 'doubled' of plugin 'special' (opgrad-special 2.0) takes"
    )


def test_a_plugin_may_compute_with_values_while_it_is_imported(environment: Environment) -> None:
    """The built-ins are complete before any third-party plugin is loaded."""
    environment.install(
        "opgrad-special",
        source="""
        import opgrad as og

        three = og.Value(1.0) + og.ops.relu(2.0)

        @og.op
        def add_three(x):
            return x + three.data

        @add_three.vjp
        def _(g, out, x):
            return g

        @og.hookimpl
        def opgrad_ops():
            return [add_three]
        """,
    )
    assert environment.run("result = [og.ops.add_three(1.0).data, warned]") == [4.0, []]


def test_two_threads_may_look_up_first(
    environment: Environment, op_source: Callable[..., str]
) -> None:
    """The second one waits for a whole table, rather than find half of one."""
    environment.install(
        "opgrad-special", source="import time\ntime.sleep(0.3)\n" + op_source("doubled")
    )
    code = """
    from threading import Barrier
    from concurrent.futures import ThreadPoolExecutor

    barrier = Barrier(4)

    def look_up(_):
        barrier.wait()
        return og.ops.doubled(1.0).data

    with ThreadPoolExecutor(4) as pool:
        result = list(pool.map(look_up, range(4)))
    """
    assert environment.run(code) == [2.0] * 4


def test_two_threads_that_wait_for_each_other_do_not_hang(
    environment: Environment, op_source: Callable[..., str]
) -> None:
    """A module that looks an op up while it is imported, and a thread that loads it as a plugin."""
    looks_up = """
    import threading, opgrad as og
    from opgrad import registry
    started = threading.Event(), threading.Event()
    registry.LOAD_TIMEOUT = 0.5
    """
    environment.install("opgrad-fixture", source=looks_up)
    slow = """
    import time
    import opgrad as og, opgrad_fixture
    opgrad_fixture.started[0].set()
    opgrad_fixture.started[1].wait()
    time.sleep(0.3)  # the other thread now loads plugins, and waits for this module
    og.ops.doubled
    """
    environment.install("opgrad-slow", source=slow)
    environment.install("opgrad-special", source=op_source("doubled"))
    code = """
    from threading import Thread
    import opgrad_fixture
    errors = []

    def import_slow():
        try:
            import opgrad_slow
        except og.errors.PluginError as error:
            errors.append(str(error))

    thread = Thread(target=import_slow)
    thread.start()
    opgrad_fixture.started[0].wait()
    opgrad_fixture.started[1].set()
    doubled = og.ops.doubled(1.0).data
    thread.join()
    result = [doubled, errors]
    """
    doubled, errors = environment.run(code)
    assert doubled == 2.0
    assert "look up another plugin's op while it is imported" in errors[0]


def test_plugins_know_what_they_bring(special: Environment) -> None:
    """The names of their ops and schedulers."""
    code = """
    infos = {info.name: info for info in og.default_registry().plugins}
    result = [infos["special"].ops, infos["special"].schedulers, infos["sequential"].schedulers]
    """
    assert special.run(code) == [["doubled"], [], ["sequential"]]


# -- conflicts between distributions --------------------------------------------------------------


def test_two_distributions_that_claim_one_op_are_both_named(
    environment: Environment, op_source: Callable[..., str]
) -> None:
    """With their versions; qualified names work, and ``prefer`` settles it."""
    environment.install("opgrad-one", source=op_source("doubled"), version="1.1")
    environment.install("opgrad-two", source=op_source("doubled"), version="2.2")
    message, one, two, preferred = environment.run(
        """
        try:
            og.ops.doubled
        except og.errors.AmbiguousOpError as error:
            message = str(error)
        one, two = og.ops["one.doubled"].module, og.ops["two.doubled"].module
        og.prefer("two")
        result = [message, one, two, og.ops.doubled.module]
        """
    )
    assert "plugin 'one' (opgrad-one 1.1) and by plugin 'two' (opgrad-two 2.2)" in message
    assert (one, two, preferred) == ("opgrad_one", "opgrad_two", "opgrad_two")


@pytest.fixture
def namesakes(environment: Environment, op_source: Callable[..., str]) -> Environment:
    """Two distributions whose plugins are both called ``special``."""
    environment.install("zeta", source=op_source("zeta_op"), plugin="special", version="1.0")
    environment.install("alpha", source=op_source("alpha_op"), plugin="special", version="3.0")
    return environment


def test_of_two_plugins_of_one_name_the_second_is_set_aside(namesakes: Environment) -> None:
    """One warning names both; which is first does not depend on the order of folders."""
    assert namesakes.run("result = [og.ops.alpha_op(1.0).data, warned]") == [
        2.0,
        [
            "plugin 'special' (zeta 1.0) was set aside: plugin 'special' (alpha 3.0) has that "
            "plugin name already; uninstall one, or have its author rename the entry point"
        ],
    ]


def test_a_namesake_set_aside_is_listed_and_suggested(namesakes: Environment) -> None:
    """It shows among the plugins, and where one of its ops is missed."""
    code = """
    plugins = og.default_registry().plugins
    listed = [[i.distribution, i.state] for i in plugins if i.name == "special"]
    try:
        og.ops.zeta_op
    except og.errors.UnknownOpError as error:
        result = [listed, str(error)]
    """
    listed, message = namesakes.run(code)
    assert listed == [["alpha", "loaded"], ["zeta", "broken"]]
    assert "It may be one of plugin 'special' (zeta 1.0), which is broken:" in message


def test_a_third_party_cannot_take_a_built_in_plugin_s_name(
    environment: Environment, op_source: Callable[..., str]
) -> None:
    """``arithmetic`` is OpGrad's."""
    environment.install("impostor", source=op_source("add"), plugin="arithmetic")
    code = "og.default_registry().load_all()\nresult = [og.ops.add(1.0, 2.0).data, warned]"
    total, [message] = environment.run(code)
    assert total == 3.0
    assert message.startswith("plugin 'arithmetic' (impostor 1.0) was set aside: plugin ")


# -- switching off -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "disable", ["special", " special ", "threaded, special", "special,threaded,,"]
)
def test_a_plugin_can_be_switched_off(special: Environment, disable: str) -> None:
    """OPGRAD_DISABLE lists plugins, separated by commas, with spaces or without."""
    code = f"""
    try:
        og.ops.doubled
    except og.errors.UnknownOpError as error:
        result = [str(error), {LOADED}, warned]
    """
    message, loaded, warned = special.run(code, OPGRAD_DISABLE=disable)
    assert "plugin 'special' (opgrad-special 2.0), which is disabled: named in OPGRAD_DISABLE" in (
        message
    )
    assert "opgrad_special" not in loaded
    assert warned == []


def test_several_plugins_can_be_switched_off(
    special: Environment, op_source: Callable[..., str]
) -> None:
    """Each is listed as disabled; the rest is loaded."""
    special.install("opgrad-other", source=op_source("redoubled"))
    special.install("opgrad-third", source=op_source("tripled"))
    code = """
    result = sorted(i.name for i in og.default_registry().plugins if i.state == "disabled")
    """
    assert special.run(code, OPGRAD_DISABLE="special,other") == ["other", "special"]


def test_switching_off_a_plugin_that_is_not_there_is_warned_of(special: Environment) -> None:
    """A misspelt name would otherwise go unnoticed; once, when all plugins are known."""
    code = (
        "og.Value(1.0) + 2.0\nearly = list(warned)\ndir(og.ops)\nog.default_registry().load_all()"
    )
    assert special.run(
        f"{code}\nresult = [early, warned]", OPGRAD_DISABLE="specail,threaded,zzz"
    ) == [
        [],
        [
            "OPGRAD_DISABLE names 'specail', and no such plugin is installed; "
            "did you mean 'special'?",
            "OPGRAD_DISABLE names 'zzz', and no such plugin is installed",
        ],
    ]


def test_a_registry_of_one_s_own_does_not_warn_of_plugins_installed_elsewhere(
    special: Environment,
) -> None:
    """OPGRAD_DISABLE is meant for the default one."""
    code = """
    og.Registry(builtins=tuple, installed=tuple).load_all()
    result = warned
    """
    assert special.run(code, OPGRAD_DISABLE="special") == []


def test_the_default_scheduler_stays_when_its_plugin_is_switched_off(
    environment: Environment,
) -> None:
    """Only its name is gone: something has to run the backward pass."""
    code = """
    x = og.Value(3.0)
    (x * x).backward()
    result = [x.grad, "sequential" in og.default_registry().schedulers]
    """
    assert environment.run(code, OPGRAD_DISABLE="sequential") == [6.0, False]


def test_without_arithmetic_an_operator_says_what_is_missing(environment: Environment) -> None:
    """A built-in plugin can be switched off like any other."""
    code = """
    try:
        og.Value(1.0) + og.Value(2.0)
    except og.errors.UnknownOpError as error:
        result = str(error)
    """
    message = environment.run(code, OPGRAD_DISABLE="arithmetic")
    assert message.startswith("no installed plugin provides op 'arithmetic.add'")
    assert "plugin 'arithmetic' (opgrad " in message
    assert "which is disabled: named in OPGRAD_DISABLE" in message


# -- the real thing ------------------------------------------------------------------------------

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "opgrad-special"
version = "2.0"

[project.entry-points.opgrad]
special = "opgrad_special"

[tool.hatch.build.targets.wheel]
include = ["opgrad_special.py"]
"""


def test_a_wheel_installed_by_pip_brings_its_ops_and_takes_them_away(
    tmp_path: Path, op_source: Callable[..., str]
) -> None:
    """From pyproject.toml to ``og.ops``, in a virtual environment, and back out of it."""
    project, venv = tmp_path / "project", tmp_path / "venv"
    project.mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT)
    (project / "opgrad_special.py").write_text(op_source("doubled"))

    def run(*command: str | Path) -> str:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
    offline = ("--no-deps", "--no-index")
    run(*pip, "wheel", *offline, "--no-build-isolation", "-w", tmp_path, project)
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    python = venv / "bin" / "python"
    [site_packages] = (venv / "lib").glob("python*/site-packages")
    inherit = "".join(
        f"import site; site.addsitedir({folder!r})\n" for folder in sys.path if folder
    )
    (site_packages / "inherited.pth").write_text(inherit)  # OpGrad itself, NumPy, pluggy

    use = "import opgrad as og; print('doubled' in dir(og.ops))"
    assert run(python, "-c", use) == "False\n"
    [wheel] = tmp_path.glob("*.whl")
    run(*pip, "--python", python, "install", *offline, wheel)
    assert run(python, "-c", use) == "True\n"
    run(*pip, "--python", python, "uninstall", "-y", "opgrad-special")
    assert run(python, "-c", use) == "False\n"
