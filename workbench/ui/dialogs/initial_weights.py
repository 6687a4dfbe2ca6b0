"""What a template's layers start from: random weights, or pretrained ones that a plugin brings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QWidget

from workbench.plugins import Shelf, take
from workbench.project import Project, SetWeights


class StoreError(Exception):
    """The weights cannot be kept. The message is one line."""


class InitialWeights(QComboBox):
    """Chooses; each source can also be read from a file that the user names."""

    def __init__(self, shelf: Shelf, titles: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self.setAccessibleName("weights")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.addItem("Random", None)
        for name, title in titles.items():
            self.addItem(title, (name, False))
            self.addItem(f"{title}, from a file…", (name, True))

    def give(self, template: str, project: Project) -> bool:
        """Gives a project the chosen weights; False where the user would rather choose again.

        Raises TemplateError, PretrainedError or StoreError.
        """
        if self.currentData() is None:
            return True
        name, from_file = self.currentData()
        file = self._ask_for_file() if from_file else None
        if from_file and file is None:
            return False
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            _keep(self._shelf, template, name, file, project)
        finally:
            QApplication.restoreOverrideCursor()
        return True

    def _ask_for_file(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self, "Pretrained weights", str(Path.home()))
        return Path(name) if name else None


def _keep(shelf: Shelf, template: str, name: str, file: Path | None, project: Project) -> None:
    """Into the user's own store: the project has no file yet."""
    from workbench.project.weights import WeightStoreError, shared_store, write_weights

    taken = take(project, shelf.pretrained(template, name).read(file))
    try:
        project.apply(SetWeights(write_weights(shared_store(), taken.weights.items())))
    except WeightStoreError as error:
        raise StoreError(str(error)) from error
