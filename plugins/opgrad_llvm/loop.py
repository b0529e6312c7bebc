"""Loops: elementwise nodes of one shape, and the reductions that end them, as code on vectors.

A loop is one *kernel*, a function that goes over all elements; or, if it has very many nodes,
several, each with a part of the nodes, that go over one block of elements after the other. What one
kernel leaves for the next is then in a scratch area, as is what reductions have come to. Many sums
have kernels of their own, which need few operands each.
"""

from __future__ import annotations

from math import prod

from opgrad_llvm import folds, lanes
from opgrad_llvm.code import Code
from opgrad_llvm.kernel import Kernel
from opgrad_llvm.kinds import MEMORY, SIZE
from opgrad_llvm.layout import Layout
from opgrad_llvm.nest import Nest, Reduction
from opgrad_llvm.plan import ALONE, BLOCK, Plan
from opgrad_llvm.roles import Roles
from opgrad_llvm.schedule import Schedule, Step
from opgrad_llvm.spread import Spread
from opgrad_llvm.target import host
from opgrad_llvm.unit import Unit


def emit_loop(
    unit: Unit, name: str, step: Step, schedule: Schedule, roles: Roles, layout: Layout
) -> Spread:
    """Write the functions of a loop; how it can be divided."""
    plan = Plan(name, step, Nest(step, schedule, roles), roles, layout, _lanes(step, roles))
    for k in range(len(plan.parts)):
        Kernel(plan, k).write(unit)
    layout.reserve(plan.scratch)
    _write_part(unit, plan)
    _write_clears(unit, plan)
    _write_join(unit, plan)
    _write_begin(unit, plan)
    _write_finish(unit, plan)
    _write_whole(unit, plan)
    return _spread(plan)


def _spread(plan: Plan) -> Spread:
    nest, lengths = plan.nest, plan.nest.lengths
    is_flat = len(lengths) == 1
    apart = all(r.is_full or r.strides[0] for r in nest.reductions)
    nodes = sum(map(len, plan.parts))
    row = prod(lengths[1:])
    return Spread(
        plan.name,
        lengths[0] if apart else 1,
        ALONE if is_flat else 1,
        nodes * row / plan.lanes,
        plan.scratch,
    )


def _lanes(step: Step, roles: Roles) -> int:
    """As many as a register holds of the largest kind of number in the loop."""
    sizes = [4]
    for node in step.nodes:
        rule = roles.rules.get(node)
        if rule is not None:
            sizes += [SIZE[kind] for kind in (*rule.inputs, rule.output)]
        else:
            sizes += [SIZE[roles.kinds[x]] for x in (node, *node.inputs)]
    return host().lanes(max(sizes))


def _write_part(unit: Unit, plan: Plan) -> None:
    """The kernels on a part of the outermost axis: ``(frame, scratch, from, to)``."""
    code = Code(plan.lanes, first=4)
    code.do("entry:")
    if plan.rows_inside:
        code.do(f"call void @{plan.name}_0(ptr %0, ptr %1, i64 %2, i64 %3)")
    else:
        _write_blocks(code, plan)
    kernels = tuple(f"{plan.name}_{k}" for k in range(len(plan.parts)))
    unit.function(f"{plan.name}_part", code, "ptr, ptr, i64, i64", kernels)


def _write_blocks(code: Code, plan: Plan) -> None:
    """All kernels on one block after the other."""
    lengths = plan.nest.lengths
    rows = len(lengths) - 1
    block = "%entry"
    for axis in range(rows):
        code.do(f"br label %x{axis}")
        code.do(f"x{axis}:")
        code.do(f"%i{axis} = phi i64 [{'0' if axis else '%2'}, {block}], [%n{axis}, %y{axis}]")
        block = f"%x{axis}"
    start, stop = ("0", str(lengths[-1])) if rows else ("%2", "%3")
    code.do("br label %b")
    code.do("b:")
    code.do(f"%j = phi i64 [{start}, {block}], [%k, %b]")
    step = code.let(f"add i64 %j, {ALONE if plan.is_single else BLOCK}")
    is_last = code.let(f"icmp uge i64 {step}, {stop}")
    code.do(f"%k = select i1 {is_last}, i64 {stop}, i64 {step}")
    indices = "".join(f"i64 %i{axis}, " for axis in range(rows))
    for k in range(len(plan.parts)):
        code.do(f"call void @{plan.name}_{k}(ptr %0, ptr %1, {indices}i64 %j, i64 %k)")
    code.do(f"br i1 {is_last}, label %{f'y{rows - 1}' if rows else 'end'}, label %b")
    for axis in reversed(range(rows)):
        code.do(f"y{axis}:")
        code.do(f"%n{axis} = add i64 %i{axis}, 1")
        more = code.let(f"icmp ult i64 %n{axis}, {lengths[axis] if axis else '%3'}")
        code.do(f"br i1 {more}, label %x{axis}, label %{f'y{axis - 1}' if axis else 'end'}")
    code.do("end:")


