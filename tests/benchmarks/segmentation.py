"""A U-Net that finds garments on photographs, trained and judged through the product.

Garments of Fashion-MNIST are tinted, enlarged and laid on photographs of scikit-image; the masks are exact. The
garments of the test are Fashion-MNIST's own test images, and its photographs are others than those of training.

`python -m tests.benchmarks.segmentation [--images N] [--epochs N] [--runs DIR] [--picture FILE]` prints a line an
epoch, then the seconds, IoU and Dice on the held-out images. Needs scikit-image.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from pathlib import Path

import numpy as np
from PIL import Image

from workbench.project import (
    AugmentationSettings,
    DatasetSettings,
    Project,
    SetAugmentation,
    SetDataset,
    SetTraining,
    TrainingSettings,
)
from workbench.project.augmentation_presets import new_step
from workbench.project.file import dumps
from workbench.protocol import EpochEnd, Evaluate, Evaluated, Finished, Train

SIDE, TESTED = 64, 300
ALL = (
    *("astronaut", "brick", "camera", "cell", "chelsea", "clock", "coffee", "coins", "grass", "gravel"),
    *("hubble_deep_field", "immunohistochemistry", "moon", "page", "retina", "rocket", "stereo_motorcycle", "text"),
)
"""Those that come with scikit-image."""
PHOTOGRAPHS = {"test": ALL[::4], "train": tuple(name for index, name in enumerate(ALL) if index % 4)}
AUGMENTATION = AugmentationSettings(
    (
        new_step("mirror_horizontal"),
        new_step("hue", 0.7, degrees=180.0),
        new_step("saturation", 0.5),
        new_step("brightness", 0.5),
        new_step("contrast", 0.5),
    )
)
"""There are only thirteen photographs: colours of skies and fields that none of them shows have to come from here."""


def make_folders(root: Path, images: int, seed: int = 0) -> str:
    """Images and masks in train and test folders; returns the SPEC."""
    from workbench.data.sources import open_source

    source, rng = open_source("fashion_mnist"), np.random.default_rng(seed)
    parts = np.array(source.parts)
    for part, count in (("train", images), ("test", TESTED)):
        scenes = [_photograph(name) for name in PHOTOGRAPHS[part]]
        own = np.flatnonzero(parts == part)
        for number, index in enumerate(rng.choice(own, count, replace=False)):
            image, mask = _composed(source.read(int(index))[..., 0], scenes[rng.integers(len(scenes))], rng)
            for kind, pixels in (("images", image), ("masks", mask)):
                path = root / kind / part / f"{number:05d}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels).save(path)
    return f"{root / 'images'}::{root / 'masks'}"


def _photograph(name: str):  # type: ignore[no-untyped-def]
    import skimage.data

    found = getattr(skimage.data, name)()
    pixels = found[0] if isinstance(found, tuple) else found
    return np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels[..., :3]


def _composed(garment, photograph, rng):  # type: ignore[no-untyped-def]
    """An image of SIDE x SIDE and its mask, 255 where the garment is."""
    scale = int(rng.integers(32, 57))
    whole = Image.fromarray(np.dstack([garment, 255 * _silhouette(garment)]).astype(np.uint8), "LA")
    large = np.asarray(whole.resize((scale, scale), Image.Resampling.BILINEAR))
    top, left = rng.integers(0, SIDE - scale + 1, 2)
    worn = np.zeros((SIDE, SIDE), bool)
    worn[top : top + scale, left : left + scale] = large[..., 1] > 127
    cloth = np.zeros((SIDE, SIDE, 3), np.float32)
    cloth[top : top + scale, left : left + scale] = large[..., :1] * rng.uniform(0.3, 1.0, 3)
    part = int(rng.integers(SIDE, min(4 * SIDE, *photograph.shape[:2]) + 1))
    y, x = (int(rng.integers(0, size - part + 1)) for size in photograph.shape[:2])
    seen = Image.fromarray(np.ascontiguousarray(photograph[y : y + part, x : x + part], np.uint8))
    ground = np.asarray(seen.resize((SIDE, SIDE), Image.Resampling.BOX))
    image = np.where(worn[..., np.newaxis], cloth, ground)
    return np.rint(image).clip(0, 255).astype(np.uint8), (255 * worn).astype(np.uint8)


def _silhouette(garment):  # type: ignore[no-untyped-def]
    """What is not joined to the border by black: dark cloth within a garment is garment."""
    from workbench.data.opencv import cv2

    black = np.pad(garment == 0, 1, constant_values=True).astype(np.uint8)
    _, parts = cv2.connectedComponents(black, connectivity=4)
    return (parts != parts[0, 0])[1:-1, 1:-1]


def recipe(spec: str, epochs: int) -> Project:
    """The project as a person would set it up: the template, thinner and less deep."""
    from workbench.templates import get_template

    project = get_template("unet-same").build({"input": [SIDE, SIDE, 3], "classes": 2, "width": 0.25, "depth": 3})
    project.apply(SetDataset(DatasetSettings(spec=spec, validation_share=0.1)))
    project.apply(SetAugmentation(AUGMENTATION))
    project.apply(
        SetTraining(
            TrainingSettings(
                epochs=epochs,
                batch_size=16,
                learning_rate=0.002,
                schedule="one_cycle",
                loss="crossentropy_dice",
                metrics=("mean_iou", "iou", "accuracy"),
            )
        )
    )
    return project


def main() -> None:
    """Makes, trains, judges."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--runs", type=Path)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        spec = make_folders(Path(folder) / "data", options.images)
        run(recipe(spec, options.epochs), options.runs or Path(folder) / "runs", options.picture)


