"""Plugins as users have them: packages that pip built, installed and removes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.conftest import Env, must

pytestmark = pytest.mark.packaging

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{distribution}"
version = "{version}"
[project.entry-points.opgrad]
{plugin} = "{module}"
[tool.hatch.build.targets.wheel]
packages = ["{module}"]
"""

SOUND = """
import opgrad as og

@og.op
def triple(x: float) -> float:
    "Three times x."
    return {factor} * x

@triple.vjp
def _(g, out, x):
    return {factor} * g

@og.hookimpl
def opgrad_ops():
    return [triple]
"""

BROKEN = """
raise RuntimeError("no licence found")
"""

TYPO = """
import opgrad as og

@og.hookimpl
def opgrad_op():
    return []
"""


def write_package(folder: Path, distribution: str, version: str, plugin: str, source: str) -> Path:
    """The sources of a package with one plugin."""
    module = distribution.replace("-", "_")
    (folder / module).mkdir(parents=True)
    (folder / module / "__init__.py").write_text(textwrap.dedent(source))
    text = PYPROJECT.format(
        distribution=distribution, version=version, plugin=plugin, module=module
    )
    (folder / "pyproject.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def env(fresh_env: Env, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Env]:
    """The environment with two sound plugins that conflict, a broken one, and a misspelt one."""
    home = tmp_path_factory.mktemp("packages")
    packages = [
        ("og-alpha", "1.2", "alpha", SOUND.format(factor=3.0)),
        ("og-beta", "3.4", "beta", SOUND.format(factor=3)),
        ("og-broken", "0.1", "broken", BROKEN),
        ("og-typo", "0.2", "typo", TYPO),
    ]
    for distribution, version, plugin, source in packages:
        fresh_env.pip_install(
            write_package(home / distribution, distribution, version, plugin, source)
        )
    yield fresh_env
    for distribution, *_ in packages:
        fresh_env.pip_uninstall(distribution)


def output(env: Env, code: str, **variables: str) -> str:
    """What the code prints, in an environment in which warnings go to stderr."""
    process = env.python("import opgrad as og\n" + textwrap.dedent(code), variables)
    must(process)
    return process.stdout.strip()


def test_importing_opgrad_imports_no_third_party_plugin(env: Env) -> None:
    """Nor does the use of a built-in op."""
    code = """
    import sys
    og.Value(1.0).exp() + 1
    print([name for name in sys.modules if name.startswith("og_")])
    """
    assert output(env, code) == "[]"


def test_qualified_names_tell_two_plugins_apart(env: Env) -> None:
    """Each has its own op of the same name."""
    code = """
    print(og.ops["alpha.triple"](1).data, og.ops["beta.triple"](1).data)
    """
    assert output(env, code) == "3.0 3"


def test_a_name_that_two_plugins_claim_is_ambiguous(env: Env) -> None:
    """The error names both owners, with their versions, and what to do."""
    code = """
    try:
        og.ops.triple
    except og.errors.AmbiguousOpError as error:
        print(error)
    """
    message = output(env, code)
    for part in ["'alpha' (og-alpha 1.2)", "'beta' (og-beta 3.4)", "og.prefer('alpha')"]:
        assert part in message


def test_prefer_settles_a_conflict(env: Env) -> None:
    """The short name then means the preferred plugin's op."""
    assert output(env, "og.prefer('beta'); print(og.ops.triple(1).data)") == "3"


def test_disabling_one_settles_a_conflict(env: Env) -> None:
    """OPGRAD_DISABLE leaves the short name to the other."""
    assert output(env, "print(og.ops.triple(1).data)", OPGRAD_DISABLE="beta") == "3.0"


def test_broken_plugins_are_set_aside_with_a_warning_each(env: Env) -> None:
    """It names plugin, distribution, version and cause; everything else works."""
    process = env.python("import opgrad as og; print(og.ops['alpha.triple'](2.0).data)")
    must(process)
    assert process.stdout == "6.0\n"
    warnings = [line for line in process.stderr.splitlines() if "PluginWarning" in line]
    broken = [line for line in warnings if "'broken' (og-broken 0.1) was set aside" in line]
    assert len(broken) == 1
    assert "RuntimeError: no licence found" in broken[0]


def test_a_misspelt_hook_sets_a_plugin_aside(env: Env) -> None:
    """The warning says which hook was meant."""
    process = env.python("import opgrad as og; og.default_registry().plugins")
    (line,) = [line for line in process.stderr.splitlines() if "'typo' (og-typo 0.2)" in line]
    assert "opgrad_op()" in line
    assert "did you mean opgrad_ops()?" in line


def test_the_command_lists_them_all(env: Env) -> None:
    """`opgrad plugins` shows the sound, and the broken with the cause."""
    process = env.run("opgrad", "plugins", "--json")
    must(process)
    for part in ['"alpha"', '"broken"', "no licence found", '"og-typo"']:
        assert part in process.stdout


def test_an_uninstalled_plugin_is_gone(env: Env, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its op can be looked up after pip install, and no more after pip uninstall."""
    folder = tmp_path_factory.mktemp("gone") / "og-gone"
    source = SOUND.replace("triple", "quadruple").format(factor=4.0)
    env.pip_install(write_package(folder, "og-gone", "1.0", "gone", source))
    code = "print('quadruple' in og.ops)"
    assert output(env, code) == "True"
    env.pip_uninstall("og-gone")
    assert output(env, code) == "False"
