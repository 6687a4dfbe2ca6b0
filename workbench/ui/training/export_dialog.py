"""Which run to export, with which weights, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.ui.training.recent_runs import RunRow

_WEIGHTS = (("of the best epoch", "best"), ("of the last epoch", "last"))
_ABOUT = (
    "Writes the trained network as a TensorFlow SavedModel, reloads it in a clean process and compares its outputs "
    "with the network's on held-out images. If they differ, the export fails."
)
_WIDTH = 560


class ExportDialog(QDialog):
    """Does not export by itself: says what was chosen, once."""

    chosen = Signal(object, object, str)
    """The run's folder, the target folder, and "best" or "last"."""

    def __init__(
        self, runs: Sequence[RunRow], selected: Path | None, folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export as SavedModel")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder = folder
        self._suggested = ""
        self.run = QComboBox(self)
        for row in runs:
            self.run.addItem(_label(row), row.folder)
        self.weights = QComboBox(self)
        for text, value in _WEIGHTS:
            self.weights.addItem(text, value)
        self.target = QLineEdit(self)
        self._problem = QLabel(self, wordWrap=True)
        self._problem.setProperty("role", "error")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.accept_button = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setProperty("primary", True)
        self._lay_out()
        self._connect()
        folders = [row.folder for row in runs]
        self.run.setCurrentIndex(folders.index(selected) if selected in folders else 0)
        self._suggest()
        self.target.setFocus()
        self.target.selectAll()

    def accept(self) -> None:
        """Says what was chosen and closes."""
        self.chosen.emit(self.run.currentData(), self._path(), self.weights.currentData())
        super().accept()

    def _connect(self) -> None:
        self.run.currentIndexChanged.connect(self._suggest)
        self.target.textChanged.connect(self._check)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        browse = QPushButton("Browse…", self, autoDefault=False)
        browse.clicked.connect(self._browse)
        place = QHBoxLayout()
        place.addWidget(self.target, 1)
        place.addWidget(browse)
        form = QFormLayout()
        form.addRow("Run", self.run)
        form.addRow("Weights", self.weights)
        form.addRow("Folder to write", place)
        about = QLabel(_ABOUT, self, wordWrap=True)
        about.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addWidget(about)
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addWidget(self.buttons)
        self.setMinimumWidth(_WIDTH)

    def _suggest(self) -> None:
        """Follows the run as long as nobody has written another place."""
        folder = self.run.currentData()
        if folder is not None and self.target.text() == self._suggested:
            self._suggested = str(self._folder / f"{folder.name}-savedmodel")
            self.target.setText(self._suggested)
        self._check()

    def _browse(self) -> None:
        parent = QFileDialog.getExistingDirectory(self, "Where to put the export", str(self._path().parent))
        if parent:
            self.target.setText(str(Path(parent) / self._path().name))

    def _path(self) -> Path:
        return _path(self.target.text())

    def _check(self) -> None:
        problem = refuse(self.target.text())
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.accept_button.setEnabled(not problem and self.run.count() > 0)


def refuse(text: str) -> str:
    """Why nothing can be exported to the path that was written, or ""."""
    path = _path(text)
    if not text.strip():
        return "Expected a folder to write"
    if not path.is_absolute():
        return "Expected a whole path, from the root folder on"
    if path.is_file():
        return f"{path} is a file; expected a new folder"
    if path.is_dir() and any(path.iterdir()) and not (path / "saved_model.pb").is_file():
        return f"{path} holds other things; expected a new folder or an earlier export"
    return ""


def _path(text: str) -> Path:
    return Path(text.strip()).expanduser()


def _label(row: RunRow) -> str:
    return f"{row.name} ({', '.join(filter(None, (row.status, row.result)))})"
