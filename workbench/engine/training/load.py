"""What the machine has to do while a job runs, looked at in a thread of its own."""

from __future__ import annotations

import subprocess
import threading

import psutil

from workbench.protocol import Load

_SECONDS = 1.0
_GPU = ("nvidia-smi", "--query-gpu=utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits")


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


def gpu_load(number: int) -> tuple[float, int, int] | None:
    """Share of its time that a GPU computes, bytes used and bytes there are; None where the driver does not tell."""
    try:
        told = subprocess.run(_GPU, capture_output=True, text=True, timeout=5, check=True).stdout.splitlines()
        busy, used, total = (float(part) for part in told[number].split(","))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return busy / 100, int(used * 2**20), int(total * 2**20)


def available_memory() -> int:
    """Bytes of main memory that a process may still take."""
    return int(psutil.virtual_memory().available)
