"""One image enlarged, pixel by pixel, with what is known of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import icons, quantities
from workbench.ui.background import Background, Report
from workbench.ui.empty_state import EmptyState
from workbench.ui.folders import open_folder
from workbench.ui.images.class_legend import ClassLegend
from workbench.ui.images.masks import coloured
from workbench.ui.images.opacity import OpacitySlider
from workbench.ui.images.overlay_view import OverlayView
from workbench.ui.panels.dataset.parts import PART_WORDS, breakable
from workbench.ui.theme import Theme, figures

if TYPE_CHECKING:
    from workbench.ui.panels.dataset.inspection import Inspection
    from workbench.ui.panels.dataset.samples import Samples

_FACTS = ("File", "Key", "Class", "Part", "Size", "Values", "No class", "Note")
_CHANNEL_TOKENS = {1: ("text_muted",), 3: ("error", "ok", "info")}
_NAMES = frozenset({"File", "Key", "Class", "Note"})
_LEGEND_ROWS = 8
"""They are scrolled with the facts above them."""
_EMPTY = "Click an image, or press Return on it, to see it enlarged, pixel by pixel."


class DetailView(QWidget):
    """Follows the grid's current sample."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._samples: Samples | None = None
        self._index: int | None = None
        self._mark = ""
        self._work = Background(self)
        self.picture = OverlayView(theme, self)
        self.histogram = _Histogram(theme, self)
        self.facts = {name: _fact(self) for name in _FACTS}
        self.copy = _tool(self, "Copy path")
        self.reveal = _tool(self, "Show in folder")
        self.opacity = OpacitySlider("Mask", parent=self)
        self.legend = ClassLegend(theme, ("Class", "Pixels"), self)
        self.legend.least_rows = _LEGEND_ROWS
        self._class_names: tuple[str, ...] = ()
        self._seen: Inspection | None = None
        self._empty = EmptyState(theme, "look", _EMPTY, self)
        self._lay_out()
        self.copy.clicked.connect(self._copy)
        self.reveal.clicked.connect(self._reveal)
        self.picture.set_opacity(self.opacity.value)
        self.opacity.changed.connect(self.picture.set_opacity)
        self.legend.changed.connect(self._show_layer)
        theme.changed.connect(self._paint)
        self._paint()
        self._work.done.connect(self._take)
        self._work.failed.connect(self._fail)
        self.show_sample(None, None)

    def show_sample(self, samples: Samples | None, index: int | None, mark: str = "") -> None:
        """Shows a sample, as soon as it is read."""
        self._samples, self._index, self._mark = samples, index, mark
        there = samples is not None and index is not None
        self._empty.setVisible(not there)
        self._content.setVisible(there)
        if samples is None or index is None:
            self._work.cancel()
            return
        origin = samples.source.origin(index)
        self.reveal.setVisible(origin is not None)
        masked = samples.source.masked
        self._class_names = samples.class_names
        self.opacity.setVisible(masked or samples.source.paired)
        self.opacity.set_title("Mask" if masked else "Target")
        self.legend.setVisible(masked)
        self._say("File", "" if origin is None else origin.name)
        self.facts["File"].setToolTip("" if origin is None else str(origin))
        self._say("Key", samples.key(index))
        self._say("Class", samples.class_of(index))
        self._say("Part", PART_WORDS[samples.part_of[index]])
        self._say("Note", mark)
        self._work.start("Reading", partial(_inspect, samples, index), _expected)

    def close_work(self) -> None:
        """Waits for the thread."""
        self._work.close()

    def _take(self, inspection: Inspection) -> None:
        height, width, channels = inspection.size
        self._seen = inspection
        self.picture.show_image(inspection.picture)
        self.legend.setVisible(inspection.mask is not None)
        self._say("Note", inspection.problem or self._mark)
        if inspection.mask is not None:
            from workbench.evaluation.palette import marked

            self.legend.show_classes(self._class_names, inspection.colours, marked(self._class_names))
            self.legend.show_numbers(1, list(map(quantities.share, inspection.shares)))
        self._show_layer()
        self._say("No class", quantities.share(inspection.unlabelled) if inspection.unlabelled else "")
        self.histogram.show_counts(inspection.histogram)
        colours = {1: "grey", 3: "RGB"}.get(channels, f"{channels} channels")
        self._say("Size", f"{height} × {width}, {colours}")
        span = f"{inspection.lowest:.4g} to {inspection.highest:.4g}, mean {inspection.mean:.4g}"
        self._say("Values", f"{span} ({inspection.kind})")

    def _show_layer(self) -> None:
        """The classes that the legend shows; of a pair of pictures the other one."""
        seen = self._seen
        if seen is None or seen.mask is None:
            self.picture.show_layer(None if seen is None else seen.target)
        elif len(self.legend.shown) == len(seen.colours):
            self.picture.show_layer(coloured(seen.mask, seen.colours, self.legend.shown))

    def _fail(self, problem: str) -> None:
        self._seen = None
        self.picture.show_image(None, "Cannot be read")
        self.legend.hide()
        self._say("No class", "")
        self.histogram.show_counts(())
        self._say("Size", "")
        self._say("Values", "")
        self._say("Note", problem)

    def _say(self, name: str, text: str) -> None:
        label = self.facts[name]
        label.setText(breakable(text) if name in _NAMES else text)
        self._form.setRowVisible(label, bool(text))

    def _paint(self) -> None:
        self.copy.setIcon(icons.icon("copy", self._theme))
        self.reveal.setIcon(icons.icon("open", self._theme))

    def _copy(self) -> None:
        if self._samples is not None and self._index is not None:
            QGuiApplication.clipboard().setText(self._samples.where(self._index))

    def _reveal(self) -> None:
        if self._samples is not None and self._index is not None:
            reveal(self._samples, self._index)

    def _lay_out(self) -> None:
        self._content = QWidget(self)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(2)
        for name, label in self.facts.items():
            self._form.addRow(name, label)
            title = self._form.labelForField(label)
            assert isinstance(title, QLabel)
            title.setProperty("role", "muted")
            title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.reveal)
        buttons.addSpacing(8)
        buttons.addWidget(self.opacity, 1)
        buttons.addStretch(1)
        looked_at = QVBoxLayout()
        looked_at.addWidget(self.picture, 1)
        looked_at.addLayout(buttons)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._form)
        column.addWidget(self.histogram)
        column.addWidget(self.legend, 1)
        column.addStretch(1)
        area = QScrollArea(self._content, widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(beside)
        row = QHBoxLayout(self._content)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(12)
        row.addLayout(looked_at, 5)
        row.addWidget(area, 6)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._content)
        outer.addWidget(self._empty)


