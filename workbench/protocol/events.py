"""What an engine tells its client. Adding a field with a default keeps the protocol version."""

import msgspec

from workbench.protocol.base import Event
from workbench.protocol.evaluation import Evaluated, Evaluating, Explained, Predicted

Metrics = dict[str, float]
"""Metric name to value, as Keras names them: `loss`, `accuracy`, `val_loss`, `val_accuracy`."""


class Device(msgspec.Struct, frozen=True):
    """A processor that can train: `id` as a device choice says it ("gpu:0"), `memory` in bytes if known."""

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
    """What a job does now, in a few words ("reading the dataset"); for a status line."""

    text: str


class Started(Event, frozen=True, tag="started"):
    """Training begins. `batches` is the number of batches in one epoch; the counts are images."""

    run: str
    name: str
    epochs: int
    batches: int
    train_images: int
    validation_images: int
    device: str
    seed: int


class BatchProgress(Event, frozen=True, tag="batch"):
    """Progress within an epoch, at most about twenty a second.

    `epoch` and `batch` count from 1 and say what is done. Metrics are running means over the epoch.
    `seconds_left` is for the whole training; None until it can be told.
    """

    epoch: int
    batch: int
    batches: int
    epochs: int
    metrics: Metrics
    images_per_second: float
    seconds_left: float | None = None


class EpochEnd(Event, frozen=True, tag="epoch"):
    """An epoch is done and on disk: metrics of training and validation, the learning rate it ended with."""

    epoch: int
    epochs: int
    metrics: Metrics
    learning_rate: float
    seconds: float
    seconds_left: float
    best: bool


class Finished(Event, frozen=True, tag="finished"):
    """Every epoch is done. `best` holds the metrics of the best epoch, `last` those of the last one."""

    run: str
    name: str
    best: Metrics
    best_epoch: int
    last: Metrics
    epochs: int
    seconds: float


class Stopped(Event, frozen=True, tag="stopped"):
    """The job ended on request; its run is kept ("" where none had begun), `epochs` were completed."""

    run: str = ""
    name: str = ""
    best: Metrics = msgspec.field(default_factory=dict)
    best_epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0


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
    | BatchProgress
    | EpochEnd
    | Finished
    | Stopped
    | Failed
    | ExportDone
    | Evaluating
    | Evaluated
    | Predicted
    | Explained
    | Log
)

LAST_OF_JOB = (Finished, Stopped, Failed, ExportDone, Evaluated, Predicted, Explained)
"""A job sends exactly one of these, and nothing after it."""
