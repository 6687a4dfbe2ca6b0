"""Choosing the data: by name, by SPEC, from the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.data.facts import BUILT_IN
from workbench.project import Change
from workbench.ui.document import Document
from workbench.ui.fields.field import Combo, Line
from workbench.ui.preferences import Preferences

_SPEC = Qt.ItemDataRole.UserRole
_HINT = "name, folder, CSV, NPZ or IMAGES::MASKS"
_TIP = (
    "A dataset: a name such as digits or fashion_mnist; a folder of class folders; a CSV with image and label, or "
    "with pixels; a folder of IDX files; an .npz with x and y arrays; or IMAGES::MASKS, two folders"
)


class DataChooser(QWidget):
    """A line for the SPEC with a list of what there is, and a button that asks for files and folders."""

    chosen = Signal(str)

    def __init__(self, document: Document, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._preferences = preferences
        self.combo = Combo(self)
        self.line = Line()
        self.combo.setEditable(True)
        self.combo.setLineEdit(self.line)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setCompleter(None)  # type: ignore[arg-type]  # Qt takes none; it would complete to titles
        self.combo.setAccessibleName("Dataset")
        self.combo.setToolTip(_TIP)
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button = QPushButton("Browse", self)
        self.button.setToolTip("Choose a folder or a file")
        self.menu = QMenu(self)
        for text, ask in self.ways():
            self.menu.addAction(text, ask)
        self.button.setMenu(self.menu)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.combo, 1)
        row.addWidget(self.button)
        self.refused = QLabel(self, wordWrap=True)
        self.refused.setProperty("role", "error")
        self.refused.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.refused)
        self.combo.activated.connect(self._pick)
        self.line.written.connect(self._write)
        self.line.reverted.connect(self._show)
        document.changed.connect(self._on_change)
        document.replaced.connect(self._show)
        preferences.changed.connect(self._on_preference)
        self._list()

    def ways(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """What can be asked for from the disk."""
        return (
            ("Folder of class folders…", lambda: self._ask_folder("Choose a folder of class folders")),
            ("CSV…", lambda: self._ask_file("Choose a CSV", "Tables (*.csv)")),
            ("NPZ…", lambda: self._ask_file("Choose an NPZ", "NumPy arrays (*.npz)")),
            ("IDX folder…", lambda: self._ask_folder("Choose a folder of IDX files")),
            ("Images and masks…", self._ask_masks),
        )

    def say(self, problem: str) -> None:
        """Why a choice was refused, or ""."""
        self.refused.setText(problem)
        self.refused.setVisible(bool(problem))

    def _list(self) -> None:
        shown = self.line.text()
        self.combo.blockSignals(True)
        self.combo.clear()
        for spec, facts in BUILT_IN.items():
            self.combo.addItem(f"{facts.title} ({spec})", spec)
        recent = [spec for spec in self._preferences.recent_data if spec not in BUILT_IN]
        if recent:
            self.combo.insertSeparator(self.combo.count())
        for spec in recent:
            self.combo.addItem(spec, spec)
            self.combo.setItemData(self.combo.count() - 1, spec, Qt.ItemDataRole.ToolTipRole)
        self.combo.blockSignals(False)
        self.line.setText(shown)
        self._show()

    def _show(self) -> None:
        spec = self._document.project.dataset.spec
        self.combo.blockSignals(True)
        self.combo.setCurrentIndex(self.combo.findData(spec))
        self.combo.blockSignals(False)
        self.line.show_text(spec, _HINT)
        self.line.setCursorPosition(len(spec))  # of a path the end says more
        self.combo.setToolTip(f"{spec}\n\n{_TIP}".strip())
        self.say("")

    def _pick(self, index: int) -> None:
        spec = self.combo.itemData(index, _SPEC)
        if isinstance(spec, str):
            self._choose(spec)

    def _write(self) -> None:
        self._choose(self.line.text())

    def _choose(self, spec: str) -> None:
        self.line.show_text(spec.strip(), _HINT)
        self.chosen.emit(spec)

    def _on_change(self, change: Change) -> None:
        if "dataset" in change.sections:
            self._show()

    def _on_preference(self, name: str) -> None:
        if name == "recent_data":
            self._list()

    # -- asking
    def _ask_folder(self, title: str) -> None:
        if name := QFileDialog.getExistingDirectory(self, title, self._start()):
            self._choose(name)

    def _ask_file(self, title: str, kinds: str) -> None:
        name, _ = QFileDialog.getOpenFileName(self, title, self._start(), f"{kinds};;All files (*)")
        if name:
            self._choose(name)

    def _ask_masks(self) -> None:
        images = QFileDialog.getExistingDirectory(self, "First the folder of images", self._start())
        masks = images and QFileDialog.getExistingDirectory(self, "Then the folder of masks", str(Path(images).parent))
        if masks:
            self._choose(f"{images}::{masks}")

    def _start(self) -> str:
        """Where the last data came from."""
        for spec in self._preferences.recent_data:
            folder = Path(spec.partition("::")[0]).parent
            if spec not in BUILT_IN and folder.is_dir():
                return str(folder)
        return str(Path.home())


def spec_of(paths: list[str]) -> str:
    """The SPEC of what was dropped: one file or folder, or two folders of images and masks; "" for anything else."""
    if len(paths) == 1:
        return paths[0]
    if len(paths) == 2 and all(Path(path).is_dir() for path in paths):
        images, masks = sorted(paths, key=lambda path: "mask" in Path(path).name.lower())
        return f"{images}::{masks}"
    return ""
