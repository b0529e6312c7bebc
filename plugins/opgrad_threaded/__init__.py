"""Built-in plugin: a scheduler that runs independent branches of a backward pass at once.

NumPy and BLAS let go of Python's lock while they compute, so the VJPs of large arrays run side by
side in threads. The results are, bit for bit, those of the sequential scheduler: floating-point
sums depend on their order, so what arrives at a node is added in the sequential order
(:mod:`opgrad_threaded.inbox`), not in the order of arrival. So is the exception, should VJPs fail.
"""

from __future__ import annotations

import opgrad as og
from opgrad_threaded.scheduler import Threaded as Threaded


@og.hookimpl.opgrad_schedulers
def opgrad_schedulers() -> list[og.Scheduler]:
    """The scheduler of this plugin, as many threads wide as the machine has processors."""
    return [Threaded()]
