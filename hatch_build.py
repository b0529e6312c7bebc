"""The build step that compiles ``opgrad/native.pyx``; without a C compiler, it is left out."""

from __future__ import annotations

import os
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("opgrad/native.pyx")


class NativeBuildHook(BuildHookInterface[Any]):
    """Adds the compiled module to the wheel, which is then one for this platform."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; if that fails, say so, and go on without."""
        if self.target_name != "wheel" or os.environ.get("OPGRAD_NATIVE") == "0":
            return
        try:
            built = compiled(Path(self.root))
        except BaseException as error:  # setuptools ends by SystemExit, too
            if isinstance(error, KeyboardInterrupt):
                raise
            print(f"opgrad: not compiled, all runs in Python ({error})", file=sys.stderr)
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["artifacts"].append(f"/{built.as_posix()}")


def compiled(root: Path) -> Path:
    """Compile the module beside its source; where it is, from ``root``."""
    import numpy as np
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    extension = Extension(
        "opgrad.native",
        [SOURCE.as_posix()],
        include_dirs=[np.get_include()],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        extra_compile_args=[] if sys.platform == "win32" else ["-O3", "-g0"],
    )
    with chdir(root):
        modules = cythonize([extension], build_dir="build", quiet=True)  # type: ignore[no-untyped-call]
        command = build_ext(Distribution({"ext_modules": modules}))
        command.inplace = True
        command.build_temp = "build"
        command.ensure_finalized()
        command.run()
    return Path(command.get_ext_filename("opgrad.native"))
