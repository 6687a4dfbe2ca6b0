"""Which run to export, as what, with which weights, and where to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Format:
    """What can be written: a file whose name ends in `suffix`, or a folder; an earlier export holds the file `sign`."""

    title: str
    about: str
    suffix: str
    sign: str = ""


FORMATS: Mapping[str, Format] = {
    "savedmodel": Format(
        "TensorFlow SavedModel (a folder)", "For TensorFlow Serving and TensorFlow.", "-savedmodel", "saved_model.pb"
    ),
    "keras": Format("Keras model (.keras)", "For Keras, on any of its backends.", ".keras"),
    "litert": Format("LiteRT model (.tflite)", "For phones and small devices: one input and one output.", ".tflite"),
}
_ABOUT = (
    "The export is reloaded in a clean process, and its outputs are compared with the network's. "
    "If they differ, the export fails."
)
_WIDTH = 560


class ExportDialog(QDialog):
    """Does not export by itself: says what was chosen, once."""

    chosen = Signal(object, object, str, str)
    """The run's folder, where to write, the format, and "best" or "last"."""

    def __init__(
        self, runs: Sequence[RunRow], selected: Path | None, folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rows = {row.folder: row for row in runs}
        self._folder = folder
        self._suggested = ""
        self.run = QComboBox(self)
        self.run.setPlaceholderText("Choose a run")
        for row in runs:
            self.run.addItem(_label(row), row.folder)
        self.format = QComboBox(self)
        for key, form in FORMATS.items():
            self.format.addItem(form.title, key)
        self.weights = QComboBox(self)
        self.target = QLineEdit(self)
        self._about = QLabel(self, wordWrap=True)
        self._about.setProperty("role", "muted")
        self._problem = QLabel(self, wordWrap=True)
        self._problem.setProperty("role", "error")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.accept_button = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setProperty("primary", True)
        self._lay_out()
        self.run.setCurrentIndex([row.folder for row in runs].index(selected) if selected in self._rows else -1)
        self._connect()
        self._on_run()
        self.target.setFocus()
        self.target.selectAll()

    @property
    def form(self) -> Format:
        """What is to be written."""
        return FORMATS[self.format.currentData()]

    def accept(self) -> None:
        """Says what was chosen and closes."""
        self.chosen.emit(
            self.run.currentData(), self._path(), self.format.currentData(), self.weights.currentData() or "last"
        )
        super().accept()

    def _connect(self) -> None:
        self.run.currentIndexChanged.connect(self._on_run)
        self.format.currentIndexChanged.connect(self._suggest)
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
        form.addRow("Format", self.format)
        form.addRow("Weights", self.weights)
        form.addRow("Write to", place)
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addWidget(self._about)
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addWidget(self.buttons)
        self.setMinimumWidth(_WIDTH)

    def _on_run(self) -> None:
        """Says which run it is, and which of its weights there are."""
        row = self._rows.get(self.run.currentData())
        self.setWindowTitle(f"Export {row.name}" if row else "Export a trained run")
        self.weights.clear()
        for text, value in _weights(row):
            self.weights.addItem(text, value)
        self._suggest()

    def _suggest(self) -> None:
        """Follows run and format as long as nobody has written another place."""
        folder = self.run.currentData()
        self._about.setText(f"{self.form.about} {_ABOUT}")
        if folder is not None and self.target.text() == self._suggested:
            self._suggested = str(self._folder / f"{folder.name}{self.form.suffix}")
            self.target.setText(self._suggested)
        self._check()

    def _browse(self) -> None:
        parent = QFileDialog.getExistingDirectory(self, "Where to put the export", str(self._path().parent))
        if parent:
            self.target.setText(str(Path(parent) / self._path().name))

    def _path(self) -> Path:
        return _path(self.target.text())

    def _check(self) -> None:
        chosen = self.run.currentData() is not None
        problem = refuse(self.target.text(), self.form) if chosen else ""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.accept_button.setEnabled(chosen and not problem)


def refuse(text: str, form: Format) -> str:
    """Why nothing can be exported to the path that was written, or ""."""
    path = _path(text)
    if not text.strip():
        return "Expected a file to write" if not form.sign else "Expected a folder to write"
    if not path.is_absolute():
        return "Expected a whole path, from the root folder on"
    if not form.sign:
        return _refuse_file(path, form)
    if path.is_file():
        return f"{path} is a file; expected a new folder"
    if path.is_dir() and any(path.iterdir()) and not (path / form.sign).is_file():
        return f"{path} holds other things; expected a new folder or an earlier export"
    return ""


def _refuse_file(path: Path, form: Format) -> str:
    if path.suffix != form.suffix:
        return f"Expected a file whose name ends in {form.suffix}"
    return f"{path} is there already; expected a new file" if path.exists() else ""


def _path(text: str) -> Path:
    return Path(text.strip()).expanduser()


def _weights(row: RunRow | None) -> list[tuple[str, str]]:
    """A GAN has no best epoch: nothing of it is measured on held-out images."""
    last = ("of the last epoch", "last")
    if row is None or not row.best_epoch:
        return [last]
    return [(f"of the best epoch ({row.best_epoch}: {row.result})", "best"), last]


def _label(row: RunRow) -> str:
    return f"{row.name} ({', '.join(filter(None, (row.status, row.result)))})"
