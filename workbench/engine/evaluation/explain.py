"""Looking into a run's network: Grad-CAM, activations, filters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.image_file import read_image
from workbench.data.source import DatasetError, Image
from workbench.data.sources import open_source
from workbench.engine import devices
from workbench.engine.errors import JobError
from workbench.engine.evaluation import insides
from workbench.engine.evaluation.classifier import Classifier, build_classifier, open_trained
from workbench.engine.evaluation.gradcam import gradcam
from workbench.engine.evaluation.places import result_file
from workbench.evaluation.predictions import write_arrays
from workbench.protocol import EXPLANATIONS, AnyEvent, Explain, Explained, Stage, Stopped

Arrays = dict[str, NDArray[Any]]
Report = Callable[[AnyEvent], None]


def explain(command: Explain, report: Report, stop: threading.Event) -> Explained | Stopped:
    """Writes what was asked for. Raises JobError, DatasetError or RunStoreError."""
    if command.kind not in EXPLANATIONS:
        raise JobError(f"There is no explanation {command.kind!r}.", f"Choose one of: {', '.join(EXPLANATIONS)}.")
    report(Stage(text="reading the run"))
    trained = open_trained(command.run, command.weights)
    image = None if command.kind == "filters" else _image(command, trained.project.dataset.spec, stop)
    device = devices.choose(command.device, devices.inventory().devices)
    with devices.placed_on(device):
        classifier = build_classifier(trained)
        if stop.is_set():
            return Stopped()
        report(Stage(text="looking into the network"))
        node, target, nodes, arrays = _asked(command, classifier, image)
    path = Path(command.path) if command.path else result_file(trained.run, command.kind)
    write_arrays(path, arrays)
    return Explained(path=str(path), kind=command.kind, node=node, target=target, nodes=nodes)


def _image(command: Explain, own_data: str, stop: threading.Event) -> Image:
    if command.image.endswith(".npy"):
        return _array(Path(command.image))
    if command.image:
        return read_image(Path(command.image).expanduser())
    source = open_source(command.data or own_data, cancel=stop)
    if not 0 <= command.index < len(source):
        raise DatasetError(f"{source.name}: Expected an image from 0 to {len(source) - 1}. Received: {command.index}")
    return source.read(command.index)


def _array(path: Path) -> Image:
    try:
        image: Image = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DatasetError(f"{path}: not an array, or a damaged one ({error})") from None
    if image.ndim != 3:
        raise DatasetError(f"{path}: Expected height x width x channels. Received: {image.shape}")
    return image


def _asked(command: Explain, classifier: Classifier, image: Image | None) -> tuple[str, int, tuple[str, ...], Arrays]:
    """The layer, the class, the layers that could be asked for, and the arrays."""
    model = classifier.model
    if image is None:
        nodes = insides.with_kernels(model)
        layer = insides.chosen(model, command.node, nodes, nodes[:1])
        return layer.name, -1, nodes, insides.weights_of(layer)
    framing = classifier.framing()
    shown = framing.frame(image)
    tensor = framing.scaled(shown)[np.newaxis]
    arrays: Arrays = {
        "image": shown,
        "probabilities": classifier.probabilities(tensor)[0],
        "class_names": np.asarray(classifier.class_names, np.str_),
    }
    if command.kind == "activations":
        nodes = insides.all_layers(model)
        layer = insides.chosen(model, command.node, nodes, insides.spatial(model)[:1] or nodes)
        return layer.name, -1, nodes, {**arrays, "maps": insides.activations(model, layer, tensor)}
    nodes = insides.spatial(model)
    layer = insides.chosen(model, command.node, nodes, nodes[-1:])
    target = int(np.argmax(arrays["probabilities"])) if command.target < 0 else command.target
    if target >= len(classifier.class_names):
        raise JobError(f"Expected a class from 0 to {len(classifier.class_names) - 1}. Received: {target}")
    return layer.name, target, nodes, {**arrays, "map": gradcam(model, classifier.head, layer, tensor, target)}
