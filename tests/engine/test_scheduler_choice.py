"""Which scheduler runs: by name, by object, for one call, for a block, or from now on."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Generator, Iterator, Mapping
from itertools import permutations
from threading import Barrier, Thread
from typing import Any

import pytest

import opgrad as og
from opgrad import schedule
from opgrad.errors import PluginError, UnknownSchedulerError
from opgrad.schedule import SEQUENTIAL, accumulate, explain, plan, pull_back


class Plain:
    """The scheduler that its documentation lets you write, in a few lines."""

    def __init__(self, name: str = "plain") -> None:
        self.name = name
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
    with og.use_scheduler(SEQUENTIAL):  # what is chosen within ends with it
        yield


def gradient(**options: Any) -> Any:
    """Of x * x at 3."""
    x = og.Value(3.0)
    return og.backward(x * x, **options)[x]


def test_sequential_is_the_default() -> None:
    """Without a choice, the sequential scheduler runs."""
    assert schedule.current_scheduler() is SEQUENTIAL


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
    assert schedule.current_scheduler() is SEQUENTIAL


@pytest.mark.parametrize("ends", list(permutations("abc")), ids="".join)
def test_interleaved_blocks_leave_what_was_before(ends: tuple[str, ...]) -> None:
    """In whatever order they end; until then, the latest that is open is the current one."""
    opened = {}
    for name in "abc":
        opened[name] = og.use_scheduler(Plain(name))
        opened[name].__enter__()
    still = list("abc")
    for name in ends:
        opened[name].__exit__(None, None, None)
        still.remove(name)
        assert schedule.current_scheduler().name == (still[-1] if still else "sequential")


def test_generators_that_take_turns_leave_what_was_before() -> None:
    """Each has a block that is open between its yields."""

    def steps(name: str) -> Generator[None, None, None]:
        with og.use_scheduler(Plain(name)):
            yield

    first, second = steps("a"), steps("b")
    next(first), next(second)
    first.close()
    assert schedule.current_scheduler().name == "b"
    second.close()
    assert schedule.current_scheduler() is SEQUENTIAL


def test_threads_have_a_scheduler_each() -> None:
    """Two blocks that are open at the same time in two threads know nothing of each other."""
    both_open, both_seen = Barrier(2), Barrier(2)
    seen = {}

    def choose(name: str) -> None:
        with og.use_scheduler(Plain(name)):
            both_open.wait(timeout=60)
            seen[name] = schedule.current_scheduler().name
            both_seen.wait(timeout=60)
        seen[f"{name} after"] = schedule.current_scheduler().name

    threads = [Thread(target=choose, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"a": "a", "b": "b", "a after": "sequential", "b after": "sequential"}
    assert schedule.current_scheduler() is SEQUENTIAL


def test_tasks_have_a_scheduler_each() -> None:
    """So do asyncio's tasks, which start with the choice of the one that made them."""

    async def choose(name: str, opened: asyncio.Event, other: asyncio.Event) -> list[str]:
        seen = [schedule.current_scheduler().name]
        with og.use_scheduler(Plain(name)):
            opened.set()
            await other.wait()
            seen.append(schedule.current_scheduler().name)
        return [*seen, schedule.current_scheduler().name]

    async def main() -> list[list[str]]:
        a, b = asyncio.Event(), asyncio.Event()
        with og.use_scheduler(Plain("outer")):
            return [*await asyncio.gather(choose("a", a, b), choose("b", b, a))]

    assert asyncio.run(main()) == [["outer", "a", "outer"], ["outer", "b", "outer"]]


def test_a_block_that_ends_in_another_thread_changes_nothing_there() -> None:
    """A generator may be closed by the garbage collector, wherever that runs."""
    chosen = og.use_scheduler(Plain())
    chosen.__enter__()
    thread = Thread(target=chosen.__exit__)
    thread.start()
    thread.join()
    assert schedule.current_scheduler().name == "plain"
    chosen.__exit__()


def test_a_choice_without_a_block_ends_with_the_block_that_it_is_made_in() -> None:
    """From now on is until then; a block within that ends first leaves the choice."""
    with og.use_scheduler(Plain("outer")):
        og.use_scheduler(Plain("later"))
        with og.use_scheduler(Plain("inner")):
            pass
        assert schedule.current_scheduler().name == "later"
    assert schedule.current_scheduler() is SEQUENTIAL


def test_choices_without_a_block_take_no_memory() -> None:
    """A loop may make any number."""
    for _ in range(100):
        og.use_scheduler(Plain())
    assert len(schedule._choices.get()) < 5


@pytest.mark.parametrize("returned", [None, 3, [], "x"], ids=repr)
def test_a_scheduler_that_returns_no_mapping_is_named(returned: Any) -> None:
    """With what it returned."""

    class Wrong(Plain):
        def run(self, *_: Any) -> Any:
            return returned

    with pytest.raises(og.errors.SchedulerError, match=r"'plain' returned .*; expected a mapping"):
        gradient(scheduler=Wrong())


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
    assert schedule.current_scheduler() is SEQUENTIAL


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
