"""The classic way to write a scalar autograd engine in a page, to compare with.

Each node holds a closure that passes its gradient on, and ``backward()`` sorts the graph by
recursion. The closure refers to the node that it hangs on, which makes every node a reference
cycle, freed only by the garbage collector.
"""

from __future__ import annotations

from collections.abc import Callable


class Value:
    """A number, its gradient, and how to pass that on to the numbers it was computed from."""

    def __init__(self, data: float, parents: tuple[Value, ...] = (), op: str = "") -> None:
        self.data = data
        self.grad = 0.0
        self.parents = set(parents)
        self.op = op
        self.pass_on: Callable[[], None] = lambda: None

    def __add__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def pass_on() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out.pass_on = pass_on
        return out

    def __mul__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def pass_on() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.pass_on = pass_on
        return out

    def relu(self) -> Value:
        """max(self, 0)."""
        out = Value(max(self.data, 0.0), (self,), "relu")

        def pass_on() -> None:
            self.grad += (out.data > 0) * out.grad

        out.pass_on = pass_on
        return out

    def backward(self) -> None:
        """Add to ``grad``, of every number this one depends on, this one's derivative by it."""
        order: list[Value] = []
        visited: set[Value] = set()

        def visit(node: Value) -> None:
            if node not in visited:
                visited.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.pass_on()
