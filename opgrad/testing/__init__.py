"""Proof that an op does what it should: its rules, its forms, its manners.

:func:`check_op` checks one op against every property; :func:`op_tests` makes tests of that. The
command line has the same: ``opgrad check``, and ``pytest --opgrad-plugin=NAME``.
"""

from __future__ import annotations

from collections.abc import Callable as _Callable

from opgrad.operation import Op as _Op
from opgrad.testing.catalogue import PROPERTIES as PROPERTIES
from opgrad.testing.check import check_op as check_op
from opgrad.testing.choice import find_ops as find_ops
from opgrad.testing.properties import Property as Property
from opgrad.testing.report import Failure as Failure
from opgrad.testing.report import Report as Report


def op_tests(*plugins_or_ops: str | _Op) -> _Callable[..., None]:
    """A pytest test for each op and property; :func:`find_ops` says what may be named.

    Example:
        >>> test_op = op_tests("opgrad_logcosh")  # in an author's test file

    Raises:
        UnknownPluginError: a name is that of no plugin and of no op.
    """
    from opgrad.testing.suite import suite  # needs pytest, which who checks by hand may not have

    return suite(*plugins_or_ops)
