"""The Facts column: how many, how large, which values, and what becomes of an image on its way into the network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.project import Change, DatasetSettings, NormalisationError
from workbench.project.normalisation import image_input
from workbench.ui import quantities
from workbench.ui.background import Background, BackgroundBar, Report
from workbench.ui.document import Document
from workbench.ui.panels.dataset.parts import PART_WORDS
from workbench.ui.theme import figures

if TYPE_CHECKING:
    from workbench.data.measure import Measured
    from workbench.ui.panels.dataset.samples import Samples

MEASURED_AT_FIRST = 2_000
"""Images whose sizes and values are looked at unasked: a second or two, whatever the dataset."""
_FIRST_PAGE_MS = 400
"""The first page of pictures goes before."""
_COLOURS = {1: "grey", 3: "RGB"}
_RANGES = {"0..1": (1 / 255, 0.0), "-1..1": (2 / 255, -1.0), "0..255": (1.0, 0.0)}
_ROWS = (
    *("Images", "Parts", "Classes", "Left out", "Size", "Channels", "Mean", "Deviation", "Measured"),
    "Into the network",
)


class FactsColumn(QWidget):
    """Says what is known at once; sizes and values follow when they are measured, on some images first."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._samples: Samples | None = None
        self.measured: Measured | None = None
        self.work = Background(self)
        self.labels = {name: _label(self) for name in _ROWS}
        self.measure_all = QPushButton("Measure all images", self)
        self._bar = BackgroundBar(self.work, self, stacked=True)
        self._soon = QTimer(self, singleShot=True, interval=_FIRST_PAGE_MS)
        self._soon.timeout.connect(lambda: self._measure(MEASURED_AT_FIRST))
        self._lay_out()
        self.measure_all.clicked.connect(lambda: self._measure(None))
        self.work.done.connect(self._take)
        self.work.failed.connect(lambda problem: self._say("Measured", problem))
        self.work.changed.connect(self._offer)
        document.changed.connect(self._on_change)
        document.replaced.connect(self._show_fit)

    def use(self, samples: Samples | None) -> None:
        """Another dataset, or the same in other parts."""
        new = self._samples is None or samples is None or samples.source is not self._samples.source
        self._samples = samples
        if new:
            self._soon.stop()
            self.work.cancel()
            self.measured = None
        self._show()
        if new and samples is not None:
            self._soon.start()

    def close_work(self) -> None:
        """Waits for the thread."""
        self._soon.stop()
        self.work.close()

    def _measure(self, most: int | None) -> None:
        if self._samples is not None:
            self.work.start("Measuring", partial(_measure, self._samples, most), _expected)

    def _take(self, measured: Measured) -> None:
        self.measured = measured
        if self._samples is not None:
            self._samples.unreadable.update(measured.unreadable)
        self._show()

    def _on_change(self, change: Change) -> None:
        if self._samples is not None:
            self._show_measured()
            self._show_fit()

    def _show(self) -> None:
        samples = self._samples
        for name in _ROWS:
            self._say(name, "")
        if samples is None:
            return
        parts = zip(samples.counts.sum(axis=0).tolist(), PART_WORDS, strict=True)
        divided = ", ".join(f"{count:,} {word.lower()}" for count, word in parts if count)
        self._say("Images", f"{len(samples):,}")
        self._say("Parts", divided)
        self._say("Classes", _balance(samples))
        self._say("Left out", _left_out(samples))
        self._show_measured()
        self._show_fit()
        self._offer()

    def _show_measured(self) -> None:
        measured, samples = self.measured, self._samples
        if measured is None or samples is None:
            return
        self._say("Size", _sizes(measured))
        self._say("Channels", _channels(measured))
        factor, offset = _RANGES[self._document.project.dataset.value_range]
        scale = self._document.project.dataset.value_range.replace("..", " to ").replace("-", "−")
        means = (mean * factor + offset for mean in measured.mean)
        self._say("Mean", f"{_numbers(means)} of values from {scale}")
        self._say("Deviation", _numbers(variance**0.5 * factor for variance in measured.variance))
        unreadable = f"; {len(measured.unreadable):,} unreadable" if measured.unreadable else ""
        some = "" if measured.images + len(measured.unreadable) == len(samples) else f" of {len(samples):,}, drawn"
        self._say("Measured", f"{quantities.counted(measured.images, 'image')}{some}{unreadable}")

    def _show_fit(self) -> None:
        if self.measured is None:
            return
        try:
            graph = next(iter(self._document.project.graphs.values()))
            shape = tuple(image_input(graph).params.get("shape") or ())
        except NormalisationError:
            self._say("Into the network", "nothing yet: the network has no single Input")
            return
        measured, settings = self.measured, self._document.project.dataset
        height, width = measured.heights[1], measured.widths[1]
        channels = max(measured.channels, key=lambda count: measured.channels[count])
        alike = measured.heights[0] == measured.heights[2] and measured.widths[0] == measured.widths[2]
        self._say("Into the network", fit_words((height, width, channels), shape, settings, alike=alike))

    def _offer(self) -> None:
        measured, samples = self.measured, self._samples
        if measured is None or samples is None:
            self.measure_all.hide()
            return
        rest = len(samples) - measured.images - len(measured.unreadable)
        self.measure_all.setVisible(rest > 0 and not self.work.runs)

    def _say(self, name: str, text: str) -> None:
        self.labels[name].setText(text)
        self._form.setRowVisible(self.labels[name], bool(text))

    def _lay_out(self) -> None:
        content = QWidget()
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(4)
        self._form.setHorizontalSpacing(12)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        for name, label in self.labels.items():
            self._form.addRow(name, label)
            title = self._form.labelForField(label)
            assert isinstance(title, QLabel)
            title.setProperty("role", "muted")
            title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(self._form)
        column.addWidget(self._bar)
        column.addWidget(self.measure_all, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)


