"""Built-in plugin: linear algebra, as ``numpy.linalg`` has it; on stacks of matrices, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import opgrad as og
from opgrad_linalg import standard
from opgrad_linalg.determinants import cofactor_change as cofactor_change
from opgrad_linalg.determinants import cofactors as cofactors
from opgrad_linalg.determinants import det as det
from opgrad_linalg.determinants import det_sign as det_sign
from opgrad_linalg.determinants import logabsdet as logabsdet
from opgrad_linalg.determinants import slogdet
from opgrad_linalg.factorizations import cholesky as cholesky
from opgrad_linalg.factorizations import qr
from opgrad_linalg.factorizations import qr_stacked as qr_stacked
from opgrad_linalg.inverses import inv as inv
from opgrad_linalg.inverses import lstsq, matrix_power
from opgrad_linalg.inverses import pinv as pinv
from opgrad_linalg.inverses import solve as solve
from opgrad_linalg.spectra import eig, eigh, svd
from opgrad_linalg.spectra import eigenvectors as eigenvectors
from opgrad_linalg.spectra import eigh_stacked as eigh_stacked
from opgrad_linalg.spectra import eigh_vectors as eigh_vectors
from opgrad_linalg.spectra import eigvals as eigvals
from opgrad_linalg.spectra import eigvalsh as eigvalsh
from opgrad_linalg.spectra import singular_values as singular_values
from opgrad_linalg.spectra import svd_stacked as svd_stacked
from opgrad_linalg.spectra import svd_vectors as svd_vectors


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    inverses: list[og.Op] = [inv, solve, pinv]
    determinants = [det, cofactors, cofactor_change, logabsdet, det_sign]
    factorizations: list[og.Op] = [cholesky, qr_stacked]
    spectra: list[og.Op] = [eigvalsh, eigh_stacked, singular_values, svd_stacked]
    vectors: list[og.Op] = [eigh_vectors, svd_vectors]
    general = [eigvals, eigenvectors]
    return [*inverses, *determinants, *factorizations, *spectra, *vectors, *general]


@og.hookimpl.opgrad_functions
def opgrad_functions() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """NumPy functions made of ops: those of several results, and those that need no op."""
    return {
        np.linalg.eig: eig,
        np.linalg.eigh: eigh,
        np.linalg.lstsq: lstsq,
        np.linalg.matrix_power: matrix_power,
        np.linalg.matrix_rank: lambda A, *args, **kwargs: np.linalg.matrix_rank(
            og.stop_gradient(A), *args, **kwargs
        ),
        np.linalg.qr: qr,
        np.linalg.slogdet: slogdet,
        np.linalg.svd: svd,
        **standard.FUNCTIONS,
    }
