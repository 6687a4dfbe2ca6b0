"""What a client asks of an engine. Adding a field with a default keeps the protocol version."""

from workbench.protocol.base import Command
from workbench.protocol.evaluation import Evaluate, Explain, Predict


class Train(Command, frozen=True, tag="train"):
    """Trains a project into a new run folder.

    `project` is the text of a project file, so an unsaved document trains as it stands on the canvas.
    `runs` is the run store's folder, `name` the stem of the run's name (by default the project's title), `device`
    one of "auto", "cpu", "gpu:0", "gpu:1" and so on.
    """

    project: str
    runs: str
    name: str = ""
    device: str = "auto"


class Export(Command, frozen=True, tag="export"):
    """Writes the model of a run (a folder) to `path` and compares what was written with the model.

    `weights` is "best" or "last".
    """

    run: str
    path: str
    format: str = "savedmodel"
    weights: str = "best"
    device: str = "auto"


class Stop(Command, frozen=True, tag="stop"):
    """Ends the envelope's job within one batch and keeps its run; a job that has not begun never begins."""


class Shutdown(Command, frozen=True, tag="shutdown"):
    """Stops every job and ends the engine."""


AnyCommand = Train | Export | Evaluate | Predict | Explain | Stop | Shutdown
