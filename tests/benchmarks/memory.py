"""Estimated training memory beside the engine's measured peak: python -m tests.benchmarks.memory [network ...]

Each network trains at two batch sizes, each time in a process of its own, on the CPU, compiled as the engine compiles.
What is measured is the largest resident size during two batches less the resident size before the network was made,
when TensorFlow had been loaded and a tiny network trained. From the two follows what is measured for each sample and
what is there at any batch, beside the same two of the estimate. Linux only. Wanted: a ratio between 1/1.5 and 1.5.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from workbench.analysis import GraphAnalysis, primitives
from workbench.analysis.memory import memory_model
from workbench.graph import Graph
from workbench.templates import TEMPLATES

MIB = 2**20
STEPS = 2
BATCHES = {
    "ResNet50": (8, 24),
    "VGG16": (8, 16),
    "DenseNet121": (4, 16),
    "MobileNetV2": (8, 32),
    "EfficientNetB0": (8, 24),
    "lenet5": (32, 2048),
}
"""Networks, by the name of a template or of keras.applications, and how many samples at once."""


def main(names: list[str]) -> None:
    print(f"{'network':16} {'batch':>6} {'estimate':>9} {'measured':>9} {'ratio':>6}   MiB; wanted 0.67 to 1.50")
    for name in names or BATCHES:
        _beside(name, *BATCHES[name])


def _beside(name: str, small: int, large: int) -> None:
    at_small, at_large = _apart(name, small), _apart(name, large)
    slopes = [(b - a) / (large - small) for a, b in zip(at_small, at_large, strict=True)]
    _row(name, small, *at_small)
    _row(name, large, *at_large)
    _row(name, "sample", *slopes)
    _row(name, "fixed", *[a - small * slope for a, slope in zip(at_small, slopes, strict=True)])


def _row(name: str, what: object, estimate: float, measured: float) -> None:
    ratio = estimate / measured
    print(f"{name:16} {what!s:>6} {estimate / MIB:9.1f} {measured / MIB:9.1f} {ratio:6.2f}", flush=True)


def _apart(name: str, batch: int) -> tuple[int, int]:
    """Estimate and measured bytes. In a fresh process: what one network leaves to the allocator counts for the next."""
    command = [sys.executable, "-m", __spec__.name, "--one", name, str(batch)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    estimate, measured = done.stdout.split()[-2:]
    return int(estimate), int(measured)


def _one(name: str, batch: int) -> None:
    _train(TEMPLATES["lenet5"].build().graphs["model"], 1)
    graph = _graph(name)
    estimate = memory_model(primitives(GraphAnalysis(graph)), "Adam").at(batch).total
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts again from here
    _train(graph, batch)
    measured = _status("VmHWM") - before
    print(estimate, measured)


def _graph(name: str) -> Graph:
    key = name.lower()
    if key in TEMPLATES:
        return TEMPLATES[key].build().graphs["model"]
    from tests.analysis.applications import application_graph

    return application_graph(name)


def _train(graph: Graph, batch: int) -> None:
    import keras
    import numpy as np

    from workbench.data.feed import Feed, divide
    from workbench.data.fit import Framing
    from workbench.data.sources.arrays import ArraySource
    from workbench.engine.compile import build_model
    from workbench.engine.feed import ordered_batches
    from workbench.engine.supply import ImageSupply, Unreadable

    model = build_model(graph, seed=1)
    shape = model.inputs[0].shape[1:]
    source = ArraySource("zeros", np.zeros((batch, *shape), np.uint8), np.zeros(batch, np.int64), ("0",), ("",) * batch)
    feed = Feed(divide(source, 0, 0, seed=0), np.arange(batch), Framing(tuple(shape)), seed=0)
    loss: Any = keras.losses.SparseCategoricalCrossentropy()
    accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    model.compile(keras.optimizers.Adam(), loss, metrics=[accuracy], jit_compile=False)
    supply = ImageSupply(feed, Unreadable())
    model.fit(ordered_batches(supply, batch).repeat(STEPS), epochs=1, shuffle=False, verbose=0)


def _status(entry: str) -> int:
    """Bytes that the kernel's status of this process names."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{entry}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status has no {entry}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], int(sys.argv[3]))
    else:
        main(sys.argv[1:])
