"""OpGrad: a plugin-based autograd framework.

Ordinary Python and NumPy code, differentiated; your op, a plugin.
"""

from __future__ import annotations

import typing as _typing
from typing import Any

from opgrad import errors as errors
from opgrad.bridges import from_jax as from_jax
from opgrad.bridges import from_torch as from_torch
from opgrad.bridges import to_jax as to_jax
from opgrad.bridges import to_torch as to_torch
from opgrad.data import is_traced as is_traced
from opgrad.define import op as op
from opgrad.diagnostics import debug as debug
from opgrad.errors import CompileWarning as CompileWarning
from opgrad.errors import MissingExtra as MissingExtra
from opgrad.errors import NotDifferentiable as NotDifferentiable
from opgrad.errors import OpgradError as OpgradError
from opgrad.graph import Graph as Graph
from opgrad.hooks import Backend as Backend
from opgrad.hooks import Bridge as Bridge
from opgrad.hooks import Executable as Executable
from opgrad.hooks import Scheduler as Scheduler
from opgrad.hooks import hookimpl as hookimpl
from opgrad.kinks import ordered as ordered
from opgrad.kinks import zero_where as zero_where
from opgrad.matrices import hessian as hessian
from opgrad.matrices import hvp as hvp
from opgrad.matrices import jacobian as jacobian
from opgrad.matrices import make_ggnvp as make_ggnvp
from opgrad.namespace import ops as ops
from opgrad.node import Constant as Constant
from opgrad.node import Node as Node
from opgrad.operation import Array as Array
from opgrad.operation import Data as Data
from opgrad.operation import Op as Op
from opgrad.operation import Raw as Raw
from opgrad.operation import Sample as Sample
from opgrad.recompute import checkpoint as checkpoint
from opgrad.registry import Registry as Registry
from opgrad.registry import default as _default
from opgrad.schedule import Gradients as Gradients
from opgrad.schedule import backward as backward
from opgrad.schedule import use_scheduler as use_scheduler
from opgrad.support import Support as Support
from opgrad.support import supports as supports
from opgrad.transforms import elementwise_grad as elementwise_grad
from opgrad.transforms import grad as grad
from opgrad.transforms import jvp as jvp
from opgrad.transforms import stop_gradient as stop_gradient
from opgrad.transforms import value_and_grad as value_and_grad
from opgrad.transforms import vjp as vjp
from opgrad.update import at as at
from opgrad.value import Value as Value

default_registry = _default  # assigned, or strict type checkers take it for private


def prefer(*plugins: str) -> None:
    """Settle conflicts over op names and NumPy functions in favour of these plugins.

    Raises:
        UnknownPluginError: no plugin of that name is installed.
    """
    default_registry().prefer(*plugins)


if _typing.TYPE_CHECKING:
    from opgrad.compiler.compiled import Compiled as Compiled
    from opgrad.compiler.compiled import compile as compile
    from opgrad.compiler.threads import get_num_threads as get_num_threads
    from opgrad.compiler.threads import set_num_threads as set_num_threads

_OF_COMPILER = {  # it is imported when it is asked for
    "Compiled": "compiled",
    "compile": "compiled",
    "get_num_threads": "threads",
    "set_num_threads": "threads",
}


def __getattr__(name: str) -> Any:
    if name in _OF_COMPILER:
        from importlib import import_module

        module = import_module(f"opgrad.compiler.{_OF_COMPILER[name]}")
        return globals().setdefault(name, getattr(module, name))
    if name == "__version__":  # looked up when asked for: reading metadata takes its time
        from importlib.metadata import version

        return version("opgrad")
    raise AttributeError(f"module 'opgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_OF_COMPILER})
