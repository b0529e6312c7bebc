"""The frame: the words that a program's native code works on, and the memory of its buffers.

A frame is an array of eight-byte words: the address of the buffers, those of constant arrays, one
word for each input (a number, or an array's address), the addresses of results, then numbers: those
that are results, and those that go from one function to another. Native code gets the address of
the frame and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import opgrad as og
from opgrad_llvm import pointers
from opgrad_llvm.code import Code
from opgrad_llvm.kinds import Kind
from opgrad_llvm.roles import Roles
from opgrad_llvm.schedule import Schedule, Step
from opgrad_llvm.views import Block

ALIGNMENT = 64


class Layout:
    """Where everything is that one function of a program leaves for another.

    Attributes:
        words: how many the frame has.
        word_of: of numbers that have a word.
        first_input, first_result: where inputs, and results that are arrays, begin.
        first_number: where results that are numbers begin.
        numbers: those, in order.
        arena: bytes of all buffers; behind them is the scratch area.
        touched: the words that native code reads or writes.
    """

    def __init__(
        self, graph: og.Graph, inputs: Sequence[og.Node], roles: Roles, schedule: Schedule
    ) -> None:
        self._free: list[int] = []
        self._words: dict[Block, int] = {}
        self.word_of: dict[og.Node, int] = {}
        self.offsets: dict[Block, int] = {}
        self.arena = 0
        self.scratch = 0
        blocks = dict.fromkeys(view.block for view in roles.views.values())
        self.constants = [block for block in blocks if block.origin == "constant"]
        self.results = [block for block in blocks if block.origin == "output"]
        hosted = [block for block in blocks if block.origin == "host"]
        self.words = 1
        self.touched: set[int] = set()
        self._place(self.constants)
        self.first_input = self.words
        for k, node in enumerate(inputs):
            if node in roles.views:
                self._words[roles.views[node].block] = self.first_input + k
            else:
                self.word_of[node] = self.first_input + k
        self.words += len(inputs)
        self.first_result = self.words
        self._place(self.results)
        self._place(hosted)
        self.first_number = self.words
        self.numbers = [
            node
            for node in dict.fromkeys(graph.outputs)
            if roles.of[node] in ("scalar", "load", "reduce") and not roles.avals[node].shape
        ]
        for node in self.numbers:
            self.word_of[node] = self.slot()
        for node in graph.nodes:
            is_number = node in roles.kinds and not roles.avals[node].shape
            if is_number and node in schedule.escaping and node not in self.word_of:
                self.word_of[node] = self.slot()
        self._plan(graph, roles, schedule)

    def _place(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            self._words[block] = self.words
            self.words += 1

    def slot(self) -> int:
        """A word for a number."""
        if self._free:
            return self._free.pop()
        self.words += 1
        return self.words - 1

    def release(self, slots: Iterable[int]) -> None:
        """Let words be used again."""
        self._free.extend(slots)

    def address(self, code: Code, block: Block) -> str:
        """Write instructions that give the address of a block's elements."""
        if block.origin == "buffer":
            arena = code.let("load ptr, ptr %0, align 8")
            return code.at(arena, self.offsets[block], "i1")
        word = code.let(f"load ptr, ptr {self.at(code, self._words[block])}, align 8")
        if block.origin == "constant" or pointers.OFFSET is None:
            return word
        field = code.let(f"getelementptr i8, ptr {word}, i64 {pointers.OFFSET}")
        return code.let(f"load ptr, ptr {field}, align 8")

    def at(self, code: Code, word: int) -> str:
        """Write instructions that give the address of a word."""
        self.touched.add(word)
        return code.at("%0", word, "i8")

    def load(self, code: Code, node: og.Node, kind: Kind) -> str:
        """Read a number from its word."""
        return code.load(self.at(code, self.word_of[node]), kind)

    def word_of_block(self, block: Block) -> int:
        """The word that has a block's address."""
        return self._words[block]

    def reserve(self, size: int) -> None:
        """See to it that the scratch area, which all loops share, has so many bytes."""
        self.scratch = max(self.scratch, _rounded(size))

    def scratch_address(self, code: Code) -> str:
        """Write instructions that give the address of the scratch area."""
        return code.at(code.let("load ptr, ptr %0, align 8"), self.arena, "i1")

    # -- buffers -------------------------------------------------------------------------------

    def _plan(self, graph: og.Graph, roles: Roles, schedule: Schedule) -> None:
        """Give buffers places; one that is read for the last time leaves its own to later ones."""
        order = schedule.steps()
        at = {step: k for k, step in enumerate(order)}
        last: dict[Block, int] = {}
        born: dict[int, list[Block]] = {}
        for node, step in schedule.step_of.items():
            view = roles.views.get(node)
            if view is None or view.block.origin != "buffer" or roles.of[node] == "load":
                continue
            if node in schedule.escaping or roles.of[node] in ("reduce", "gather"):
                born.setdefault(at[step], []).append(view.block)
                last[view.block] = at[step]
        never = len(order)
        outputs = set(graph.outputs)
        for node in graph.nodes:
            view = roles.views.get(node)
            if node in outputs and view is not None and view.block in last:
                last[view.block] = never
            user = schedule.step_of.get(node)
            for x in node.inputs:
                view = roles.views.get(x)
                if view is not None and view.block in last:
                    used = never if user is None and roles.of[node] != "view" else at.get(user, 0)  # type: ignore[arg-type]  # None is not in it
                    last[view.block] = max(last[view.block], used)
        self._assign(order, born, last)

    def _assign(
        self, order: list[Step], born: dict[int, list[Block]], last: dict[Block, int]
    ) -> None:
        ends: dict[int, list[Block]] = {}
        for block, step in last.items():
            ends.setdefault(step, []).append(block)
        free: list[tuple[int, int]] = []  # place and size
        for k in range(len(order)):
            for block in born.get(k, ()):
                self.offsets[block] = self._take(free, _rounded(block.nbytes))
            for block in ends.get(k, ()):
                free.append((self.offsets[block], _rounded(block.nbytes)))
                _merge(free)

    def _take(self, free: list[tuple[int, int]], size: int) -> int:
        for i, (place, room) in enumerate(free):
            if room >= size:
                if room == size:
                    del free[i]
                else:
                    free[i] = (place + size, room - size)
                return place
        place = self.arena
        self.arena += size
        return place


def _rounded(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _merge(free: list[tuple[int, int]]) -> None:
    """Join neighbours."""
    free.sort()
    joined: list[tuple[int, int]] = []
    for place, size in free:
        if joined and sum(joined[-1]) == place:
            joined[-1] = (joined[-1][0], joined[-1][1] + size)
        else:
            joined.append((place, size))
    free[:] = joined