def fit_words(
    size: tuple[int, int, int], shape: Sequence[int | None], settings: DatasetSettings, *, alike: bool = True
) -> str:
    """What happens to an image of height x width x channels before it enters a network of this input shape."""
    if len(shape) != 3 or shape[2] not in (1, 3, None):
        wanted = "×".join("?" if each is None else str(each) for each in shape) or "a scalar"
        return f"does not fit: images need an input of height × width × 1 or 3. The network takes {wanted}"
    height, width = shape[0] or size[0], shape[1] or size[1]
    done = [*_resizing(size, (height, width), settings.fit), *_recolouring(size[2], shape[2])]
    into = f"{height}×{width}×{shape[2] or size[2]}"
    came = "×".join(map(str, size))
    usual = "" if alike else "usual size "
    return f"{usual}{came} → {into}: {', '.join(done)}" if done else f"{usual}{came} as it is"


def _resizing(size: tuple[int, int, int], wanted: tuple[int, int], fit: str) -> list[str]:
    have = size[:2]
    if have == wanted:
        return []
    words = {"stretch": "proportions change", "crop": "cut to its middle", "pad": "black edges added"}
    other = [] if have[0] * wanted[1] == have[1] * wanted[0] else [words[fit]]
    shrinks = wanted[0] < have[0] or wanted[1] < have[1]
    return [*other, "reduced (areas averaged)" if shrinks else "enlarged (bilinear)"]


def _recolouring(have: int, wanted: int | None) -> list[str]:
    if wanted in (have, None):
        return []
    return ["grey repeated over three channels"] if wanted == 3 else ["colour made grey by luma"]


def _balance(samples: Samples) -> str:
    if samples.source.masked:
        return f"{len(samples.class_names):,} for each pixel"
    counts = [int(count) for count in samples.counts.sum(axis=1)]
    there = [count for count in counts if count]
    empty = f"; {quantities.counted(len(counts) - len(there), 'class').replace('classs', 'classes')} empty"
    if len(there) < 2 or min(there) == max(there):
        words = f"{len(counts):,}, each of {max(counts, default=0):,} images"
    else:
        words = f"{len(counts):,}, from {min(there):,} to {max(there):,} images ({max(there) / min(there):.3g} to 1)"
    return words if len(there) == len(counts) else words + empty


def _left_out(samples: Samples) -> str:
    problems = samples.source.problems
    if not problems:
        return ""
    return f"{quantities.counted(len(problems), 'sample')} on opening; the first: {problems[0]}"


def _sizes(measured: Measured) -> str:
    (low, middle, high), (narrow, usual, wide) = measured.heights, measured.widths
    if low == high and narrow == wide:
        return f"{high:,} × {wide:,} (height × width), all"
    return f"{low:,} × {narrow:,} at least, {middle:,} × {usual:,} median, {high:,} × {wide:,} at most"


def _channels(measured: Measured) -> str:
    if len(measured.channels) == 1:
        (only,) = measured.channels
        return f"{only} ({_COLOURS.get(only, '')})"
    return ", ".join(f"{number} in {count:,}" for number, count in sorted(measured.channels.items()))


def _numbers(values: Sequence[float] | object) -> str:
    return ", ".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in values)  # type: ignore[attr-defined]


def _label(parent: QWidget) -> QLabel:
    label = QLabel(parent, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(figures(label.font()))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setMinimumWidth(80)
    return label


def _measure(samples: Samples, most: int | None, report: Report, cancel: Event) -> Measured:
    import numpy as np

    from workbench.data.measure import measure, some_of

    everything = np.arange(len(samples), dtype=np.int64)
    chosen = everything if most is None else some_of(samples.division.ids, everything, most)
    return measure(samples.source, chosen, report, cancel)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.source import DatasetError

    return (DatasetError,)
