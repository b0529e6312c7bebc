"""Many programs, all checks, what was compared, and what was found."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from tests.fuzz.checks import AFTER, CHECKS, RARE, applies
from tests.fuzz.generate import program_of
from tests.fuzz.namespaces import OPGRAD
from tests.fuzz.program import Program
from tests.fuzz.report import Finding
from tests.fuzz.shrink import shrunk
from tests.fuzz.subject import Fault, Refused, Subject


class Session:
    """Runs checks on programs, and keeps count.

    Args:
        seed: of the series of programs.
        checks: the names of those to run; all, if none is named.
        names: what names in programs stand for, when OpGrad runs them.

    Attributes:
        findings: one of each kind.
        ran: for each check, how many programs it was run on.
        compared: of these, where something was compared.
        refused: and where OpGrad refused.
    """

    def __init__(
        self, seed: int, checks: Collection[str] = (), names: Mapping[str, Any] = OPGRAD
    ) -> None:
        self.seed = seed
        self._names = names
        self.checks = list(checks or CHECKS)
        self.findings: dict[tuple[str, ...], Finding] = {}
        self.ran: Counter[str] = Counter()
        self.compared: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.programs = 0

    def run(self, numbers: Iterable[int], found: Callable[[Finding], None] | None = None) -> None:
        """Check the programs of these numbers."""
        for number in numbers:
            program = program_of(self.seed, number)
            subject = Subject(program, (self.seed, number), self._names)
            self.programs += 1
            failed: set[str] = set()
            for name in self.checks:
                if number % RARE.get(name, 1) or AFTER.get(name, set()) & failed:
                    continue
                if not applies(name, program):
                    continue
                finding = self._check(name, subject, number)
                if finding is None:
                    continue
                failed.add(name)
                if finding.kind not in self.findings:
                    self.findings[finding.kind] = finding
                    if found is not None:
                        found(finding)

    def _check(self, name: str, subject: Subject, number: int) -> Finding | None:
        start = time.perf_counter()
        self.ran[name] += 1
        try:
            self.compared[name] += CHECKS[name](subject) > 0
        except Refused as refusal:
            self.refused[name] += 1
            self.refusals[str(refusal)[:160]] += 1
        except Fault as fault:
            self.faults[name] += 1
            return self._finding(name, subject, number, fault)
        finally:
            self.seconds[name] += time.perf_counter() - start  # type: ignore[assignment]
        return None

    def _finding(self, name: str, subject: Subject, number: int, fault: Fault) -> Finding:
        def fails(program: Program) -> Fault | None:
            try:
                CHECKS[name](Subject(program, subject.seed, self._names))
            except Fault as other:
                return other if other.kind == fault.kind else None
            except Refused:
                pass
            return None

        small = shrunk(subject.program, lambda program: fails(program) is not None)
        return Finding(name, self.seed, number, small, fails(small) or fault)

    def summary(self) -> str:
        """A table of checks: programs, those compared, refusals, faults, seconds."""
        lines = [f"{'':18}{'programs':>9}{'compared':>9}{'refused':>9}{'faults':>9}{'seconds':>9}"]
        for name in self.checks:
            numbers = (self.ran[name], self.compared[name], self.refused[name], self.faults[name])
            lines.append(f"{name:18}{''.join(f'{n:9}' for n in numbers)}{self.seconds[name]:9.1f}")
        return "\n".join(lines)
