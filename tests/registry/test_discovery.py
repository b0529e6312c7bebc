"""Plugins are found through entry points, and loaded no sooner than needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.registry.conftest import Environment

LOADED = "[name for name in sys.modules if name.startswith('opgrad_')]"


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
    while False not in og.default_registry()._loading:
        time.sleep(0.001)  # the other thread is to load plugins, and wait for this module
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


def test_compiling_loads_no_third_party_plugin(special: Environment) -> None:
    """Nor those built-in ones with an extra that it has no use for."""
    code = f"""
    og.compile(lambda x: x + 1.0)(1.0)
    result = {LOADED}
    """
    loaded = special.run(code)
    assert "opgrad_llvm" in loaded
    assert "opgrad_special" not in loaded
    assert "opgrad_scipy" not in loaded


def test_a_backend_that_the_built_ins_lack_loads_third_party_plugins(special: Environment) -> None:
    """It may be one of theirs."""
    code = f"""
    try:
        og.default_registry().backend("nobody's")
    except og.errors.UnknownBackendError:
        result = {LOADED}
    """
    assert "opgrad_special" in special.run(code)
