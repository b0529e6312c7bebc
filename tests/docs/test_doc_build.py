"""The documentation builds, as `make docs` builds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.docs.doc_pages import ROOT


def test_the_docs_build_without_a_warning(tmp_path: Path) -> None:
    """Sphinx finds no broken reference, and the drawings and the op reference are made."""
    folders = ["-d", str(tmp_path / "cache"), str(ROOT / "docs"), str(tmp_path / "html")]
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", *folders]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "<svg" in (tmp_path / "html" / "example.html").read_text()
    assert "arithmetic.add(x," in (tmp_path / "html" / "ops.html").read_text()
