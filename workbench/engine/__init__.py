"""Builds, trains and exports Keras models; the only package that imports keras or tensorflow.

Importing it is cheap: keras is imported where the first job, or `runtime.load`, needs it.
"""

from workbench.engine.errors import EngineUnavailable, JobError
from workbench.engine.tasks import Report, run_job

__all__ = ["EngineUnavailable", "JobError", "Report", "run_job"]
