"""``python -m tests.fuzz``: random programs for as long as one likes."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
import warnings
from collections.abc import Iterator

from tests.fuzz.checks import CHECKS
from tests.fuzz.session import Session
from tests.fuzz.twin_process import quiet


def main() -> int:
    """Run; 1, if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--seed", type=int, help="of the series of programs; any, if left out")
    parser.add_argument("--only", type=int, help="the number of one program")
    parser.add_argument("--check", action="append", choices=list(CHECKS), help="instead of all")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else time.time_ns() % 1_000_000
    out = os.fdopen(quiet(), "w", buffering=1)
    print(f"seed {seed}", file=out)
    warnings.simplefilter("ignore")
    session = Session(seed, options.check or ())
    start = time.monotonic()
    end = start + options.seconds
    numbers = _until(end) if options.only is None else iter([options.only])
    session.run(numbers, found=lambda finding: print(finding, file=out))
    took = time.monotonic() - start
    print(session.summary(), file=out)
    rate = 60 * session.programs / took
    print(f"\n{session.programs} programs in {took:.0f} s: {rate:.0f} a minute", file=out)
    print(f"{len(session.findings)} kinds of faults; seed {seed}", file=out)
    return 1 if session.findings else 0


def _until(end: float) -> Iterator[int]:
    return itertools.takewhile(lambda _: time.monotonic() < end, itertools.count())


if __name__ == "__main__":
    sys.exit(main())
