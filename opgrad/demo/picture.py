"""The training, drawn: how the loss fell, and how the network tells unseen rows apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from opgrad.demo.dataset import Row
from opgrad.demo.train import Step, accuracy, confusion, epoch_losses

NEGATIVE, POSITIVE, INK, FAINT = "#2a78a8", "#d1622b", "#22303c", "#b9c3cb"


@frozen
class Outcome:
    """What there is to draw."""

    steps: Sequence[Step]
    classes: tuple[str, str]
    unseen: Sequence[Row]
    scores: Sequence[float]
    """The network's score of each unseen row."""


def draw(outcome: Outcome, path: Path) -> None:
    """Draw three panels into a PNG file: the loss, the confusion matrix, the scores.

    Raises:
        OSError: the file cannot be written.
    """
    figure = Figure(figsize=(13, 4.2), dpi=120, layout="constrained")
    loss, matrix, scores = figure.subplots(1, 3, width_ratios=(1.25, 0.9, 1.25))
    _draw_loss(loss, outcome)
    _draw_confusion(matrix, outcome)
    _draw_scores(scores, outcome)
    figure.savefig(path)


def _draw_loss(axes: Axes, outcome: Outcome) -> None:
    per_epoch = len(outcome.steps) / outcome.steps[-1].epoch
    axes.plot(
        [step.number / per_epoch for step in outcome.steps],
        [step.loss for step in outcome.steps],
        color=FAINT,
        linewidth=1,
        label="one batch",
    )
    losses = epoch_losses(outcome.steps)
    axes.plot(
        [epoch + 0.5 for epoch in range(len(losses))],
        losses,
        color=INK,
        linewidth=2,
        marker="o",
        markersize=4,
        label="mean of an epoch",
    )
    axes.set(title="Loss in training", xlabel="epoch", ylabel="logistic loss", yscale="log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_confusion(axes: Axes, outcome: Outcome) -> None:
    counts = confusion(outcome.scores, outcome.unseen)
    shares = [[n / max(sum(row), 1) for n in row] for row in counts]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.25, aspect="auto")
    for i, row in enumerate(counts):
        for j, n in enumerate(row):
            colour = "white" if shares[i][j] > 0.6 else INK
            axes.text(j, i, str(n), ha="center", va="center", fontsize=20, color=colour)
    axes.set_xticks([0, 1], outcome.classes)
    axes.set_yticks([0, 1], outcome.classes, rotation=90, va="center")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    share = accuracy(outcome.scores, outcome.unseen)
    axes.set(
        title=f"{len(outcome.unseen)} unseen rows, {share:.1%} right",
        xlabel="what the network says",
        ylabel="what it is",
    )


def _draw_scores(axes: Axes, outcome: Outcome) -> None:
    by_class = [
        [s for s, row in zip(outcome.scores, outcome.unseen, strict=True) if row.y == y]
        for y in (-1, 1)
    ]
    axes.hist(
        by_class,
        bins=_bins(outcome.scores),
        stacked=True,
        color=[NEGATIVE, POSITIVE],
        label=list(outcome.classes),
    )
    axes.axvline(0, color=INK, linewidth=1, linestyle="--")
    axes.set(
        title="Scores of the unseen rows",
        xlabel=f"{outcome.classes[0]}  ←  score  →  {outcome.classes[1]}",
        ylabel="rows, stacked",
    )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, title="what it is")
    axes.spines[["top", "right"]].set_visible(False)


def _bins(scores: Sequence[float]) -> list[float]:
    """Edges of about 30 equal bins, one of them at 0, where the classes part."""
    low, high = min(*scores, 0.0), max(*scores, 0.0)
    width = (high - low) / 28 or 1.0
    return [i * width for i in range(math.floor(low / width), math.ceil(high / width) + 1)]
