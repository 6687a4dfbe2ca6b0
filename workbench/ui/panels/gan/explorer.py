"""One sample: large, moved along principal directions, beside the training images that it resembles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from workbench.protocol import LAST, DirectionsFound, FindDirections, Sample, Sampled
from workbench.ui.background import Background
from workbench.ui.images.pictures import picture
from workbench.ui.panels.gan import arrays
from workbench.ui.panels.gan.arrays import Made, Point
from workbench.ui.panels.gan.picture_grid import PictureGrid
from workbench.ui.panels.gan.questions import Questions
from workbench.ui.theme import Theme, figures

DIRECTIONS = 10
_REACH = 3.0
"""Standard deviations to both sides."""
_NOTCHES = 30
_MOVED, _DIRECTIONS = "moved", "directions"


class Explorer(QWidget):
    """Sliders ask the engine for the moved image while they move; the newest question counts."""

    start_asked = Signal(object)
    end_asked = Signal(object)
    """A `Point` that a walk begins or ends at."""
    changed = Signal()
    """Another image is shown."""

    def __init__(self, theme: Theme, questions: Questions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._questions = questions
        self._reading = {name: Background(self) for name in (_MOVED, _DIRECTIONS)}
        self._folder = Path()
        self._epoch = LAST
        self._device = "auto"
        self._vectors: Any = None
        self._origin: Point | None = None
        self.point: Point | None = None
        """What is shown: the sample, or where the sliders moved it."""
        self.picture = PictureGrid(theme, "The selected sample", self)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.title = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.title.setFont(figures(self.font()))
        self.start = QPushButton("Walk from here", self)
        self.end = QPushButton("Walk to here", self)
        self.reset = QPushButton("Reset", self)
        self.reset.setToolTip("Back to the sample as it was drawn")
        self.status = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.status.setProperty("role", "muted")
        self.sliders: list[QSlider] = []
        self._values: list[QLabel] = []
        self._rows = QWidget(self)
        self._grid = QGridLayout(self._rows)
        self._lay_out()
        self._connect()
        self.clear()

    def use(self, folder: Path, epoch: int, device: str) -> None:
        """The generator that is asked: directions of another one are forgotten."""
        if (folder, epoch) != (self._folder, self._epoch):
            self._vectors = None
            self._show_sliders(0, None)
        self._folder, self._epoch, self._device = folder, epoch, device

    def clear(self) -> None:
        """No sample is selected."""
        self._origin = self.point = None
        self.picture.show_message("Select a sample to explore it.")
        self.title.setText("")
        self._allow()

    def show_point(self, point: Point) -> None:
        """Another sample, with the sliders in the middle."""
        self._origin = point
        self._centre()
        self._show(point)
        if self._vectors is None and not self._questions.asks(_DIRECTIONS):
            command = FindDirections(
                run=str(self._folder),
                count=DIRECTIONS,
                label=max(0, point.label),
                epoch=self._epoch,
                device=self._device,
            )
            self._questions.ask(_DIRECTIONS, command)
            self._say("Looking for directions…")

    def close_work(self) -> None:
        """Waits for threads that read."""
        for reading in self._reading.values():
            reading.close()

    # -- moving
    def amounts(self) -> list[float]:
        """Where the sliders stand, in standard deviations."""
        return [slider.value() / _NOTCHES * _REACH for slider in self.sliders]

    def _move(self) -> None:
        import numpy as np

        for label, amount in zip(self._values, self.amounts(), strict=True):
            label.setText(f"{amount:+.1f}" if amount else "0.0")
        origin = self._origin
        if origin is None or self._vectors is None:
            return
        if not any(self.amounts()):
            self._show(origin)
            return
        steps = np.asarray(self.amounts(), np.float32)
        latent = origin.latent + steps @ self._vectors[: len(steps)]
        moved = Point(latent, origin.label, origin.image, f"{origin.title}, moved")
        path = arrays.write_points(self._questions.new_file(), [moved])
        self._questions.ask(
            _MOVED, Sample(run=str(self._folder), points=str(path), epoch=self._epoch, device=self._device)
        )

    def _centre(self) -> None:
        for slider, label in zip(self.sliders, self._values, strict=True):
            slider.blockSignals(True)
            slider.setValue(0)
            slider.blockSignals(False)
            label.setText("0.0")

    def _on_reset(self) -> None:
        self._centre()
        self._move()

    def _hear(self, name: str, command: Any, event: Any) -> None:
        path = Path(event.path) if isinstance(event, Sampled | DirectionsFound) else Path()
        if name == _MOVED and isinstance(event, Sampled):
            Path(command.points).unlink(missing_ok=True)
            self._reading[_MOVED].start("Reading", lambda *_: arrays.read_made(path), _expected)
        elif name == _DIRECTIONS and isinstance(event, DirectionsFound) and command.run == str(self._folder):
            self._reading[_DIRECTIONS].start("Reading", lambda *_: arrays.read(path), _expected)

    def _on_failed(self, name: str, text: str) -> None:
        if name in (_MOVED, _DIRECTIONS):
            self._say(text)

    def _take_moved(self, made: Made) -> None:
        origin = self._origin
        if origin is not None and any(self.amounts()):
            self._show(Point(made.latents[0], int(made.labels[0]), made.images[0], f"{origin.title}, moved"))

    def _take_directions(self, found: dict[str, Any]) -> None:
        self._vectors = found["vectors"]
        self._say("")
        self._show_sliders(len(self._vectors), found["shares"])

    # -- showing
    def _show(self, point: Point) -> None:
        self.point = point
        image: QImage = picture(point.image)
        self.picture.show_picture(image, 1, 1, 1)
        self.title.setText(point.title)
        self._allow()
        self.changed.emit()

    def _say(self, text: str) -> None:
        self.status.setText(text)
        self.status.setVisible(bool(text))

    def _allow(self) -> None:
        there = self.point is not None
        for part in (self.start, self.end, self._rows):
            part.setEnabled(there)
        self.reset.setEnabled(there and any(self.amounts()))

    def _show_sliders(self, count: int, shares: Any) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        self.sliders, self._values = [], []
        for number in range(count):
            slider = QSlider(Qt.Orientation.Horizontal, self._rows)
            slider.setRange(-_NOTCHES, _NOTCHES)
            slider.setPageStep(_NOTCHES // 3)
            slider.setMinimumWidth(72)
            slider.setAccessibleName(f"Direction {number + 1}")
            tip = f"Direction {number + 1}: {shares[number]:.1%} of the variance of the first layer; ± 3 deviations"
            slider.setToolTip(tip)
            slider.valueChanged.connect(self._move)
            name = QLabel(f"{number + 1}", self._rows)
            name.setToolTip(tip)
            value = QLabel("0.0", self._rows)
            value.setFont(figures(self.font()))
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance("+0.0"))
            for column, part in enumerate((name, slider, value)):
                self._grid.addWidget(part, number, column)
            self.sliders.append(slider)
            self._values.append(value)
        self._grid.setRowStretch(count, 1)

    def _connect(self) -> None:
        self.start.clicked.connect(lambda: self.start_asked.emit(self.point))
        self.end.clicked.connect(lambda: self.end_asked.emit(self.point))
        self.reset.clicked.connect(self._on_reset)
        self._questions.told.connect(self._hear)
        self._questions.failed.connect(self._on_failed)
        self._reading[_MOVED].done.connect(self._take_moved)
        self._reading[_MOVED].failed.connect(self._say)
        self._reading[_DIRECTIONS].done.connect(self._take_directions)
        self._reading[_DIRECTIONS].failed.connect(self._say)

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 4, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._rows)
        area.setMinimumWidth(150)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.picture, 1)
        left.addWidget(self.title)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self.start, self.end):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button)
        left.addLayout(buttons)
        right = QVBoxLayout()
        right.setSpacing(4)
        head = QHBoxLayout()
        words = QLabel("Principal directions", self)
        words.setToolTip("Along these the first layer's output varies most (Härkönen et al., GANSpace, 2020)")
        head.addWidget(words, 1)
        head.addWidget(self.reset)
        right.addLayout(head)
        right.addWidget(self.status)
        right.addWidget(area, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(left, 5)
        row.addLayout(right, 4)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.evaluation import PredictionsError

    return (PredictionsError,)
