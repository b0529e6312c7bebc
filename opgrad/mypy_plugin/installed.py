"""The plugins that are installed beside the code that mypy checks, read from metadata."""

from __future__ import annotations

import sys

from attrs import frozen
from mypy.build import default_data_dir
from mypy.fscache import FileSystemCache
from mypy.modulefinder import FindModuleCache, compute_search_paths, get_search_dirs
from mypy.options import Options

from opgrad.discovery import BUILTIN_DISTRIBUTION
from opgrad.installed import Origin, Unreadable, entry_points

BENEATH = sys.stdlib_module_names | {
    *("_typeshed", "typing_extensions", "mypy_extensions"),
    *("numpy", "attr", "attrs", "pluggy", "optree"),
}
"""The top-level packages that OpGrad itself is made of, which cannot make use of its ops."""


@frozen
class Installed:
    """An entry point of OpGrad's group.

    Attributes:
        name: the plugin's name.
        module: the module that the entry point names.
        builtin: it comes with OpGrad.
        has_types: mypy finds the module, and would check code that imports it.
    """

    name: str
    module: str
    builtin: bool
    has_types: bool


def installed_plugins(options: Options) -> tuple[Installed, ...]:
    """The plugins on the search path of the interpreter whose code is checked, in fixed order.

    An entry point that names the like of one that comes first (a built-in one, or by order of
    name) is the registry's to report, and left out here.
    """
    found: dict[str, Installed] = {}
    finder = FindModuleCache(
        compute_search_paths([], options, default_data_dir()), FileSystemCache(), options
    )
    path = [folder for folders in get_search_dirs(options.python_executable) for folder in folders]
    entries = []
    for entry in entry_points(path=path):
        if not isinstance(entry, Unreadable) and entry.pattern.match(entry.value):
            name = Origin.of(entry.dist).name or ""
            entries.append((name != BUILTIN_DISTRIBUTION, name, entry))
    for third_party, _, entry in sorted(entries, key=lambda e: (*e[:2], e[2].name)):
        if entry.name not in found:
            has_types = isinstance(finder.find_module(entry.module), str)
            found[entry.name] = Installed(entry.name, entry.module, not third_party, has_types)
    return tuple(found.values())
