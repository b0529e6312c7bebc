"""``opgrad graph FILE:FUNCTION``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke

MODEL = """\
from opgrad import Value

def loss():
    a, b = Value(2.0), Value(-3.0)
    product = a * b
    return product + a

def both():
    a, b = Value(2.0), Value(-3.0)
    return {"sum": a + b, "product": a * b}

def with_default(x=1.5):
    return Value(x) * 2

def needs(x, *, y):
    return x

def fails():
    zero = Value(0)
    return Value(1) / zero

def no_value():
    return 3.5

def nothing():
    return ()

def large():
    v = Value(1.0)
    for _ in range(1000):
        v = v + 1.0
    return v

def chatty():
    print("thinking")
    return Value(1.0) + 1.0

def leaves():
    raise SystemExit("enough")

NUMBER = 3
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A user's file, in the folder where the command runs."""
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    return path


def test_ssa_goes_to_stdout_with_the_names_of_local_variables(invoke: Invoke, model: Path) -> None:
    """So that the drawing says what the code says."""
    result = invoke("graph", "model.py:loss")
    assert result.exit_code == 0
    assert [line.partition("#")[0].strip() for line in result.stdout.splitlines()] == [
        "%a = input 2.0",
        "%b = input -3.0",
        "%product = mul %a, %b",
        "%3 = add %product, %a",
        "return %3",
    ]


def test_a_dict_names_its_values(invoke: Invoke, model: Path) -> None:
    """Several outputs, each under its key."""
    result = invoke("graph", "model.py:both")
    assert "%sum = add %a, %b" in result.stdout
    assert result.stdout.rstrip().endswith("return %sum, %product")


def test_parameters_with_defaults_are_no_obstacle(invoke: Invoke, model: Path) -> None:
    """The function is called without arguments, and can be."""
    assert invoke("graph", "model.py:with_default").exit_code == 0


def test_svg_is_well_formed(invoke: Invoke, model: Path) -> None:
    """An XML document whose root is an SVG picture."""
    result = invoke("graph", "model.py:loss", "--format", "svg")
    assert ElementTree.fromstring(result.stdout).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    ("format_name", "start"), [("dot", "digraph"), ("mermaid", "flowchart"), ("svg", "<svg")]
)
def test_formats(invoke: Invoke, model: Path, format_name: str, start: str) -> None:
    """Each format begins as its readers expect."""
    result = invoke("graph", "model.py:loss", "--format", format_name)
    assert result.stdout.startswith(start)


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.svg", "<svg"), ("a.dot", "digraph"), ("a.mmd", "flowchart"), ("a.txt", "%a = input")],
)
def test_the_name_of_the_output_file_tells_the_format(
    invoke: Invoke, model: Path, tmp_path: Path, name: str, start: str
) -> None:
    """Where no format is given; and nothing goes to stdout."""
    result = invoke("graph", "model.py:loss", "--out", name)
    assert result.stdout == ""
    assert (tmp_path / name).read_text().startswith(start)


@pytest.mark.parametrize("name", ["a.png", "a"])
def test_a_name_that_tells_no_format_is_an_error(
    invoke: Invoke, model: Path, tmp_path: Path, name: str
) -> None:
    """It lists those that do, and nothing runs or is written."""
    result = invoke("graph", "model.py:chatty", "--out", name)
    assert result.exit_code == 2
    assert f"{name} ends in none of .svg, .dot, .gv, .mmd, .mermaid and .txt" in result.stderr
    assert "--format" in result.stderr
    assert "thinking" not in result.stderr
    assert not (tmp_path / name).exists()


def test_a_given_format_goes_before_the_name(invoke: Invoke, model: Path, tmp_path: Path) -> None:
    """Who says --format means it."""
    invoke("graph", "model.py:loss", "--format", "dot", "--out", "a.svg")
    assert (tmp_path / "a.svg").read_text().startswith("digraph")


def test_what_the_function_prints_stays_out_of_the_drawing(invoke: Invoke, model: Path) -> None:
    """It goes to stderr, so that stdout can be piped on."""
    result = invoke("graph", "model.py:chatty")
    assert "thinking" not in result.stdout
    assert "thinking" in result.stderr


def test_the_file_can_import_its_neighbours(invoke: Invoke, tmp_path: Path) -> None:
    """As when Python runs it."""
    (tmp_path / "opgrad_test_parts.py").write_text("import opgrad\nx = opgrad.Value(7)")
    (tmp_path / "whole.py").write_text(
        "from opgrad_test_parts import x\ndef f():\n    return x * x"
    )
    assert "mul" in invoke("graph", str(tmp_path / "whole.py:f")).stdout


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("model.py", "expected FILE:FUNCTION, as in model.py:loss; given 'model.py'"),
        ("other.py:loss", "there is no file other.py"),
        ("data.txt:loss", "data.txt is no Python file: its name must end in .py"),
        ("model.py:los", "model.py has no function 'los'; it has: loss, both, with_default"),
        ("model.py:NUMBER", "model.py has no function 'NUMBER'"),
        ("model.py:needs", "missing a required argument: 'x'"),
        ("model.py:no_value", "must return a Value, or several; it returned float 3.5"),
        ("model.py:nothing", "must return a Value, or several; it returned an empty ()"),
        ("model.py:leaves", "SystemExit: enough"),
    ],
)
def test_errors_are_one_message_on_stderr(
    invoke: Invoke, model: Path, target: str, message: str
) -> None:
    """They say what is wrong; the exit code is not 0."""
    model.with_name("data.txt").write_text("no code")
    result = invoke("graph", target)
    assert result.exit_code in {1, 2}
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_exception_shows_the_line_in_the_users_file(invoke: Invoke, model: Path) -> None:
    """File, line, function, code, exception, and OpGrad's note on which op it was."""
    result = invoke("graph", "model.py:fails")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: model.py, line 20, in fails:\n    return Value(1) / zero\nZeroDivisionError: "
    )
    assert "in the forward of op 'div' of plugin 'arithmetic'" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = 1\nimport no_such_library", "broken.py, line 2, in <module>:"),
        ("def f(:\n    pass", "SyntaxError: invalid syntax"),
    ],
)
def test_a_file_that_cannot_be_imported_is_an_error(
    invoke: Invoke, tmp_path: Path, code: str, message: str
) -> None:
    """With the line that is to blame."""
    (tmp_path / "broken.py").write_text(code)
    result = invoke("graph", "broken.py:f")
    assert result.exit_code == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_an_output_file_that_cannot_be_written_is_an_error(invoke: Invoke, model: Path) -> None:
    """Here: its folder does not exist."""
    result = invoke("graph", "model.py:loss", "--out", "nowhere/a.svg")
    assert result.exit_code == 1
    assert result.stderr == "Error: cannot write nowhere/a.svg: No such file or directory\n"


def test_a_graph_too_large_to_draw_is_an_error(invoke: Invoke, model: Path) -> None:
    """OpGrad's own errors end the command like any other."""
    result = invoke("graph", "model.py:large", "--format", "svg")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "nodes" in result.stderr


def test_a_profiler_is_left_in_place(invoke: Invoke, model: Path) -> None:
    """The command looks at local variables with a profile function, and takes it away again."""
    before = sys.getprofile()
    invoke("graph", "model.py:fails")
    assert sys.getprofile() is before
