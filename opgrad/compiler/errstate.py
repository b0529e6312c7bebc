"""What NumPy is to do about floating-point errors: a program does nothing about them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import _core

STRICT = {"raise", "call", "print", "log"}
"""What ``np.errstate`` may ask for that a program does not do."""

_state: Any = getattr(_core.umath, "_extobj_contextvar", None)
_seen: tuple[Any, bool] = object(), False


def is_strict() -> bool:
    """Whether NumPy is to do more than to warn, here and now."""
    global _seen
    if _state is None:  # a NumPy that keeps it elsewhere
        return _asks_for_more()
    seen, state = _seen, _state.get()
    if state is not seen[0]:  # asking takes ten times as long
        seen = _seen = state, _asks_for_more()
    return seen[1]


def _asks_for_more() -> bool:
    return not STRICT.isdisjoint(np.geterr().values())
