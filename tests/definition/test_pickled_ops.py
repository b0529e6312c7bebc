"""Ops are copied and pickled as functions are: by where they are found."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import CopyError


@og.op(name="renamed", elementwise=True)
def held(x: Any) -> Any:
    """An op whose name is not that of its variable."""
    return 2 * x


@held.vjp
def _(g: Any, out: Any, x: Any) -> Any:
    return 2 * g


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_op_is_the_same_after_pickling(protocol: int) -> None:
    """Of all plugins that are installed, by its qualified name."""
    for name in og.ops:
        op = og.ops[name]
        assert pickle.loads(pickle.dumps(op, protocol)) is op, name


def test_every_op_is_its_own_copy() -> None:
    """It is compared by identity, so a copy would be another op."""
    for name in og.ops:
        op = og.ops[name]
        assert copy.copy(op) is op
        assert copy.deepcopy({"op": op})["op"] is op


def test_an_op_of_another_name_is_found_by_its_variable() -> None:
    """What is looked for is the op itself."""
    assert pickle.loads(pickle.dumps(held)) is held


def test_an_op_that_no_variable_holds_is_refused() -> None:
    """It could not be found again."""

    @og.op
    def local(x: Any) -> Any:
        return np.sum(x)

    with pytest.raises(CopyError, match=r"op 'local' .*no variable of its module holds it"):
        pickle.dumps(local)
