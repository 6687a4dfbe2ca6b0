"""The run store: one folder a run, with its snapshot, settings, metrics and weights."""

from workbench.runs.active import ActiveRun
from workbench.runs.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from workbench.runs.comparison import Comparison, Delta, Side, compare, side_of_project, side_of_run
from workbench.runs.entry import RunEntry
from workbench.runs.errors import RunStoreError
from workbench.runs.index import RunIndex
from workbench.runs.labels import RunLabels, change_labels, read_labels, read_note, write_note
from workbench.runs.record import RunRecord, RunStatus
from workbench.runs.run import DamagedRun, Run
from workbench.runs.search import parse_query
from workbench.runs.store import LATEST, RunStore
from workbench.runs.trash import KEPT_DAYS, Trashed, delete, empty_trash, restore, trashed_runs

__all__ = [
    "KEPT_DAYS",
    "LATEST",
    "ActiveRun",
    "Checkpoint",
    "Comparison",
    "DamagedRun",
    "Delta",
    "Run",
    "RunEntry",
    "RunIndex",
    "RunLabels",
    "RunRecord",
    "RunStatus",
    "RunStore",
    "RunStoreError",
    "Side",
    "Trashed",
    "change_labels",
    "compare",
    "delete",
    "empty_trash",
    "parse_query",
    "read_checkpoint",
    "read_labels",
    "read_note",
    "restore",
    "side_of_project",
    "side_of_run",
    "trashed_runs",
    "write_checkpoint",
    "write_note",
]
