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

from opgrad.fingerprint import fingerprint, fingerprint_of
from opgrad.operation import Op
from opgrad.plugin import Plugin, PluginInfo

FORMAT = 2
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


@frozen
class Fingerprints:
    """The hashes of what a plugin brings.

    Attributes:
        ops: of each op, by its name: of its forward, its rules and its lowering.
        others: of all else, by what it is: functions made of ops, lowerings of other plugins' ops,
            schedulers, backends, bridges.
    """

    ops: Mapping[str, str]
    others: Mapping[str, str]


def fingerprints(plugin: Plugin) -> Fingerprints:
    """Those of a plugin that is loaded."""
    lowerings = {claim.key: claim.made for claim in plugin.claims if claim.kind == "lowering"}
    others = {
        str(claim): fingerprint_of(claim.made, plugin.info.module)
        for claim in plugin.claims
        if claim.made is not None and not isinstance(claim.made, Op)
        if claim.kind != "lowering" or claim.key not in plugin.ops
    }
    return Fingerprints({op.name: fingerprint(op, lowerings[op]) for op in plugin.ops}, others)


def certification(plugin: Plugin) -> Certification:
    """How a plugin that is loaded stands."""
    info = plugin.info
    if info.builtin:
        return Certification("built in")
    path = certificate_path(info.module)
    certificate = None if path is None else read_certificate(path)
    if certificate is None or certificate["plugin"] != info.name:
        return Certification(
            "uncertified", f"it has no certificate: opgrad check --certify {info.name} makes one"
        )
    now, then = fingerprints(plugin), certificate["fingerprints"]
    changed = [
        what
        for hashes, certified in ((now.ops, then.ops), (now.others, then.others))
        for what, found in hashes.items()
        if certified.get(what) != found
    ]
    if changed:
        return Certification(
            "changed",
            f"changed since they were checked: {', '.join(changed)}; "
            f"opgrad check --certify {info.name} checks again",
        )
    return Certification("certified")


def read_certificate(path: Path) -> dict[str, Any] | None:
    """The ``plugin``, and the ``fingerprints`` that it had.

    ``None`` if there is no such file, or it is not one of ours.
    """
    import json

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            return None
        rules = {name: op["rules"] for name, op in found["ops"].items()}
        fingerprints = Fingerprints(rules, dict(found["others"]))
        return {"plugin": found["plugin"], "fingerprints": fingerprints}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def write_certificate(
    info: PluginInfo,
    found: Fingerprints,
    checked: Mapping[str, tuple[Iterable[str], Iterable[str]]],
) -> Path:
    """Write what there is, and what was checked of each op: the properties and the samples.

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
            op: {
                "rules": found.ops[op],
                "properties": list(properties),
                "samples": list(samples),
            }
            for op, (properties, samples) in checked.items()
        },
        "others": dict(found.others),
        "machine": {
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            "opgrad": version("opgrad"),
            "numpy": version("numpy"),
        },
    }
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
