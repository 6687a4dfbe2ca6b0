"""Images from a run's generator: what is asked, and where the answer lies. Arrays travel as `.npz` files."""

from workbench.protocol.base import Command, Event

LAST = -1
"""An epoch: the newest weights."""
EVERY_CLASS = -1
"""A label: the classes in turn."""


class Sample(Command, frozen=True, tag="sample"):
    """Makes images of `count` points of the latent space, the first of which has the number `first` of this seed.

    `truncation` as in `workbench.evaluation.latents.truncated` (0: off), `label` a class or `EVERY_CLASS`. With
    `points`, an `.npz` of `latents` and perhaps `labels`, of these instead. `averaged`: with the running mean of the
    weights, where the run keeps one. `path` is the `.npz` to write, by default in the run's folder.
    """

    run: str
    count: int = 64
    seed: int = 0
    first: int = 0
    truncation: float = 0.0
    label: int = EVERY_CLASS
    points: str = ""
    epoch: int = LAST
    averaged: bool = True
    path: str = ""
    device: str = "auto"


class Walk(Command, frozen=True, tag="walk"):
    """Makes `frames` images on the great circles from one point to the next: those numbered `stops` of the seed, or
    those of `points` in their order. `closed`: and back to the first. A class is that of the nearer stop.
    """

    run: str
    stops: tuple[int, ...] = (0, 1)
    seed: int = 0
    truncation: float = 0.0
    label: int = EVERY_CLASS
    points: str = ""
    frames: int = 60
    closed: bool = False
    epoch: int = LAST
    averaged: bool = True
    path: str = ""
    device: str = "auto"


class FindDirections(Command, frozen=True, tag="find_directions"):
    """Looks for the directions of the latent space along which what `layer` gives varies most (by default the first
    layer with weights): `workbench.evaluation.principal_directions`. `label`: for images of this class.
    """

    run: str
    count: int = 10
    seed: int = 0
    label: int = 0
    layer: str = ""
    epoch: int = LAST
    averaged: bool = True
    path: str = ""
    device: str = "auto"


class FindNearest(Command, frozen=True, tag="find_nearest"):
    """Looks for the training images nearest to generated ones, `images` of the `.npz` at `samples`: by their pixels,
    or, with `classifier`, the folder of a run, by what that network sees in them.
    """

    run: str
    samples: str
    count: int = 5
    classifier: str = ""
    path: str = ""
    device: str = "auto"


class MeasureQuality(Command, frozen=True, tag="measure_quality"):
    """Compares `count` generated images of each epoch with as many real ones by features of the run `classifier`.

    `epochs`: by default before the first and every one that the run keeps weights of. `part` as in `Evaluate`.
    """

    run: str
    classifier: str
    epochs: tuple[int, ...] = ()
    count: int = 2000
    seed: int = 0
    part: str = "auto"
    averaged: bool = True
    path: str = ""
    device: str = "auto"


class Sampled(Event, frozen=True, tag="sampled"):
    """`images` (uint8), `latents`, `labels` (-1 where there are no classes) and `about` (JSON) lie at `path`.

    `epoch` is the one that the weights are of; `class_names` are () where the generator takes no class.
    """

    path: str
    images: int
    latent: int
    epoch: int
    class_names: tuple[str, ...] = ()
    seconds: float = 0.0


class DirectionsFound(Event, frozen=True, tag="directions_found"):
    """`vectors` (directions x latent size) and `shares` lie at `path`; `layers` are those that can be asked for."""

    path: str
    directions: int
    layer: str
    layers: tuple[str, ...] = ()


class NearestFound(Event, frozen=True, tag="nearest_found"):
    """`indices` in the dataset `data`, its `keys` and `distances`, sample x rank, lie at `path`."""

    path: str
    data: str
    group: str
    compared: int
    seconds: float = 0.0


class QualityMeasured(Event, frozen=True, tag="quality_measured"):
    """How near one epoch's images are to the real ones; comes as it is measured.

    `shares`: how often the classifier takes generated images for each class, in the order of its classes.
    """

    epoch: int
    frechet: float
    coverage: float
    density: float
    shares: tuple[float, ...]


class QualityDone(Event, frozen=True, tag="quality_done"):
    """All epochs are measured; the table lies at `path` (JSON). `notes` are what a reader has to know."""

    path: str
    classifier: str
    class_names: tuple[str, ...]
    images: int
    part: str
    points: tuple[QualityMeasured, ...]
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
