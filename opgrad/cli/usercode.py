"""Runs a function from a file of the user's, and keeps its errors apart from OpGrad's own."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, TypeVar

import click
from attrs import frozen

T = TypeVar("T")


@frozen
class Call:
    """What a function returned, and its local variables when it did."""

    result: Any
    local_names: Mapping[str, Any]


def call(target: str) -> Call:
    """Import ``FILE`` and call ``FUNCTION``, given ``FILE:FUNCTION``.

    Raises:
        click.ClickException: there is no such file or function, it takes required arguments, or
            it, or the file, raised; the message says where in the file.
    """
    file, colon, name = target.rpartition(":")
    if not (colon and file and name.isidentifier()):
        raise click.UsageError(f"expected FILE:FUNCTION, as in model.py:loss; given {target!r}")
    path = Path(file)
    if not path.is_file():
        raise click.ClickException(f"there is no file {file}")
    module = _import(path)
    function = getattr(module, name, None)
    if not callable(function):
        raise click.ClickException(_no_function(module, path, name))
    _check_signature(function, path, name)
    return _run(path, lambda: _call_watched(function))


def _import(path: Path) -> ModuleType:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise click.ClickException(f"{path} is no Python file: its name must end in .py")
    module = module_from_spec(spec)
    sys.path.insert(0, str(path.resolve().parent))  # as python FILE does, so its imports work
    sys.modules[spec.name] = module
    _run(path, partial(spec.loader.exec_module, module))
    return module


def _no_function(module: ModuleType, path: Path, name: str) -> str:
    functions = [
        f for f, member in vars(module).items() if inspect.isfunction(member) and f[0] != "_"
    ]
    own = [f for f in functions if getattr(module, f).__module__ == module.__name__]
    return f"{path} has no function {name!r}; " + (
        f"it has: {', '.join(own)}" if own else "it has none at all"
    )


def _check_signature(function: Callable[..., Any], path: Path, name: str) -> None:
    try:
        inspect.signature(function).bind()
    except TypeError as error:
        raise click.ClickException(
            f"{path}:{name} cannot be called without arguments: {error}. Give its parameters "
            f"defaults, or name a function that calls it"
        ) from None
    except ValueError:  # something built in, which does not say what it takes
        pass


def _call_watched(function: Callable[[], Any]) -> Call:
    """Call it, and keep its local variables: they name what it returns."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    local_names: dict[str, Any] = {}

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_code is code:
            local_names.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return Call(function(), local_names)
    finally:
        sys.setprofile(before)


def _run(path: Path, action: Callable[[], T]) -> T:
    """Run the user's code; an exception in it becomes a message that shows the line.

    What it prints goes to stderr: stdout is for the drawing.
    """
    try:
        with redirect_stdout(sys.stderr):
            return action()
    except (Exception, SystemExit) as error:
        raise click.ClickException(_explain(error, path)) from error


def _explain(error: BaseException, path: Path) -> str:
    """The deepest line of the user's file on the way to the exception, then the exception."""
    here = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).resolve() == path.resolve()
    ]
    where = (
        f"{path}, line {here[-1].lineno}, in {here[-1].name}:\n    {here[-1].line}\n"
        if here
        else f"in {path}:\n"
    )
    return where + "".join(traceback.format_exception_only(error)).rstrip()
