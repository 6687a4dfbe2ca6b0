"""What a client asks of an engine. Adding a field with a default keeps the protocol version."""

from workbench.protocol.base import Command
from workbench.protocol.evaluation import Evaluate, Explain, Predict
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
    | Evaluate
    | Predict
    | Explain
    | Stop
    | Pause
    | Continue
    | SetLearningRate
    | Shutdown
)
