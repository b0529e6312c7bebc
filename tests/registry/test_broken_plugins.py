"""A broken plugin is set aside with one warning that says who and why; all else works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.registry.conftest import Environment


@frozen
class Case:
    """A broken plugin: its module, and what its warning says after naming it."""

    source: str | None
    cause: str


OP = """
import opgrad as og

@og.op
def twice(x):
    return x * 2.0

@twice.vjp
def _(g, out, x):
    return g * 2.0

"""
HOOK = "\n@og.hookimpl\ndef opgrad_ops():\n    "

BROKEN = {
    "no-module": Case(None, "ModuleNotFoundError: No module named 'opgrad_no_module'"),
    "import-error": Case(
        "import no_such_library",
        "ModuleNotFoundError: No module named 'no_such_library' (opgrad_import_error.py:1); "
        "for the traceback: python -c 'import opgrad_import_error'",
    ),
    "deep": Case(
        "import json\n\ndef read(): json.loads(3)\n\nread()",
        "TypeError: the JSON object must be str, bytes or bytearray, not int (opgrad_deep.py:3); "
        "for the traceback: python -c 'import opgrad_deep'",
    ),
    "syntax-error": Case(
        "def (", "SyntaxError: invalid syntax (opgrad_syntax_error.py, line 1); for "
    ),
    "exits": Case(
        "import sys\nsys.exit('bye')", "SystemExit: bye (opgrad_exits.py:2); for the traceback"
    ),
    "empty": Case("", "it brings nothing: its module opgrad_empty implements no hook"),
    "unmarked": Case(
        OP + "def opgrad_ops(): return [twice]",
        "its opgrad_ops() is not marked with @og.hookimpl",
    ),
    "raises": Case(f"{OP}{HOOK}raise OSError('no disk')", "OSError: no disk (opgrad_raises.py:15)"),
    "none": Case(f"{OP}{HOOK}pass", "opgrad_ops() returned None, not a list"),
    "string": Case(f"{OP}{HOOK}return 'twice'", "opgrad_ops() returned 'twice', not a list"),
    "number": Case(f"{OP}{HOOK}return 3", "opgrad_ops() returned 3, not a list"),
    "one-op": Case(f"{OP}{HOOK}return twice", "opgrad_ops() returned <op twice of opgrad_one_op>"),
    "no-ops": Case(
        f"{OP}{HOOK}return [twice, 'twice']",
        "opgrad_ops() returned 'twice', which was not made with the @og.op decorator",
    ),
    "record": Case(
        f"{OP}bare = og.Op(name='bare', forward=abs, arity=1){HOOK}return [bare]",
        "opgrad_ops() returned <op bare of no module>, which was not made with the @og.op",
    ),
    "no-vjp": Case(
        f"{OP}@og.op\ndef f(x): return x\n{HOOK}return [twice, f]",
        "op 'f' has no VJP; give it one with @f.vjp",
    ),
    "half-vjp": Case(
        f"{OP}@og.op\ndef f(x, y): return x\n"
        f"@f.vjp_wrt(0)\ndef _(g, out, x, y): return g\n{HOOK}return [f]",
        "op 'f' has no VJP for input 1; give it one with @f.vjp",
    ),
    "not-exported": Case(
        f"{OP}other, twice = twice, None{HOOK}return [other]",
        "op 'twice' is not exported as opgrad_not_exported.twice",
    ),
    "two-alike": Case(f"{OP}{HOOK}return [twice, twice]", "it claims the op name 'twice' 2 times"),
    "one-function": Case(
        "import numpy as np\nimport opgrad as og\n"
        + "".join(
            f"@og.op(implements=np.cbrt)\ndef {name}(x): return x\n"
            f"@{name}.vjp\ndef _(g, out, x): return g\n"
            for name in ("f", "h")
        )
        + f"{HOOK}return [f, h]",
        "it claims numpy.cbrt 2 times",
    ),
    "unknown-hook": Case(
        f"{OP}@og.hookimpl\ndef opgrad_op(): return [twice]",
        "it implements opgrad_op(), and there is no such hook; did you mean opgrad_ops()?",
    ),
    "odd-hook": Case(
        f"{OP}@og.hookimpl\ndef bring(): return [twice]",
        "it implements bring(), and there is no such hook; "
        "there are: opgrad_ops, opgrad_functions, opgrad_schedulers",
    ),
    "marked-as": Case(
        f"{OP}@og.hookimpl.opgrad_ops\ndef bring(): return [twice]",
        "@hookimpl.opgrad_ops marks bring(); name that function opgrad_ops",
    ),
    "second-unmarked": Case(
        f"{OP}{HOOK}return [twice]\n\ndef opgrad_functions(): return {{}}",
        "its opgrad_functions() is not marked with @og.hookimpl",
    ),
    "lowering-of-function": Case(
        "import opgrad as og\n@og.hookimpl\ndef opgrad_lowerings(): return {abs: abs}",
        "opgrad_lowerings() returned a lowering of <built-in function abs>, which is no op",
    ),
    "unknown-argument": Case(
        f"{OP}@og.hookimpl\ndef opgrad_ops(registry): return [twice]",
        "one of its hooks does not fit: hookimpl definition: opgrad_ops(registry) Argument(s) "
        "{'registry'} are declared in the hookimpl but can not be found in the hookspec",
    ),
    "scheduler-class": Case(
        "import opgrad as og\nclass S:\n  name = 's'\n  def run(self, root, ct, wrt): ...\n"
        "@og.hookimpl\ndef opgrad_schedulers(): return [S]",
        "opgrad_schedulers() returned <class 'opgrad_scheduler_class.S'>, which is no scheduler: "
        "an object with .name and .run(root, cotangent, wrt, record)",
    ),
    "scheduler-without-record": Case(
        "import opgrad as og\nclass S:\n  name = 's'\n  def run(self, root, ct, wrt): ...\n"
        "  def __repr__(self): return 'S()'\n"
        "@og.hookimpl\ndef opgrad_schedulers(): return [S()]",
        "opgrad_schedulers() returned S(), which is no scheduler: its .run does not take "
        "(root, cotangent, wrt, record): too many positional arguments",
    ),
    "scheduler-numbered": Case(
        "import opgrad as og\nclass S:\n  name = 1\n  def run(self, root, ct, wrt, record): ...\n"
        "  def __repr__(self): return 'S()'\n"
        "@og.hookimpl\ndef opgrad_schedulers(): return [S()]",
        "opgrad_schedulers() returned S(), which is no scheduler: its .name is 1, not a string",
    ),
    "backend-without-inputs": Case(
        "import opgrad as og\nclass B:\n  name = 'b'\n  def lower(self, graph): ...\n"
        "  def __repr__(self): return 'B()'\n"
        "@og.hookimpl\ndef opgrad_backends(): return [B()]",
        "opgrad_backends() returned B(), which is no backend: its .lower does not take "
        "(graph, inputs): too many positional arguments",
    ),
    "no-definition": Case(
        "import opgrad as og\n@og.op\ndef f(x, y=1): return x",
        "OpDefinitionError: op 'f' (opgrad_no_definition): 'y' has a default, so it is no input",
    ),
    "raises-base": Case(
        "class Odd(BaseException): ...\nraise Odd('no')",
        "Odd: no (opgrad_raises_base.py:2); for the traceback",
    ),
    "interrupts": Case(
        "raise KeyboardInterrupt('of its own')",
        "KeyboardInterrupt: of its own (opgrad_interrupts.py:1); for the traceback",
    ),
    "closes": Case("raise GeneratorExit", "GeneratorExit:  (opgrad_closes.py:1); for"),
    "cancels": Case("import asyncio\nraise asyncio.CancelledError('x')", "CancelledError: x ("),
    "no-text": Case(
        "class Odd(Exception):\n  def __str__(self): 1 / 0\nraise Odd",
        "Odd: (it has no text) (opgrad_no_text.py:3)",
    ),
    "no-globals": Case("__name__ = None\n1 / 0", "ZeroDivisionError: division by zero"),
    "hook-raises-base": Case(
        f"{OP}class Odd(BaseException): ...{HOOK}raise Odd('no')",
        "Odd: no (opgrad_hook_raises_base.py:15)",
    ),
    "hook-exits": Case(f"{OP}{HOOK}raise SystemExit(2)", "SystemExit: 2 (opgrad_hook_exits.py:15)"),
    "recurses": Case(
        f"{OP}def deep(): return deep()\n{HOOK}return deep()",
        "RecursionError: maximum recursion depth exceeded",
    ),
    "generates": Case(
        f"{OP}{HOOK}yield twice\n    raise OSError('no disk')",
        "OSError: no disk (opgrad_generates.py:16)",
    ),
    "no-repr": Case(
        f"{OP}class Odd:\n  def __repr__(self): 1 / 0\n{HOOK}return Odd()",
        "ZeroDivisionError: division by zero (opgrad_no_repr.py:13)",
    ),
    "generates-functions": Case(
        "import opgrad as og\n@og.hookimpl\ndef opgrad_functions(): yield 1",
        "opgrad_functions() returned <generator object",
    ),
    "function": Case(None, "its entry point names opgrad_sound:half, which is no module: <op half"),
    "looks-up": Case(
        f"{OP}og.ops.half{HOOK}return [twice]",
        "UnknownOpError: no installed plugin provides op 'half'",
    ),
}


@pytest.fixture(scope="module")
def outcome(
    tmp_path_factory: pytest.TempPathFactory, make_environment: Callable[[Path], Environment]
) -> Any:
    """What one interpreter, with all the broken plugins and a sound one, warned of and found."""
    environment = make_environment(tmp_path_factory.mktemp("broken"))
    environment.install("opgrad-sound", source=OP.replace("twice", "half") + HOOK + "return [half]")
    for name, case in BROKEN.items():
        module = "opgrad_sound:half" if name == "function" else None
        environment.install(f"opgrad-{name}", source=case.source, version="1.5", module=module)
    return environment.run(
        """
        found = og.ops.half(3.0).data
        sum_ = (og.Value(1.0) + og.Value(2.0)).data
        infos = {info.name: [info.state, info.cause] for info in og.default_registry().plugins}
        try:
            og.ops.twize
        except og.errors.UnknownOpError as error:
            unknown = str(error)
        result = {"half": found, "sum": sum_, "infos": infos, "warned": warned, "unknown": unknown}
        """
    )


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_warned_of_once(outcome: Any, name: str) -> None:
    """One warning names plugin, distribution, version and cause, each once."""
    who = f"plugin {name!r} (opgrad-{name} 1.5)"
    mine = [message for message in outcome["warned"] if who in message]
    assert len(mine) == 1
    assert mine[0].startswith(f"{who} was set aside: {BROKEN[name].cause}")
    assert mine[0].count(who) == 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_listed_with_its_cause(outcome: Any, name: str) -> None:
    """What the warning said can be looked up later."""
    state, cause = outcome["infos"][name]
    assert state == "broken"
    assert cause.startswith(BROKEN[name].cause)


def test_a_hook_s_failure_sends_nobody_to_the_import(outcome: Any) -> None:
    """The import works: its traceback would show nothing."""
    assert outcome["infos"]["raises"][1] == "OSError: no disk (opgrad_raises.py:15)"


def test_nothing_else_is_warned_of(outcome: Any) -> None:
    """As many warnings as broken plugins."""
    assert len(outcome["warned"]) == len(BROKEN)


def test_the_sound_plugin_beside_broken_ones_works(outcome: Any) -> None:
    """One plugin's fault is nobody else's."""
    assert outcome["half"] == 6.0
    assert outcome["infos"]["sound"] == ["loaded", ""]


def test_the_built_in_ops_beside_broken_plugins_work(outcome: Any) -> None:
    """Values add up."""
    assert outcome["sum"] == 3.0


def test_an_unknown_name_tells_which_plugins_failed(outcome: Any) -> None:
    """What is missing may be one of theirs."""
    assert (
        "It may be one of plugin 'raises' (opgrad-raises 1.5), which is broken: OSError: no disk"
    ) in outcome["unknown"]


def test_a_look_up_while_plugins_load_says_so(outcome: Any) -> None:
    """A plugin that uses another's op at import time learns why it is not there."""
    _, cause = outcome["infos"]["looks-up"]
    assert "a plugin cannot look up another's ops while it is imported" in cause


