"""Every op of every built-in plugin has every property that the kit checks."""

from __future__ import annotations

import opgrad as og
from opgrad.testing import op_tests

BUILTIN = [
    plugin.name
    for plugin in og.default_registry().plugins
    if plugin.builtin and plugin.state == "loaded"  # bridges want an extra; they bring no ops
]

test_op = op_tests(*BUILTIN)
