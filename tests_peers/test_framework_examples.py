"""The examples that need torch and JAX, which the other tests leave out, print what pages show."""

from __future__ import annotations

import subprocess
import sys

import pytest

import opgrad as og
from tests.docs.doc_pages import ROOT, blocks

PAGE = (ROOT / "docs" / "every-framework.md").read_text()
EXAMPLES = ROOT / "examples" / "every_framework"


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_script_prints_what_the_page_shows(script: object) -> None:
    """Line by line, without a warning."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    shown = [
        line for block in blocks(PAGE) if block.kind == "text" for line in block.text.split("\n")
    ]
    assert done.stdout
    assert [line for line in done.stdout.splitlines() if line not in shown] == []


def test_the_readme_s_lines_run() -> None:
    """Those that the test of its other examples leaves out."""
    [block] = (b for b in blocks((ROOT / "README.md").read_text()) if b.kind == "py")
    namespace = {"og": og}
    exec(block.text, namespace)
    assert {"to_tensors", "to_arrays"} <= set(namespace)
