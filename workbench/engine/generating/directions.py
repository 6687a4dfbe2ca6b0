"""Directions of a run's latent space along which its images change most."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from workbench.engine import devices
from workbench.engine.adversarial.networks import latent_input
from workbench.engine.errors import JobError
from workbench.engine.evaluation import insides
from workbench.engine.evaluation.places import result_file
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.engine.generating.points import chosen_labels
from workbench.engine.generating.sampler import Sampler, open_sampler
from workbench.evaluation import principal_directions
from workbench.evaluation.latents import latents
from workbench.evaluation.predictions import write_arrays
from workbench.protocol import EVERY_CLASS, AnyEvent, DirectionsFound, FindDirections, Stage, Stopped

_POINTS = 1024
_NUMBERS = 2**26
"""Activations that are looked at together, at most: half a gigabyte at double precision."""
_LEAST = 128
_BATCH = 64


def find_directions(
    command: FindDirections, report: Callable[[AnyEvent], None], stop: threading.Event
) -> DirectionsFound | Stopped:
    """Writes unit vectors and their shares. Raises JobError, RunStoreError or GenerativeError."""
    if command.count < 1:
        raise JobError(f"Expected 1 direction or more. Received: {command.count}")
    report(Stage(text="reading the generator"))
    with devices.placed_on(devices.choose(command.device, devices.inventory().devices)):
        sampler = open_sampler(command.run, command.epoch, command.averaged, command.device)
        layers = fed_by_latents(sampler.model)
        layer = insides.chosen(sampler.model, command.layer, layers, layers[:1])
        counted = _LEAST + int(np.clip(_NUMBERS // _size(layer) - _LEAST, 0, _POINTS - _LEAST))
        points = latents(command.seed, counted, sampler.latent_size)
        try:
            seen = _activations(sampler, layer, points, command.label, Counter(counted, report, stop))
        except Interrupted:
            return Stopped()
    found = principal_directions(points, seen, command.count)
    path = Path(command.path) if command.path else result_file(sampler.run, "directions")
    write_arrays(path, {"vectors": found.vectors, "shares": found.shares})
    return DirectionsFound(path=str(path), directions=len(found.vectors), layer=layer.name, layers=layers)


def fed_by_latents(model: keras.Model) -> tuple[str, ...]:
    """Layers with kernels that the latent vector reaches, in the order of the network."""
    reached = {id(latent_input(model))}
    found = []
    kernels = set(insides.with_kernels(model))
    for layer in model.layers:
        for node in layer._inbound_nodes:
            if reached & {id(tensor) for tensor in node.input_tensors}:
                reached |= {id(tensor) for tensor in node.output_tensors}
                found += [layer.name] if layer.name in kernels and layer.name not in found else []
    return tuple(found)


def _activations(
    sampler: Sampler, layer: keras.layers.Layer, points: np.ndarray, label: int, counter: Counter
) -> np.ndarray:
    """Of one class: what differs from class to class is not the point's doing."""
    counter.text = "looking for directions"
    part = keras.Model(sampler.model.inputs, insides.output_of(layer))
    asked = label if sampler.class_names else EVERY_CLASS
    labels = chosen_labels(sampler, np.arange(len(points)), asked)
    seen = []
    for start in range(0, len(points), _BATCH):
        rows = slice(start, start + _BATCH)
        seen.append(sampler.outputs(part, points[rows], labels[rows]))
        counter.add(len(seen[-1]))
    return np.concatenate(seen)


def _size(layer: keras.layers.Layer) -> int:
    return int(np.prod([size or 1 for size in insides.output_of(layer).shape[1:]]))
