"""A run that tells pixels apart, with what an engine would have written of it: known masks, known mistakes."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests.engine.drawings import chain
from workbench.evaluation import MaskPredictions, write_mask_predictions
from workbench.evaluation.masks import MaskedImage, MaskListing, shares_of, write_listing, write_mask
from workbench.evaluation.palette import class_colours
from workbench.evaluation.segmentation import mask_name, pixel_counts
from workbench.project import DatasetSettings, Project
from workbench.project.file import dumps
from workbench.runs import Checkpoint, RunStatus, RunStore

SIDE = 16
NAMES = ("background", "cell", "edge")
WRONG = {0: 2, 1: 6, 2: 0, 3: 3}
"""Columns in which the cell of an image is missed, by index: the second image is the worst."""
FALSE_ROWS = 1
"""Rows at the bottom of the image 3 that are falsely taken for edge."""


def truth_of(index):
    """The left half is a cell, its first column an edge."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, : SIDE // 2] = 1
    mask[:, 0] = 2
    return mask


def guess_of(index):
    """Some columns of the cell are missed; in one image some rows are falsely edges."""
    mask = truth_of(index)
    mask[:, SIDE // 2 - WRONG[index] : SIDE // 2] = 0
    if index == 3:
        mask[-FALSE_ROWS:, SIDE // 2 :] = 2
    return mask


def image_of(index):
    """Grey, brighter from image to image."""
    return np.full((SIDE, SIDE), 60 + 40 * index, np.uint8)


def mask_folders(root):
    """The SPEC of a dataset of these."""
    for index in WRONG:
        for kind, pixels in (("images", image_of(index)), ("masks", truth_of(index))):
            (root / kind).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(root / kind / f"{index}.png")
    (root / "masks" / "classes.txt").write_text("\n".join(NAMES))
    return f"{root / 'images'}::{root / 'masks'}"


def mask_project(spec):
    """A network of one layer, never trained."""
    graph = chain(
        ("input", "image", {"shape": [SIDE, SIDE, 1]}),
        ("keras.layers.Conv2D", "map", {"filters": 3, "kernel_size": 1, "activation": "softmax"}),
    )
    return Project([graph], DatasetSettings(spec=spec), title="cells")


def mask_run(root, data):
    """The run's folder, with an evaluation and a prediction that the scripted engine answers with."""
    spec = mask_folders(data)
    with RunStore(root).create("cells", dumps(mask_project(spec)).decode(), 0, class_names=NAMES) as run:
        run.save_best(Checkpoint({}))
        run.finish(RunStatus.FINISHED, best={"val_accuracy": 0.9}, epochs=2)
        folder = Path(run.folder)
    _write_evaluation(folder / "evaluations", str(folder), spec)
    _write_prediction(folder / "evaluations" / "predicted", str(folder), data)
    return folder


def _write_evaluation(folder, run, spec):
    masks = folder / "made-masks"
    masks.mkdir(parents=True)
    for index in WRONG:
        write_mask(masks / mask_name(index), guess_of(index), class_colours(3))
    counts = np.stack([pixel_counts(truth_of(index), guess_of(index), 3) for index in WRONG])
    members = [{"name": "cells", "mean_iou": 0.8}]
    about = {"runs": [run], "members": members, "data": spec, "part": "all", "masks": str(masks), "notes": []}
    keys = np.array([str(index) for index in WRONG])
    made = MaskPredictions(counts, np.array([0.3, 0.2, 0.1, 0.4]), np.arange(4), keys, NAMES, about)
    write_mask_predictions(folder / "made.npz", made)


def _write_prediction(folder, run, data):
    """The masks of two images: one as the network's, one larger."""
    folder.mkdir(parents=True)
    large = np.kron(truth_of(0), np.ones((4, 4), np.uint8))
    Image.fromarray(np.kron(image_of(0), np.ones((4, 4), np.uint8))).save(data / "large.png")
    images = []
    for name, file, mask, tiles in (
        ("large.png", data / "large.png", large, 25),
        ("1.png", data / "images" / "1.png", guess_of(1), 1),
    ):
        write_mask(folder / name, mask, class_colours(3))
        height, width = mask.shape
        shares = shares_of(mask, NAMES)
        images.append(
            MaskedImage(
                file=str(file), mask=name, height=height, width=width, tiles=tiles, own_size=tiles > 1, shares=shares
            )
        )
    write_listing(folder, MaskListing(runs=(run,), class_names=NAMES, palette=class_colours(3), images=tuple(images)))
