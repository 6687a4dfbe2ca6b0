"""Judging trained runs: what is asked, how far it is, and where the answer lies. Arrays travel as `.npz` files."""

import msgspec

from workbench.protocol.base import Command, Event

PARTS = ("auto", "training", "validation", "test", "all")
"""Of a dataset. "auto": its test images, else its validation images, else, where it has no parts, all of them."""
CROPS = (1, 5, 10)
"""Views of an image: the whole; four corners and centre of an enlarged one; these and their mirror images."""
SCALES = ("auto", "image", "network")
"""At which size pixels are predicted: "image" the image's own, in tiles; "network" that of images in training.
"auto": its own where it is larger than what the network takes.
"""
EXPLANATIONS = ("gradcam", "activations", "filters")


class Evaluate(Command, frozen=True, tag="evaluate"):
    """Classifies a part of a dataset, or its pixels, with the runs in these folders; several are an ensemble, averaged.

    `data` is a SPEC, by default the first run's; `part` one of `PARTS`, `crops` one of `CROPS`. `augmented` is the
    number of varied copies of each image, by each run's own augmentation, that are averaged (0: the image itself).
    `path` is the `.npz` to write, by default in the first run's folder; `device` as in training. Of pixels, there are
    neither crops nor copies, and masks are written to a folder beside that file.
    """

    runs: tuple[str, ...]
    data: str = ""
    part: str = "auto"
    crops: int = 1
    augmented: int = 0
    weights: str = "best"
    path: str = ""
    device: str = "auto"


class Predict(Command, frozen=True, tag="predict"):
    """Classifies image files, and those in folders, with the runs in these folders, averaged.

    `path` is the `.npz` to write. Where the network gives a class to every pixel, masks are written to `folder`
    instead, by default one in the first run's, predicted at one of `SCALES`.
    """

    runs: tuple[str, ...]
    images: tuple[str, ...]
    crops: int = 1
    weights: str = "best"
    path: str = ""
    folder: str = ""
    scale: str = "auto"
    device: str = "auto"


class Explain(Command, frozen=True, tag="explain"):
    """Looks into a run's network: `kind` is one of `EXPLANATIONS`.

    The image is the file `image` (or an array, `.npy`, of height x width x channels from 0 to 255), or else the sample
    `index` of the dataset `data` (by default the run's own); filters need none. `node` is a layer of the expanded
    network (names joined by "."); for Grad-CAM by default the last one with spatial output. `target` is a class, by
    default the predicted one. `path` is the `.npz` to write, by default in the run's folder.
    """

    run: str
    kind: str = "gradcam"
    node: str = ""
    image: str = ""
    data: str = ""
    index: int = -1
    target: int = -1
    weights: str = "best"
    path: str = ""
    device: str = "auto"


class Member(msgspec.Struct, frozen=True):
    """What one run reached by itself; of pixels, `accuracy` is theirs and `macro_f1` their mean Dice."""

    run: str
    name: str
    accuracy: float
    loss: float
    macro_f1: float
    calibration_error: float = 0.0
    mean_iou: float = 0.0
    """Of pixels."""


class Evaluated(Event, frozen=True, tag="evaluated"):
    """Predictions lie at `path` (`workbench.evaluation.Predictions`, or where `kind` is "masks" `MaskPredictions`);
    `notes` are what a reader has to know.
    """

    path: str
    data: str
    part: str
    images: int
    members: tuple[Member, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    kind: str = "classes"


class Predicted(Event, frozen=True, tag="predicted"):
    """Predictions for `images` files lie at `path`; `problems` name each file that could not be read, and why."""

    path: str
    images: int
    seconds: float
    problems: tuple[str, ...] = ()


class ImagesEvaluated(Event, frozen=True, tag="images_evaluated"):
    """Measures of images that are compared with images, and some of the pictures, lie at `path`
    (`workbench.evaluation.images.ImageResults`); `means` are over all images, by name.
    """

    path: str
    data: str
    part: str
    images: int
    means: dict[str, float]
    seconds: float
    notes: tuple[str, ...] = ()


class ImagesMade(Event, frozen=True, tag="images_made"):
    """What the network made of image files: `files` are pairs of what was given and the PNG that was written."""

    files: tuple[tuple[str, str], ...]
    seconds: float
    problems: tuple[str, ...] = ()


class Segmented(Event, frozen=True, tag="segmented"):
    """Masks of `images` files lie beside the listing `path` (`workbench.evaluation.masks.MaskListing`)."""

    path: str
    images: int
    seconds: float
    problems: tuple[str, ...] = ()


class Explained(Event, frozen=True, tag="explained"):
    """What was asked for lies at `path`; see `docs/evaluation.md` for the arrays of each kind."""

    path: str
    kind: str
    node: str
    target: int = -1
    nodes: tuple[str, ...] = ()
    """The layers that can be asked for in this way, in the order of the network."""
