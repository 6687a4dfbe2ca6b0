"""Masks and pictures in memory, for tests of feeds whose targets are maps."""

import numpy as np

from workbench.data.augmentation.steps import Augmentation
from workbench.data.feed import divide
from workbench.data.fit import Framing
from workbench.data.map_feed import MapFeed
from workbench.data.source import DatasetError, Unmasked
from workbench.data.targets import Output


class Maps(Unmasked):
    """Images with masks, or with pictures, where they are given."""

    name, digest = "maps", ""

    def __init__(self, images, masks=None, pictures=None, class_names=("background", "object")):
        self.images, self.masks, self.pictures, self.class_names = images, masks, pictures, class_names
        self.masked, self.paired = masks is not None, pictures is not None
        self.keys = tuple(f"{index:03d}" for index in range(len(images)))
        self.labels = np.zeros(len(images), np.int64)
        self.parts = ("",) * len(images)

    def __len__(self):
        return len(self.images)

    def read(self, index):
        return self.images[index]

    def read_mask(self, index):
        if self.masks[index] is None:
            raise DatasetError(f"{index}: no mask")
        return self.masks[index]

    def read_target(self, index):
        return self.pictures[index] if self.paired else self.images[index]


def bright_squares(count=8, height=40, width=48, seed=0):
    """Images in which exactly the pixels of class 1 are bright, so that image and mask can be compared."""
    rng = np.random.default_rng(seed)
    masks = []
    for _ in range(count):
        mask = np.zeros((height, width), np.uint8)
        top, left = rng.integers(2, height - 18), rng.integers(2, width - 20)
        mask[top : top + rng.integers(9, 16), left : left + rng.integers(9, 18)] = 1
        masks.append(mask)
    return Maps([(255 * mask)[..., None] for mask in masks], masks)


def map_feed(source, shape, *steps, kind="masks", output=None, fit="stretch", seed=0, **options):
    output = output or Output((*shape[:2], None))
    samples = np.arange(len(source))
    framing = Framing(shape, fit)
    division = divide(source, 0, 0, seed)
    return MapFeed(division, samples, framing, seed, Augmentation(steps), kind=kind, output=output, **options)
