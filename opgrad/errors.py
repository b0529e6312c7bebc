"""OpGrad's exceptions, one family under :class:`OpgradError`.

Two more live where they are raised: :class:`opgrad.draw.label.DrawError` and the demo's
:class:`opgrad.demo.dataset.DataError`.

Where a built-in exception says the same (``TypeError``, ``AttributeError``, ``LookupError``), ours
is also one of those, so that code which knows only Python's own exceptions keeps working.

An exception raised *inside* an op's own forward or VJP is not replaced: it arrives whole, with a
note (PEP 678) that names the op, its plugin and its inputs.
"""

from __future__ import annotations

from typing import Any


class OpgradError(Exception):
    """Base of all OpGrad's exceptions."""


class OpDefinitionError(OpgradError):
    """An op was declared wrongly: its signature, its rules, or their number do not fit."""


class InputError(OpgradError, TypeError):
    """An op, or ``Value``, was given something that is neither a number nor an array."""


class ForwardError(OpgradError):
    """An op's forward returned something that is neither a number nor an array."""


class VjpError(OpgradError):
    """A VJP returned the wrong number of cotangents, or one that does not fit its input."""


class JvpError(OpgradError):
    """A JVP rule returned something that does not fit its output."""


class NotDifferentiable(OpgradError):
    """A gradient was asked for that is not defined.

    A rule raises it (or returns an instance of it in the place of one cotangent, which is an error
    only if that cotangent is needed).
    """


class NoGradientError(OpgradError, KeyError):
    """The result does not depend on the node whose gradient was looked up."""

    __str__ = Exception.__str__  # KeyError's shows the message quoted


class CotangentError(OpgradError, ValueError):
    """The cotangent to start a backward pass from is missing, or does not fit the root."""


class NonFiniteError(OpgradError, ArithmeticError):
    """In debug mode: an op made a NaN out of inputs that had none."""


class ChangedError(OpgradError, RuntimeError):
    """What a derivative needs has changed since the forward pass.

    In debug mode, an array that was written to; in any, the result of a checkpoint run again.
    """


class ImmutableError(OpgradError, AttributeError):
    """A field of a node was assigned to or deleted."""


class CutGradientError(OpgradError, TypeError):
    """An operation would have turned a ``Value`` into plain data and silently lost its gradient."""


class CopyError(OpgradError, TypeError):
    """A ``Value`` was pickled that was computed, or takes part in a running function; or an op."""


class PluginError(OpgradError):
    """A plugin could not be loaded, or what its hooks returned is not valid."""


class MissingExtra(PluginError):
    """A plugin needs a package that is not installed.

    Raised when the plugin's module is imported, it sets the plugin aside without a warning: where
    an op is not found, the error says that this plugin may have it, and how to get it.
    """


class UnknownOpError(OpgradError, AttributeError, LookupError):
    """No installed plugin provides an op of that name, or for that NumPy function."""


class AmbiguousError(OpgradError, LookupError):
    """Several plugins provide a scheduler, backend or bridge of that name, and none is preferred.

    Or several that are no op's own plugin say how it is lowered.
    """


class AmbiguousOpError(AmbiguousError, AttributeError):
    """Several plugins provide an op of that name, or for that NumPy function; none is preferred."""


class UnknownPluginError(OpgradError, LookupError):
    """No plugin of that name is installed."""


class UnknownSchedulerError(OpgradError, LookupError):
    """No installed plugin provides a scheduler of that name."""


class SchedulerError(OpgradError):
    """A scheduler returned something that is no mapping from nodes to cotangents."""


class UnknownBackendError(OpgradError, LookupError):
    """No installed plugin provides the backend that was asked for."""


class BackendError(OpgradError):
    """A backend could not make a program, or made one that raises where it should not."""


class ShapeError(OpgradError, ValueError):
    """The shapes of a function's results cannot be told before it runs.

    Another framework asks for them while it traces code that calls the function.
    """


class UnknownBridgeError(OpgradError, LookupError):
    """No installed plugin provides the bridge to a framework that was asked for."""


class CompileWarning(UserWarning):
    """A function that was to be compiled runs as it is, or by a slower backend."""


class PluginWarning(UserWarning):
    """A plugin was set aside, or may not have the short name that it claims."""


class NotTraceable(OpgradError, TypeError):
    """While a function is compiled, something would turn a traced value into plain data.

    An op whose forward or rule does that is called back as a whole.
    """

    def __init__(self, message: str, trace: Any) -> None:
        super().__init__(message)
        self.trace = trace

    @classmethod
    def behind(cls, error: BaseException | None) -> NotTraceable | None:
        """The one that led to an exception, which NumPy may have raised in its place."""
        while error is not None and not isinstance(error, cls):
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return error


class LeakedTraceError(OpgradError, TypeError):
    """A value from inside a function that was compiled is used after, or in another one."""
