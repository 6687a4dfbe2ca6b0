"""What went wrong in a job, in words for the person who started it."""

import errno
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from workbench.data.source import DatasetError
from workbench.engine.errors import JobError, first_line
from workbench.evaluation import GenerativeError, PredictionsError
from workbench.project import ProjectFileError
from workbench.project.weights import WeightStoreError
from workbench.runs import RunStoreError


@dataclass(frozen=True)
class _Known:
    """A failure recognised by its exception's class names (the class or a base) and, if given, by a test."""

    classes: frozenset[str]
    message: str
    hint: str = ""
    holds: Callable[[BaseException], bool] = lambda error: True


_SMALLER = "Choose a smaller batch, a smaller input or a smaller network, or close what else uses the memory."
_GPU_SIGNS = ("cuda", "cudnn", "cublas", "gpu")

_TOLD = (DatasetError, GenerativeError, PredictionsError, ProjectFileError, RunStoreError, WeightStoreError)
"""Their messages are for people already."""

# Told by name: this module must be importable where TensorFlow is not.
_KNOWN = (
    _Known(frozenset({"ResourceExhaustedError", "MemoryError"}), "There is not enough memory.", _SMALLER),
    _Known(
        frozenset({"InternalError"}),
        "There is not enough memory on the GPU.",
        _SMALLER,
        lambda error: "dst tensor is not initialized" in str(error).lower(),
    ),
    _Known(
        frozenset({"InternalError", "UnknownError", "UnavailableError", "AbortedError"}),
        "The GPU or its driver failed: {error}",
        "Start again; if it happens again, choose the CPU in Preferences or bring the driver up to date.",
        lambda error: any(sign in str(error).lower() for sign in _GPU_SIGNS),
    ),
    _Known(
        frozenset({"OSError"}),
        "The disk is full.",
        "Free some space, or choose another runs folder.",
        lambda error: getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT),
    ),
    _Known(frozenset({"OSError"}), "{error}"),
)


def explain(error: Exception) -> JobError:
    """The failure to report for an exception that ended a job."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, JobError):
        return error
    if isinstance(error, _TOLD):
        return JobError(str(error), detail=detail)
    names = {base.__name__ for base in type(error).__mro__}
    for known in _KNOWN:
        if names & known.classes and known.holds(error):
            return JobError(known.message.format(error=first_line(error)), known.hint, detail)
    message = f"An unexpected {type(error).__name__}: {first_line(error)}"
    return JobError(message, "The run's log has the details.", detail)
