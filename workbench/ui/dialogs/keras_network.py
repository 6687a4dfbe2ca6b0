"""Which network of Keras, and which weights."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.project.keras_networks import FAMILIES

_SIZE = (520, 520)
_FIRST = "ResNet50"
_IMAGENET, _RANDOM, _FILE = "imagenet", "", "file"
_WEIGHTS = {_IMAGENET: "ImageNet", _FILE: "ImageNet, from a file…", _RANDOM: "Random"}
_NOTES = {
    _IMAGENET: "Downloaded once and kept by Keras in ~/.keras/models; without a network what is there is used.",
    _FILE: "A .h5 file of weights that Keras publishes for this network, with its classifier.",
    _RANDOM: "The architecture alone, as it begins a training.",
}
_ABOUT = (
    "A published network as a graph that can be edited, with what it expects of its images as layers behind the input."
)


class KerasNetworkDialog(QDialog):
    """`network` and `weights` ("imagenet", "" or a file's name) once accepted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a network of Keras")
        self.resize(*_SIZE)
        self.weights = ""
        self.search = QLineEdit(placeholderText="Search networks", clearButtonEnabled=True)
        self.search.setAccessibleName("Search networks")
        self.list = QTreeWidget()
        self.list.setAccessibleName("Networks")
        self.list.setHeaderHidden(True)
        self.source = QComboBox()
        self.source.setAccessibleName("Weights")
        for key, words in _WEIGHTS.items():
            self.source.addItem(words, key)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("role", "muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText("Import")
        self._fill()
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self.list.itemDoubleClicked.connect(lambda item: self.accept() if item.parent() else None)
        self.source.currentIndexChanged.connect(self._show)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._show()
        self.search.setFocus()

    @property
    def network(self) -> str:
        """Its name in `keras.applications`; "" while a family is picked."""
        item = self.list.currentItem()
        return item.text(0) if item is not None and item.parent() is not None and not item.isHidden() else ""

    def accept(self) -> None:
        """Asks for the file where the weights come from one."""
        if not self.network:
            return
        source = self.source.currentData()
        if source == _FILE:
            title, kinds = f"Weights of {self.network}", "Weights of Keras (*.h5 *.hdf5)"
            source, _ = QFileDialog.getOpenFileName(self, title, str(Path.home()), kinds)
            if not source:
                return
        self.weights = source
        super().accept()

    def _fill(self) -> None:
        for family, names in FAMILIES.items():
            parent = QTreeWidgetItem(self.list, [family])
            parent.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for name in names:
                item = QTreeWidgetItem(parent, [name])
                if name == _FIRST:
                    self.list.setCurrentItem(item)
        self.list.expandAll()

    def _filter(self, text: str) -> None:
        """Shows what fits and picks the first of it, so that Return imports it."""
        wanted = "".join(text.lower().split()).replace("-", "")
        first = None
        for number in range(self.list.topLevelItemCount()):
            parent = self.list.topLevelItem(number)
            for index in range(parent.childCount()):
                item = parent.child(index)
                item.setHidden(wanted not in item.text(0).lower())
                first = first or (None if item.isHidden() else item)
            parent.setHidden(all(parent.child(index).isHidden() for index in range(parent.childCount())))
        if first is not None and not self.network:
            self.list.setCurrentItem(first)
        self._show()

    def _show(self) -> None:
        self.note.setText(_NOTES[self.source.currentData()])
        self._ok.setEnabled(bool(self.network))

    def _lay_out(self) -> None:
        about = QLabel(_ABOUT, wordWrap=True)
        about.setProperty("role", "muted")
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Weights", self.source)
        form.addRow("", self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(about)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(form)
        column.addWidget(self.buttons)
