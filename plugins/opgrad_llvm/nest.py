"""The axes that a loop goes over: as few as may be, with the stride of every array along each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import opgrad as og
from opgrad_llvm.roles import Roles
from opgrad_llvm.schedule import Schedule, Step
from opgrad_llvm.views import View, contiguous

Strides = tuple[int, ...]


@dataclass(eq=False)
class Reduction:
    """A reduction that a loop ends in.

    Attributes:
        node: the reduction.
        strides: of its result along the axes; 0 along those that are reduced.
        view: of its result, where that is an array.
    """

    node: og.Node
    strides: Strides
    view: View | None

    @property
    def is_full(self) -> bool:
        """Whether all becomes one number."""
        return not any(self.strides)

    @property
    def is_row(self) -> bool:
        """Whether the innermost axis is reduced."""
        return not self.strides[-1]

    def repeats(self, lengths: Sequence[int]) -> bool:
        """Whether an element of the result gets contributions of several rows."""
        return not all(self.strides[: len(lengths) - 1])


class Nest:
    """The axes of one loop, outermost first; those that all arrays have in one are one.

    Attributes:
        lengths: of the axes; at least one.
        reads: the views of nodes from elsewhere, with strides along these axes.
        writes: those of the loop's nodes that must be in memory.
        reductions: what the loop ends in.
    """

    def __init__(self, step: Step, schedule: Schedule, roles: Roles) -> None:
        shape = step.shape
        own = set(step.nodes)
        reads: dict[og.Node, View] = {}
        writes: dict[og.Node, View] = {}
        reductions: dict[og.Node, Strides] = {}
        for node in step.nodes:
            for x in node.inputs:
                if roles.avals[x].shape and (x not in own):
                    reads[x] = roles.views[x].broadcast(shape)
            if roles.of[node] == "reduce":
                reductions[node] = _result_strides(shape, node.params["axis"])
            elif node in schedule.escaping:
                writes[node] = roles.views[node]
        everything = [
            *(view.strides for view in reads.values()),
            *(view.strides for view in writes.values()),
            *reductions.values(),
        ]
        kept = [axis for axis, length in enumerate(shape) if length != 1] or [len(shape) - 1]
        runs = _runs(kept, shape, everything)
        self.lengths = tuple(prod(shape[axis] for axis in run) for run in runs)
        last = [run[-1] for run in runs]
        self.reads = {node: _along(view, last) for node, view in reads.items()}
        self.writes = {node: _along(view, last) for node, view in writes.items()}
        self.reductions = [
            Reduction(node, tuple(strides[axis] for axis in last), roles.views.get(node))
            for node, strides in reductions.items()
        ]


def _result_strides(shape: tuple[int, ...], axes: Sequence[int]) -> Strides:
    left = [axis for axis in range(len(shape)) if axis not in axes]
    of_result = dict(zip(left, contiguous(tuple(shape[axis] for axis in left)), strict=True))
    return tuple(of_result.get(axis, 0) for axis in range(len(shape)))


def _runs(
    axes: Sequence[int], shape: tuple[int, ...], everything: Sequence[Strides]
) -> list[list[int]]:
    """Neighbouring axes that every array has one after the other in memory."""
    runs = [[axes[0]]]
    for axis in axes[1:]:
        before = runs[-1][-1]
        if all(strides[before] == strides[axis] * shape[axis] for strides in everything):
            runs[-1].append(axis)
        else:
            runs.append([axis])
    return runs


def _along(view: View, axes: Sequence[int]) -> View:
    return View(
        view.block,
        view.offset,
        tuple(view.shape[axis] for axis in axes),
        tuple(view.strides[axis] for axis in axes),
    )
