"""The demo's network, and the arithmetic around its training."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from opgrad import Value
from opgrad.demo.compiled import train
from opgrad.demo.dataset import Row
from opgrad.demo.mlp import MLP
from opgrad.demo.train import (
    Settings,
    Step,
    accuracy,
    by_softplus,
    confusion,
    epoch_losses,
    steps_per_epoch,
    training,
)

if TYPE_CHECKING:
    from tests.cli.conftest import Run

SIZES = (3, 5, 2)
X = (0.3, -1.2, 2.0)


def _network() -> MLP:
    return MLP.random(SIZES, Random(0))


def test_network_computes_what_matrices_do() -> None:
    """Layer by layer: weights times inputs plus bias; a ReLU between layers, none at the end."""
    network = _network()
    x = np.array(X)
    for i, layer in enumerate(network.layers):
        weights = np.array([[w.data for w in neuron.weights] for neuron in layer])
        x = weights @ x + np.array([neuron.bias.data for neuron in layer])
        if i < len(network.layers) - 1:
            x = np.maximum(x, 0)
    assert [out.data for out in network(X)] == pytest.approx(x.tolist())


def test_network_has_a_weight_for_every_connection() -> None:
    """And a bias for every neuron."""
    assert len(_network().parameters) == (3 + 1) * 5 + (5 + 1) * 2


def test_network_refuses_inputs_of_another_number() -> None:
    """Two numbers for three inputs are a mistake, not a shorter sum."""
    with pytest.raises(ValueError, match="shorter"):
        _network()(X[:2])


def test_a_step_goes_down_the_gradient() -> None:
    """Every parameter, by the rate times its gradient."""
    network = _network()
    network(X)[0].backward()
    after = network.step(0.1)
    assert [p.data for p in after.parameters] == [p.data - 0.1 * p.grad for p in network.parameters]
    assert after(X)[0].data < network(X)[0].data


def test_a_step_leaves_the_network_as_it_was_and_starts_gradients_anew() -> None:
    """The next network's parameters are new leaves."""
    network = _network()
    before = [p.data for p in network.parameters]
    network(X)[0].backward()
    after = network.step(0.1)
    assert [p.data for p in network.parameters] == before
    assert all(p.grad == 0 and p.op is None for p in after.parameters)


@pytest.mark.parametrize("loss", ["by_logcosh", "by_softplus"])
def test_logistic_loss_is_softplus_of_minus_the_margin(run: Run, logcosh: Path, loss: str) -> None:
    """Value and derivative, from the plugin's op and from the built-in one, also far out."""
    done = run(
        "-c",
        "import numpy as np, opgrad as og\n"
        f"from opgrad.demo.train import {loss}\n"
        "for margin in (-800.0, -3.0, 0.0, 0.7, 40.0):\n"
        "    m = og.Value(margin)\n"
        f"    loss = {loss}(m)\n"
        "    loss.backward()\n"
        "    print(loss.data - np.logaddexp(0, -margin), m.grad + 1 / (1 + np.exp(margin)))\n",
        path=(logcosh,),
    )
    assert done.stderr == ""
    errors = [abs(float(word)) for word in done.stdout.split()]
    assert len(errors) == 10
    assert max(errors) < 1e-12


def test_the_last_batch_of_an_epoch_may_be_smaller() -> None:
    """No row is left out."""
    assert steps_per_epoch([Row(X, 1)] * 65, Settings(batch=32)) == 3


def test_the_loss_of_an_epoch_is_the_mean_over_its_rows() -> None:
    """A small last batch counts for what it is."""
    model = MLP(())
    steps = [
        Step(number=1, epoch=1, rows=3, loss=1.0, model=model, seconds=0.1),
        Step(number=2, epoch=1, rows=1, loss=5.0, model=model, seconds=0.1),
        Step(number=3, epoch=2, rows=4, loss=0.5, model=model, seconds=0.1),
    ]
    assert epoch_losses(steps) == [2.0, 0.5]


def test_confusion_counts_by_true_and_then_by_predicted_class() -> None:
    """A score of exactly 0 is for class -1."""
    rows = [Row(X, y) for y in (-1, -1, -1, 1, 1)]
    scores = [-1.0, 0.0, 2.0, 3.0, -4.0]
    assert confusion(scores, rows) == ((2, 1), (1, 1))
    assert accuracy(scores, rows) == 3 / 5


def test_random_weights_are_decided_by_the_seed() -> None:
    """Two networks of one seed compute the same."""
    first, again = (_network()(X)[0] for _ in range(2))
    assert isinstance(first, Value)
    assert first.data == again.data


def test_compiled_training_is_the_same() -> None:
    """Number for number, but for rounding; batches of two sizes are two programs."""
    rng = Random(1)
    rows = [Row((rng.gauss(0, 1), rng.gauss(0, 1)), rng.choice((-1, 1))) for _ in range(10)]
    settings = Settings(epochs=2, hidden=3, batch=4)
    steps = list(training(rows, settings, by_softplus))
    compiled = train(rows, settings, by_softplus)
    assert compiled.losses == pytest.approx([step.loss for step in steps], rel=1e-12)
    weights = [p.data for p in steps[-1].model.parameters]
    assert [p.data for p in compiled.model.parameters] == pytest.approx(weights, rel=1e-10)
