"""Images, augmentations and feeds for tests."""

import numpy as np
from hypothesis import strategies as st

from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.data.augmentation.steps import Augmentation, Step
from workbench.data.feed import Feed, divide
from workbench.data.fit import Framing
from workbench.data.sources.arrays import ArraySource


def photograph(height=48, width=64, channels=3, seed=0):
    """Smooth colours with some detail, as photographs have; uint8."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / max(height, width)
    waves = [np.sin(2 * np.pi * (a * rows + b * columns + c)) for a, b, c in rng.uniform(-2, 2, (channels, 3))]
    return (
        np.rint(127.5 + 100 * np.stack(waves, axis=-1) + rng.normal(0, 4, (height, width, channels)))
        .clip(0, 255)
        .astype(np.uint8)
    )


def step(key, position=0, probability=1.0, **params):
    return Step(OPERATIONS[key], OPERATIONS[key].values(params), probability, position)


def effects_of(key, dice, frame, **params):
    """What an operation draws."""
    operation = OPERATIONS[key]
    assert operation.draw is not None
    return operation.draw(dice, frame, operation.values(params))


def augmentation(*steps):
    return Augmentation(steps)


def feed_of(*steps, images=None, shape=None, seed=0, keys=None, **options):
    images = np.stack([photograph(seed=index) for index in range(12)]) if images is None else images
    labels = np.arange(len(images)) % 3
    source = ArraySource("pictures", images, labels, ("cat", "dog", "owl"), ("",) * len(images))
    division = divide(source, 0, 0, seed)
    framing = Framing(shape or images.shape[1:])
    return Feed(division, np.arange(len(images)), framing, seed, Augmentation(steps), **options)


def drawn_params(key):
    """Any allowed value of every parameter of an operation."""
    return st.fixed_dictionaries({param.name: _value(param.kind) for param in OPERATIONS[key].params})


def _value(kind):
    if hasattr(kind, "values"):
        return st.sampled_from(kind.values)
    if type(kind).__name__ == "Boolean":
        return st.booleans()
    if type(kind).__name__ == "Integer":
        return st.integers(kind.minimum, kind.maximum)
    return st.floats(kind.minimum, kind.maximum)
