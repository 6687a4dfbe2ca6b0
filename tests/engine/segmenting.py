"""Folders of images and masks, and small networks that tell pixels apart, for tests of segmentation."""

import numpy as np
from PIL import Image

from tests.engine.drawings import chain
from workbench.project import AugmentationSettings, DatasetSettings, Project, TrainingSettings


def mask_folders(root, count=12, size=(24, 32), parts=False, seed=0, classes=2):
    """Discs of grey on dark noise, brighter from class to class; returns the SPEC."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[: size[0], : size[1]]
    for number in range(count):
        mask = np.zeros(size, np.uint8)
        for label in range(1, classes):
            y, x = rng.uniform(5, size[0] - 5), rng.uniform(5, size[1] - 5)
            mask[(rows - y) ** 2 + (columns - x) ** 2 < rng.uniform(15, 40)] = label
        image = (rng.integers(0, 60, size) + mask * (190 // max(1, classes - 1))).astype(np.uint8)
        part = ("train", "validation", "test")[number % 3] if parts else "."
        for kind, pixels in (("images", image), ("masks", mask * 255 if classes == 2 else mask)):
            path = root / kind / part / f"{number:03d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path)
    return f"{root / 'images'}::{root / 'masks'}"


def pixelwise(shape=(24, 32, 1), classes=2, activation="softmax", padding="same"):
    """Two convolutions: enough to tell bright from dark."""
    return chain(
        ("input", "image", {"shape": list(shape)}),
        ("keras.layers.Conv2D", "conv", {"filters": 8, "kernel_size": 3, "padding": padding}),
        ("keras.layers.BatchNormalization", "norm", {"momentum": 0.8}),
        ("keras.layers.ReLU", "relu", {}),
        ("keras.layers.Dropout", "drop", {"rate": 0.1}),
        ("keras.layers.Conv2D", "classes", {"filters": classes, "kernel_size": 1, "activation": activation}),
    )


def segmentation(spec, graph=None, *, augmentation=(), data=None, **training):
    """A project that learns masks."""
    settings = {"epochs": 3, "batch_size": 4, "learning_rate": 0.02, "metrics": ("accuracy", "mean_iou"), **training}
    return Project(
        [graph or pixelwise()],
        DatasetSettings(spec=spec, **(data or {})),
        TrainingSettings(**settings),
        title="pixels",
        augmentation=AugmentationSettings(tuple(augmentation)),
    )
