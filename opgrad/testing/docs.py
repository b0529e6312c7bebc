"""What others need to use an op, and to check it."""

from __future__ import annotations

from collections.abc import Iterator

from opgrad.define import OpN
from opgrad.testing.properties import of_each_op
from opgrad.testing.report import Finding


@of_each_op()
def documented(op: OpN) -> Iterator[Finding]:
    """The forward has a docstring."""
    if not op.doc.strip():
        yield Finding(
            "no docstring",
            "a docstring on the forward",
            "`opgrad ops` shows its first line: say what the op computes",
        )


@of_each_op()
def sampled(op: OpN) -> Iterator[Finding]:
    """There are samples, and each param is given a value in one of them."""
    if not op.samples:
        yield Finding(
            "no samples",
            "at least one",
            f"nothing could be checked: @og.op(samples=[...]) for {op.name}",
        )
        return
    missing = op.param_names - {name for sample in op.samples for name in sample.params}
    if missing:
        yield Finding(
            f"no sample gives {', '.join(sorted(missing))}",
            "each param in a sample",
            "a param that no sample sets is not checked: og.Sample(..., param=value)",
        )
