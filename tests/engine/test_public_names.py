"""Every public name, called with things that it is not made for: an error that says so, no crash.

All of it runs in one interpreter of its own, which a crash would end.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

SCRIPT = """
import itertools, json, sys, traceback, types, warnings
import numpy as np
import opgrad as og

warnings.simplefilter("ignore")

def odd():  # made anew: some are used up
    return {
        "int": 3, "negative": -1, "bool": True, "NaN": float("nan"), "None": None,
        "text": "x", "bytes": b"x", "tuple": (), "list": [], "dict": {}, "set": {1},
        "function": lambda *args, **kwargs: None, "class": object, "module": types,
        "object": object(), "generator": (x for x in ()), "exception": ValueError("mine"),
        "Value": og.Value(2.0), "empty Value": og.Value.__new__(og.Value),
        "Node": og.Node(2.0), "empty Node": og.Node.__new__(og.Node),
        "op": og.ops.exp, "bare op": og.Op(name="b", forward=abs, arity=0), "Op": og.Op,
        "array": np.ones(2), "objects": np.array([None, 1]), "texts": np.array(["a"]),
    }

EMPTY = {"empty Value", "empty Node"}
OF_RULES = {"ordered", "zero_where"}  # OpGrad calls these, with data, and has seen to it
found, called = {}, set()

def attempt(name, function, kinds, deeper):
    called.add(name)
    try:
        made = function(*(odd()[kind] for kind in kinds[-2 if deeper is None else -1:]))
    except (og.OpgradError, TypeError, ValueError) as error:
        if not str(error):
            found[f"{name} {kinds}"] = f"{type(error).__name__} without a message"
        return
    except Exception as error:
        if not (name in OF_RULES and EMPTY & {*kinds}):
            place = traceback.extract_tb(error.__traceback__)[-1]
            found[f"{name} {kinds}"] = f"{type(error).__name__}: {error} ({place.filename})"
        return
    if deeper and callable(made) and not isinstance(made, type):
        for kind in odd():  # what a transform or decorator returned
            attempt(name, made, (*kinds, kind), False)

for name in dir(og):
    thing = getattr(og, name)
    if name[0] == "_" or not callable(thing):
        continue
    for kind in odd():
        attempt(name, thing, (kind,), True)
    for kinds in itertools.product(odd(), repeat=2):
        attempt(name, thing, kinds, None)
json.dump([found, sorted(called)], sys.stdout)
"""


@pytest.fixture(scope="module")
def outcome() -> Any:
    """What was found, and the names that were called."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_public_name_answers_odd_things_with_an_error_of_its_own(outcome: Any) -> None:
    """OpGrad's own, a TypeError or a ValueError, with a message: nothing from the inside."""
    found, _ = outcome
    assert found == {}


def test_the_names_that_matter_were_called(outcome: Any) -> None:
    """They are found by listing, and so could be lost."""
    _, called = outcome
    assert {"Node", "Value", "Op", "backward", "grad", "compile", "op", "at", "prefer"} <= {*called}


def test_the_error_of_a_name_for_a_forward(outcome: Any) -> None:
    """The decorator says what it takes."""
    import opgrad as og

    with pytest.raises(og.errors.OpDefinitionError, match="takes a forward, a function; given int"):
        og.op(3)  # type: ignore[call-overload]  # on purpose
    with pytest.raises(og.errors.PluginError, match="marks a hook, a function; given int"):
        og.hookimpl(3)  # type: ignore[type-var]  # on purpose
