"""Learns XOR, which no straight line can, with a network of 17 scalar Values."""

from __future__ import annotations

from random import Random

from opgrad import Value

ROWS = [((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0)]
HIDDEN = 4


def predict(p: list[Value[float]], x: tuple[float, float]) -> Value[float]:
    """Four hidden neurons of two weights and a bias each; then four weights and a bias."""
    out = p[-1]
    for i in range(HIDDEN):
        w1, w2, bias, weight_out = p[4 * i : 4 * i + 4]
        out = out + weight_out * (w1 * x[0] + w2 * x[1] + bias).tanh()
    return out


def loss(p: list[Value[float]]) -> Value[float]:
    """The mean of the squared errors."""
    total = Value(0.0)
    for x, y in ROWS:
        error = predict(p, x) - y
        total = total + error * error
    return total / len(ROWS)


def train(steps: int = 400, rate: float = 0.3) -> list[Value[float]]:
    """Gradient descent. Values are immutable, so each step makes new ones."""
    rng = Random(0)
    p = [Value(rng.gauss(0, 1)) for _ in range(4 * HIDDEN + 1)]
    for step in range(steps):
        current = loss(p)
        current.backward()
        if step % 100 == 0:
            print(f"step {step:3}   loss {current.data:.5f}")
        p = [Value(v.data - rate * v.grad) for v in p]
    return p


def main() -> None:
    """Train, and show what was learnt."""
    p = train()
    for x, y in ROWS:
        print(f"{x[0]:.0f} xor {x[1]:.0f} = {y:.0f}   learnt: {predict(p, x).data:.3f}")


if __name__ == "__main__":
    main()