def test_warnings_as_errors_leave_the_registry_usable(environment: Environment) -> None:
    """Under ``-W error`` the first look-up raises; the table is whole all the same."""
    environment.install("opgrad-raises", source=f"{OP}{HOOK}raise OSError('no disk')")
    environment.install("opgrad-sound", source=OP + HOOK + "return [twice]")
    assert environment.run(
        """
        warnings.simplefilter("error", og.errors.PluginWarning)
        try:
            og.ops.twice
        except og.errors.PluginWarning as warning:
            first = str(warning)
        result = [first, og.ops.twice(1.0).data]
        """
    ) == [
        "plugin 'raises' (opgrad-raises 1.0) was set aside: OSError: no disk (opgrad_raises.py:15)",
        2.0,
    ]


# -- distributions that are not as they should be ------------------------------------------------

METADATA = "Metadata-Version: 2.1\nName: opgrad-odd\nVersion: 1.5\n"
POINTS = b"[opgrad]\nodd = opgrad_sound\n"
UNREADABLE = {
    "latin-1": (METADATA.encode(), b"[opgrad]\n\xe9t\xe9 = opgrad_odd\n", "UnicodeDecodeError"),
    "utf-16": (METADATA.encode(), POINTS.decode().encode("utf-16"), "UnicodeDecodeError"),
    "no value": (METADATA.encode(), b"[opgrad]\nodd\n", "cannot be read"),
    "no name": (b"Metadata-Version: 2.1\n", b"[opgrad]\nodd\n", "cannot be read"),
    "no module": (METADATA.encode(), b"[opgrad]\nodd = not a module!\n", "'not a module!'"),
    "empty": (METADATA.encode(), b"[opgrad]\nodd =\n", "can be no module"),
}
NAMELESS = {
    "no name": b"Metadata-Version: 2.1\n",
    "empty name": b"Metadata-Version: 2.1\nName:\nVersion: 1.0\n",
    "no metadata": None,
    "metadata in latin-1": b"Metadata-Version: 2.1\nName: \xe9t\xe9\nVersion: 1.0\n",
    "no version": b"Metadata-Version: 2.1\nName: opgrad-odd\n",
}
LOOK_UPS = """
found = og.ops.twice(3.0).data
try:
    og.ops.twize
except og.errors.UnknownOpError as error:
    unknown = str(error)
doubled = og.op(lambda x: x * 2.0)
try:
    doubled("text")
except og.errors.InputError as error:
    described = str(error)
infos = {info.name: [info.state, info.cause, str(info)] for info in og.default_registry().plugins}
from click.testing import CliRunner
from opgrad.cli.app import app
told = {name: CliRunner().invoke(app, [name]).output for name in ("plugins", "doctor", "ops")}
result = {"found": found, "infos": infos, "warned": warned, "told": told}
"""


