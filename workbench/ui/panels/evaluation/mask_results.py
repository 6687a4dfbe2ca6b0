"""What an evaluation by pixels found, and the images and masks that it is about. numpy is imported in threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.ui import quantities
from workbench.ui.images import masks
from workbench.ui.images.masks import Colour
from workbench.ui.images.pictures import picture
from workbench.ui.images.thumbnails import Thumbnail
from workbench.ui.panels.evaluation.headline import number
from workbench.ui.panels.evaluation.mask_viewer import MaskSubject, ReadSubject, read
from workbench.ui.panels.evaluation.results import OfRuns

if TYPE_CHECKING:
    from workbench.data.map_feed import MapFeed
    from workbench.evaluation import MaskPredictions, MaskReport

_LAID_OVER = 0.5
"""Of an error map, in a thumbnail."""


@dataclass(frozen=True)
class MaskResults(OfRuns):
    """Predicted masks with all that is said of them."""

    predictions: MaskPredictions
    report: MaskReport
    masks = True
    noun = "pixel"

    def class_rows(self) -> Iterable[Sequence[str]]:
        """A class a row, for a spreadsheet."""
        from workbench.evaluation.export import mask_class_rows

        return mask_class_rows(self.report)

    def prediction_rows(self) -> Iterable[Sequence[str]]:
        """An image a row, for a spreadsheet."""
        from workbench.evaluation.export import mask_rows

        return mask_rows(self.report)

    def members_of(self, true: int, guess: int) -> list[tuple[int, Thumbnail]]:
        """Rows and pictures of the images with pixels in a cell of the confusion matrix, those with most first."""
        import numpy as np

        counts = self.predictions.counts[:, true, guess]
        order = np.argsort(-counts, kind="stable")
        totals = np.maximum(self.predictions.counts.sum(axis=(1, 2)), 1)
        token = "" if true == guess else "plot_2"
        return [
            (row, Thumbnail(row, quantities.share(counts[row] / totals[row]), f"{self.predictions.keys[row]}", token))
            for row in order.tolist()
            if counts[row]
        ]

    def thumbnails(self, rows: Iterable[int], label: int | None = None) -> list[Thumbnail]:
        """Pictures of images with their IoU: of a class, or the mean."""
        values = self.image_iou(label)
        keys = self.predictions.keys
        return [Thumbnail(row, f"IoU {number(float(values[row]))}", str(keys[row])) for row in rows]

    def image_iou(self, label: int | None = None) -> Any:
        """Of each image; NaN where there is none."""
        from workbench.evaluation.segmentation import class_iou

        return self.report.image_iou if label is None else class_iou(self.predictions.counts)[:, label]

    def order(self, how: str, label: int | None = None) -> list[int]:
        """Rows in one of `ORDERS`; images without a measure come last."""
        import numpy as np

        values = self.image_iou(label)
        if how == "dataset":
            return np.argsort(self.predictions.indices, kind="stable").tolist()  # type: ignore[no-any-return]
        if how == "loss":
            losses = self.predictions.losses
            return np.argsort(-np.nan_to_num(losses, nan=-np.inf), kind="stable").tolist()  # type: ignore[no-any-return]
        if how == "worst" and label is None:
            return self.report.worst.tolist()  # type: ignore[no-any-return]
        sign = -1 if how == "best" else 1
        return np.argsort(sign * values, kind="stable").tolist()  # type: ignore[no-any-return]


@dataclass
class MaskImages:
    """Images as the network saw them with their masks, by row of the results; opened when the first is read. Any thread
    may read.
    """

    results: MaskResults
    _feed: MapFeed | None = None
    _table: Any = None
    """From the dataset's numbers of classes to the runs'."""
    _colours: tuple[Colour, ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _cancel: threading.Event = field(default_factory=threading.Event)

    @property
    def colours(self) -> tuple[Colour, ...]:
        """Of the classes. Raises DatasetError or PredictionsError where the dataset cannot be opened."""
        self._opened()
        return self._colours

    def subject(self, row: int) -> ReadSubject:
        """An image with its masks. Raises DatasetError or PredictionsError."""
        image, truth, guess = self._arrays(row)
        results = self.results
        iou = number(float(results.report.image_iou[row]))
        title = f"{results.predictions.keys[row]}: IoU {iou}, loss {number(float(results.predictions.losses[row]))}"
        return read(MaskSubject(title, picture(image), guess, truth))

    def thumbnail(self, row: int) -> Any:
        """An image under its error map, of all classes. Raises DatasetError or PredictionsError."""
        import numpy as np

        image, truth, guess = self._arrays(row)
        found = masks.errors(truth, guess, len(self.results.names))
        if found.shape != image.shape[:2]:  # a coarse map: each position stands for several pixels
            rows, columns = (
                np.arange(side) * own // side for side, own in zip(image.shape[:2], found.shape, strict=True)
            )
            found = found[rows[:, np.newaxis], columns]
        tint = np.array(masks.ERROR_COLOURS, np.float32)[found]
        strength = np.where(found == masks.CLEAR, 0, _LAID_OVER)[..., np.newaxis]
        return (image * (1 - strength) + tint * strength).astype(np.uint8)

    def cancel(self) -> None:
        """Ends an opening that is under way."""
        self._cancel.set()

    def _arrays(self, row: int) -> tuple[Any, Any, Any]:
        """Image (height x width x 3), true mask and predicted mask, where all three are: the network's output."""
        import numpy as np

        from workbench.data.augmentation.effects import Frame
        from workbench.data.grid import visible
        from workbench.data.source import DatasetError
        from workbench.evaluation.masks import read_classes

        feed, predictions = self._opened(), self.results.predictions
        index = int(predictions.indices[row])
        batch = feed.batch(np.array([index]), 0)
        if int(feed.shown(np.array([index]))[0]) != index:
            raise DatasetError(feed.problems.get(index, f"{predictions.keys[row]}: cannot be read"))
        guess = read_classes(predictions.mask_file(row, self.results.path))
        truth = self._table[batch.targets[0]]
        if truth.shape != guess.shape:
            raise DatasetError(f"Expected a mask of {truth.shape}, as the network gave. Received: {guess.shape}")
        image = visible(batch.images[0], self._range)
        place = feed.map_frame(Frame(*image.shape[:2]))
        return _part(image, place), truth, guess

    def _opened(self) -> MapFeed:
        with self._lock:
            if self._feed is None:
                self._open()
            assert self._feed is not None
            return self._feed

    def _open(self) -> None:
        import numpy as np

        from workbench.data.feed import divide
        from workbench.data.fit import Framing
        from workbench.data.map_feed import MapFeed
        from workbench.data.source import VOID
        from workbench.project import loads
        from workbench.project.feeds import open_dataset
        from workbench.project.outputs import output_of

        place = self.results.runs[0] / "project.workbench"
        project = loads(place.read_bytes(), str(place)).project
        data = project.dataset
        source = open_dataset(data, cancel=self._cancel, spec=str(self.results.predictions.about["data"]))
        shape = _input_shape(project)
        self._range = data.value_range
        names = self.results.names
        table = np.full(256, VOID, np.uint8)
        for number_, name in enumerate(source.class_names):
            if name in names:
                table[number_] = names.index(name)
        self._table = table
        own = dict(zip(source.class_names, masks.source_colours(source), strict=True))
        spare = _class_colours(len(names))
        self._colours = tuple(own.get(name, spare[index]) for index, name in enumerate(names))
        division = divide(source, 0.0, 0.0, project.training.seed)
        self._feed = MapFeed(
            division,
            np.arange(len(source), dtype=np.int64),
            Framing(shape, data.fit, data.value_range),
            project.training.seed,
            None,
            kind="masks",
            output=output_of(project, shape),
            budget=0,
        )


def read_mask_results(path: Path) -> MaskResults:
    """Reads and judges, in a thread. Raises PredictionsError."""
    from workbench.evaluation import MaskReport, read_mask_predictions

    predictions = read_mask_predictions(path)
    report = MaskReport(predictions)
    _ = report.worst, report.confusion  # worked out here, in a thread
    return MaskResults(path, predictions, tuple(predictions.about["members"]), report)


def _part(image: Any, place: Any) -> Any:
    """The part of an image that the output shows, in the image's own scale."""
    y, x = image.shape[0] / place.full.height, image.shape[1] / place.full.width
    top, left = round(place.top * y), round(place.left * x)
    return image[top : top + round(place.height * y), left : left + round(place.width * x)]


def _class_colours(count: int) -> Sequence[Colour]:
    from workbench.evaluation.palette import class_colours

    return class_colours(count)


def _input_shape(project: Any) -> tuple[int | None, ...]:
    shapes = [node.params["shape"] for graph in project.graphs.values() for node in graph if node.type == "input"]
    return tuple(shapes[0])
