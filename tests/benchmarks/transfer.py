"""What ImageNet features are worth: EfficientNet-Lite0 frozen, with its weights and with random ones.

`python -m tests.benchmarks.transfer [fashion|photographs]`: 600 images of Fashion-MNIST to train a new head on and 400
to judge it by, at 96x96; or pieces of scikit-image's photographs, told apart by the photograph that they are cut from.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import msgspec
import numpy as np

from workbench.engine.controls import Controls
from workbench.plugins import SHELF, take
from workbench.project import (
    DatasetSettings,
    HeadChoice,
    InGraph,
    LiveAnalysis,
    Project,
    SetDataset,
    SetTraining,
    SetWeights,
    TrainingSettings,
    find_head,
    replace_head,
)
from workbench.project.file import dumps
from workbench.project.weights import write_weights
from workbench.protocol import Finished, Train

SIDE = 96
EPOCHS = 40
RECIPE = TrainingSettings(
    epochs=EPOCHS, batch_size=32, optimizer="Adam", learning_rate=0.003, schedule="cosine", label_smoothing=0.1
)
_INITIAL: Mapping[str, Literal["project", "scratch"]] = MappingProxyType({"ImageNet": "project", "random": "scratch"})
_DEBIAN = Path("/usr/share/datasets/fashion-mnist")
"""Debian's package `dataset-fashion-mnist`."""
_PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket", "stereo_motorcycle", "immunohistochemistry", "retina")


@dataclass(frozen=True)
class Outcome:
    """Accuracy on the images held out, and seconds of training."""

    accuracy: float
    seconds: float


def fashion_mnist(folder: Path) -> Path:
    """1,000 images of Fashion-MNIST, 600 to train on and 400 held out, as an archive. Raises DatasetError."""
    from workbench.data.sources import open_source

    source = open_source(str(_DEBIAN) if _DEBIAN.is_dir() else "fashion_mnist")
    chosen = np.random.default_rng(0).permutation(60_000)[:1000]
    images = np.stack([source.read(int(index)) for index in chosen])
    return archive(folder / "fashion.npz", images, np.asarray(source.labels)[chosen], 600)


def photographs(folder: Path) -> Path:
    """Squares of 96 pixels of photographs; those to judge by are from the right third, where none to learn from is."""
    import skimage.data

    rng = np.random.default_rng(0)
    learn: list[tuple[Any, int]] = []
    judge: list[tuple[Any, int]] = []
    for number, name in enumerate(_PHOTOGRAPHS):
        image = getattr(skimage.data, name)()
        image = (image[0] if isinstance(image, tuple) else image)[..., :3]
        height, width = image.shape[:2]
        border = width * 2 // 3
        for part, count, low, high in ((learn, 20, 0, border), (judge, 20, border, width)):
            for _ in range(count):
                top = int(rng.integers(0, height - SIDE + 1))
                left = int(rng.integers(low, high - SIDE + 1))
                part.append((image[top : top + SIDE, left : left + SIDE], number))
    images, labels = zip(*learn, *judge, strict=True)
    return archive(folder / "photographs.npz", np.stack(images), np.asarray(labels), len(learn), shuffle=True)


def archive(path: Path, images: Any, labels: Any, training: int, shuffle: bool = False) -> Path:
    """The first images are for training, the others held out."""
    order = np.random.default_rng(1).permutation(training) if shuffle else np.arange(training)
    x, y = images[:training][order], labels[:training][order]
    np.savez(path, x_train=x, y_train=y, x_val=images[training:], y_val=labels[training:])
    return path


def frozen_project(spec: Path, classes: int) -> Project:
    """EfficientNet-Lite0 with ImageNet weights, which are kept beside the dataset, and a new head on frozen layers."""
    SHELF.look()
    project = SHELF.template("efficientnet-lite0").build({"input": [SIDE, SIDE, 3]})
    taken = take(project, SHELF.pretrained("efficientnet-lite0", "imagenet").read(None))
    project.apply(SetWeights(write_weights(spec.parent / "weights", taken.weights.items())))
    analysis = LiveAnalysis(project)
    head = find_head(analysis.of("model"))
    choice = HeadChoice(classes, dropout=0.5, freeze=True)
    project.apply(InGraph("model", replace_head(project.graphs["model"], head, choice)))
    project.apply(SetDataset(DatasetSettings(spec=str(spec))))
    return project


def train(project: Project, initial: Literal["project", "scratch"], runs: Path) -> Outcome:
    """Trains the head by the program's own job; "scratch": on random layers. The accuracy is the last epoch's."""
    from workbench.engine.training import job

    project.apply(SetTraining(msgspec.structs.replace(RECIPE, initial_weights=initial)))
    weights = project.weights
    command = Train(dumps(project).decode(), str(runs), device="cpu", weights=str(weights.file) if weights else "")
    done = job.train(command, lambda event: None, Controls())
    assert isinstance(done, Finished)
    return Outcome(done.last["val_accuracy"], done.seconds)


def main() -> None:
    """Prints both accuracies and the seconds that they took."""
    what = sys.argv[1] if len(sys.argv) > 1 else "fashion"
    with tempfile.TemporaryDirectory() as folder:
        path, classes = (
            (photographs(Path(folder)), len(_PHOTOGRAPHS))
            if what == "photographs"
            else (fashion_mnist(Path(folder)), 10)
        )
        project = frozen_project(path, classes)
        for name, initial in _INITIAL.items():
            outcome = train(project, initial, Path(folder) / "runs")
            print(f"{what}, frozen layers with {name} weights: {outcome.accuracy:.4f} in {outcome.seconds:.1f} s")


if __name__ == "__main__":
    main()
