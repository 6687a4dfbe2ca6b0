"""How each kind of job is spoken of: a row a command, and a sensible default for commands that have none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.protocol import AnyCommand


@dataclass(frozen=True)
class JobWords:
    """What the panels say of one kind of job.

    `cancel` is what pressing Stop does, `died` what is so after the engine was lost, `done` how a result without words
    of its own is told. `trains`: it makes or continues a run. `at_training`: the Training panel
    tells how it ended. `quiet`: it is over in moments and asked for many times
    in a row, as while a slider moves; that it went well is seen where it was asked for, and told nowhere else.
    """

    preparing: str
    stopping: str
    cancel: str
    stopped: str
    failed: str
    died: str
    done: str
    trains: bool = False
    at_training: bool = False
    quiet: bool = False


_TRAIN = JobWords(
    preparing="Preparing the training",
    stopping="Stopping at the end of this batch",
    cancel="Stop at the end of this batch and keep the run",
    stopped="Stopped.",
    failed="Training failed",
    died="Your project is as it was; press Train to start again with a new engine.",
    done="Trained.",
    trains=True,
    at_training=True,
)
_EXPORT = JobWords(
    preparing="Exporting",
    stopping="Stopping the export",
    cancel="Stop the export; nothing is written",
    stopped="The export was stopped; nothing was written.",
    failed="The export failed",
    died="Nothing was written; export again.",
    done="Exported.",
)


def _job(
    noun: str, doing: str, again: str, kept: str = "Nothing was changed.", *, quiet: bool = False, trial: bool = False
) -> JobWords:
    """Words of a job that only looks: it leaves project and runs as they are."""
    return JobWords(
        preparing=doing,
        stopping=f"Stopping the {noun}",
        cancel=f"Stop the {noun}",
        stopped=f"The {noun} was stopped. {kept}",
        failed=f"The {noun} failed",
        died=f"{kept} {again}",
        done=f"The {noun} is done.",
        at_training=trial,
        quiet=quiet,
    )


_WORDS = {
    "train": _TRAIN,
    "export": _EXPORT,
    "find-learning-rate": _job("learning-rate finder", "Trying learning rates", "Start the finder again.", trial=True),
    "find-batch-size": _job("batch-size search", "Trying batch sizes", "Start the search again.", trial=True),
    "overfit-batch": _job("trial on one batch", "Learning one batch by heart", "Start the trial again.", trial=True),
    "make-application": _job("import", "Building the network", "Import it again.", "Your project is as it was."),
    "evaluate": _job("evaluation", "Evaluating", "Evaluate again.", "The runs are as they were."),
    "predict": _job("prediction", "Predicting", "Predict again.", "The run is as it was."),
    "sample": _job("sampling", "Sampling", "Sample again.", "The run is as it was.", quiet=True),
    "walk": _job("walk", "Walking through the latent space", "Walk again.", "The run is as it was."),
    "find-directions": _job(
        "search for directions",
        "Looking for directions",
        "Select the sample again.",
        "The run is as it was.",
        quiet=True,
    ),
    "find-nearest": _job(
        "search among the training images",
        "Comparing with the training images",
        "Search again.",
        "The run is as it was.",
    ),
    "measure-quality": _job("measurement", "Measuring the generator", "Measure again.", "The runs are as they were."),
    "explain": _job("explanation", "Looking inside the network", "Ask again.", "The run is as it was."),
}


def words_of(command: AnyCommand) -> JobWords:
    """The words for a command's job."""
    tag = str(command.__struct_config__.tag).replace("_", "-")
    return _WORDS.get(tag) or _default(type(command).__name__)


def _default(name: str) -> JobWords:
    """`MeasureSpeed`: "measure speed"."""
    spoken = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return _job(f"job “{spoken}”", f"{spoken[:1].upper()}{spoken[1:]}: preparing", "Start it again.")
