"""What an evaluation found, and the images that it is about. numpy is imported where it is needed, in threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.ui.images.thumbnails import Thumbnail

if TYPE_CHECKING:
    from workbench.data.source import Source
    from workbench.evaluation import Predictions, Report


@dataclass(frozen=True)
class OfRuns:
    """What runs predicted, whatever that is of."""

    path: Path
    predictions: Any
    members: tuple[dict[str, Any], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The classes."""
        return self.predictions.class_names  # type: ignore[no-any-return]

    @property
    def runs(self) -> tuple[Path, ...]:
        """Folders of the runs."""
        return tuple(map(Path, self.predictions.about["runs"]))


@dataclass(frozen=True)
class Results(OfRuns):
    """Predictions of images with all that is said of them."""

    predictions: Predictions
    report: Report
    masks = False
    noun = "image"
    """What a cell of the confusion matrix counts."""

    def class_rows(self) -> Iterable[Sequence[str]]:
        """A class a row, for a spreadsheet."""
        from workbench.evaluation.export import class_rows

        return class_rows(self.names, self.report)

    def prediction_rows(self) -> Iterable[Sequence[str]]:
        """An image a row, for a spreadsheet."""
        from workbench.evaluation.export import prediction_rows

        return prediction_rows(self.predictions)

    def members_of(self, true: int, guess: int) -> list[tuple[int, Thumbnail]]:
        """Rows and pictures of the images in a cell of the confusion matrix, the largest loss first."""
        import numpy as np

        predictions, losses = self.predictions, self.predictions.losses
        inside = np.flatnonzero((predictions.labels == true) & (predictions.predicted == guess))
        token = "" if true == guess else "plot_2"
        return [
            (
                row,
                Thumbnail(
                    int(predictions.indices[row]),
                    f"{self.names[guess]} {predictions.probabilities[row, guess]:.0%}",
                    f"{predictions.keys[row]}\nloss {losses[row]:.3f}",
                    token,
                ),
            )
            for row in inside[np.argsort(-losses[inside], kind="stable")].tolist()
        ]


def read_results(path: Path) -> Results:
    """Reads and judges, in a thread: a thousand classes take seconds. Raises PredictionsError."""
    from workbench.evaluation import read_predictions, report_on

    predictions = read_predictions(path)
    report = report_on(predictions)
    _ = report.areas  # worked out here, in a thread
    return Results(path, predictions, tuple(predictions.about["members"]), report)


@dataclass
class DatasetImages:
    """The images of a dataset by index; opened when the first is read. Any thread may read."""

    spec: str
    group: str = ""
    _source: Source | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _cancel: threading.Event = field(default_factory=threading.Event)

    def read(self, index: int) -> Any:
        """Height x width x channels. Raises DatasetError."""
        return self._opened().read(index)

    def cancel(self) -> None:
        """Ends an opening that is under way."""
        self._cancel.set()

    def _opened(self) -> Source:
        from workbench.data.sources import open_source

        with self._lock:
            if self._source is None:
                self._source = open_source(self.spec, self.group, cancel=self._cancel)
            return self._source


def read_file(path: Path) -> Any:
    """An image file: height x width x channels. Raises DatasetError."""
    from workbench.data.image_file import read_image

    return read_image(path)
