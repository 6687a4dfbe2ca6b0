"""Images that somebody drops: what the network takes them for, as a list that can be exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.project import write_atomic
from workbench.ui import quantities
from workbench.ui.panels.evaluation.background import Background
from workbench.ui.panels.evaluation.classes import to_csv, widen
from workbench.ui.panels.evaluation.headline import percent
from workbench.ui.panels.evaluation.mask_browser import MaskBrowser
from workbench.ui.theme import Theme, figures

if TYPE_CHECKING:
    from workbench.evaluation import Predictions
    from workbench.ui.panels.evaluation.predicted_masks import PredictedMasks

Index = QModelIndex | QPersistentModelIndex
_RANKS = ("Class", "Second", "Third")
_COLUMNS = ("Image", "Class", "Probability", "Second", "Probability", "Third", "Probability")
_TOLD = 5
_SUBJECT = "predicted-mask"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PredictionsModel(QAbstractTableModel):
    """A row a file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[str, ...]] = []

    def show_predictions(self, predictions: Predictions) -> None:
        """Lists others."""
        self.beginResetModel()
        self.rows = [_row(predictions, index) for index in range(len(predictions))]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return Path(row[0]).name if index.column() == 0 else row[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None


class PredictionsPage(QWidget):
    """Files and folders are dropped on the panel, or chosen here."""

    asked = Signal(list)
    """Paths to predict."""
    picked = Signal(int)
    """The row of an image that was picked."""
    failed = Signal(str)
    """Why the list could not be written."""

    def __init__(self, theme: Theme, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.predictions: Predictions | None = None
        self.masks: PredictedMasks | None = None
        self.model = PredictionsModel(self)
        self.table = _table(self, self.model)
        self.table.activated.connect(lambda index: self.picked.emit(index.row()))
        self.table.clicked.connect(lambda index: self.picked.emit(index.row()))
        self.browser = MaskBrowser(theme, background, _SUBJECT, self)
        self.text = QLabel("Drop images or a folder here: the checked runs say what they are.", self, wordWrap=True)
        self.problems = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.problems.setProperty("role", "error")
        self.problems.hide()
        self.choose = QPushButton("Images…", self)
        self.choose.clicked.connect(self._choose_images)
        self.choose_folder = QPushButton("Folder…", self)
        self.choose_folder.clicked.connect(self._choose_folder)
        self.save = QPushButton("Save masks…", self)
        self.save.setToolTip("Writes indexed PNGs, whose numbers are classes, and predictions.json to a folder")
        self.save.clicked.connect(self._ask_save)
        self.save.hide()
        self.export = QPushButton("Export CSV…", self)
        self.export.setEnabled(False)
        self.export.clicked.connect(self._ask_export)
        top = QHBoxLayout()
        top.addWidget(self.text, 1)
        for button in (self.choose, self.choose_folder, self.save, self.export):
            top.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.problems)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.browser)
        column.addWidget(self._pages, 1)

    def show_predictions(self, predictions: Predictions, problems: tuple[str, ...]) -> None:
        """Lists them; files that could not be read are told."""
        self.predictions, self.masks = predictions, None
        self.model.show_predictions(predictions)
        widen(self.table)
        self.text.setText(f"{quantities.counted(len(predictions), 'image')} predicted; click one to look inside.")
        self._tell(problems, len(predictions))

    def show_masks(self, masks: PredictedMasks, problems: tuple[str, ...]) -> None:
        """Shows images under their masks; files that could not be read are told."""
        self.predictions, self.masks = None, masks
        self.browser.viewer.use_classes(masks.names, masks.colours)
        self.browser.show_images(masks.thumbnails, masks.thumbnail, masks.subject)
        self.text.setText(f"Masks of {quantities.counted(len(masks), 'image')}.")
        self._tell(problems, len(masks))

    def close_reading(self) -> None:
        """Waits for threads that read."""
        self.browser.close_reading()

    def _tell(self, problems: tuple[str, ...], count: int) -> None:
        self._pages.setCurrentWidget(self.browser if self.masks is not None else self.table)
        self.save.setVisible(self.masks is not None)
        self.save.setEnabled(bool(count))
        more = [f"and {len(problems) - _TOLD:,} more"] if len(problems) > _TOLD else []
        self.problems.setText("\n".join([*problems[:_TOLD], *more]))
        self.problems.setVisible(bool(problems))
        self.export.setEnabled(bool(count))

    def write(self, path: Path) -> None:
        """Writes every probability, or every class's share of the pixels, as CSV; a failure is told."""
        from workbench.evaluation.export import prediction_rows, share_rows

        rows = prediction_rows(self.predictions) if self.predictions is not None else ()
        if self.masks is not None:
            rows = share_rows(self.masks.listing)
        try:
            write_atomic(path, to_csv(rows).encode())
        except OSError as error:
            self.failed.emit(f"{path}: Cannot be written: {error.strerror or error}")

    def save_masks(self, folder: Path) -> None:
        """Copies the masks to a folder; a failure is told."""
        assert self.masks is not None
        try:
            count = self.masks.write(folder)
        except OSError as error:
            self.failed.emit(f"{error.filename2 or error.filename or folder}: Cannot be written: {error.strerror}")
        else:
            self.text.setText(f"{quantities.counted(count, 'mask')} written to {folder}")

    def _ask_save(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "A folder for the masks")
        if path:
            self.save_masks(Path(path))

    def _choose_images(self) -> None:
        pictures = "Images (*.png *.jpg *.jpeg *.bmp *.gif *.tif *.tiff *.webp);;All files (*)"
        paths, _ = QFileDialog.getOpenFileNames(self, "Images to predict", "", pictures)
        if paths:
            self.asked.emit(paths)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "A folder of images to predict")
        if path:
            self.asked.emit([path])

    def _ask_export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Export the predictions", "predictions.csv", "CSV (*.csv)")
        if path:
            self.write(Path(path))


def _row(predictions: Predictions, index: int) -> tuple[str, ...]:
    import numpy as np

    values = predictions.probabilities[index]
    best = [int(place) for place in np.argsort(-values, kind="stable")[: len(_RANKS)]]
    cells = [cell for place in best for cell in (predictions.class_names[place], percent(float(values[place])))]
    return (str(predictions.keys[index]), *cells, *([""] * (len(_COLUMNS) - 1 - len(cells))))


def _alignment(column: int) -> Qt.AlignmentFlag:
    numbers = column > 0 and column % 2 == 0
    return _RIGHT if numbers else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _table(parent: QWidget, model: PredictionsModel) -> QTableView:
    table = QTableView(parent)
    table.setModel(model)
    table.setFont(figures(table.font()))
    table.setAccessibleName("Predictions")
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setProperty("role", "padded")
    table.setAlternatingRowColors(True)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    return table
