"""How much memory the machine has free, without TensorFlow: main memory, and that of NVIDIA cards."""

from __future__ import annotations

import os
import subprocess

import psutil

_GPU = ("nvidia-smi", "--query-gpu=utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits")
_SECONDS = 5.0


def available_memory() -> int:
    """Bytes of main memory that a process may still take."""
    return int(psutil.virtual_memory().available)


def gpu_load(number: int) -> tuple[float, int, int] | None:
    """Share of its time that a GPU computes, bytes used and bytes there are; None where the driver does not tell.

    `number` counts the GPUs that TensorFlow sees, which CUDA_VISIBLE_DEVICES may choose and order.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    try:
        number = int(visible[number]) if visible != [""] else number
        told = subprocess.run(_GPU, capture_output=True, text=True, timeout=_SECONDS, check=True).stdout.splitlines()
        busy, used, total = (float(part) for part in told[number].split(","))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return busy / 100, int(used * 2**20), int(total * 2**20)


def free_memory(device: str) -> int | None:
    """Bytes that a job may still take on a device ("cpu", "gpu:0"); None where the driver does not tell."""
    if device == "cpu":
        return available_memory()
    load = gpu_load(int(device.partition(":")[2] or 0))
    return None if load is None else load[2] - load[1]


def most_free_memory() -> int:
    """Bytes that are free where most are: on the first GPU or in main memory. For who does not know the device."""
    return max(available_memory(), free_memory("gpu:0") or 0)
