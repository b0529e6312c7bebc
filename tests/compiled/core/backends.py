"""The backends that every test of this folder runs with."""

from __future__ import annotations

import pytest

BACKENDS = ["python", "llvm"]
"""Their names; a new one is added here."""

EACH_BACKEND = pytest.mark.parametrize("backend", BACKENDS)
