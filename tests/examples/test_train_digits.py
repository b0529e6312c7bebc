"""A network that reads digits, trained by an Adam of two pure functions."""

from __future__ import annotations

import math

import numpy as np
import pytest

import opgrad as og
from examples.train_digits import accuracy, adam, load, loss, new_params, train
from opgrad import Raw

GRADIENTS = np.array([[1.0, -2.0], [0.5, 1e-3], [-3.0, 4.0]])


@pytest.fixture(scope="module")
def data() -> tuple[Raw, Raw, Raw, Raw]:
    """Images and digits to train on, and others to test."""
    return load()


def test_the_network_reads_digits_that_it_has_not_seen(data: tuple[Raw, Raw, Raw, Raw]) -> None:
    """At least 95 of 100; before training it guesses."""
    images, digits, unseen, unseen_digits = data
    assert accuracy(new_params(np.random.default_rng(0)), unseen, unseen_digits) < 0.3
    assert accuracy(train(images, digits), unseen, unseen_digits) >= 0.95


def test_no_image_is_both_trained_on_and_tested(data: tuple[Raw, Raw, Raw, Raw]) -> None:
    """The two sets part all 1,797 images."""
    images, digits, unseen, unseen_digits = data
    assert (len(images), len(unseen)) == (len(digits), len(unseen_digits)) == (1347, 450)
    assert not {image.tobytes() for image in images} & {image.tobytes() for image in unseen}


def test_the_loss_of_no_knowledge_is_that_of_guessing(data: tuple[Raw, Raw, Raw, Raw]) -> None:
    """With weights of 0 each digit has the probability 1/10."""
    zeros = {"hidden": {"w": np.zeros((64, 8)), "b": np.zeros(8)}}
    zeros["out"] = {"w": np.zeros((8, 10)), "b": np.zeros(10)}
    assert loss(zeros, *data[:2]) == pytest.approx(math.log(10))


def test_the_gradient_is_the_difference_along_a_direction(data: tuple[Raw, Raw, Raw, Raw]) -> None:
    """Of all parameters at once, in the containers that they come in."""
    params, along = (new_params(np.random.default_rng(seed), hidden=8) for seed in (0, 1))
    gradients = og.grad(loss)(params, *data[:2])
    rate, h = 0.0, 1e-6
    ahead, behind = (
        {k: {n: params[k][n] + step * along[k][n] for n in params[k]} for k in params}
        for step in (h, -h)
    )
    for layer, arrays in along.items():
        for name, direction in arrays.items():
            rate += np.sum(gradients[layer][name] * direction)
    expected = (loss(ahead, *data[:2]) - loss(behind, *data[:2])) / (2 * h)
    assert rate == pytest.approx(expected, rel=1e-5)


def test_adam_steps_by_its_rate_against_the_sign_of_the_first_gradient() -> None:
    """Whatever its size: the bias corrections see to that."""
    init, update = adam(rate=0.1)
    updates, _ = update(GRADIENTS[0], init(np.zeros(2)))
    np.testing.assert_allclose(updates, [-0.1, 0.1], rtol=1e-7)


def test_adam_takes_the_steps_of_its_paper() -> None:
    """Algorithm 1, number by number, over three gradients."""
    init, update = adam(rate=0.1)
    state, mean, square = init(np.zeros(2)), [0.0, 0.0], [0.0, 0.0]
    for t, gradient in enumerate(GRADIENTS, start=1):
        updates, state = update(gradient, state)
        for i, g in enumerate(gradient):
            mean[i] = 0.9 * mean[i] + 0.1 * g
            square[i] = 0.999 * square[i] + 0.001 * g * g
            m, v = mean[i] / (1 - 0.9**t), square[i] / (1 - 0.999**t)
            assert updates[i] == pytest.approx(-0.1 * m / (math.sqrt(v) + 1e-8))


def test_adam_leaves_its_arguments_as_they_were() -> None:
    """An update from the same state gives the same, twice."""
    init, update = adam(rate=0.1)
    state = init({"w": np.zeros(2)})
    first, _ = update({"w": GRADIENTS[0]}, state)
    update({"w": GRADIENTS[1]}, state)
    again, _ = update({"w": GRADIENTS[0]}, state)
    np.testing.assert_array_equal(first["w"], again["w"])
