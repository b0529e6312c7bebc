"""A plugin for OpGrad: spline interpolation and smoothing, by SciPy."""

from __future__ import annotations

import opgrad as og
from opgrad_interp.interpolation import spline as spline
from opgrad_interp.interpolation import spline_transpose as spline_transpose
from opgrad_interp.smoothing import smooth as smooth


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    return [spline, spline_transpose, smooth]
