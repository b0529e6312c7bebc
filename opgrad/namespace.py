"""``og.ops``: every installed op, by name."""

from __future__ import annotations

from collections.abc import Iterator

from opgrad.define import OpN
from opgrad.errors import AmbiguousOpError, UnknownOpError
from opgrad.registry import Registry, default


class Ops:
    """The ops of a registry: ``ops.exp(v)``, or ``ops["special.softplus"]`` by qualified name.

    ``name in ops`` says whether ``ops[name]`` finds one. Iteration gives the qualified names, which
    always do; ``dir(ops)`` the short ones.

    Raises:
        UnknownOpError: no installed plugin provides the op; says what it may have been.
        AmbiguousOpError: several do, and none is preferred.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def __getattr__(self, name: str) -> OpN:
        if name.startswith("_"):  # Python and IPython ask for their protocols; no op is so called
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> OpN:
        found = self._registry.lookup(name)
        assert isinstance(found, OpN)
        return found

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and self._registry.lookup(name) is not None
        except (UnknownOpError, AmbiguousOpError):
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._registry.ops)

    def __len__(self) -> int:
        return len(self._registry.ops)

    def __dir__(self) -> list[str]:
        return sorted({op.name for op in self._registry.ops.values()})

    def __repr__(self) -> str:
        return f"<{len(self)} ops: {', '.join(dir(self))}>"


ops = Ops(default())
