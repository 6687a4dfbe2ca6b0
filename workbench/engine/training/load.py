"""What the machine has to do while a job runs, looked at in a thread of its own."""

from __future__ import annotations

import threading

import psutil

from workbench.project.machine import gpu_load
from workbench.protocol import Load

_SECONDS = 1.0


class Meter:
    """Measures about once a second between `__enter__` and `__exit__`; `latest` is the last measure, taken once."""

    def __init__(self, gpu: int | None) -> None:
        self._gpu = gpu
        self._latest: Load | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._measure, name="load", daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def take(self) -> Load | None:
        """The newest measure that was not taken yet."""
        latest, self._latest = self._latest, None
        return latest

    def _measure(self) -> None:
        process = psutil.Process()
        process.cpu_percent()  # the first call only sets the beginning
        cores = psutil.cpu_count() or 1
        while not self._end.wait(_SECONDS):
            gpu = None if self._gpu is None else gpu_load(self._gpu)
            self._latest = Load(
                cpu=min(process.cpu_percent() / 100 / cores, 1.0),
                memory=process.memory_info().rss,
                memory_total=psutil.virtual_memory().total,
                gpu=gpu[0] if gpu else None,
                gpu_memory=gpu[1] if gpu else None,
                gpu_memory_total=gpu[2] if gpu else None,
            )
