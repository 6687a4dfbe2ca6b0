"""Reading a run folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.runs import files, lock, metrics
from workbench.runs.errors import RunStoreError, cannot
from workbench.runs.record import RunRecord, RunStatus, decode_record

Weights = Literal["best", "last"]

_WEIGHT_FILES: dict[Weights, tuple[str, ...]] = {
    "best": (files.BEST, files.STOPPED, files.CHECKPOINT),
    "last": (files.STOPPED, files.AVERAGED, files.CHECKPOINT),
}


@dataclass(frozen=True)
class DamagedRun:
    """A folder in the run store that cannot be read as a run, and why."""

    folder: Path
    problem: str
    status: str = "damaged"

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name


@dataclass(frozen=True)
class Run:
    """A run as it was when it was opened; `status` is what the record says, or interrupted."""

    folder: Path
    record: RunRecord
    status: RunStatus

    @classmethod
    def open(cls, folder: Path) -> "Run":
        """Raises RunStoreError where the folder is missing or its record cannot be read."""
        if not folder.is_dir():
            raise RunStoreError(f"{folder}: there is no such run folder")
        record = read_record(folder)
        status = record.status
        if status is RunStatus.RUNNING and not lock.is_held(folder):
            # It may have ended between reading its record and looking at its lock.
            record = read_record(folder)
            status = RunStatus.INTERRUPTED if record.status is RunStatus.RUNNING else record.status
        return cls(folder, record, status)

    @property
    def name(self) -> str:
        """The folder's name, which a command's RUN takes."""
        return self.folder.name

    @property
    def problem(self) -> str:
        """Why it failed, or ""."""
        return self.record.problem

    @property
    def project_file(self) -> Path:
        """The project as it was trained."""
        return self.folder / files.PROJECT

    @property
    def log_file(self) -> Path:
        """What happened, line by line."""
        return self.folder / files.LOG

    @property
    def checkpoint_file(self) -> Path:
        """Everything at the end of the last completed epoch; may not exist."""
        return self.folder / files.CHECKPOINT

    def kept_epochs(self) -> dict[int, Path]:
        """Epochs whose checkpoints are there, the last completed one among them, by number."""
        kept = {int(path.stem): path for path in sorted((self.folder / files.EPOCHS).glob("[0-9]*.h5"))}
        if self.checkpoint_file.is_file() and self.record.epochs:
            kept.setdefault(self.record.epochs, self.checkpoint_file)
        return dict(sorted(kept.items()))

    def epoch_file(self, epoch: int) -> Path:
        """The checkpoint at the end of an epoch. Raises RunStoreError naming those there are."""
        kept = self.kept_epochs()
        if epoch not in kept:
            there = ", ".join(map(str, kept)) or "none"
            raise RunStoreError(f"{self.folder}: there is no checkpoint of epoch {epoch}; there are: {there}")
        return kept[epoch]

    def metrics(self) -> list[dict[str, float]]:
        """A row an epoch: `epoch`, the metrics, `learning_rate`, `seconds`. Raises RunStoreError."""
        path = self.folder / files.METRICS
        try:
            return metrics.read_rows(path)
        except OSError as error:
            raise cannot("read the metrics", path, error) from error

    def weights_file(self, which: Weights = "best") -> Path:
        """The checkpoint that holds the best or the last weights. Raises RunStoreError where there is none."""
        for name in _WEIGHT_FILES[which]:
            if (path := self.folder / name).is_file():
                return path
        raise RunStoreError(f"{self.folder}: this run holds no weights ({self.status}, {self._progress()})")

    def _progress(self) -> str:
        return f"{self.record.epochs} of {self.record.epochs_planned} epochs"


def read_record(folder: Path) -> RunRecord:
    """The record of a run folder. Raises RunStoreError."""
    path = folder / files.RECORD
    try:
        return decode_record(path.read_bytes())
    except FileNotFoundError as error:
        raise RunStoreError(f"{folder}: not a run, {files.RECORD} is missing") from error
    except OSError as error:
        raise cannot("read", path, error) from error
    except ValueError as error:
        raise RunStoreError(f"{path}: damaged: {error}") from error
