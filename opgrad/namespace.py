"""``og.ops``: every installed op, by name."""

from __future__ import annotations

from opgrad.define import OpN
from opgrad.registry import Registry, default


class Ops:
    """The ops of a registry: ``ops.exp(v)``, or ``ops["special.softplus"]`` by qualified name.

    Raises:
        UnknownOpError: no installed plugin provides the op; says what it may have been.
        AmbiguousOpError: several do, and none is preferred.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def __getattr__(self, name: str) -> OpN:
        if name.startswith(
            "_"
        ):  # Python's and IPython's protocols ask for these; no op is so called
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> OpN:
        found = self._registry.lookup(name)
        assert isinstance(found, OpN)
        return found

    def __dir__(self) -> list[str]:
        return sorted({op.name for op in self._registry.ops.values()})

    def __repr__(self) -> str:
        return f"<{len(self._registry.ops)} ops>"


ops = Ops(default())
