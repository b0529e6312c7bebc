"""A plugin of pytest's: ``pytest --opgrad-plugin=NAME`` checks the ops of an OpGrad plugin.

Each op and property is a test. pytest imports this wherever OpGrad is installed; so OpGrad itself
is imported only when the option is given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("opgrad").addoption(
        "--opgrad-plugin",
        action="append",
        default=[],
        metavar="NAME",
        help="also check the ops of this OpGrad plugin, a test for each op and property "
        "(an op's name will do, too; may be given several times)",
    )


class OpTest(pytest.Item):
    """A test: one property of one op, at all of its samples."""

    def __init__(self, *, op: Any, holds: str, **more: Any) -> None:
        super().__init__(**more)
        self.op, self.holds = op, holds

    def runtest(self) -> None:
        """Check it.

        Raises:
            AssertionError: the property does not hold; the message is the report.
        """
        from opgrad.testing import check_op

        report = check_op(self.op, properties=[self.holds])
        assert report, str(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> Any:
        """The report alone."""
        if isinstance(excinfo.value, AssertionError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where pytest says that the test is."""
        return self.path, None, self.name


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the tests of the plugins that the option names."""
    if not (names := config.getoption("opgrad_plugin")):
        return
    import opgrad as og
    from opgrad.testing import PROPERTIES, find_ops

    try:
        found = find_ops(*names)
    except og.errors.UnknownPluginError as error:
        raise pytest.UsageError(f"--opgrad-plugin: {error}") from error
    items += [
        OpTest.from_parent(
            session,
            name=f"{name}-{p.name}",
            nodeid=f"opgrad::{name}-{p.name}",
            op=op,
            holds=p.name,
        )
        for name, op in found.items()
        for p in PROPERTIES
        if p.applies(op)
    ]
