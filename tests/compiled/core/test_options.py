"""Options of ``og.compile`` that make no sense are refused when they are given."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import opgrad as og


def power(x: Any, n: int, *, scale: float = 1.0) -> Any:
    """Two arguments by position, one by name."""
    return x**n * scale


def positional(x: Any, n: int, /) -> Any:
    """Two by position alone."""
    return x**n


class Nameless:
    """No backend."""

    def lower(self, graph: Any, inputs: Any, /) -> Any:
        """Never called."""


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    (3, {}, "og.compile takes a function; given int 3"),
    ("f", {}, "og.compile takes a function; given str 'f'"),
    (
        power,
        {"static_argnames": "typo"},
        "static_argnames has 'typo', and no argument can be given ",
    ),
    (power, {"static_argnames": ["n", "typo"]}, r"'typo'.*power takes \(x.*, n.*, \*?"),
    (power, {"static_argnames": ""}, "static_argnames has ''"),
    (power, {"static_argnames": 1}, "static_argnames is a name of an argument.*given int 1"),
    (power, {"static_argnames": [1]}, "static_argnames is a name of an argument.*given int 1"),
    (power, {"static_argnames": None}, "static_argnames is a name.*given NoneType None"),
    (positional, {"static_argnames": "n"}, "static_argnames has 'n'"),
    (power, {"static_argnums": 9}, "static_argnums has 9, and there is no such argument: power"),
    (power, {"static_argnums": 2}, "given by name goes into static_argnames"),
    (power, {"static_argnums": (0, -3)}, "static_argnums has -3"),
    (power, {"static_argnums": "n"}, "static_argnums is a position.*given str 'n'"),
    (power, {"static_argnums": 1.0}, "static_argnums is a position.*given float 1.0"),
    (power, {"static_argnums": True}, "static_argnums is a position.*given bool True"),
    (power, {"static_argnums": None}, "static_argnums is a position.*given NoneType None"),
    (power, {"backend": 3}, r"backend is the name of one, such as 'python'.*given int 3"),
    (power, {"backend": None}, "backend is the name of one.*given NoneType None"),
    (power, {"backend": Nameless()}, r"an object with .name and .lower\(graph, inputs\)"),
    (power, {"backend": Nameless}, "backend is the name of one"),
    (power, {"max_programs": -1}, "an integer of at least 1; given int -1"),
    (power, {"max_programs": 0}, "an integer of at least 1; given int 0"),
    (power, {"max_programs": 2.0}, "an integer of at least 1; given float 2.0"),
    (power, {"max_programs": True}, "an integer of at least 1; given bool True"),
    (power, {"max_programs": None}, "an integer of at least 1; given NoneType None"),
    (power, {"max_traces": 3}, "no option 'max_traces'; there are: backend, static_argnums"),
    (power, {"static_argname": "n"}, "no option 'static_argname'; there are: .*static_argnames"),
]


@pytest.mark.parametrize(("function", "options", "message"), WRONG, ids=range(len(WRONG)))
def test_it_is_refused_at_once(function: Any, options: dict[str, Any], message: str) -> None:
    """Not at the first call; as a decorator, at the latest when there is a function."""
    with pytest.raises(og.errors.InputError, match=message):
        og.compile(function, **options)
    with pytest.raises(og.errors.InputError, match=message):
        og.compile(**options)(function)


def test_a_decorator_refuses_an_unknown_option_where_it_is_made() -> None:
    """Before there is a function."""
    options: Any = {"bakend": "python"}
    with pytest.raises(og.errors.InputError, match="no option 'bakend'"):
        og.compile(**options)


def test_what_a_function_takes_is_not_always_known() -> None:
    """With ``*args`` and ``**kwargs``, or written in C: any position and name will do."""

    def anything(*args: Any, **kwargs: Any) -> Any:
        return args[0] * kwargs["n"] * args[2]

    compiled = og.compile(anything, static_argnums=2, static_argnames="n", backend="python")
    assert compiled(1.0, 2.0, 3, n=4) == 12.0
    assert og.compile(np.maximum, static_argnums=1, backend="python")(1.0, 2.0) == 2.0


def test_positions_and_names_fit_what_is_wrapped() -> None:
    """The arguments of a transform are those of the function; a partial has what is left."""
    assert og.compile(og.grad(power), static_argnums=1, static_argnames="scale")(3.0, 2) == 6.0
    with pytest.raises(og.errors.InputError, match="static_argnums has 2"):
        og.compile(og.grad(power), static_argnums=2)
    square = partial(power, n=2)
    assert og.compile(square, static_argnums=-1)(3.0) == 9.0
    with pytest.raises(og.errors.InputError, match="static_argnums has 1"):
        og.compile(square, static_argnums=1)


def test_a_method_s_first_argument_is_the_instance() -> None:
    """Positions count from it."""

    class Model:
        @og.compile(static_argnums=(0, 2), backend="python")
        def power(self, x: Any, n: int) -> Any:
            return x**n

    assert Model().power(3.0, 2) == 9.0
