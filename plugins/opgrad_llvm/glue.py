"""The Python around native code: packs inputs, calls, steps in between, unpacks results.

It is written as the text of one Python function for each program, which costs a fraction of what
walking over a list of steps would at each call. What does not change from call to call, views of
the program's buffers among them, are globals of that function.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import count, groupby
from typing import Any

import numpy as np

import opgrad as og
from opgrad.compiler.primitives import BROADCAST, GETITEM, MATMUL, PICK, RESHAPE, TRANSPOSE
from opgrad_llvm import pointers
from opgrad_llvm.kinds import PACKED, SIZE
from opgrad_llvm.layout import ALIGNMENT, Layout
from opgrad_llvm.received import python_function, received
from opgrad_llvm.roles import Roles
from opgrad_llvm.views import Block, View

READY = 0x101
"""NumPy's flags of an array that native code can read: in C order, and aligned."""

Setup = Callable[["Workspace"], Any]


class Workspace:
    """The memory of one run of a program.

    Attributes:
        frame: the words that native code works on.
        bytes: the same, for :mod:`struct`.
        arena: all buffers.
    """

    def __init__(self, layout: Layout, constants: Sequence[Any]) -> None:
        self.frame = np.zeros(layout.words, np.int64)
        self.bytes = memoryview(self.frame).cast("B")  # type: ignore[arg-type]  # has the buffer protocol
        self.floats = self.frame.view(np.float64)
        size = layout.arena + layout.scratch
        raw = np.empty(size + ALIGNMENT, np.uint8)
        self.arena = raw[-raw.ctypes.data % ALIGNMENT :][:size]
        self.frame[0] = self.arena.ctypes.data if size else 0
        for block, data in zip(layout.constants, constants, strict=True):
            self.frame[layout.word_of_block(block)] = data.ctypes.data

    def view(self, view: View, offset: int, dtype: np.dtype[Any]) -> Any:
        """An array of elements of a buffer at an offset."""
        size = SIZE[view.block.kind]
        return np.ndarray(
            view.shape,
            dtype,
            self.arena,
            offset + view.offset * size,
            tuple(stride * size for stride in view.strides),
        )


