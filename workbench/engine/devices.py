"""The processors that can train here, and why there is no GPU where there is none."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workbench.engine import runtime
from workbench.engine.errors import JobError
from workbench.project.machine import free_memory
from workbench.protocol import Device

NVIDIA, AMD = "0x10de", "0x1002"
_GPU_EXTRA = "python -m pip install 'cnn-workbench[gpu]'"


@dataclass(frozen=True)
class GpuFacts:
    """What decides whether TensorFlow can see a GPU. `cards` are PCI vendors of the display controllers."""

    platform: str
    cuda_build: bool
    visible: str | None
    driver: bool
    cards: frozenset[str]


@dataclass(frozen=True)
class _Reason:
    holds: Callable[[GpuFacts], bool]
    why: str
    remedy: str


# The first that holds is the one told: each later one supposes that the earlier ones do not hold.
_REASONS = (
    _Reason(
        lambda facts: facts.platform != "linux",
        "TensorFlow's packages train on GPUs under Linux only",
        "Train on the CPU, or use Linux (on Windows: WSL 2).",
    ),
    _Reason(
        lambda facts: facts.visible is not None and facts.visible.strip() in ("", "-1"),
        "CUDA_VISIBLE_DEVICES hides every GPU",
        "Unset CUDA_VISIBLE_DEVICES, or set it to the numbers of the GPUs to use, and start again.",
    ),
    _Reason(
        lambda facts: not facts.driver and NVIDIA in facts.cards,
        "there is an NVIDIA card but its driver is not loaded",
        "Install the NVIDIA driver (nvidia-smi should then list the card) and start again.",
    ),
    _Reason(
        lambda facts: not facts.driver and AMD in facts.cards,
        "the graphics card is an AMD one, and TensorFlow's packages use NVIDIA cards only",
        "Train on the CPU, or on a machine with an NVIDIA card.",
    ),
    _Reason(
        lambda facts: not facts.driver,
        "there is no NVIDIA driver on this machine",
        "Train on the CPU; with an NVIDIA card, install its driver and start again.",
    ),
    _Reason(
        lambda facts: not facts.cuda_build,
        "this TensorFlow was built for the CPU only",
        f"Install the one with CUDA: {_GPU_EXTRA}",
    ),
    _Reason(
        lambda facts: True,
        "the NVIDIA driver is here but TensorFlow finds no GPU it can use: CUDA's libraries are missing, "
        "or too new for the driver",
        f"Install the matching libraries: {_GPU_EXTRA}; if they are there, bring the driver up to date.",
    ),
)


@dataclass(frozen=True)
class Inventory:
    """Every device, the CPU first; `no_gpu` and `remedy` are "" where there is a GPU."""

    devices: tuple[Device, ...]
    no_gpu: str
    remedy: str


@cache
def inventory() -> Inventory:
    """Looks once, and lets each GPU's memory grow as needed instead of being taken whole.

    Raises EngineUnavailable where TensorFlow does not load.
    """
    runtime.load()
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    found = tuple(_describe(tf, index, gpu) for index, gpu in enumerate(gpus))
    why, remedy = ("", "") if gpus else why_no_gpu(_facts(tf))
    return Inventory((Device("cpu", _cpu_name()), *found), why, remedy)


def why_no_gpu(facts: GpuFacts) -> tuple[str, str]:
    """Why no GPU is seen and what to do about it."""
    reason = next(reason for reason in _REASONS if reason.holds(facts))
    return reason.why, reason.remedy


def choose(choice: str, devices: tuple[Device, ...]) -> Device:
    """The device for a choice: "auto" (the first GPU, else the CPU) or a device's id.

    Raises JobError where there is no such device.
    """
    by_id = {device.id: device for device in devices}
    wanted = "gpu:0" if choice == "gpu" else choice
    if wanted == "auto":
        return by_id.get("gpu:0", devices[0])
    if wanted not in by_id:
        there = ", ".join(by_id)
        raise JobError(f"There is no device {choice!r} here.", f"Choose auto or one of: {there}.")
    return by_id[wanted]


def placed_on(device: Device) -> AbstractContextManager[object]:
    """A context in which TensorFlow computes on the device; it needs no telling where that is its own choice."""
    import tensorflow as tf

    if device == choose("auto", inventory().devices):
        return nullcontext()
    kind, _, number = device.id.partition(":")
    return tf.device(f"/{kind.upper()}:{number or 0}")  # type: ignore[no-any-return]


def _describe(tf, index: int, gpu) -> Device:  # type: ignore[no-untyped-def]
    details = tf.config.experimental.get_device_details(gpu)
    return Device(f"gpu:{index}", details.get("device_name", gpu.name), free_memory(f"gpu:{index}"))


def _facts(tf) -> GpuFacts:  # type: ignore[no-untyped-def]
    return GpuFacts(
        platform=sys.platform,
        cuda_build=bool(tf.test.is_built_with_cuda()),
        visible=os.environ.get("CUDA_VISIBLE_DEVICES"),
        driver=any(Path(sign).exists() for sign in ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg")),
        cards=_card_vendors(),
    )


def _card_vendors(devices: Path = Path("/sys/bus/pci/devices")) -> frozenset[str]:
    display_class = "0x03"
    return frozenset(
        _read(card / "vendor") for card in devices.glob("*") if _read(card / "class").startswith(display_class)
    )


def _cpu_name() -> str:
    lines = _read(Path("/proc/cpuinfo")).splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]} ({len(names)} threads)" if names else "CPU"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
