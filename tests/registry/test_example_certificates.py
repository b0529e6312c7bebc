"""The example plugins ship certificates, renewed by ``opgrad check --certify`` with their rules."""

from __future__ import annotations

import pytest

import opgrad as og


@pytest.mark.parametrize("name", ["interp", "logcosh"])
def test_an_example_is_as_it_was_certified(name: str) -> None:
    """Its ops are those that passed every check."""
    registry = og.default_registry()
    (info,) = [info for info in registry.plugins if info.name == name]
    assert registry.certification(info).status == "certified"
