"""The training images nearest to a sample: whether the generator has learned by heart."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.protocol import FindNearest, NearestFound
from workbench.ui.background import Background
from workbench.ui.images.thumbnails import Thumbnail, ThumbnailGrid
from workbench.ui.panels.gan import arrays
from workbench.ui.panels.gan.arrays import Point
from workbench.ui.panels.gan.questions import Questions
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.data.source import Source

_NAME = "nearest"
_COUNT = 8
_SIDE = 56


class DatasetReader:
    """Images of a dataset by their place, in any thread; opened when the first is read."""

    def __init__(self, spec: str, group: str) -> None:
        self._spec, self._group = spec, group
        self._source: Source | None = None
        self._lock = threading.Lock()
        self._cancel = threading.Event()

    def read(self, index: int) -> Any:
        """Height x width x channels. Raises DatasetError."""
        from workbench.data.sources import open_source

        with self._lock:
            if self._source is None:
                self._source = open_source(self._spec, self._group, cancel=self._cancel)
            return self._source.read(index)

    def cancel(self) -> None:
        """Ends an opening that is under way."""
        self._cancel.set()


class NearestView(QWidget):
    """Asked for by a button: it reads every training image."""

    def __init__(self, theme: Theme, questions: Questions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._questions = questions
        self._reading = Background(self)
        self._reader: DatasetReader | None = None
        self._readers: dict[tuple[str, str], DatasetReader] = {}
        self._folder = Path()
        self._device = "auto"
        self._point: Point | None = None
        self._found: NearestFound | None = None
        self.by = QComboBox(self)
        self.by.setToolTip("By their pixels, or by what a classifier that you have trained sees in them")
        self.by.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.by.setMinimumContentsLength(8)
        self.search = QPushButton("Find", self)
        self.search.setToolTip("Compare the sample with every training image")
        self.status = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.status.setProperty("role", "muted")
        self.thumbnails = ThumbnailGrid(theme, self, _SIDE)
        self.thumbnails.setAccessibleName("Nearest training images")
        self.show_classifiers(())
        self._lay_out()
        self.search.clicked.connect(self.ask)
        self.by.currentIndexChanged.connect(lambda _: self._forget())
        questions.told.connect(self._hear)
        questions.failed.connect(self._on_failed)
        self._reading.done.connect(self._take)
        self._reading.failed.connect(self._say)
        self.show_point(None)

    def use(self, folder: Path, device: str) -> None:
        """The run whose training images are compared."""
        self._folder, self._device = folder, device

    def show_classifiers(self, rows: tuple[tuple[str, Path], ...]) -> None:
        """Runs whose features can be compared, by name."""
        chosen = self.by.currentData()
        self.by.blockSignals(True)
        self.by.clear()
        self.by.addItem("by pixels", "")
        for name, folder in rows:
            self.by.addItem(f"by features of {name}", str(folder))
        self.by.setCurrentIndex(max(0, self.by.findData(chosen)))
        self.by.blockSignals(False)

    def show_point(self, point: Point | None) -> None:
        """Another sample; what was found of the one before goes."""
        self._point = point
        self.search.setEnabled(point is not None)
        self._forget()

    def ask(self) -> None:
        """Asks for the nearest of the sample that is shown."""
        if self._point is None:
            return
        path = arrays.write_points(self._questions.new_file(), [self._point])
        command = FindNearest(
            run=str(self._folder),
            samples=str(path),
            count=_COUNT,
            classifier=self.by.currentData(),
            device=self._device,
        )
        self._questions.ask(_NAME, command)
        self._say("Comparing…")

    def close_work(self) -> None:
        """Waits for threads that read."""
        for reader in self._readers.values():
            reader.cancel()
        self.thumbnails.close_reading()
        self._reading.close()

    def _forget(self) -> None:
        self._found = None
        self._reading.cancel()
        self.thumbnails.show_images([], None)
        self._say("" if self._point is not None else "Select a sample to compare it with the training images.")

    def _hear(self, name: str, command: Any, event: Any) -> None:
        if name == _NAME and isinstance(event, NearestFound):
            Path(command.samples).unlink(missing_ok=True)
            self._found = event
            path = Path(event.path)
            self._reading.start("Reading", lambda *_: arrays.read(path), _expected)

    def _on_failed(self, name: str, text: str) -> None:
        if name == _NAME:
            self._say(text)

    def _take(self, found: dict[str, Any]) -> None:
        event = self._found
        if event is None:
            return
        key = (event.data, event.group)
        reader = self._readers.setdefault(key, DatasetReader(*key))
        names = found["class_names"]
        columns = (found[part][0] for part in ("indices", "distances", "keys", "labels"))
        items = [
            Thumbnail(int(index), f"{distance:.2f}", _tip(str(sample), names, int(label), distance))
            for index, distance, sample, label in zip(*columns, strict=True)
        ]
        self._reader = reader
        self.thumbnails.show_images(items, reader.read)
        self._say(f"The nearest of {event.compared:,}, with distances")

    def _say(self, text: str) -> None:
        self.status.setText(text)
        self.status.setVisible(bool(text))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.by, 1)
        head.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(QLabel("Nearest training images", self))
        column.addLayout(head)
        column.addWidget(self.status)
        column.addWidget(self.thumbnails, 1)


def _tip(key: str, names: Any, label: int, distance: float) -> str:
    known = f", {names[label]}" if 0 <= label < len(names) else ""
    return f"{key}{known}\ndistance {distance:.4f}"


def _expected() -> tuple[type[Exception], ...]:
    from workbench.evaluation import PredictionsError

    return (PredictionsError,)
