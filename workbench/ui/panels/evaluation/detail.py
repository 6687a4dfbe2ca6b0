"""One image: what it was taken for, what speaks for that, and what the layers make of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.protocol import Explain
from workbench.ui.images.pictures import picture
from workbench.ui.images.thumbnails import Thumbnail, ThumbnailGrid
from workbench.ui.panels.evaluation import colours
from workbench.ui.panels.evaluation.background import Background
from workbench.ui.panels.evaluation.bars import ProbabilityBars
from workbench.ui.panels.evaluation.explainer import Answer, Explainer
from workbench.ui.panels.evaluation.picture_view import PictureView
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_KINDS = (("Grad-CAM", "gradcam"), ("Activations", "activations"), ("Filters", "filters"))
_WIDTHS = (260, 260, 420)
_READING = "image"
_DEFAULTS = {
    "gradcam": "Last with spatial output",
    "activations": "First with spatial output",
    "filters": "First with a kernel",
}
_PREDICTED = "The predicted class"


@dataclass(frozen=True)
class Subject:
    """The image that is looked at: a file, or a place in a dataset."""

    title: str
    read: Callable[[], Any]
    runs: tuple[Path, ...]
    weights: str
    names: tuple[str, ...]
    probabilities: tuple[float, ...]
    true: int = -1


class DetailPage(QWidget):
    """Escape or Back leads to where the image was picked."""

    left = Signal()
    """Back to where the image was picked."""

    def __init__(
        self, theme: Theme, explainer: Explainer, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._explainer = explainer
        self._background = background
        self._subject: Subject | None = None
        self._answer: Answer | None = None
        self._layers: dict[str, tuple[str, ...]] = {}
        """What can be asked for, by kind; of the runs that were looked into last."""
        self._stored = ""
        """The image as a file that the engine reads; "" until it has been read."""
        self.device = "auto"
        self.back = QPushButton("Back", self)
        self.title = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.picture = PictureView(theme, self)
        self.bars = ProbabilityBars(theme, self)
        self.kind = _combo(self, "What to show")
        self.run = _combo(self, "Run")
        self.layer = _combo(self, "Layer")
        self.target = _combo(self, "Class")
        self.opacity = QSlider(Qt.Orientation.Horizontal, self)
        self.maps = ThumbnailGrid(theme, self)
        self.status = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.status.setProperty("role", "muted")
        self._lay_out()
        self._connect()

    @property
    def subject(self) -> Subject | None:
        """What is shown."""
        return self._subject

    def show_subject(self, subject: Subject) -> None:
        """Shows another image, in the same way as the one before."""
        if self._subject is None or self._subject.runs != subject.runs:
            self._layers.clear()  # another network has other layers
            _fill(self.layer, [(_DEFAULTS[self.kind.currentData()], "")], "")
        self._subject, self._answer, self._stored = subject, None, ""
        self.title.setText(subject.title)
        self.bars.show_probabilities(subject.names, subject.probabilities, subject.true)
        self.picture.show_image(None, "Reading the image…")
        _fill(self.run, [(folder.name, folder) for folder in subject.runs])
        _fill(self.target, [(_PREDICTED, -1), *((name, index) for index, name in enumerate(subject.names))])
        self._show_choices()
        path = self._explainer.new_file("npy")
        self._background.start(_READING, lambda: _stored(subject.read(), path))

    def show_layer(self, name: str, kind: str = "activations") -> None:
        """Shows what a layer, or the last layer of a block, makes of the image."""
        self.kind.blockSignals(True)
        self.kind.setCurrentIndex([key for _, key in _KINDS].index(kind))
        self.kind.blockSignals(False)
        known = self._answer.event.nodes if self._answer else ()
        wanted = inner_layer(name, known) or name
        if self.layer.findData(wanted) < 0:
            self.layer.addItem(wanted, wanted)
        self.layer.blockSignals(True)
        self.layer.setCurrentText(wanted)
        self.layer.blockSignals(False)
        self.ask()

    def ask(self) -> None:
        """Asks the engine for what the choices say, once the image has been read."""
        self._show_choices()
        subject, kind = self._subject, self.kind.currentData()
        if subject is None or not self._stored or self.run.currentData() is None:
            return
        self.picture.show_overlay(None)
        self._explainer.ask(
            Explain(
                run=str(self.run.currentData()),
                kind=kind,
                node=self.layer.currentData() or "",
                image=self._stored,
                target=self.target.currentData() if kind == "gradcam" else -1,
                weights=subject.weights,
                device=self.device,
            )
        )

    def close_reading(self) -> None:
        """Waits for threads that read."""
        self.maps.close_reading()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # -- answers
    def _take(self, answer: Answer) -> None:
        self._answer = answer
        self._offer_layers(answer)
        arrays = answer.arrays
        if "image" in arrays:
            self.picture.show_image(picture(arrays["image"]))
        show = {"gradcam": self._show_heat, "activations": self._show_maps, "filters": self._show_filters}
        show[answer.asked.kind](answer)

    def _show_heat(self, answer: Answer) -> None:
        heat = answer.arrays["map"]
        self.picture.show_overlay(picture(colours.heat(heat)))
        name = str(answer.arrays["class_names"][answer.event.target])
        size = f"{heat.shape[0]} x {heat.shape[1]} positions"
        if heat.max() > 0:
            self._say(f"What speaks for “{name}” in {answer.event.node} ({size}). Bright is more.")
        else:
            self._say(f"Nothing in {answer.event.node} ({size}) speaks for “{name}” on average.")
        self._pages.setCurrentIndex(0)

    def _show_maps(self, answer: Answer) -> None:
        maps = answer.arrays["maps"]
        if maps.ndim == 3:
            count = maps.shape[-1]
            self._show_grid(count, lambda index: colours.features(maps[..., index]), lambda index: f"{index}")
            self._say(
                f"{answer.event.node}: {count:,} maps of {maps.shape[0]} x {maps.shape[1]}. White is the largest."
            )
        else:
            values = maps.reshape(1, -1)
            self._show_grid(1, lambda index: colours.features(_folded(values)), lambda index: "all values")
            shape = " x ".join(map(str, maps.shape))
            self._say(f"{answer.event.node}: {shape} values, from {maps.min():.3g} to {maps.max():.3g}.")

    def _show_filters(self, answer: Answer) -> None:
        kernels = {name: value for name, value in answer.arrays.items() if value.ndim > 1}
        name, kernel = next(iter(kernels.items()))
        pictures = colours.filter_pictures(kernel)
        self._show_grid(len(pictures), pictures.__getitem__, lambda index: f"{index}")
        shape = " x ".join(map(str, kernel.shape))
        signs = "" if kernel.ndim == 4 and kernel.shape[2] == 3 else " Blue is positive, orange negative."
        self._say(f"{answer.event.node}: {name} of {shape}.{signs}")

    def _show_grid(self, count: int, read: Callable[[int], Any], caption: Callable[[int], str]) -> None:
        self.maps.show_images([Thumbnail(index, caption(index)) for index in range(count)], read)
        self._pages.setCurrentIndex(1)

    def _offer_layers(self, answer: Answer) -> None:
        """The layers that can be asked for in this way, the one that was shown chosen."""
        self._layers[answer.asked.kind] = answer.event.nodes
        rows = [(name, name) for name in answer.event.nodes]
        _fill(self.layer, rows, answer.event.node)

    def _say(self, text: str) -> None:
        self.status.setText(text)

    def _on_state(self) -> None:
        if self._explainer.status:
            self._say(self._explainer.status)

    def _on_failure(self, text: str) -> None:
        self._say(text)
        self.picture.show_overlay(None)
        if self.kind.currentData() != "gradcam":
            self.maps.show_images([], None)

    def _on_read(self, name: str, read: Any) -> None:
        if name == _READING:
            image, self._stored = read
            self.picture.show_image(image)
            self.ask()

    def _show_choices(self) -> None:
        """What a kind of explanation has no use for is not shown."""
        heat, several = self.kind.currentData() == "gradcam", self.run.count() > 1
        for name, shown in (("target", heat), ("opacity", heat), ("run", several)):
            self._rows[name].setVisible(shown)
            getattr(self, name).setVisible(shown)

    def _on_kind(self) -> None:
        """The layer stays where it has this kind of thing to show: every layer has activations."""
        kind = self.kind.currentData()
        known, current = self._layers.get(kind, ()), self.layer.currentData()
        if current not in known and kind != "activations":
            _fill(self.layer, [(_DEFAULTS[kind], ""), *((name, name) for name in known)])
        elif known:
            _fill(self.layer, [(name, name) for name in known], current)
        self.ask()

    # -- putting together
    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.kind.currentIndexChanged.connect(self._on_kind)
        for combo in (self.run, self.layer, self.target):
            combo.currentIndexChanged.connect(self.ask)
        self.opacity.valueChanged.connect(lambda value: self.picture.set_opacity(value / 100))
        self._explainer.answered.connect(self._take)
        self._explainer.failed.connect(self._on_failure)
        self._explainer.state_changed.connect(self._on_state)
        self._background.done.connect(self._on_read)
        self._background.failed.connect(
            lambda name, why: self.picture.show_image(None, why) if name == _READING else None
        )

    def _lay_out(self) -> None:
        _fill(self.kind, list(_KINDS))
        _fill(self.layer, [(_DEFAULTS["gradcam"], "")])
        self.opacity.setRange(0, 100)
        self.opacity.setValue(70)
        self.opacity.setAccessibleName("Opacity")
        self.back.setToolTip("Back to the images (Esc)")
        top = QHBoxLayout()
        top.addWidget(self.back)
        top.addWidget(self.title, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        for part in (self.picture, self.bars, self._inside()):
            splitter.addWidget(part)
        splitter.setSizes(list(_WIDTHS))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(splitter, 1)

    def _inside(self) -> QWidget:
        box = QWidget(self)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        fields = {"kind": "Show", "layer": "Layer", "target": "Class", "run": "Run", "opacity": "Opacity"}
        self._rows: dict[str, QLabel] = {}
        for number, (name, words) in enumerate(fields.items()):
            label = QLabel(words, box)
            field: QWidget = getattr(self, name)
            label.setBuddy(field)
            self._rows[name] = label
            grid.addWidget(label, number // 2, number % 2 * 2)
            grid.addWidget(field, number // 2, number % 2 * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self._pages = QStackedWidget(box)
        self._pages.addWidget(QWidget(box))
        self._pages.addWidget(self.maps)
        column = QVBoxLayout(box)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addWidget(self.status)
        column.addWidget(self._pages, 1)
        return box


def inner_layer(name: str, known: Sequence[str]) -> str:
    """The layer of this name in the expanded network, or the last one in the block of this name; "" for none.

    A layer in a repeated block is known by the block's name, a number and its own.
    """
    block, _, inner = name.partition(".")
    found = [layer for layer in known if layer == name or layer.startswith(f"{name}.")]
    if not found and inner:
        found = [layer for layer in known if layer.startswith(f"{block}.") and layer.endswith(f".{inner}")]
    return found[-1] if found else ""


def _stored(image: Any, path: Path) -> tuple[QImage, str]:
    """The image as Qt shows it, and the file that it was put into for the engine."""
    import numpy as np

    np.save(path, image, allow_pickle=False)
    return picture(image), str(path)


def _folded(values: Any) -> Any:
    """A row of values in lines, so that thousands can be seen; what is missing in the last line is 0."""
    import numpy as np

    count = values.size
    across = max(1, int(np.ceil(np.sqrt(count))))
    canvas = np.zeros(across * -(-count // across), values.dtype)
    canvas[:count] = values.ravel()
    return canvas.reshape(-1, across)


def _combo(parent: QWidget, name: str) -> QComboBox:
    combo = QComboBox(parent)
    combo.setAccessibleName(name)
    combo.setMinimumContentsLength(8)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


def _fill(combo: QComboBox, rows: list[tuple[str, Any]], chosen: Any = None) -> None:
    """Other rows without a signal; what was chosen stays so where it is still there."""
    wanted = combo.currentData() if chosen is None else chosen
    combo.blockSignals(True)
    combo.clear()
    for text, data in rows:
        combo.addItem(text, data)
    found = next((row for row, (_, data) in enumerate(rows) if data == wanted), 0)
    combo.setCurrentIndex(found)
    combo.blockSignals(False)
