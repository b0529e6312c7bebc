"""A pytest test for each op and property."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from opgrad.define import OpN
from opgrad.operation import Op
from opgrad.testing.catalogue import PROPERTIES
from opgrad.testing.check import check_op
from opgrad.testing.choice import find_ops


def suite(*plugins_or_ops: str | Op) -> Callable[..., None]:
    """A pytest test for each op and property."""
    cases = [
        pytest.param(op, p.name, id=f"{name}-{p.name}")
        for name, op in find_ops(*plugins_or_ops).items()
        for p in PROPERTIES
        if p.applies(op)
    ]

    @pytest.mark.parametrize(("op", "holds"), cases)
    def test_op(op: OpN, holds: str) -> None:
        """The property holds for the op, at each of its samples."""
        report = check_op(op, properties=[holds])
        if not report:
            pytest.fail(str(report), pytrace=False)

    return test_op
