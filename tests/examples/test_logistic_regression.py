"""Penalised logistic regression, fitted by SciPy with OpGrad's gradient."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

import opgrad as og
from examples.logistic_regression import fit, load, loss
from opgrad import Raw


@pytest.fixture(scope="module")
def data() -> tuple[Raw, Raw]:
    """Features and classes."""
    return load()


def test_the_data_are_those_of_scikit_learn(data: tuple[Raw, Raw]) -> None:
    """The same rows, standardised; there the class 0 is malignant."""
    x, y = load_breast_cancer(return_X_y=True)
    np.testing.assert_allclose(data[0], (x - x.mean(axis=0)) / x.std(axis=0))
    np.testing.assert_array_equal(data[1], 1 - 2 * y)


def test_the_gradient_is_zero_at_the_fit(data: tuple[Raw, Raw]) -> None:
    """It has converged: from all zeros the gradient was larger than 100."""
    gradient = og.grad(loss)
    assert np.max(np.abs(gradient(np.zeros(31), *data))) > 100
    assert np.max(np.abs(gradient(fit(*data).x, *data))) < 1e-3


def test_the_weights_are_those_of_scikit_learn(data: tuple[Raw, Raw]) -> None:
    """Which fits the same model, with its own gradient, and a penalty of 1 / C."""
    model = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(*data)
    expected = [*model.coef_[0], *model.intercept_]
    np.testing.assert_allclose(fit(*data).x, expected, atol=1e-4)
