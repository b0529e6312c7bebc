"""The classic example: five nodes, with and without a ReLU at the end.

Run it with ``python examples/classic.py``; draw it with
``opgrad graph examples/classic.py:classic``.
"""

from __future__ import annotations

from opgrad import Value


def classic() -> Value[int]:
    """Compute relu(a + b * c)."""
    a, b, c = Value(2), Value(-3), Value(10)
    d = a + b * c
    e = d.relu()
    return e  # noqa: RET504  # its name shows in the drawing


def main() -> None:
    """Print the five nodes after a backward pass, and four without the ReLU."""
    a, b, c = Value(2), Value(-3), Value(10)
    d = a + b * c
    e = d.relu()
    e.backward()
    print(a, b, c, d, e)  # relu is flat at -28: no gradient flows back to d, a, b and c

    a, b, c = Value(2), Value(-3), Value(10)
    d = a + b * c
    d.backward()
    print(a, b, c, d)


if __name__ == "__main__":
    main()
