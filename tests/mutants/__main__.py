"""Small changes of the source, made at random, and whether a test notices each.

``python -m tests.mutants opgrad/compiler --count 20 --seed 3`` tries 20 changes of that folder. A
change that no test notices is shown: it is either of no effect, or a test is missing. With
``opgrad/compiler/passes.py:44`` only changes of that line are tried. The checkout is not touched.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tests.mutants import cython, python
from tests.mutants.closest import closest_tests
from tests.mutants.mutant import Mutant
from tests.mutants.workshop import workshop

ROOT = Path(__file__).parents[2]
MAKERS = {".py": python.mutants, ".pyx": cython.mutants}
"""What finds the mutants of a file, by the ending of its name."""


def main() -> None:
    """Read the command line, try the mutants, show those that survive."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("places", nargs="+", help="folders, files, or FILE:LINE")
    parser.add_argument("--count", type=int, default=20, help="how many changes to try (20)")
    parser.add_argument("--seed", type=int, default=0, help="for the choice of the changes (0)")
    arguments = parser.parse_args()
    for place in arguments.places:
        if not (ROOT / place.partition(":")[0]).exists():
            parser.error(f"there is no folder and no file {place}")
    picked = chosen(arguments.places, arguments.count, arguments.seed)
    print(f"{len(picked)} mutants", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left of the copy
    survivors = list(surviving(picked))
    print(f"{len(picked) - len(survivors)} noticed, {len(survivors)} not")
    for mutant in survivors:
        print(f"\n{mutant.place}, {mutant.kind}")
        print("\n".join(mutant.diff((ROOT / mutant.path).read_bytes())))


def chosen(places: Iterable[str], count: int, seed: int) -> list[Mutant]:
    """So many of the mutants of these places, at random."""
    found = [mutant for place in places for mutant in mutants_at(place)]
    return random.Random(seed).sample(found, min(count, len(found)))


def mutants_at(place: str) -> Iterator[Mutant]:
    """Those of a folder, of a file, or of one line of a file."""
    name, _, line = place.partition(":")
    path = (ROOT / name).resolve()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.suffix in MAKERS:
            made = MAKERS[file.suffix](PurePosixPath(file.relative_to(ROOT)), file.read_bytes())
            yield from (mutant for mutant in made if line in {"", str(mutant.line)})


def surviving(mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    """Those that no test notices; says of each how it went."""
    with workshop(ROOT) as shop:
        for i, mutant in enumerate(mutants, start=1):
            # The compiled twins of a file's functions would hide what its Python does.
            native = b"@twin(" not in (ROOT / mutant.path).read_bytes()
            verdict = shop.verdict(mutant, closest_tests(mutant.path), native=native)
            noticed = "not noticed" if verdict.noticed is None else f"noticed by {verdict.noticed}"
            took = f"{verdict.seconds:.0f} s"
            print(f"{i}: {mutant.place}, {mutant.kind}: {noticed} ({took})", flush=True)
            if verdict.noticed is None:
                yield mutant


if __name__ == "__main__":
    main()
