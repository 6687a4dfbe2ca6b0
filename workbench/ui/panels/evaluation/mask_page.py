"""The images of an evaluation by pixels, the worst first, with prediction, truth and errors over them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui.panels.evaluation.background import Background
from workbench.ui.panels.evaluation.mask_browser import MaskBrowser
from workbench.ui.panels.evaluation.mask_results import MaskImages, MaskResults
from workbench.ui.panels.evaluation.mask_viewer import ERRORS
from workbench.ui.theme import Theme

_ORDERS = (
    ("Worst first", "worst", "The least intersection over union first"),
    ("Best first", "best", "The largest intersection over union first"),
    ("Largest loss", "loss", "The largest mean cross-entropy of an image's pixels first"),
    ("As in the dataset", "dataset", "In the order of the dataset"),
)
_COLOURS, _SUBJECT = "mask-colours", "mask"


class MaskPage(QWidget):
    """Orders and looks at images; `images` reads them."""

    def __init__(self, theme: Theme, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._results: MaskResults | None = None
        self.images: MaskImages | None = None
        self.browser = MaskBrowser(theme, background, _SUBJECT, self)
        self.order = QComboBox(self)
        self.target = QComboBox(self)
        self._lay_out()
        self.browser.viewer.show_as(ERRORS)
        self.order.currentIndexChanged.connect(self._list)
        self.target.currentIndexChanged.connect(self._list)
        background.done.connect(self._on_done)
        background.failed.connect(self._on_failed)

    def show_results(self, results: MaskResults) -> None:
        """Lists the images of another evaluation."""
        self.close_images()
        images = self.images = MaskImages(results)
        self._results = results
        self.target.blockSignals(True)
        self.target.clear()
        self.target.addItem("All classes", None)
        for index, name in enumerate(results.names):
            self.target.addItem(name, index)
        self.target.blockSignals(False)
        self.browser.viewer.show_message("Opening the dataset…")
        self.browser.grid.show_images([], None)
        self._background.start(_COLOURS, lambda: (results, images.colours))

    def show_row(self, row: int) -> None:
        """Looks at one image, wherever it is in the list."""
        rows = [item.index for item in self.browser.grid.images.items]
        if row in rows:
            self.browser.grid.setCurrentIndex(self.browser.grid.model().index(rows.index(row), 0))

    def show_class(self, label: int) -> None:
        """Orders by one class, and shows where it is missed or falsely there."""
        self.target.setCurrentIndex(self.target.findData(label))
        self.browser.viewer.show_class(label)

    def close_images(self) -> None:
        """Ends the opening of a dataset that is under way."""
        if self.images is not None:
            self.images.cancel()

    def close_reading(self) -> None:
        """Waits for threads that read."""
        self.close_images()
        self.browser.close_reading()

    def _on_done(self, name: str, found: object) -> None:
        if name != _COLOURS or not isinstance(found, tuple) or found[0] is not self._results:
            return
        self.browser.viewer.use_classes(found[0].names, found[1])
        self._list()

    def _on_failed(self, name: str, problem: str) -> None:
        if name == _COLOURS:
            self.browser.viewer.show_message(f"The images cannot be shown: {problem}")

    def _list(self) -> None:
        results, images = self._results, self.images
        if results is None or images is None:
            return
        label = self.target.currentData()
        rows = results.order(self.order.currentData(), label)
        self.browser.show_images(results.thumbnails(rows, label), images.thumbnail, images.subject)

    def _lay_out(self) -> None:
        for words, data, tip in _ORDERS:
            self.order.addItem(words, data)
            self.order.setItemData(self.order.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        row = QHBoxLayout()
        row.setSpacing(4)
        for words, field, tip in (
            ("Order", self.order, "How the images are ordered"),
            ("IoU of", self.target, "Whose intersection over union counts: a class's, or the mean of all"),
        ):
            field.setAccessibleName(words)
            field.setToolTip(tip)
            field.setMinimumContentsLength(8)
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            row.addWidget(field, 1)
        self.browser.column.insertLayout(0, row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.browser)
