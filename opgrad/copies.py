"""What copies of a Value are: leaves of their own, where the user has them; else the Value itself.

A copy of a leaf is a parameter of its own, with a gradient of its own: so parameters are kept, and
targets made. A copy of anything that a gradient is to flow through would cut it.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from opgrad.errors import CopyError
from opgrad.operation import Op
from opgrad.running import is_differentiated


class Copies:
    """Mixed into ``Value``: the protocols of :mod:`copy` and :mod:`pickle`."""

    __slots__ = ()

    op: Op | None
    data: Any
    grad: Any

    if TYPE_CHECKING:

        def __init__(self, data: Any, grad: Any = 0) -> None: ...

    def __copy__(self) -> Any:
        return type(self)(self.data, self.grad) if self._is_parameter() else self

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if not self._is_parameter():
            return self
        return type(self)(deepcopy(self.data, memo), deepcopy(self.grad, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        if self._is_parameter():
            return type(self), (self.data, self.grad)
        if self.op is not None:
            raise CopyError(
                f"a Value computed by op {self.op.name!r} is not pickled: its whole graph would "
                f"come along. Pickle its data: v.data."
            )
        raise CopyError(
            "a Value of a function that is being differentiated is not pickled: what comes back, "
            "from another process or a cache, would be cut off from the gradient. If that is "
            "meant, pickle its data: v.data."
        )

    def _is_parameter(self) -> bool:
        """Whether it is a leaf of the user's own, of which there may be independent ones."""
        return self.op is None and not is_differentiated(self)
