"""Values: what they hold, how they combine; gradients."""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import opgrad as og
from opgrad import Gradients, Value

vector: NDArray[np.float64] = np.ones(3)
x, n, v = Value(2.0), Value(2), Value(vector)

assert_type(x, Value[float])
assert_type(x.data, float)
assert_type(n, Value[int])
assert_type(v.data, NDArray[np.float64])
assert_type(+x, Value[float])

# The type of a result's data is for the run to tell: an int over an int is a float.
assert_type(x + x, Value[Any])
assert_type(n * 1.5, Value[Any])
assert_type(1.5 / n, Value[Any])
assert_type(x**2 - v, Value[Any])
assert_type(v * np.float32(2.0), Value[Any])
assert_type(-x, Value[Any])
assert_type(abs(x), Value[Any])
assert_type(x.relu(), Value[Any])
assert_type(v.exp(), Value[Any])
assert_type(x > 1, Value[Any])

x + "a"  # type: ignore[arg-type]
"a" - x  # type: ignore[arg-type]
x - [1.0]  # type: ignore[arg-type]
x**None  # type: ignore[arg-type]
x.no_such_method()  # type: ignore[attr-defined]

# -- gradients -----------------------------------------------------------------------------------

gradients = og.backward(x * x, wrt=[x])
assert_type(gradients, Gradients)
assert_type(gradients[x], Any)
assert_type(len(gradients), int)

gradients[x] = 1.0  # type: ignore[index]
gradients["x"]  # type: ignore[index]
og.backward(2.0)  # type: ignore[arg-type]

Value("a")  # type: ignore[type-var]
Value([1.0])  # type: ignore[type-var]
Value(None)  # type: ignore[type-var]
