"""The run store: one folder a run, with its snapshot, settings, metrics and weights."""

from workbench.runs.active import ActiveRun
from workbench.runs.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from workbench.runs.errors import RunStoreError
from workbench.runs.record import RunRecord, RunStatus
from workbench.runs.run import DamagedRun, Run
from workbench.runs.store import LATEST, RunStore

__all__ = [
    "LATEST",
    "ActiveRun",
    "Checkpoint",
    "DamagedRun",
    "Run",
    "RunRecord",
    "RunStatus",
    "RunStore",
    "RunStoreError",
    "read_checkpoint",
    "write_checkpoint",
]
