"""What is known of a dataset without reading it. Plain Python, so that the editor starts without numpy."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

DIGITS = tuple("0123456789")
FASHION = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR100 = (
    "apple",
    "aquarium_fish",
    "baby",
    "bear",
    "beaver",
    "bed",
    "bee",
    "beetle",
    "bicycle",
    "bottle",
    "bowl",
    "boy",
    "bridge",
    "bus",
    "butterfly",
    "camel",
    "can",
    "castle",
    "caterpillar",
    "cattle",
    "chair",
    "chimpanzee",
    "clock",
    "cloud",
    "cockroach",
    "couch",
    "crab",
    "crocodile",
    "cup",
    "dinosaur",
    "dolphin",
    "elephant",
    "flatfish",
    "forest",
    "fox",
    "girl",
    "hamster",
    "house",
    "kangaroo",
    "keyboard",
    "lamp",
    "lawn_mower",
    "leopard",
    "lion",
    "lizard",
    "lobster",
    "man",
    "maple_tree",
    "motorcycle",
    "mountain",
    "mouse",
    "mushroom",
    "oak_tree",
    "orange",
    "orchid",
    "otter",
    "palm_tree",
    "pear",
    "pickup_truck",
    "pine_tree",
    "plain",
    "plate",
    "poppy",
    "porcupine",
    "possum",
    "rabbit",
    "raccoon",
    "ray",
    "road",
    "rocket",
    "rose",
    "sea",
    "seal",
    "shark",
    "shrew",
    "skunk",
    "skyscraper",
    "snail",
    "snake",
    "spider",
    "squirrel",
    "streetcar",
    "sunflower",
    "sweet_pepper",
    "table",
    "tank",
    "telephone",
    "television",
    "tiger",
    "tractor",
    "train",
    "trout",
    "tulip",
    "turtle",
    "wardrobe",
    "whale",
    "willow_tree",
    "wolf",
    "woman",
    "worm",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A built-in dataset at a glance."""

    title: str
    class_names: tuple[str, ...]
    shape: tuple[int, int, int]
    """Height, width and channels of its images."""
    images: int
    """Those of its test part not counted."""
    source: str
    test_images: int = 0
    """Those that the dataset itself sets apart for the test."""


BUILT_IN = {
    "digits": Facts(
        "Handwritten digits",
        DIGITS,
        (8, 8, 1),
        1797,
        "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI (CC BY 4.0); "
        "the test part, as scikit-learn has it",
    ),
    "mnist": Facts(
        "MNIST handwritten digits",
        DIGITS,
        (28, 28, 1),
        60_000,
        "Y. LeCun, C. Cortes and C. Burges, The MNIST database of handwritten digits (CC BY-SA 3.0)",
        10_000,
    ),
    "fashion_mnist": Facts(
        "Fashion-MNIST",
        FASHION,
        (28, 28, 1),
        60_000,
        "H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, 2017 (MIT)",
        10_000,
    ),
    "cifar10": Facts(
        "CIFAR-10",
        CIFAR10,
        (32, 32, 3),
        50_000,
        "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        10_000,
    ),
    "cifar100": Facts(
        "CIFAR-100",
        CIFAR100,
        (32, 32, 3),
        50_000,
        "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009; the 100 fine labels",
        10_000,
    ),
}


def known_classes(spec: str) -> int | None:
    """Number of classes of a dataset, or None when only reading it would tell."""
    facts = BUILT_IN.get(spec)
    return len(facts.class_names) if facts else None


def known_steps(
    spec: str, validation_share: float, batch_size: int, epochs: int, test_share: float = 0.0
) -> int | None:
    """Batches in a whole training, or None when only reading the dataset would tell how many images it has."""
    facts = BUILT_IN.get(spec)
    if facts is None:
        return None
    held_out = 0 if facts.test_images else ceil(facts.images * test_share)
    rest = facts.images - held_out
    return ceil((rest - ceil(rest * validation_share)) / batch_size) * epochs
