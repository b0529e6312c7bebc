"""Penalised logistic regression on the data of the demo: which tumours are malignant?"""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np
from scipy.optimize import minimize

import opgrad as og
from opgrad import Raw


def load() -> tuple[Raw, Raw]:
    """569 rows of 30 standardised features, and their classes: 1 is malignant, -1 benign."""
    with (resources.files("opgrad.demo") / "wdbc" / "wdbc.csv").open(encoding="utf-8") as file:
        table = np.loadtxt(file, delimiter=",", skiprows=1, dtype=str)
    x = table[:, :-1].astype(float)
    y = np.where(table[:, -1] == "malignant", 1.0, -1.0)
    return (x - x.mean(axis=0)) / x.std(axis=0), y


def loss(p: Raw, x: Raw, y: Raw, penalty: float = 1.0) -> Raw:
    """The negative log-likelihood, and half the squared weights; p[-1] is the bias, unpenalised."""
    weights, bias = p[:-1], p[-1]
    margins = y * (x @ weights + bias)
    return np.sum(np.logaddexp(0, -margins)) + penalty / 2 * np.sum(weights**2)


def fit(x: Raw, y: Raw) -> Any:
    """SciPy's result, from all zeros. The gradient is by the first argument, p."""
    start = np.zeros(x.shape[1] + 1)
    return minimize(og.value_and_grad(loss), start, args=(x, y), jac=True)


def main() -> None:
    """Fit all rows; say how good the fit is."""
    x, y = load()
    found = fit(x, y)
    right = np.mean(np.sign(x @ found.x[:-1] + found.x[-1]) == y)
    print(f"loss {found.fun:.3f}, after {found.nit} iterations; {right:.1%} of the rows are right")


if __name__ == "__main__":
    main()
