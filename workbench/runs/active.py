"""Writing a run folder, by the process that trains it."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from workbench.runs import files, lock, metrics
from workbench.runs.checkpoint import Checkpoint, write_checkpoint
from workbench.runs.epochs import keep_epoch
from workbench.runs.errors import RunStoreError, cannot
from workbench.runs.record import RunRecord, RunStatus, encode_record
from workbench.runs.run import read_record


class ActiveRun:
    """Holds a run's lock from construction to `close`. As a context manager it is closed at the end.

    Where the block ends without `finish`, the run is recorded as failed; where the process dies, the lock goes
    with it and the run reads as interrupted. Every method raises RunStoreError where the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = lock.hold(folder)
        self._record = read_record(folder)

    def __enter__(self) -> "ActiveRun":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if self._record.status is RunStatus.RUNNING:
                self.finish(RunStatus.FAILED, problem=str(error) if error else "it ended without a result")
        except RunStoreError:
            if error is None:
                raise
        finally:
            self.close()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def record(self) -> RunRecord:
        """As last written."""
        return self._record

    def update(self, **changes: Any) -> None:
        """Writes a record with these fields changed."""
        record = msgspec.structs.replace(self._record, **changes)
        path = self.folder / files.RECORD
        try:
            files.write_whole(path, encode_record(record))
        except OSError as error:
            raise cannot("write", path, error) from error
        self._record = record

    def finish(self, status: RunStatus, **changes: Any) -> None:
        """Records how the run ended."""
        self.update(status=status, **changes)

    def add_epoch(self, row: Mapping[str, float]) -> None:
        """Adds a row to the metrics table; the first one decides on its columns."""
        path = self.folder / files.METRICS
        try:
            metrics.append_row(path, row)
        except OSError as error:
            raise cannot("write", path, error) from error

    def replace_epochs(self, rows: Iterable[Mapping[str, float]]) -> None:
        """Makes these the rows of the metrics table."""
        path = self.folder / files.METRICS
        try:
            metrics.write_rows(path, rows)
        except OSError as error:
            raise cannot("write", path, error) from error

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replaces the checkpoint of the last completed epoch."""
        write_checkpoint(self.folder / files.CHECKPOINT, checkpoint)

    def keep_epoch(self, epoch: int, budget: int) -> list[int]:
        """Keeps the last checkpoint as an epoch's own; the oldest go where all take more than `budget` bytes.

        Returns the epochs that went.
        """
        folder = self.folder / files.EPOCHS
        try:
            return keep_epoch(self.folder / files.CHECKPOINT, folder, epoch, budget)
        except OSError as error:
            raise cannot("keep a checkpoint", folder, error) from error

    def save_averaged(self, checkpoint: Checkpoint) -> None:
        """Replaces the model with averaged weights after the last completed epoch."""
        write_checkpoint(self.folder / files.AVERAGED, checkpoint)

    def forget_stopped(self) -> None:
        """Drops the weights of an interrupted epoch: a later one is complete."""
        (self.folder / files.STOPPED).unlink(missing_ok=True)

    def save_best(self, checkpoint: Checkpoint) -> None:
        """Replaces the best epoch's weights."""
        write_checkpoint(self.folder / files.BEST, checkpoint)

    def save_stopped(self, checkpoint: Checkpoint) -> None:
        """Keeps the weights as they were when training was stopped."""
        write_checkpoint(self.folder / files.STOPPED, checkpoint)

    def log(self, text: str) -> None:
        """Adds a line, with the time, to the run's log."""
        path = self.folder / files.LOG
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
        except OSError as error:
            raise cannot("write", path, error) from error

    def close(self) -> None:
        """Frees the lock."""
        self._lock.release()