def _write_clears(unit: Unit, plan: Plan) -> None:
    """Fill all results of reductions that are added to in memory: ``(frame)``."""
    names = []
    for k, reduction in enumerate(plan.added):
        names.append(f"{plan.name}_clear{k}")
        _write_clear(unit, plan, reduction, names[-1])
    code = Code(1)
    for name in names:
        code.do(f"call void @{name}(ptr %0)")
    unit.function(f"{plan.name}_clear", code, called=tuple(names))


def _write_join(unit: Unit, plan: Plan) -> None:
    """Add the sums of one scratch area to those of another: ``(frame, to, from)``."""
    code = Code(plan.lanes, first=3)
    code.do("entry:")
    for reduction in plan.full:
        kind = plan.inside[reduction]
        place = plan.sum_at(code, "%1", reduction)
        known = lanes.load(code, place, kind, None)
        more = lanes.load(code, plan.sum_at(code, "%2", reduction), kind, None)
        new = folds.combine(reduction.node.op, kind)(code, kind, known, more)
        lanes.store(code, new, place, kind, None)
    unit.function(f"{plan.name}_join", code, "ptr, ptr, ptr")


def _write_clear(unit: Unit, plan: Plan, reduction: Reduction, name: str) -> None:
    """Fill the result of a reduction, which is added to, with what it starts from."""
    code = Code(1, first=1)
    view = reduction.view
    assert view is not None
    kind, size = view.block.kind, view.block.size
    value = folds.start(reduction.node.op, kind)
    code.do("entry:")
    place = plan.layout.address(code, view.block)
    if value == 0:
        code.intrinsics.add("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
        code.do(
            f"call void @llvm.memset.p0.i64(ptr {place}, i8 0, i64 {size * SIZE[kind]}, i1 false)"
        )
    else:
        code.do("br label %x")
        code.do("x:")
        code.do("%i = phi i64 [0, %entry], [%n, %x]")
        element = code.let(f"getelementptr {MEMORY[kind]}, ptr {place}, i64 %i")
        code.store(code.constant(value, kind), element, kind)
        code.do("%n = add i64 %i, 1")
        more = code.let(f"icmp ult i64 %n, {size}")
        code.do(f"br i1 {more}, label %x, label %end")
        code.do("end:")
    unit.function(name, code)


def _write_begin(unit: Unit, plan: Plan) -> None:
    """Set the sums in a scratch area to what they start from: ``(frame, scratch)``."""
    code = Code(plan.lanes, first=2)
    code.do("entry:")
    for reduction in plan.full:
        kind = plan.inside[reduction]
        value = code.constant(folds.start(reduction.node.op, kind), kind)
        lanes.store(code, value, plan.sum_at(code, "%1", reduction), kind, None)
    unit.function(f"{plan.name}_begin", code, "ptr, ptr")


def _write_finish(unit: Unit, plan: Plan) -> None:
    """Turn the sums in a scratch area into results: ``(frame, scratch)``."""
    code = Code(plan.lanes, first=2)
    code.do("entry:")
    numbers = code.numbers()
    for reduction in plan.full:
        node, kind = reduction.node, plan.inside[reduction]
        vector = lanes.load(code, plan.sum_at(code, "%1", reduction), kind, None)
        out = plan.roles.kinds[node]
        total = numbers.cast(folds.one(code, node.op, kind, vector), kind, out)
        if reduction.view is None:
            place = plan.layout.at(code, plan.layout.word_of[node])
        else:
            place = plan.layout.address(code, reduction.view.block)
        numbers.store(total, place, out)
    unit.function(f"{plan.name}_finish", code, "ptr, ptr")


def _write_whole(unit: Unit, plan: Plan) -> None:
    """The whole loop: ``(frame)``."""
    code = Code(plan.lanes, first=1)
    code.do("entry:")
    scratch = plan.layout.scratch_address(code)
    code.do(f"call void @{plan.name}_clear(ptr %0)")
    code.do(f"call void @{plan.name}_begin(ptr %0, ptr {scratch})")
    length = plan.nest.lengths[0]
    code.do(f"call void @{plan.name}_part(ptr %0, ptr {scratch}, i64 0, i64 {length})")
    code.do(f"call void @{plan.name}_finish(ptr %0, ptr {scratch})")
    called = tuple(f"{plan.name}_{what}" for what in ("clear", "begin", "part", "finish"))
    unit.function(plan.name, code, called=called)
