"""What a client asks of an engine. Adding a field with a default keeps the protocol version."""

from workbench.protocol.base import Command
from workbench.protocol.evaluation import Evaluate, Explain, Predict
from workbench.protocol.generating import FindDirections, FindNearest, MeasureQuality, Sample, Walk
from workbench.protocol.training import (
    Continue,
    FindBatchSize,
    FindLearningRate,
    OverfitBatch,
    Pause,
    SetLearningRate,
    Train,
)


class Export(Command, frozen=True, tag="export"):
    """Writes the model of a run (a folder) to `path` and compares what was written with the model.

    `weights` is "best" or "last". With `project`, the text of a project's file, its own weights are written instead:
    those in `weights_file`, or in the user's store. `run` is "" then.
    """

    run: str
    path: str
    format: str = "savedmodel"
    weights: str = "best"
    device: str = "auto"
    project: str = ""
    weights_file: str = ""


class MakeApplication(Command, frozen=True, tag="make_application"):
    """Builds a network of `keras.applications` and writes it to `path` (`.keras`). Ends with `ApplicationMade`.

    `weights` is "imagenet" (fetched into Keras's own cache, or found there), "" for random ones, or a `.h5` file.
    `shape` is height, width and channels, () for the published size; without `top` it ends in its last features.
    """

    network: str
    path: str
    weights: str = "imagenet"
    shape: tuple[int, ...] = ()
    top: bool = True


class Stop(Command, frozen=True, tag="stop"):
    """Ends the envelope's job within one batch and keeps its run; a job that has not begun never begins."""


class Shutdown(Command, frozen=True, tag="shutdown"):
    """Stops every job and ends the engine."""


AnyCommand = (
    Train
    | FindLearningRate
    | FindBatchSize
    | OverfitBatch
    | Export
    | MakeApplication
    | Evaluate
    | Predict
    | Explain
    | Sample
    | Walk
    | FindDirections
    | FindNearest
    | MeasureQuality
    | Stop
    | Pause
    | Continue
    | SetLearningRate
    | Shutdown
)
