"""Samples of chosen points, and the one that is selected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from workbench.protocol import Sample, Sampled
from workbench.ui.background import Background
from workbench.ui.empty_state import EmptyState
from workbench.ui.images.pictures import picture
from workbench.ui.panels.gan import arrays
from workbench.ui.panels.gan.arrays import Made, Point
from workbench.ui.panels.gan.controls import SampleControls
from workbench.ui.panels.gan.explorer import Explorer
from workbench.ui.panels.gan.nearest_view import NearestView
from workbench.ui.panels.gan.picture_grid import PictureGrid
from workbench.ui.panels.gan.questions import Questions
from workbench.ui.panels.gan.run_files import History
from workbench.ui.panels.gan.saving import ARRAYS, PNG, SaveButton, Saver
from workbench.ui.theme import Theme

NAME = "samples"
_PURPOSE = (
    "Images from points of the latent space. The same seed gives the same images; pick one to move it along principal "
    "directions, to walk from it to another, or to see which training images it resembles."
)


class SamplesPage(QWidget):
    """Asks for samples and shows them; a click explores one."""

    sampled = Signal(object)
    """A `Made`."""
    failed = Signal(str)

    def __init__(self, theme: Theme, questions: Questions, saver: Saver, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._questions = questions
        self._saver = saver
        self._reading = Background(self)
        self._folder = Path()
        self._history: History | None = None
        self._device = "auto"
        self._asked: Sample | None = None
        self._wanted = -1
        self.made: Made | None = None
        self.controls = SampleControls(theme, self)
        self.save = SaveButton(
            (
                ("Samples as PNG…", self._save_grid),
                ("Selected image as PNG…", self._save_one),
                ("Images, points and classes as .npz…", self._save_arrays),
            ),
            self,
        )
        self.grid = PictureGrid(theme, "Samples", self)
        self.explorer = Explorer(theme, questions, self)
        self.nearest = NearestView(theme, questions, self)
        self.empty = EmptyState(theme, "gan", _PURPOSE, self)
        self.empty.add_button("Sample", self.ask)
        self._stack = QStackedWidget(self)
        self._lay_out()
        self._connect()
        self.forget()

    def show_history(self, history: History, device: str) -> None:
        """Another run's generator, or what has come to it: samples of another run go."""
        other = history.folder != self._folder
        self._folder, self._history, self._device = history.folder, history, device
        self.controls.show_history(history)
        self.nearest.use(history.folder, device)
        if other:
            self.forget()

    def forget(self) -> None:
        """No samples."""
        self.made, self._asked = None, None
        self._reading.cancel()
        self.grid.mark({})
        self.explorer.clear()
        self.nearest.show_point(None)
        self._stack.setCurrentIndex(0)
        self.save.setEnabled(False)

    def ask(self, *, select: int = -1) -> None:
        """Samples as the fields say; `select`: and then this one."""
        if self._history is None:
            return
        command = self.controls.command(self._folder, self._device)
        self._wanted = select
        self._questions.ask(NAME, command)

    def explore(self, seed: int, count: int, number: int, epoch: int) -> None:
        """Samples the points of a grid of fixed noise, and selects one of them."""
        self.controls.count.setValue(count)
        self.controls.seed.setValue(seed)
        self.controls.truncation.setValue(0)
        self.controls.label.setCurrentIndex(0)
        place = self.controls.epoch.findData(epoch)
        self.controls.epoch.setCurrentIndex(max(0, place))
        self.ask(select=number)

    def point(self, number: int) -> Point:
        """A sample with its image."""
        assert self.made is not None
        assert self._asked is not None
        label = int(self.made.labels[number])
        names = self._history.class_names if self._history else ()
        of_class = f", class {names[label]}" if 0 <= label < len(names) else ""
        title = f"Sample {number} of seed {self._asked.seed}{of_class}"
        return Point(self.made.latents[number], label, self.made.images[number], title)

    def close_work(self) -> None:
        """Waits for threads that read."""
        self._reading.close()
        self.explorer.close_work()
        self.nearest.close_work()

    def _hear(self, name: str, command: Any, event: Any) -> None:
        if name != NAME or not isinstance(event, Sampled) or command.run != str(self._folder):
            return
        self._asked = command
        path = Path(event.path)
        self._reading.start("Reading the samples", lambda *_: arrays.read_made(path), _expected)

    def _on_failed(self, name: str, text: str) -> None:
        if name == NAME:
            self._wanted = -1
            if text:
                self.failed.emit(text)

    def _take(self, made: Made) -> None:
        from workbench.data.mosaic import columns_for, mosaic

        self.made = made
        assert self._asked is not None
        columns = columns_for(len(made))
        rows = -(-len(made) // columns)
        self.explorer.use(self._folder, self._asked.epoch, self._device)
        current = self._wanted if self._wanted >= 0 else self.grid.current
        self._wanted = -1
        self.grid.mark({})
        self.grid.show_picture(picture(mosaic(made.images, columns, gap=0)), columns, rows, len(made))
        self._stack.setCurrentIndex(1)
        self.save.setEnabled(True)
        if 0 <= current < len(made):
            self.grid.select(current)
        else:
            self.explorer.clear()
            self.nearest.show_point(None)
        self.sampled.emit(made)

    def _select(self, number: int) -> None:
        if self.made is not None:
            self.explorer.show_point(self.point(number))

    # -- saving
    def _save_grid(self) -> None:
        made = self.made
        if made is None or self._asked is None:
            return

        def make() -> Any:
            from workbench.data.mosaic import mosaic

            return mosaic(made.images)

        self._saver.save(PNG, f"{self._folder.name}-seed-{self._asked.seed}", make)

    def _save_one(self) -> None:
        point = self.explorer.point
        if point is None:
            self.failed.emit("Select a sample first.")
            return
        self._saver.save(PNG, f"{self._folder.name}-sample", lambda: point.image)

    def _save_arrays(self) -> None:
        made = self.made
        if made is not None and self._asked is not None:
            found = {"images": made.images, "latents": made.latents, "labels": made.labels}
            self._saver.save(ARRAYS, f"{self._folder.name}-seed-{self._asked.seed}", lambda: found)

    def _connect(self) -> None:
        self.controls.asked.connect(self.ask)
        self.grid.selected.connect(self._select)
        self.explorer.changed.connect(lambda: self.nearest.show_point(self.explorer.point))
        self._questions.told.connect(self._hear)
        self._questions.failed.connect(self._on_failed)
        self._reading.done.connect(self._take)
        self._reading.failed.connect(self.failed)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.controls)
        row.addStretch(1)
        row.addWidget(self.save)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        for part, stretch in ((self.grid, 3), (self.explorer, 4), (self.nearest, 3)):
            splitter.addWidget(part)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(splitter)
        column.addWidget(self._stack, 1)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.evaluation import PredictionsError

    return (PredictionsError, KeyError)