def reveal(samples: Samples, index: int) -> None:
    """Opens the folder that a sample's file is in."""
    origin: Path | None = samples.source.origin(index)
    if origin is not None:
        open_folder(origin.absolute().parent)


class _Histogram(QWidget):
    """How often each value comes, black on the left; a line for each channel."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: tuple[tuple[int, ...], ...] = ()
        self.setMinimumSize(96, 48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Histogram of values")
        self.setToolTip("How often each value comes, from black to full brightness (square root of the count)")

    def sizeHint(self) -> QSize:
        return QSize(160, 48)

    def show_counts(self, counts: tuple[tuple[int, ...], ...]) -> None:
        self._counts = counts
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color("border"))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        most = max((count for channel in self._counts for count in channel), default=0)
        tokens = _CHANNEL_TOKENS.get(len(self._counts), ("text_muted",) * len(self._counts))
        for channel, token in zip(self._counts, tokens, strict=True):
            color = self._theme.color(token)
            color.setAlphaF(0.5 if len(self._counts) > 1 else 0.8)
            for number, count in enumerate(channel):
                left, right = (self.width() * edge // len(channel) for edge in (number, number + 1))
                tall = round((self.height() - 1) * (count / most) ** 0.5) if most else 0
                painter.fillRect(QRect(left, self.height() - 1 - tall, max(1, right - left), tall), color)


def _tool(parent: QWidget, words: str) -> QToolButton:
    button = QToolButton(parent)
    button.setAutoRaise(True)
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button


def _fact(parent: QWidget) -> QLabel:
    label = QLabel(parent, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(figures(label.font()))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setMinimumWidth(60)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _inspect(samples: Samples, index: int, report: Report, cancel: Event) -> Inspection:
    from workbench.ui.panels.dataset.inspection import inspect

    return inspect(samples.source, index, report, cancel)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.source import DatasetError

    return (DatasetError,)
