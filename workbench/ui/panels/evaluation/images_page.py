"""Networks that give images: the worst images first, and before and after of the one that was picked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from workbench.ui import quantities
from workbench.ui.images.pictures import picture
from workbench.ui.images.thumbnails import Thumbnail, ThumbnailGrid
from workbench.ui.panels.evaluation.before_after import BeforeAfter
from workbench.ui.theme import Theme, figures

if TYPE_CHECKING:
    from workbench.evaluation.images import ImageResults

_WIDTHS = (320, 520)
_LEFT = ("Input", "Target")
_GAIN = 4
"""How much brighter an error is shown than it is."""
_ERROR = f"Error x{_GAIN}"
_RIGHT = ("Output", _ERROR, "Target")


class ImagesPage(QWidget):
    """A click on an image compares two of its pictures."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results: ImageResults | None = None
        self.picked = 0
        """Place among the pictures that are kept."""
        self.headline = QLabel(self, textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self.headline.setFont(figures(self.font()))
        self.notes = QLabel(self, wordWrap=True)
        self.notes.setProperty("role", "muted")
        self.grid = ThumbnailGrid(theme, self)
        self.view = BeforeAfter(theme, self)
        self.title = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.title.setFont(figures(self.font()))
        self.left, self.right = QComboBox(self), QComboBox(self)
        for combo, choices, name in ((self.left, _LEFT, "Left picture"), (self.right, _RIGHT, "Right picture")):
            combo.addItems(choices)
            combo.setAccessibleName(name)
            combo.currentIndexChanged.connect(self._show)
        self.grid.picked.connect(self.show_place)
        self._lay_out()

    def show_results(self, results: ImageResults) -> None:
        """Shows what another evaluation found, the worst image first."""
        self.results = results
        self.headline.setText(_headline(results))
        self.notes.setText(" ".join(results.about.get("notes", ())))
        self.notes.setVisible(bool(self.notes.text()))
        thumbnails = [
            Thumbnail(place, f"{results.psnr[row]:.1f} dB", f"{results.keys[row]}\nSSIM {results.ssim[row]:.3f}")
            for place, row in enumerate(results.shown.tolist())
        ]
        self.grid.show_images(thumbnails, lambda place: results.outputs[place])
        self.show_place(0)

    def show_place(self, place: int) -> None:
        """Compares the pictures of one of the images that are kept."""
        self.picked = place
        self._show()

    def close_reading(self) -> None:
        """Waits for threads that read."""
        self.grid.close_reading()

    def _show(self) -> None:
        results = self.results
        if results is None:
            return
        row = int(results.shown[self.picked])
        gain = ""
        if len(results.baseline_psnr):
            gain = f" ({_signed(results.psnr[row] - results.baseline_psnr[row])} dB against interpolation)"
        told = f"PSNR {results.psnr[row]:.2f} dB{gain}, SSIM {results.ssim[row]:.3f}"
        self.title.setText(f"{results.keys[row]}: {told}")
        names = self.left.currentText(), self.right.currentText()
        before, after = (picture(_pixels(results, self.picked, name)) for name in names)
        self.view.show_images(before, after, names)

    def _lay_out(self) -> None:
        compared = QWidget(self)
        right = QVBoxLayout(compared)
        right.setContentsMargins(8, 0, 0, 0)
        right.setSpacing(4)
        choices = QHBoxLayout()
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        choices.addWidget(self.left)
        choices.addWidget(self.title, 1)
        choices.addWidget(self.right)
        right.addLayout(choices)
        right.addWidget(self.view, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.grid)
        splitter.addWidget(compared)
        splitter.setSizes(list(_WIDTHS))
        splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.headline)
        column.addWidget(self.notes)
        column.addWidget(splitter, 1)


def read_images(path: Path) -> ImageResults:
    """Reads what an evaluation found; numpy is imported in the thread that does it. Raises PredictionsError."""
    from workbench.evaluation.images import read_image_results

    return read_image_results(path)


def _pixels(results: ImageResults, place: int, name: str) -> Any:
    """One of the pictures of an image, height x width x channels from 0 to 255."""
    if name == _ERROR:
        difference = results.outputs[place].astype(int) - results.targets[place]
        return abs(difference) * _GAIN
    return {"Input": results.inputs, "Output": results.outputs, "Target": results.targets}[name][place]


def _headline(results: ImageResults) -> str:
    means = results.means
    parts = [f"<b>PSNR {means['psnr']:.2f} dB</b>", f"SSIM {means['ssim']:.3f}"]
    if "baseline_psnr" in means:
        gain = _signed(means["psnr"] - means["baseline_psnr"])
        parts.append(f"interpolation {means['baseline_psnr']:.2f} dB ({gain} dB), {means['baseline_ssim']:.3f}")
    parts.append(f"{quantities.counted(len(results), 'image')} ({results.about['part']})")
    return "&nbsp;&nbsp; ".join(parts)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
