"""A large image predicted in tiles, against the plain sum of its tiles.

`python -m tests.benchmarks.tiles [--side N] [--width W] [--repeats N]`. A U-Net of 256 x 256 pixels with random weights
predicts an image of 4096 x 4096: cutting, mirroring, scaling, blending and choosing a class of each pixel, as
`workbench predict` does it. The plain sum is the same network, called in the same batches on tiles that are cut and
scaled already, its answers thrown away. Both in turns in one process; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

_TILE = 256
_LIMIT = 1.2


def main() -> None:
    """Prints the seconds of both, their ratio, and the memory that the whole took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=4096)
    parser.add_argument("--width", type=float, default=0.125, help="of the U-Net: 1 is the published one")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryDirectory() as folder:
        network = u_net(Path(folder), options.width, options.batch)
        measure(network, options.side, options.repeats)


def u_net(folder: Path, width: float, batch: int) -> Any:
    """A run with random weights as what tiles are put through."""
    from tests.engine.evaluation.runs import stored_run
    from workbench.engine.evaluation.classifier import open_trained
    from workbench.engine.evaluation.segmenter import build_segmenter
    from workbench.engine.evaluation.tiles import tiled
    from workbench.templates import TEMPLATES

    project = TEMPLATES["unet-same"].make({"input": [_TILE, _TILE, 1], "classes": 2, "width": width, "depth": 4})
    (graph,) = project.graphs.values()
    run, _ = stored_run(folder / "runs", graph, ("background", "object"), spec="images::masks")
    network = tiled([build_segmenter(open_trained(str(run.folder), "best"))], (_TILE, _TILE))
    return dataclasses.replace(network, batch=batch)


def measure(network: Any, side: int, repeats: int) -> None:
    """Both ways in turns."""
    import numpy as np

    from workbench.engine.evaluation.tiles import classes_of, plan

    image = np.random.default_rng(0).integers(0, 256, (side, side, 1), np.uint8)
    made = plan((side, side), network, "auto")
    order = made.tiles.tiles
    ready = [
        np.stack([network.framing.scaled(made.tiles.cut(image, tile)) for tile in order[start : start + network.batch]])
        for start in range(0, len(order), network.batch)
    ]
    network.probabilities(ready[0])  # traced, and its memory allocated
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    plain, whole = [], []
    for _ in range(repeats):
        plain.append(_took(lambda: _predict_all(network, ready)))
        whole.append(_took(lambda: classes_of(image, made, network, lambda _: None)))
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{side} x {side} pixels in {len(order)} tiles of {_TILE} x {_TILE}, {network.batch} at a time")
    for name, took in (("plain sum of the tiles", plain), ("tiled prediction", whole)):
        print(f"{name}: {', '.join(f'{each.seconds:.2f} s (processor {each.processor:.2f} s)' for each in took)}")
    for what in ("seconds", "processor"):
        alone, together = (statistics.median(getattr(each, what) for each in side) for side in (plain, whole))
        print(f"{what}, median: {alone:.2f} and {together:.2f}, ratio {together / alone:.3f} (at most {_LIMIT})")
    print(f"peak memory grew by {more:.0f} MiB in both together")


@dataclasses.dataclass(frozen=True)
class Took:
    """Seconds on the clock, and of all processors together, which other work does not lengthen."""

    seconds: float
    processor: float


def _predict_all(network: Any, batches: Any) -> None:
    """Nothing is kept, as nothing of the whole is."""
    for batch in batches:
        network.probabilities(batch)


def _took(work: Any) -> Took:
    start, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - start, time.process_time() - processor)


if __name__ == "__main__":
    main()
