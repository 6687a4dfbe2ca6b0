"""The largest batch that fits in memory: doubled until one does not, then halved in between."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from workbench.engine import devices
from workbench.engine.errors import JobError
from workbench.engine.reading import read_project
from workbench.engine.training.batch_trial import OPENED, Trial, is_out_of_memory
from workbench.engine.training.setting import set_up
from workbench.project import LiveAnalysis, Project, memory_of
from workbench.project.machine import available_memory
from workbench.protocol import AnyEvent, BatchSizeFound, BatchTrial, FindBatchSize, Stage, Stopped

_SHARE = 0.8
"""Of the free memory, that a batch may take by the estimate: beyond it the machine would begin to swap."""
_FINE = 8
"""Two sizes are the same where they differ by less than one part in so many."""

Report = Callable[[AnyEvent], None]
Try = Callable[[int], BatchTrial]


class Cancelled(Exception):
    """The search is to stop."""


def find_batch_size(command: FindBatchSize, report: Report, stop: threading.Event) -> BatchSizeFound | Stopped:
    """Looks for the largest batch that trains on the device. Raises JobError or DatasetError."""
    project = read_project(command.project.encode(), "the project")
    device = devices.choose(command.device, devices.inventory().devices).id
    try:
        if device == "cpu":
            return _on_cpu(command, project, report, stop)
        return _on_gpu(command, project, report, stop)
    except Cancelled:
        return Stopped()


def search(attempt: Try, start: int, highest: int) -> tuple[int, list[BatchTrial]]:
    """(the largest size that fits, 0 where none does; every trial), from `start` up to `highest`."""
    tried: list[BatchTrial] = []

    def fits(size: int) -> bool:
        tried.append(attempt(size))
        return tried[-1].fits

    size, largest, smallest_bad = max(1, min(start, highest)), 0, highest + 1
    while size < smallest_bad:
        if fits(size):
            largest = size
            if size == highest:
                break
            size = min(size * 2, highest)
        else:
            smallest_bad = size
    if not largest:
        largest, smallest_bad = _downwards(fits, smallest_bad)
    while smallest_bad - largest > max(1, largest // _FINE) and largest:
        middle = (largest + smallest_bad) // 2
        if fits(middle):
            largest = middle
        else:
            smallest_bad = middle
    return largest, tried


def _downwards(fits: Callable[[int], bool], bad: int) -> tuple[int, int]:
    while bad > 1:
        if fits(bad // 2):
            return bad // 2, bad
        bad //= 2
    return 0, bad


def _reported(attempt: Try, report: Report, stop: threading.Event) -> Try:
    def told(size: int) -> BatchTrial:
        if stop.is_set():
            raise Cancelled
        report(Stage(text=f"trying batches of {size:,}"))
        return attempt(size)

    return told


def _on_gpu(
    command: FindBatchSize, project: Project, report: Report, stop: threading.Event
) -> BatchSizeFound | Stopped:
    with set_up(project, command.device, report, stop, anew=False) as setting:
        if setting is None:
            return Stopped()
        trial = Trial(setting)

        def attempt(size: int) -> BatchTrial:
            try:
                return trial.attempt(size)
            except Exception as error:
                if is_out_of_memory(error):
                    return BatchTrial(batch_size=size, fits=False)
                raise

        highest = min(command.highest, len(setting.supplies.training))
        largest, tried = search(_reported(attempt, report, stop), project.training.batch_size, highest)
    return BatchSizeFound(largest=largest, tried=tuple(tried), limit=f"trials on {setting.device}")


def _on_cpu(command: FindBatchSize, project: Project, report: Report, stop: threading.Event) -> BatchSizeFound:
    """In a process of its own: where memory runs out, the system ends a process without asking."""
    free = available_memory()
    model = memory_of(project, LiveAnalysis(project))
    estimated = model.largest_batch(int(free * _SHARE))
    limit = f"{_SHARE:.0%} of the {free / 2**30:.1f} GiB that are free"
    if not estimated:
        return BatchSizeFound(largest=0, tried=(), limit=limit)
    with _TrialProcess(command.project, report, stop) as process:
        highest = min(command.highest, estimated, process.images)
        attempt = _reported(process.attempt, report, stop)
        largest, tried = search(attempt, min(project.training.batch_size, highest), highest)
    return BatchSizeFound(largest=largest, tried=tuple(tried), limit=limit)


class _TrialProcess:
    """`python -m workbench.engine.training.batch_trial`, asked for one size after another; started again if it dies."""

    def __init__(self, project: str, report: Report, stop: threading.Event) -> None:
        self._report = report
        self._stop = stop
        self._folder = TemporaryDirectory(prefix="workbench-batch-")
        self._project = Path(self._folder.name) / "project.workbench"
        self._project.write_text(project, encoding="utf-8")
        self._process: subprocess.Popen[str] | None = None
        self.images = 0

    def __enter__(self) -> _TrialProcess:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._folder.cleanup()

    def attempt(self, size: int) -> BatchTrial:
        """Whether a batch of this size trains; a process that dies over it has run out of memory."""
        if self._process is None:
            self._start()
        answer = self._ask(str(size))
        if answer is None:
            self._end()
            return BatchTrial(batch_size=size, fits=False)
        if "error" in answer:
            raise JobError(str(answer["error"]))
        return BatchTrial(batch_size=size, fits=answer["fits"], images_per_second=answer["images_per_second"])

    def _start(self) -> None:
        self._report(Stage(text="starting a process to try batches in"))
        command = [sys.executable, "-m", "workbench.engine.training.batch_trial", str(self._project)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        opened = self._ask(None)
        if opened is None or "error" in opened:
            raise JobError("No batch can be tried.", str(opened["error"]) if opened else "The trial's process ended.")
        self.images = opened[OPENED]

    def _ask(self, line: str | None) -> dict[str, Any] | None:
        """Sends a line and waits for the answer; None where the process ended. Raises Cancelled."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        watcher = _Killer(process, self._stop)
        try:
            if line is not None:
                process.stdin.write(line + "\n")
                process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            watcher.end()
        if self._stop.is_set():
            raise Cancelled
        return json.loads(answer) if answer else None

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class _Killer:
    """Ends a process when a search is to stop, while its answer is waited for."""

    def __init__(self, process: subprocess.Popen[str], stop: threading.Event) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(process, stop), name="cancel", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self, process: subprocess.Popen[str], stop: threading.Event) -> None:
        while not self._done.wait(0.1):
            if stop.is_set():
                process.kill()
                return
