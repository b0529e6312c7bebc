"""Without the mypy plugin and without stubs, ``og.ops`` has ops of any name, loosely typed."""

from __future__ import annotations

from typing import Any, assert_type

import opgrad as og
from opgrad import Value

x = Value(2.0)

assert_type(og.ops.anything(x, 2.0, axis=1), Value[Any])
assert_type(og.ops["special.softplus"](x), Value[Any])
assert_type(og.ops.anything.name, str)

assert_type(list(og.ops), list[str])
assert_type("exp" in og.ops, bool)

og.ops.anything = None  # type: ignore[attr-defined]
