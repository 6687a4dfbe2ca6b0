"""What an engine tells its client. Adding a field with a default keeps the protocol version."""

import msgspec

from workbench.protocol.adversarial import Samples, TrainingAlarm
from workbench.protocol.base import Event
from workbench.protocol.evaluation import Evaluated, Explained, ImagesEvaluated, ImagesMade, Predicted, Segmented
from workbench.protocol.generating import DirectionsFound, NearestFound, QualityDone, QualityMeasured, Sampled
from workbench.protocol.training import (
    BatchProgress,
    BatchSizeFound,
    Checked,
    Continued,
    EpochEnd,
    Finished,
    InitialWeights,
    LayerAlarm,
    LearningRateCurve,
    LearningRateSet,
    OverfitDone,
    Paused,
    RateTried,
    Started,
    Stopped,
)


class Device(msgspec.Struct, frozen=True):
    """A processor that can train: `id` as a device choice says it ("gpu:0").

    `memory` is what was free on a GPU when the engine started, in bytes; None for the CPU and where it is not known.
    """

    id: str
    name: str
    memory: int | None = None


class Hello(Event, frozen=True, tag="hello"):
    """The process lives and speaks this protocol; TensorFlow is about to be imported."""

    pid: int


class Ready(Event, frozen=True, tag="ready"):
    """TensorFlow is loaded. Without a GPU, `no_gpu` says why and `remedy` what to do; else both are ""."""

    versions: dict[str, str]
    devices: tuple[Device, ...]
    no_gpu: str = ""
    remedy: str = ""


class Unavailable(Event, frozen=True, tag="unavailable"):
    """The engine cannot work here, as where TensorFlow is missing or broken; the process ends after this."""

    message: str
    hint: str = ""
    detail: str = ""


class Stage(Event, frozen=True, tag="stage"):
    """What a job does now, in a few words ("reading the dataset"); for a status line.

    Where it can be counted, `done` of `total` (0: not known), with the seconds left.
    """

    text: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None


class Failed(Event, frozen=True, tag="failed"):
    """The job ended without its result: what is wrong, what to do, and technical detail for a log."""

    message: str
    hint: str = ""
    detail: str = ""
    run: str = ""


class ExportDone(Event, frozen=True, tag="exported"):
    """The export lies at `path` and was compared with the model over `images` held-out images.

    `difference` is the largest absolute difference of an output, `scale` the largest absolute output.
    """

    path: str
    difference: float
    scale: float
    tolerance: float
    images: int
    random: bool = False
    """Whether the samples were random numbers: a generator's latent vectors, or where data do not fit the network."""


class ApplicationMade(Event, frozen=True, tag="application_made"):
    """The network lies at `path`; `preprocessing` names what it expects of its images (`project.preprocessing`)."""

    path: str
    preprocessing: str


class Log(Event, frozen=True, tag="log"):
    """A line worth showing in the console."""

    text: str
    level: str = "info"


AnyEvent = (
    Hello
    | Ready
    | Unavailable
    | Stage
    | Started
    | InitialWeights
    | Checked
    | BatchProgress
    | EpochEnd
    | Paused
    | Continued
    | LearningRateSet
    | LayerAlarm
    | TrainingAlarm
    | Samples
    | Finished
    | Stopped
    | RateTried
    | LearningRateCurve
    | BatchSizeFound
    | OverfitDone
    | Failed
    | ExportDone
    | ApplicationMade
    | Evaluated
    | Predicted
    | Segmented
    | ImagesEvaluated
    | ImagesMade
    | Explained
    | Sampled
    | DirectionsFound
    | NearestFound
    | QualityMeasured
    | QualityDone
    | Log
)

LAST_OF_JOB = (
    Finished,
    Stopped,
    Failed,
    ExportDone,
    ApplicationMade,
    LearningRateCurve,
    BatchSizeFound,
    OverfitDone,
    Evaluated,
    Predicted,
    Segmented,
    ImagesEvaluated,
    ImagesMade,
    Explained,
    Sampled,
    DirectionsFound,
    NearestFound,
    QualityDone,
)
"""A job sends exactly one of these, and nothing after it."""
