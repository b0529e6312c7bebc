"""Bridges come through a hook, are checked, and are looked up by name."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import opgrad as og
from opgrad.errors import PluginError, UnknownBridgeError


class Echo:
    """A bridge to nowhere."""

    name = "echo"

    def outward(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        return function

    def inward(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        return function


def registry_with(*bridges: object) -> og.Registry:
    """A registry of one plugin, which brings these."""
    module: Any = ModuleType("opgrad_echo")
    module.opgrad_bridges = og.hookimpl(lambda: list(bridges))
    registry = og.Registry(builtins=tuple, installed=tuple)
    registry.register(module, name="echo")
    return registry


def test_a_bridge_is_found_by_its_name() -> None:
    """A plugin may bring nothing else."""
    bridge: og.Bridge = Echo()
    assert registry_with(bridge).bridge("echo") is bridge


def test_an_unknown_bridge() -> None:
    """The error lists those that there are."""
    with pytest.raises(UnknownBridgeError, match=r"bridge 'ecko'; there are: echo"):
        registry_with(Echo()).bridge("ecko")


@pytest.mark.parametrize("nonsense", [Echo, object(), "echo"])
def test_what_is_no_bridge_is_refused(nonsense: object) -> None:
    """A class, an object without the methods, a name."""
    with pytest.raises(PluginError, match="no bridge"):
        registry_with(nonsense)


def test_two_bridges_of_one_name_are_refused() -> None:
    """A plugin cannot mean both."""
    with pytest.raises(PluginError, match="it claims the bridge name 'echo' 2 times"):
        registry_with(Echo(), Echo())
