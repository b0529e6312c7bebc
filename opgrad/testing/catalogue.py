"""The properties that are checked, in the order of reports."""

from __future__ import annotations

from opgrad.testing import (
    compiled,
    cotangents,
    dispatch,
    docs,
    dtypes,
    forms,
    gradient,
    order,
    purity,
)
from opgrad.testing.properties import Property

PROPERTIES: tuple[Property, ...] = (
    docs.documented,
    docs.sampled,
    cotangents.has_rules,
    purity.forward_runs,
    purity.forward_is_pure,
    purity.rules_are_pure,
    purity.deterministic,
    purity.rules_keep_nothing,
    cotangents.cotangents_fit,
    cotangents.linear_in_cotangent,
    cotangents.none_means_no_effect,
    cotangents.zeros_are_structural,
    gradient.gradient,
    gradient.gradient_elsewhere,
    gradient.complex_step,
    gradient.kinks,
    order.adjoint,
    order.second_order,
    forms.broadcasts,
    forms.scalars_and_arrays_agree,
    dtypes.float32_is_kept,
    dtypes.float32_agrees,
    dtypes.integers_agree,
    forms.non_contiguous,
    forms.read_only,
    forms.zero_d,
    forms.empty,
    forms.nan_passes,
    dispatch.implements_dispatches,
    dispatch.implements_agrees,
    compiled.compiled,
    compiled.compiled_llvm,
)

BEFORE_ALL = (
    purity.forward_runs,
    purity.forward_is_pure,
    purity.rules_are_pure,
    cotangents.cotangents_fit,
)
"""A sample at which one of these fails is left out of the rest: all of it would fail, too."""

BEFORE = {gradient.gradient: order.second_order}
"""A sample at which the first fails is left out of the second: of a wrong rule that is no news."""