class Glue:
    """The text of a program's Python function, while it is written.

    Attributes:
        lines: of the function.
        names: globals that are the same for all workspaces.
        setups: globals that each workspace has its own of.
        notes: what each host step is, and why.
    """

    def __init__(self, inputs: Sequence[og.Node], roles: Roles, layout: Layout) -> None:
        self.inputs, self.roles, self.layout = inputs, roles, layout
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"received": received, "id": pointers.address}
        self.setups: dict[str, Setup] = {
            "bytes": lambda space: space.bytes,
            "floats": lambda space: space.floats,
            "frame_at": lambda space: space.frame.ctypes.data,
        }
        self.notes: list[str] = []
        self._expression: dict[og.Node, str] = {node: f"x{k}" for k, node in enumerate(inputs)}
        self._parameters = ", ".join(self._expression.values())
        self._results: dict[Block, str] = {}
        self._next = count().__next__

    def name(self, value: Any) -> str:
        """A global for a value."""
        name = f"g{self._next()}"
        self.names[name] = value
        return name

    # -- the parts of the function -------------------------------------------------------------

    def begin(self, touched: set[int]) -> None:
        """Make arrays for results; pack what native code reads."""
        layout, roles = self.layout, self.roles
        packed = []
        form = ["="]
        for k, node in enumerate(self.inputs):
            word = layout.first_input + k
            if word not in touched:
                form.append("8x")
            elif node in roles.views:
                self.names["contiguous"] = np.ascontiguousarray
                self.lines += [
                    f"a{k} = x{k}",
                    f"if a{k}.flags.num & {READY} != {READY}: a{k} = contiguous(a{k}).copy()",
                ]
                form.append("Q")
                packed.append(f"id(a{k})")
            else:
                form.append(PACKED[roles.kinds[node]])
                packed.append(f"x{k}")
        dtypes = {view.block: roles.avals[node].dtype for node, view in roles.views.items()}
        for k, block in enumerate(layout.results):
            self.names["empty"] = np.empty
            self.lines.append(f"y{k} = empty({block.shape}, {self.name(dtypes[block])})")
            form.append("Q")
            packed.append(f"id(y{k})")
            self._results[block] = f"y{k}"
        if packed and packed == [f"x{k}" for k in range(len(self.inputs))]:
            packed = ["*x"]
            self._parameters = "*x"
            self._expression |= {node: f"x[{k}]" for k, node in enumerate(self.inputs)}
        if packed:
            self.names["pack"] = struct.Struct("".join(form)).pack_into
            self.lines.append(f"pack(bytes, {8 * layout.first_input}, {', '.join(packed)})")

    def native(self, name: str) -> None:
        """Call native code."""
        self.lines.append(f"{name}(frame_at)")

    def host(self, node: og.Node, touched: set[int]) -> None:
        """Call Python for a node."""
        op: Any = node.op
        roles, layout = self.roles, self.layout
        arguments = [self.expression(x) for x in node.inputs]
        view = roles.views.get(node)
        if op is MATMUL and view is not None and view.block.origin != "host":
            self.names["matmul"] = np.matmul
            goal = self.expression(node)
            self.lines.append(f"matmul({', '.join(arguments)}, out={goal})")
            return
        name = f"h{self._next()}"
        self._expression[node] = name
        aval = node.data
        if op is PICK:
            call = f"{arguments[0]}[{node.params['index']}]"
        else:
            function = python_function(node, roles.avals)
            call = f"{self.name(function)}({', '.join(arguments)})"
        if isinstance(aval, tuple):
            self.lines.append(f"{name} = {call}")
        else:
            self.lines.append(f"{name} = received({call}, {self.name(aval)})")
        if view is not None:
            word = layout.word_of_block(view.block)
            if word in touched:
                self._put(word, "Q", f"id({name})")
        elif layout.word_of.get(node) in touched:
            self._put(layout.word_of[node], PACKED[roles.kinds[node]], name)
        self.notes.append(f"{op.name} {aval}: called back, {roles.reasons[node]}")

    def end(self, outputs: Sequence[og.Node]) -> None:
        """Unpack and return the results."""
        for node in outputs:  # arrays first: they may need code of their own
            if self.roles.avals[node].shape:
                self._array_result(node)
        numbers = self.layout.numbers
        places = {node: k for k, node in enumerate(numbers)}
        returned: list[str] = []
        given: set[og.Node] = set()
        for form, group in groupby(
            outputs, lambda node: self._form(node) if node in places else ""
        ):
            if not form:
                returned += [self._result(node, given) for node in group]
                continue
            for run in _runs([places[node] for node in group]):
                returned += self._unpacked([numbers[k] for k in run], run[0], form)
        self.lines.append(f"return ({', '.join(returned)},)" if outputs else "return ()")

    def _result(self, node: og.Node, given: set[og.Node]) -> str:
        """One of the results; what was given before is given as a copy."""
        expression = self.expression(node)
        if node in given and self.roles.avals[node].shape:
            return f"{expression}.copy()"
        given.add(node)
        return expression

    def text(self) -> str:
        """The function."""
        return "\n    ".join([f"def program({self._parameters}):", *self.lines])

    # -- expressions ---------------------------------------------------------------------------

    def expression(self, node: og.Node) -> str:
        """What stands for the value of a node in the text, computed before if need be."""
        found = self._expression.get(node)
        if found is None:
            found = self._expression[node] = self._make(node)
        return found

    def _make(self, node: og.Node) -> str:
        roles = self.roles
        if isinstance(node, og.Constant):
            return self.name(node.data)
        view = roles.views.get(node)
        if not roles.avals[node].shape:
            return self._number(node)
        assert view is not None
        if view.block.origin == "buffer":
            return self._buffer(node, view)
        if roles.of[node] == "view":
            return self._let(self._view(node))
        return self._results[view.block]

    def _let(self, expression: str) -> str:
        name = f"v{self._next()}"
        self.lines.append(f"{name} = {expression}")
        return name

    def _buffer(self, node: og.Node, view: View) -> str:
        name = f"b{self._next()}"
        offset, dtype = self.layout.offsets[view.block], self.roles.avals[node].dtype
        self.setups[name] = lambda space: space.view(view, offset, dtype)
        return name

    def _view(self, node: og.Node) -> str:
        x = node.x
        assert x is not None
        base = self.expression(x)
        if node.op is TRANSPOSE:
            axes = node.params["axes"]
            if axes == tuple(reversed(range(len(axes)))):
                return f"{base}.T"
            return f"{base}.transpose{axes}"
        if node.op is RESHAPE:
            return f"{base}.reshape({node.params['shape']})"
        if node.op is GETITEM:
            return f"{base}[{self.name(node.params['index'])}]"
        assert node.op is BROADCAST
        self.names["broadcast_to"] = np.broadcast_to
        return f"broadcast_to({base}, {node.params['shape']})"

    def _number(self, node: og.Node) -> str:
        """A number that native code has computed: read from its word."""
        kind, aval = self.roles.kinds[node], self.roles.avals[node]
        get = self.name(struct.Struct("=" + PACKED[kind]).unpack_from)
        read = f"{get}(bytes, {8 * self.layout.word_of[node]})[0]"
        return self._let(read if aval.number else f"{self.name(aval.dtype.type)}({read})")

    def _put(self, word: int, form: str, expression: str) -> None:
        put = self.name(struct.Struct("=" + form).pack_into)
        self.lines.append(f"{put}(bytes, {8 * word}, {expression})")

    def _form(self, node: og.Node) -> str:
        """In which form a number is given back."""
        aval = self.roles.avals[node]
        return "python" if aval.number else aval.dtype.name

    def _unpacked(self, numbers: Sequence[og.Node], first: int, form: str) -> list[str]:
        """Neighbouring numbers of the frame, as expressions of a tuple."""
        word = self.layout.first_number + first
        if form == "float64":
            return [f"*floats[{word}:{word + len(numbers)}]"]
        kinds = [self.roles.kinds[node] for node in numbers]
        packing = struct.Struct("=" + "".join(PACKED[kind] for kind in kinds))
        read = f"{self.name(packing.unpack_from)}(bytes, {8 * word})"
        if form == "python":
            return [f"*{read}"]
        return [f"*map({self.name(self.roles.avals[numbers[0]].dtype.type)}, {read})"]

    def _array_result(self, node: og.Node) -> None:
        """A result must be nobody else's: no buffer, no constant, no part of these or an input."""
        roles = self.roles
        expression = self.expression(node)
        view = roles.views.get(node)
        role = roles.of[node]
        is_own = role == "host" or (view is not None and view.block.origin in ("output", "host"))
        if role == "view" and not (is_own and view is not None and view.is_whole):
            is_own = False
        if role == "leaf" and not isinstance(node, og.Constant):
            is_own = True  # the argument itself, as of the function
        if not is_own:
            self._expression[node] = self._let(f"{expression}.copy()")


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Cut where one does not follow the other."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] + 1 == place:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def runner(glue: Glue, code: Any, space: Workspace, natives: dict[str, Any]) -> Any:
    """The program's function on a workspace of its own."""
    names = glue.names | natives | {name: make(space) for name, make in glue.setups.items()}
    names["space"] = space  # lives as long as the function
    exec(code, names)
    return names["program"]
