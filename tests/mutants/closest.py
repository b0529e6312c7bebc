"""Which tests should notice a change of a source file, the closest first."""

from __future__ import annotations

from pathlib import PurePosixPath


def _core(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/compiled/core/test_{name}.py" for name in names)


CLOSEST = {
    "opgrad": ("tests/engine", "tests/transforms", "tests/definition", "tests/every_op"),
    "opgrad/array_methods.py": ("tests/engine", "tests/arrays"),
    "opgrad/binding.py": ("tests/arrays/test_protocols.py", "tests/arrays", "tests/definition"),
    "opgrad/bridges.py": ("tests/bridges",),
    "opgrad/certificate.py": ("tests/registry", "tests/cli"),
    "opgrad/cli": ("tests/cli",),
    "opgrad/compiler": (
        _core("guards", "keys", "decisions", "structures", "fall_back", "composition", "outside")
    ),
    "opgrad/compiler/algebra.py": _core("passes", "passes_are_exact", "random_functions"),
    "opgrad/compiler/arguments.py": _core("keys", "guards", "structures", "fall_back"),
    "opgrad/compiler/forms": _core("forms", "composition", "numbers"),
    "opgrad/compiler/operators.py": _core("numbers", "decisions", "fall_back"),
    "opgrad/compiler/passes.py": _core("passes", "passes_are_exact", "random_functions"),
    "opgrad/compiler/rewrite.py": _core("passes", "passes_are_exact", "random_functions"),
    "opgrad/containers.py": ("tests/transforms/test_grad.py", *_core("structures", "keys")),
    "opgrad/crossing.py": ("tests/bridges",),
    "opgrad/declaration.py": ("tests/definition", "tests/testing/test_op_tests.py"),
    "opgrad/define.py": ("tests/definition", "tests/engine", "tests/transforms"),
    "opgrad/demo": ("tests/cli",),
    "opgrad/discovery.py": ("tests/registry",),
    "opgrad/draw": ("tests/draw", "tests/cli/test_graph.py"),
    "opgrad/fingerprint.py": ("tests/testing/test_fingerprint.py", "tests/registry"),
    "opgrad/foreign.py": ("tests/bridges",),
    "opgrad/graph.py": ("tests/draw", "tests/engine"),
    "opgrad/hooks.py": ("tests/registry",),
    "opgrad/mypy_plugin": ("tests/typing",),
    "opgrad/native.pyx": ("tests/engine", "tests/transforms"),
    "opgrad/namespace.py": ("tests/registry", "tests/definition"),
    "opgrad/plugin.py": ("tests/registry",),
    "opgrad/registry.py": ("tests/registry", "tests/definition"),
    "opgrad/stubs.py": ("tests/cli/test_stubs.py", "tests/typing"),
    "opgrad/support.py": ("tests/definition", "tests/transforms"),
    "opgrad/table.py": ("tests/registry",),
    "opgrad/testing": ("tests/testing", "tests/cli/test_check.py"),
    "opgrad/update.py": ("tests/arrays/test_indexing.py", "tests/arrays", "tests/transforms"),
    "plugins/opgrad_activations": ("tests/ops", "tests/test_enumerations.py", "tests/every_op"),
    "plugins/opgrad_arithmetic": ("tests/ops", "tests/arrays", "tests/every_op"),
    "plugins/opgrad_arrays": ("tests/arrays", "tests/every_op", "tests/transforms"),
    "plugins/opgrad_elementary": ("tests/ops", "tests/every_op"),
    "plugins/opgrad_interpreter": ("tests/compiled/core",),
    "plugins/opgrad_jax": ("tests/bridges",),
    "plugins/opgrad_linalg": ("tests/linalg", "tests/every_op"),
    "plugins/opgrad_llvm": ("tests/compiled/llvm", *_core("forms", "composition")),
    "plugins/opgrad_llvm/vecmath": ("tests/compiled/vecmath", "tests/compiled/llvm"),
    "plugins/opgrad_pytest": ("tests/testing", "tests/packaging"),
    "plugins/opgrad_scipy": ("tests/scipy", "tests/every_op"),
    "plugins/opgrad_threaded": ("tests/engine/test_threaded.py", "tests/engine"),
    "plugins/opgrad_torch": ("tests/bridges",),
}
"""By file or folder; for a file the longest entry that it is in counts."""


def closest_tests(path: PurePosixPath) -> tuple[str, ...]:
    """The tests to run for a file, one after another until one of them fails."""
    for place in (path, *path.parents):
        if str(place) in CLOSEST:
            return CLOSEST[str(place)]
    raise LookupError(f"no tests are known for {path}: add it to {__name__}.CLOSEST")
