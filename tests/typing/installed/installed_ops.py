"""With the mypy plugin, or with stubs: ``og.ops`` has the ops that are installed."""

from __future__ import annotations

from typing import assert_type

import numpy as np
from numpy.typing import NDArray

import opgrad as og
from opgrad import Value
from opgrad.define import Elementwise1, Op2, OpN

vector: NDArray[np.float64] = np.ones(3)

# -- built-in ones -------------------------------------------------------------------------------

assert_type(og.ops.tanh(0.5), Value[float])
assert_type(og.ops.tanh(Value(vector)), Value[NDArray[np.float64]])
assert_type(og.ops.softplus(Value(1.0)).data, float)
og.ops.logaddexp(1.0, vector)
og.ops.clip(vector, -1.0, 1.0)

og.ops.tanh("0.5")  # type: ignore[arg-type]
og.ops.logaddexp(1.0)  # type: ignore[call-arg]
og.ops.tanh(0.5, axis=0)  # type: ignore[call-arg]

# -- a third party's -----------------------------------------------------------------------------

assert_type(og.ops.weighted(2.0, 0.5), Value[float])
assert_type(og.ops.weighted(Value(2.0), 0.5, power=2).data, float)
assert_type(og.ops.weighted.name, str)

og.ops.weighted(2.0)  # type: ignore[call-arg]
og.ops.weighted("2.0", 0.5)  # type: ignore[arg-type]
og.ops.weighted(2.0, 0.5, power="2")  # type: ignore[arg-type]

# -- none ----------------------------------------------------------------------------------------

og.ops.no_such_op(1.0)  # type: ignore[attr-defined]
og.ops.tanh = og.ops.cosh  # type: ignore[attr-defined]

# -- what is not an attribute --------------------------------------------------------------------

name = "special." + "exp"
assert_type(og.ops[name], OpN)
assert_type(list(og.ops), list[str])
assert_type(len(og.ops), int)
assert_type("exp" in og.ops, bool)

op: Op2[float, float, ..., float] = og.ops.weighted
unary: Elementwise1[[]] = og.ops.exp