def _lay_out(folder: Path, metadata: bytes | None, points: bytes, name: str = "odd-1.5") -> None:
    info = folder / f"{name}.dist-info"
    info.mkdir()
    if metadata is not None:
        (info / "METADATA").write_bytes(metadata)
    (info / "entry_points.txt").write_bytes(points)


@pytest.mark.parametrize("name", UNREADABLE)
def test_entry_points_that_cannot_be_read_are_set_aside(
    environment: Environment, name: str
) -> None:
    """With the cause; every look-up and listing works, and tells of it."""
    environment.install("opgrad-sound", source=OP + HOOK + "return [twice]")
    metadata, points, cause = UNREADABLE[name]
    _lay_out(environment.folder, metadata, points)
    outcome = environment.run(LOOK_UPS)
    assert outcome["found"] == 6.0
    assert outcome["infos"]["sound"][0] == "loaded"
    [(state, told, _)] = [info for info in outcome["infos"].values() if info[0] == "broken"]
    assert state == "broken"
    assert cause in told
    assert len(outcome["warned"]) == 1
    assert cause in outcome["warned"][0]
    assert "broken" in outcome["told"]["plugins"]
    assert cause in outcome["told"]["doctor"]


@pytest.mark.parametrize("name", NAMELESS)
def test_a_distribution_without_a_name_brings_its_plugin(
    environment: Environment, name: str
) -> None:
    """Its module is what counts; nothing is wrong with that."""
    environment.install("opgrad-named", source=OP.replace("twice", "half") + HOOK + "return [half]")
    (environment.folder / "opgrad_sound.py").write_text(OP + HOOK + "return [twice]")
    _lay_out(environment.folder, NAMELESS[name], POINTS)
    outcome = environment.run(LOOK_UPS)
    assert outcome["found"] == 6.0
    assert outcome["infos"]["odd"][0] == outcome["infos"]["named"][0] == "loaded"
    assert outcome["warned"] == []


