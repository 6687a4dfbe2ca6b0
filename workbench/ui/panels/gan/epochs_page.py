"""The grid of fixed noise over the epochs, with losses and scores."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QSplitter, QToolButton, QVBoxLayout, QWidget

from workbench.ui import icons
from workbench.ui.panels.gan.epoch_chart import EpochChart, Series
from workbench.ui.panels.gan.picture_grid import PictureGrid
from workbench.ui.panels.gan.run_files import History
from workbench.ui.panels.gan.saving import GIF, MP4, PNG, SaveButton, Saver
from workbench.ui.theme import Theme, figures

_PLAY_MS = 120
_KEPT = 64
"""Grids that stay decoded: scrubbing back and forth reads no file twice."""
LOSSES = (Series("generator_loss", "generator", "plot_1"), Series("discriminator_loss", "discriminator", "plot_2"))
SCORES = (Series("real_score", "real", "plot_3"), Series("fake_score", "fake", "plot_4"))
DIVERSITY = (Series("diversity", "samples", "plot_1"),)


class EpochsPage(QWidget):
    """Follows the newest epoch until somebody scrubs back."""

    explored = Signal(int)
    """An image of the grid was opened, by its number."""

    def __init__(self, theme: Theme, saver: Saver, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._saver = saver
        self._history: History | None = None
        self._images: OrderedDict[Path, QImage] = OrderedDict()
        self.grid = PictureGrid(theme, "Samples of fixed noise", self)
        self.scrubber = QSlider(Qt.Orientation.Horizontal, self)
        self.scrubber.setAccessibleName("Epoch")
        self.scrubber.setToolTip("The epoch that is shown; the arrow keys move by one")
        self.label = QLabel(self)
        self.label.setFont(figures(self.font()))
        self.play = QToolButton(self)
        self.play.setCheckable(True)
        self.play.setToolTip("Play the epochs one after another")
        self.save = SaveButton(
            (
                ("Grid as PNG…", self.save_grid),
                ("All epochs as GIF…", lambda: self.save_film(GIF)),
                ("All epochs as MP4…", lambda: self.save_film(MP4)),
            ),
            self,
        )
        self.losses = EpochChart(theme, "Loss", LOSSES, self)
        self.scores = EpochChart(theme, "Score", SCORES, self)
        self.scores.setToolTip("Mean output of the discriminator: for real images, and for generated ones")
        self.diversity = EpochChart(theme, "Diversity", DIVERSITY, self)
        self.diversity.setToolTip(
            "Mean distance between samples, as a share of that between real images; near 0: collapse"
        )
        self._timer = QTimer(self, interval=_PLAY_MS)
        self._timer.timeout.connect(self._next)
        self._lay_out()
        self._connect()

    @property
    def epoch(self) -> int:
        """The epoch that is shown; -1 where there is none."""
        epochs = self._history.epochs if self._history else ()
        return epochs[self.scrubber.value()] if epochs else -1

    def show_history(self, history: History) -> None:
        """Shows a run, or what has come to it."""
        before, known = self._history, self._history.epochs if self._history else ()
        other = before is None or before.folder != history.folder
        follows = other or self.scrubber.value() >= len(known) - 1
        if other:
            self._images.clear()
            self.play.setChecked(False)
            self.grid.select(-1)
        epoch = self.epoch
        self._history = history
        epochs = history.epochs
        rows = [*([{"epoch": 0.0}] if 0 in epochs else []), *history.rows]
        for chart in self._charts:
            chart.show_rows(rows)
        self.scrubber.blockSignals(True)
        self.scrubber.setRange(0, max(0, len(epochs) - 1))
        self.scrubber.setValue(len(epochs) - 1 if follows or epoch not in epochs else epochs.index(epoch))
        self.scrubber.blockSignals(False)
        self._show_epoch()

    def show_epoch(self, epoch: int) -> None:
        """Shows the grid nearest to an epoch."""
        epochs = self._history.epochs if self._history else ()
        if epochs:
            self.scrubber.setValue(min(range(len(epochs)), key=lambda place: abs(epochs[place] - epoch)))

    def save_grid(self) -> None:
        """The grid that is shown, as it was written."""
        history, epoch = self._history, self.epoch
        if history is not None and epoch >= 0:
            path = history.grids[epoch]
            self._saver.save(PNG, f"{history.folder.name}-{epoch:04d}", lambda: _pixels(path))

    def save_film(self, kind: Any) -> None:
        """The grids of all epochs as frames."""
        history = self._history
        if history is not None and history.grids:
            paths = list(history.grids.values())
            self._saver.save(kind, f"{history.folder.name}-epochs", lambda: [_pixels(path) for path in paths])

    @property
    def _charts(self) -> tuple[EpochChart, ...]:
        return self.losses, self.scores, self.diversity

    def _show_epoch(self) -> None:
        history, epoch = self._history, self.epoch
        there = history is not None and bool(history.grids)
        for part in (self.scrubber, self.play, self.save):
            part.setEnabled(there)
        if history is None or history.facts is None or epoch < 0:
            self.label.setText("")
            self.grid.show_message("The first grid of samples comes before the first epoch.")
            return
        last = max(history.planned, history.epochs[-1])
        self.label.setText(f"epoch {epoch:,} of {last:,}" if epoch else f"before epoch 1 of {last:,}")
        for chart in self._charts:
            chart.mark(epoch)
        facts, image = history.facts, self._image(history.grids[epoch])
        if image.isNull():
            self.grid.show_message(f"{history.grids[epoch].name} cannot be read.")
        else:
            self.grid.show_picture(image, facts.columns, facts.rows, facts.count)

    def _image(self, path: Path) -> QImage:
        found = self._images.get(path)
        if found is None:
            found = QImage(str(path))
            if not found.isNull():
                self._images[path] = found
                if len(self._images) > _KEPT:
                    self._images.popitem(last=False)
        return found

    def _next(self) -> None:
        at = self.scrubber.value()
        self.scrubber.setValue(0 if at >= self.scrubber.maximum() else at + 1)

    def _on_play(self, plays: bool) -> None:
        self.play.setIcon(icons.icon("pause" if plays else "resume", self._theme))
        if plays:
            self._timer.start()
        else:
            self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever takes the scrubber stops the play."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self.play.setChecked(False)
        return super().eventFilter(watched, event)

    def hideEvent(self, event: object) -> None:
        """What is not seen does not play."""
        self.play.setChecked(False)

    def _connect(self) -> None:
        self.scrubber.valueChanged.connect(lambda _: self._show_epoch())
        self.scrubber.installEventFilter(self)
        self.play.toggled.connect(self._on_play)
        self.grid.opened.connect(self.explored)
        for chart in self._charts:
            chart.picked.connect(self.show_epoch)
        self._theme.changed.connect(lambda: self._on_play(self.play.isChecked()))
        self._on_play(False)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.play, self.scrubber, self.label, self.save):
            row.addWidget(part)
        row.setStretchFactor(self.scrubber, 1)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.grid, 1)
        column.addLayout(row)
        right = QWidget(self)
        charts = QVBoxLayout(right)
        charts.setContentsMargins(4, 0, 0, 0)
        charts.setSpacing(4)
        for chart in self._charts:
            charts.addWidget(chart, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 4, 0, 0)
        outer.addWidget(splitter)


def _pixels(path: Path) -> Any:
    """Height x width x 1 or 3. Raises OSError."""
    import numpy as np
    from PIL import Image

    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L" if image.mode in ("1", "L", "I;16") else "RGB"))
    return pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
