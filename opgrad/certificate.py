"""A plugin's certificate: that its ops have been checked as they are now.

``opgrad check --certify`` writes it beside the plugin's module, to be shipped with it. It is no
signature: it tells an honest author's checked rules from unchecked ones.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from attrs import frozen

from opgrad.fingerprint import fingerprint
from opgrad.operation import Op
from opgrad.plugin import PluginInfo

FORMAT = 1
"""Of the file; another is no certificate."""

Status: TypeAlias = Literal["certified", "changed", "uncertified", "built in"]


@frozen
class Certification:
    """Whether a plugin's ops are as they were when they passed every check.

    Attributes:
        status: ``certified``; ``changed`` since; ``uncertified``; or ``built in``: OpGrad's own
            tests check these ops, and no certificate is asked of them.
        cause: why it is not certified.
    """

    status: Status
    cause: str = ""

    def __bool__(self) -> bool:
        return self.status in ("certified", "built in")


def certificate_path(module: str) -> Path | None:
    """Where the certificate of an imported module is; ``None`` if the module is in no file.

    In a package: ``opgrad-certificate.json``; beside a module that is one file: with the module's
    name in front, since it shares its folder with others.
    """
    file = getattr(sys.modules.get(module), "__file__", None)
    if not file:
        return None
    path = Path(file)
    is_package = path.name == "__init__.py"
    name = "opgrad-certificate.json"
    return path.with_name(name if is_package else f"{path.stem}-{name}")


def certification(info: PluginInfo, ops: Iterable[Op]) -> Certification:
    """How a plugin that is loaded stands."""
    if info.builtin:
        return Certification("built in")
    path = certificate_path(info.module)
    certificate = None if path is None else read_certificate(path)
    if certificate is None or certificate["plugin"] != info.name:
        return Certification(
            "uncertified", f"it has no certificate: opgrad check --certify {info.name} makes one"
        )
    certified: Mapping[str, str] = certificate["rules"]
    changed = [op.name for op in ops if certified.get(op.name) != fingerprint(op)]
    if changed:
        return Certification(
            "changed",
            f"changed since they were checked: {', '.join(changed)}; "
            f"opgrad check --certify {info.name} checks again",
        )
    return Certification("certified")


def read_certificate(path: Path) -> dict[str, Any] | None:
    """The ``plugin``, and the ``rules``: the hash of each op's, by its name.

    ``None`` if there is no such file, or it is not one of ours.
    """
    import json

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            return None
        rules = {name: op["rules"] for name, op in found["ops"].items()}
        return {"plugin": found["plugin"], "rules": rules}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def write_certificate(
    info: PluginInfo, checked: Mapping[Op, tuple[Iterable[str], Iterable[str]]]
) -> Path:
    """Write what was checked of each op: the properties and the samples.

    Raises:
        OSError: the file cannot be written, or the plugin's module is in no file.
    """
    import json
    import platform
    from importlib.metadata import version

    path = certificate_path(info.module)
    if path is None:
        raise OSError(f"{info} is in no file that a certificate could lie beside")
    record = {
        "format": FORMAT,
        "plugin": info.name,
        "distribution": info.distribution,
        "version": info.version,
        "ops": {
            op.name: {
                "rules": fingerprint(op),
                "properties": list(properties),
                "samples": list(samples),
            }
            for op, (properties, samples) in checked.items()
        },
        "machine": {
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            "opgrad": version("opgrad"),
            "numpy": version("numpy"),
        },
    }
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
