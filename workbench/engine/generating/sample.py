"""Images of chosen points, and of the points on the way between them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from workbench.engine import devices
from workbench.engine.errors import JobError
from workbench.engine.evaluation.places import result_file
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.engine.generating.points import MOST, sampled_points, stops_of
from workbench.engine.generating.sampler import Pictures, Points, Sampler, open_sampler
from workbench.evaluation import walk as walk_between
from workbench.evaluation.predictions import write_arrays
from workbench.protocol import AnyEvent, Sample, Sampled, Stage, Stopped, Walk

Report = Callable[[AnyEvent], None]


def sample(command: Sample, report: Report, stop: threading.Event) -> Sampled | Stopped:
    """Writes images of points. Raises JobError, RunStoreError or PredictionsError."""
    return _made(command, sampled_points, "samples", report, stop)


def walk(command: Walk, report: Report, stop: threading.Event) -> Sampled | Stopped:
    """Writes the images of a walk. Raises JobError, RunStoreError or PredictionsError."""
    return _made(command, _way, "walk", report, stop)


def _way(sampler: Sampler, command: Walk) -> Points:
    stops = stops_of(sampler, command)
    if len(stops.latents) < 2:
        raise JobError(f"Expected a walk between 2 samples or more. Received: {len(stops.latents)}")
    if not 2 <= command.frames <= MOST:
        raise JobError(f"Expected 2 to {MOST:,} frames. Received: {command.frames}")
    points, nearer = walk_between(stops.latents, command.frames, command.closed)
    return Points(points, stops.labels[nearer])


def _made(
    command: Any,
    choose: Callable[[Sampler, Any], Points],
    kind: str,
    report: Report,
    stop: threading.Event,
) -> Sampled | Stopped:
    began = time.monotonic()
    report(Stage(text="reading the generator"))
    with devices.placed_on(devices.choose(command.device, devices.inventory().devices)):
        sampler = open_sampler(command.run, command.epoch, command.averaged, command.device)
        points = choose(sampler, command)
        counter = Counter(len(points.latents), report, stop)
        counter.text = "making images"
        try:
            images = sampler.images(points, counter.add)
        except Interrupted:
            return Stopped()
    path = Path(command.path) if command.path else result_file(sampler.run, kind)
    _write(path, images, points, sampler, command)
    return Sampled(
        path=str(path),
        images=len(images),
        latent=sampler.latent_size,
        epoch=sampler.epoch,
        class_names=sampler.class_names,
        seconds=time.monotonic() - began,
    )


def _write(path: Path, images: Pictures, points: Points, sampler: Sampler, command: Any) -> None:
    about = msgspec.to_builtins(command) | {"epoch": sampler.epoch, "class_names": sampler.class_names, "path": ""}
    arrays: dict[str, Any] = {"images": images, "latents": points.latents, "labels": points.labels}
    write_arrays(path, arrays | {"about": np.asarray(json.dumps(about))})