def run(project: Project, runs: Path, picture: Path | None) -> None:
    """Trains into `runs`, judges on the test images, and prints."""
    from workbench.engine import run_job
    from workbench.evaluation import MaskReport, read_mask_predictions

    def report(event: object) -> None:
        if isinstance(event, EpochEnd):
            print(f"epoch {event.epoch}: {event.seconds:.1f} s, held-out IoU {event.metrics['val_object_iou']:.4f}")

    done = run_job(Train(project=dumps(project).decode(), runs=str(runs)), report, threading.Event())
    assert isinstance(done, Finished)
    judged = run_job(Evaluate(runs=(done.run,), part="test"), lambda event: None, threading.Event())
    assert isinstance(judged, Evaluated)
    measured = MaskReport(read_mask_predictions(Path(judged.path)))
    print(
        f"{done.epochs} epochs in {done.seconds:.0f} s; on {judged.images} test images IoU of garments "
        f"{measured.iou[1]:.4f}, of the rest {measured.iou[0]:.4f}, Dice of garments {measured.dice[1]:.4f}, "
        f"pixel accuracy {measured.pixel_accuracy:.4f}"
    )
    if picture is not None:
        _show(project, Path(judged.path), picture)


def _show(project: Project, path: Path, picture: Path) -> None:
    """The four worst images, four in the middle and the four best: as they are, true masks, predicted masks."""
    from workbench.data.grid import grid
    from workbench.evaluation import MaskReport, read_mask_predictions
    from workbench.evaluation.masks import read_classes
    from workbench.project.feeds import open_dataset

    predictions = read_mask_predictions(path)
    worst = MaskReport(predictions).worst
    middle = len(worst) // 2
    source, rows = open_dataset(project.dataset), []
    for row in (*worst[:4], *worst[middle - 2 : middle + 2], *worst[-4:]):
        image, true = source.read(int(predictions.indices[row])), source.read_mask(int(predictions.indices[row]))
        guessed = read_classes(predictions.mask_file(int(row), path))
        rows.append((image, _tinted(image, true), _tinted(image, guessed)))
    columns = [np.stack([rows[index][kind] for index in range(12)]) for kind in range(3)]
    Image.fromarray(grid(columns)).save(picture)


def _tinted(image, mask):  # type: ignore[no-untyped-def]
    colour = np.array([230, 97, 0], np.float32)
    mixed = np.where(mask[..., np.newaxis] > 0, 0.35 * image + 0.65 * colour, image * 0.6)
    return mixed.astype(np.uint8)


if __name__ == "__main__":
    main()
