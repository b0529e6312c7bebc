"""The processor that programs are made for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import llvmlite
import llvmlite.binding as llvm


@dataclass(frozen=True)
class Target:
    """A processor, as LLVM names it.

    Attributes:
        triple: architecture and system.
        cpu: its model.
        features: what it has and lacks, as LLVM lists it.
        vector_bytes: the width of its vector registers.
        registers: how many of these there are.
        has_fma: whether it multiplies and adds in one, rounded once.
    """

    triple: str
    cpu: str
    features: str
    vector_bytes: int
    registers: int
    has_fma: bool

    def lanes(self, size: int) -> int:
        """How many elements of ``size`` bytes a vector register holds."""
        return self.vector_bytes // size

    def machine(self, level: int) -> llvm.TargetMachine:
        """A code generator for it, of optimisation level 0 to 3."""
        return llvm.Target.from_triple(self.triple).create_target_machine(
            cpu=self.cpu, features=self.features, opt=level, reloc="pic", codemodel="small"
        )

    def __str__(self) -> str:
        version = ".".join(map(str, llvm.llvm_version_info))
        return f"{self.triple} {self.cpu} {self.features} {llvmlite.__version__} {version}"


@cache
def host() -> Target:
    """The processor that this runs on."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features()
    wide = 64 if features.get("avx512f") and features.get("avx512vl") else None
    triple = llvm.get_process_triple()
    is_arm = triple.startswith(("aarch64", "arm64"))
    return Target(
        triple=triple,
        cpu=llvm.get_host_cpu_name(),
        features=features.flatten(),
        vector_bytes=wide or (32 if features.get("avx2") else 16),
        registers=32 if wide or is_arm else 16,
        has_fma=bool(features.get("fma")) or is_arm,
    )
