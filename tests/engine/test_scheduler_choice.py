"""Which scheduler runs: by name, by object, for one call, for a block, or from now on."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import opgrad as og
from opgrad import schedule
from opgrad.errors import PluginError, UnknownSchedulerError
from opgrad.schedule import SEQUENTIAL, accumulate, explain, plan, pull_back


class Plain:
    """The scheduler that its documentation lets you write, in a few lines."""

    name = "plain"

    def __init__(self) -> None:
        self.runs = 0

    def run(
        self,
        root: og.Node,
        cotangent: Any,
        wrt: frozenset[og.Node] | None,
        record: bool = False,
        /,
    ) -> Mapping[og.Node, Any]:
        """As every scheduler."""
        self.runs += 1
        order, cotangents = plan(root, wrt)
        if root in cotangents:
            cotangents[root] = cotangent
        owned: set[og.Node] = set()
        for node in order:
            if node.op is not None and cotangents[node] is not None:
                try:
                    for parent, ct in pull_back(node, cotangents[node], cotangents, record):
                        accumulate(cotangents, owned, parent, ct)
                except Exception as error:
                    explain(error, node)
                    raise
        return cotangents


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = schedule._current
    yield
    og.use_scheduler(before)


def gradient(**options: Any) -> Any:
    """Of x * x at 3."""
    x = og.Value(3.0)
    return og.backward(x * x, **options)[x]


def test_sequential_is_the_default() -> None:
    """Without a choice, the sequential scheduler runs."""
    assert schedule._current is SEQUENTIAL


@pytest.mark.parametrize("name", ["sequential", "threaded"])
def test_by_name(name: str) -> None:
    """The built-in schedulers come through the registry."""
    assert og.default_registry().scheduler(name).name == name
    assert gradient(scheduler=name) == 6.0


def test_by_object_for_one_call() -> None:
    """A scheduler object runs in that call, and in no other."""
    plain = Plain()
    assert gradient(scheduler=plain) == 6.0
    assert gradient() == 6.0
    assert plain.runs == 1


def test_by_object_for_value_backward() -> None:
    """`Value.backward` takes one as well."""
    plain = Plain()
    x = og.Value(3.0)
    (x * x).backward(scheduler=plain)
    assert (x.grad, plain.runs) == (6.0, 1)


def test_from_now_on() -> None:
    """`og.use_scheduler` changes the default."""
    plain = Plain()
    og.use_scheduler(plain)
    gradient()
    gradient()
    assert plain.runs == 2


def test_for_a_block() -> None:
    """In a `with` block, and not after."""
    plain = Plain()
    with og.use_scheduler(plain) as chosen:
        gradient()
    gradient()
    assert chosen is plain
    assert plain.runs == 1


def test_blocks_may_be_nested() -> None:
    """Each block restores what was before."""
    outer, inner = Plain(), Plain()
    with og.use_scheduler(outer):
        with og.use_scheduler(inner):
            gradient()
        gradient()
        gradient()
    assert (outer.runs, inner.runs) == (2, 1)


def test_a_block_ends_with_an_exception() -> None:
    """An exception that leaves the block restores the scheduler."""
    with pytest.raises(ZeroDivisionError), og.use_scheduler(Plain()):
        raise ZeroDivisionError
    assert schedule._current is SEQUENTIAL


def test_one_call_overrides_the_block() -> None:
    """`scheduler=` has the last word."""
    plain = Plain()
    with og.use_scheduler(plain):
        gradient(scheduler="sequential")
    assert plain.runs == 0


def test_an_unknown_name() -> None:
    """It is a LookupError that lists what there is, and changes nothing."""
    with pytest.raises(UnknownSchedulerError, match=r"'fast'; there are: sequential, threaded"):
        gradient(scheduler="fast")
    with pytest.raises(LookupError):
        og.use_scheduler("fast")
    assert schedule._current is SEQUENTIAL


@pytest.mark.parametrize("wrong", [3, object(), Plain], ids=["number", "object", "class"])
def test_what_is_no_scheduler(wrong: Any) -> None:
    """Neither a name nor a scheduler: a TypeError that says what one is."""
    with pytest.raises(TypeError, match="a scheduler"):
        gradient(scheduler=wrong)


def test_a_third_scheduler_comes_as_a_plugin() -> None:
    """A plugin's scheduler is found by its name, beside those of others."""
    registry = og.Registry(builtins=tuple, installed=tuple)
    plain = Plain()
    registry.register(_plugin([plain]), name="mine")
    assert registry.scheduler("plain") is plain
    assert list(registry.schedulers) == ["plain"]


def test_a_plugin_that_brings_no_scheduler_is_refused() -> None:
    """What `opgrad_schedulers` returns is checked."""
    registry = og.Registry(builtins=tuple, installed=tuple)
    with pytest.raises(PluginError, match="opgrad_schedulers"):
        registry.register(_plugin([object()]), name="mine")


def _plugin(schedulers: list[Any]) -> types.ModuleType:
    def opgrad_schedulers() -> list[Any]:
        return schedulers

    module: Any = types.ModuleType("my_plugin")
    module.opgrad_schedulers = og.hookimpl(opgrad_schedulers)
    return module  # type: ignore[no-any-return]  # annotated so, to be filled


def test_a_block_made_once_works_twice() -> None:
    """The same object, used for a second `with`, selects again."""
    chosen = og.use_scheduler("threaded")
    with chosen:
        pass
    with chosen as scheduler:
        assert scheduler.name == "threaded"