def test_an_unrelated_distribution_that_cannot_be_read_is_no_concern(
    environment: Environment,
) -> None:
    """It has no entry point of OpGrad's group."""
    environment.install("opgrad-sound", source=OP + HOOK + "return [twice]")
    _lay_out(environment.folder, METADATA.encode(), b"[console_scripts]\n\xe9t\xe9 = a:b\n")
    outcome = environment.run(LOOK_UPS)
    assert (outcome["found"], outcome["warned"]) == (6.0, [])


def test_what_cannot_be_read_can_be_switched_off(environment: Environment) -> None:
    """By the name of its distribution; then nothing is warned of."""
    environment.install("opgrad-sound", source=OP + HOOK + "return [twice]")
    _lay_out(environment.folder, METADATA.encode(), b"[opgrad]\nodd\n")
    assert environment.run(LOOK_UPS, OPGRAD_DISABLE="opgrad-odd")["warned"] == []


# -- what ends a program -------------------------------------------------------------------------

SIGNALS = {
    "ctrl-c": ("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", "", "KeyboardInterrupt"),
    "handler": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
        "import signal\ndef stop(*_): sys.exit(3)\nsignal.signal(signal.SIGTERM, stop)",
        "SystemExit",
    ),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_what_a_signal_ends_is_the_users(environment: Environment, name: str) -> None:
    """While a plugin loads: the program ends; and where it does not, the next look-up finds all."""
    source, before, kind = SIGNALS[name]
    once = "import sys\nif not hasattr(sys, 'seen'):\n    sys.seen = True\n    "
    source = once + "; ".join(source.splitlines()) + "\n"
    environment.install("opgrad-aaa", source=source + OP + HOOK + "return [twice]")
    code = f"""
{before}
try:
    og.ops.twice
except BaseException as error:
    first = type(error).__name__
result = [first, og.ops.twice(3.0).data, warned]
"""
    assert environment.run(code) == [kind, 6.0, []]
