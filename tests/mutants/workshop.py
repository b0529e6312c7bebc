"""A copy of the checkout, in which mutants are tried."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import field, frozen

from tests.mutants.mutant import Mutant

LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "demo-output", "_build", "__pycache__")
MEMORY = 8 << 30
"""How many bytes the tests of a mutant may take: some mutants collect without an end."""


@frozen
class Verdict:
    """What tests say of a change.

    Attributes:
        noticed: by which test; None if by none.
        seconds: how long they took.
    """

    noticed: str | None
    seconds: float


@frozen
class Workshop:
    """Runs tests on changed copies; see :func:`workshop`.

    Attributes:
        root: of the copy.
        original: the checkout.
    """

    root: Path
    original: Path
    _usual: dict[tuple[str, bool], float] = field(factory=dict, init=False)

    def verdict(self, mutant: Mutant, tests: tuple[str, ...], *, native: bool) -> Verdict:
        """Run tests in turn with the change made, until some fail or take far too long."""
        seconds = 0.0
        with self.changed(mutant) as makes_sense:
            if not makes_sense:
                return Verdict("the compiler", seconds)
            for stage in tests:
                limit = 30 + 5 * self.usual_seconds(stage, native=native)
                found = self.run(stage, self.root, native=native, limit=limit)
                seconds += found.seconds
                if found.noticed is not None:
                    return Verdict(found.noticed, seconds)
        return Verdict(None, seconds)

    @contextmanager
    def changed(self, mutant: Mutant) -> Iterator[bool]:
        """Make the change in the copy, for a while; says whether it could be compiled."""
        original = self.original / mutant.path
        compiled = original.parent.glob("native.*.so") if original.suffix == ".pyx" else ()
        originals = [original, *compiled]
        (self.root / mutant.path).write_bytes(mutant.applied(original.read_bytes()))
        try:
            yield original.suffix != ".pyx" or self._compiles()
        finally:
            for path in originals:
                shutil.copy2(path, self.root / path.relative_to(self.original))

    def _compiles(self) -> bool:
        code = "from pathlib import Path; import hatch_build; hatch_build.compiled(Path())"
        command = [sys.executable, "-c", code]
        return not subprocess.run(
            command, cwd=self.root, capture_output=True, check=False
        ).returncode

    def usual_seconds(self, tests: str, *, native: bool) -> float:
        """How long these tests take in the checkout, where they must pass. Measured once."""
        key = (tests, native)
        if key not in self._usual:
            found = self.run(tests, self.original, native=native)
            if found.noticed is not None:
                sys.exit(f"{tests} fails without any change: {found.noticed}")
            self._usual[key] = found.seconds
        return self._usual[key]

    def run(self, tests: str, root: Path, *, native: bool, limit: float | None = None) -> Verdict:
        """Run tests in the copy or the checkout."""
        options = ["-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider"]
        command = [sys.executable, "-B", "-m", "pytest", *options, tests]
        sources = os.pathsep.join(str(root / folder) for folder in (".", "plugins"))
        env = os.environ | {"PYTHONPATH": sources, "OPGRAD_NATIVE": "1" if native else "0"}
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=root,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that what the tests start can be ended with them
            preexec_fn=_bound_memory,
        )
        try:
            output, _ = process.communicate(timeout=limit)
            noticed = None if process.returncode == 0 else _first_failure(output)
        except subprocess.TimeoutExpired:
            noticed = f"{tests}, which does not end"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        return Verdict(noticed, time.perf_counter() - begun)


@contextmanager
def workshop(original: Path) -> Iterator[Workshop]:
    """A copy of the checkout, which is gone afterwards. The checkout itself is never changed."""
    with TemporaryDirectory(prefix="mutants-") as folder:
        root = Path(folder) / original.name
        shutil.copytree(original, root, ignore=LEFT_OUT)
        yield Workshop(root, original)


def _first_failure(output: str) -> str:
    """The first test that pytest reports, or its last word."""
    lines = [line for line in output.splitlines() if line.strip()]
    for line in lines:
        if line.startswith(("FAILED ", "ERROR ")):
            return line.split(maxsplit=1)[1].partition(" - ")[0]
    return lines[-1] if lines else "Python, which ended without a word"


def _bound_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
