"""A walk through the latent space between two samples, on a great circle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.protocol import LAST, Sampled, Walk
from workbench.ui import icons
from workbench.ui.background import Background
from workbench.ui.images.pictures import picture
from workbench.ui.panels.gan import arrays
from workbench.ui.panels.gan.arrays import Made, Point
from workbench.ui.panels.gan.picture_grid import PictureGrid
from workbench.ui.panels.gan.questions import Questions
from workbench.ui.panels.gan.saving import FILM_RATE, GIF, MP4, PNG, SaveButton, Saver
from workbench.ui.theme import Theme, figures

NAME = "walk"
_FRAMES = 60


class WalkPage(QWidget):
    """Two ends, picked among the samples, and the frames between them."""

    failed = Signal(str)

    def __init__(self, theme: Theme, questions: Questions, saver: Saver, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._questions = questions
        self._saver = saver
        self._reading = Background(self)
        self._folder = Path()
        self._epoch, self._device = LAST, "auto"
        self._points: list[Point | None] = [None, None]
        self._ends = [_end(theme, "The walk's start", self), _end(theme, "The walk's end", self)]
        self.titles = [QLabel(self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignHCenter) for _ in range(2)]
        self.made: Made | None = None
        self.frames = QSpinBox(self)
        self.frames.setRange(2, 1000)
        self.frames.setValue(_FRAMES)
        self.closed = QCheckBox("And back", self)
        self.closed.setToolTip("Returns to the start, so that a film goes round")
        self.swap = QPushButton("Swap", self)
        self.walk = QPushButton("Walk", self)
        self.walk.setProperty("primary", True)
        self.view = PictureGrid(theme, "The walk", self)
        self.scrubber = QSlider(Qt.Orientation.Horizontal, self)
        self.scrubber.setAccessibleName("Place on the walk")
        self.play = QToolButton(self)
        self.play.setCheckable(True)
        self.play.setToolTip("Play the walk")
        self.place = QLabel(self)
        self.place.setFont(figures(self.font()))
        self.save = SaveButton(
            (
                ("Walk as GIF…", lambda: self._save(GIF)),
                ("Walk as MP4…", lambda: self._save(MP4)),
                ("All frames as PNG…", self._save_strip),
            ),
            self,
        )
        self._timer = QTimer(self, interval=1000 // FILM_RATE)
        self._timer.timeout.connect(self._next)
        self._lay_out()
        self._connect()
        self.forget()

    def use(self, folder: Path, epoch: int, device: str) -> None:
        """The generator that walks; ends and frames of another run go."""
        if folder != self._folder:
            self._points = [None, None]
            self.forget()
        self._folder, self._epoch, self._device = folder, epoch, device
        self._show_ends()

    @property
    def points(self) -> tuple[Point | None, ...]:
        """Start and end; None where nobody picked one."""
        return tuple(self._points)

    def set_end(self, number: int, point: Point) -> None:
        """Where the walk begins (0) or ends (1)."""
        self._points[number] = point
        self._show_ends()
        self.forget()

    def offer(self, made: Made, point_of: Callable[[int], Point]) -> None:
        """The first samples, where nobody picked ends: a walk can begin at once."""
        for number in range(min(2, len(made))):
            if self._points[number] is None:
                self._points[number] = point_of(number)
        self._show_ends()

    def forget(self) -> None:
        """There are no frames."""
        self.made = None
        self.play.setChecked(False)
        self._show_frame()

    def ask(self) -> None:
        """Asks for the frames."""
        points = [point for point in self._points if point is not None]
        command = Walk(
            run=str(self._folder),
            frames=self.frames.value(),
            closed=self.closed.isChecked(),
            epoch=self._epoch,
            device=self._device,
            points="" if len(points) < 2 else str(arrays.write_points(self._questions.new_file(), points)),
        )
        self._questions.ask(NAME, command)
        self.view.show_message("Walking…")

    def close_work(self) -> None:
        """Waits for threads that read."""
        self._reading.close()

    def hideEvent(self, event: object) -> None:
        """What is not seen does not play."""
        self.play.setChecked(False)

    def _hear(self, name: str, command: Any, event: Any) -> None:
        if name != NAME or not isinstance(event, Sampled) or command.run != str(self._folder):
            return
        if command.points:
            Path(command.points).unlink(missing_ok=True)
        path = Path(event.path)
        self._reading.start("Reading the walk", lambda *_: arrays.read_made(path), _expected)

    def _on_failed(self, name: str, text: str) -> None:
        if name == NAME:
            self._show_frame()
            if text:
                self.failed.emit(text)

    def _take(self, made: Made) -> None:
        self.made = made
        self.scrubber.blockSignals(True)
        self.scrubber.setRange(0, len(made) - 1)
        self.scrubber.setValue(0)
        self.scrubber.blockSignals(False)
        self._show_frame()
        self.play.setChecked(True)

    def _show_frame(self) -> None:
        made = self.made
        for part in (self.scrubber, self.play, self.save):
            part.setEnabled(made is not None)
        if made is None:
            self.place.setText("")
            self.view.show_message("Press Walk: the images on the great circle between start and end.")
            return
        number = self.scrubber.value()
        self.view.show_picture(picture(made.images[number]), 1, 1, 1)
        self.place.setText(f"frame {number + 1:,} of {len(made):,}")

    def _show_ends(self) -> None:
        for number, (view, point) in enumerate(zip(self._ends, self._points, strict=True)):
            name = ("Start", "End")[number]
            if point is None:
                view.show_message(f"sample {number}\nof seed 0")
                self.titles[number].setText(name)
            else:
                view.show_picture(picture(point.image), 1, 1, 1)
                self.titles[number].setText(f"{name}: {point.title.lower()}")
        self.swap.setEnabled(None not in self._points)

    def _swap(self) -> None:
        self._points.reverse()
        self._show_ends()
        self.forget()

    def _next(self) -> None:
        at = self.scrubber.value()
        self.scrubber.setValue(0 if at >= self.scrubber.maximum() else at + 1)

    def _on_play(self, plays: bool) -> None:
        self.play.setIcon(icons.icon("pause" if plays else "resume", self._theme))
        if plays:
            self._timer.start()
        else:
            self._timer.stop()

    def _save(self, kind: Any) -> None:
        made = self.made
        if made is not None:
            self._saver.save(kind, f"{self._folder.name}-walk", lambda: list(made.images))

    def _save_strip(self) -> None:
        made = self.made
        if made is None:
            return

        def make() -> Any:
            from workbench.data.mosaic import mosaic

            return mosaic(made.images)

        self._saver.save(PNG, f"{self._folder.name}-walk", make)

    def _connect(self) -> None:
        self.walk.clicked.connect(self.ask)
        self.swap.clicked.connect(self._swap)
        self.scrubber.valueChanged.connect(lambda _: self._show_frame())
        self.scrubber.sliderPressed.connect(lambda: self.play.setChecked(False))
        self.play.toggled.connect(self._on_play)
        self._questions.told.connect(self._hear)
        self._questions.failed.connect(self._on_failed)
        self._reading.done.connect(self._take)
        self._reading.failed.connect(self.failed)
        self._theme.changed.connect(lambda: self._on_play(self.play.isChecked()))
        self._on_play(False)

    def _lay_out(self) -> None:
        ends = QHBoxLayout()
        ends.setSpacing(8)
        for view, title in zip(self._ends, self.titles, strict=True):
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(view, 1)
            column.addWidget(title)
            ends.addLayout(column, 1)
        fields = QHBoxLayout()
        fields.setSpacing(8)
        words = QLabel("Frames", self)
        words.setBuddy(self.frames)
        for field in (words, self.frames, self.closed, self.swap, self.walk):
            fields.addWidget(field)
        fields.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(ends, 1)
        left.addLayout(fields)
        playing = QHBoxLayout()
        playing.setSpacing(8)
        for part in (self.play, self.scrubber, self.place, self.save):
            playing.addWidget(part)
        playing.setStretchFactor(self.scrubber, 1)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(self.view, 1)
        right.addLayout(playing)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addLayout(right, 1)


def _end(theme: Theme, name: str, parent: QWidget) -> PictureGrid:
    view = PictureGrid(theme, name, parent)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setMinimumSize(QSize(64, 64))
    return view


def _expected() -> tuple[type[Exception], ...]:
    from workbench.evaluation import PredictionsError

    return (PredictionsError, KeyError)
