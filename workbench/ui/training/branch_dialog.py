"""Going on from a run: for some epochs more, or as a new run from one of its epochs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.ui.training import wording
from workbench.ui.training.recent_runs import RunRow

_WIDTH = 480
_MOST = 100_000


class _RunDialog(QDialog):
    """Chooses a run, and says so once."""

    def __init__(
        self, title: str, about: str, accept: str, runs: Sequence[RunRow], selected: Path | None, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rows = tuple(runs)
        self.run = QComboBox(self)
        for row in runs:
            self.run.addItem(f"{row.name} ({row.status}, {row.epochs} epochs)")
        self.form = QFormLayout()
        self.form.addRow("Run", self.run)
        told = QLabel(about, self, wordWrap=True)
        told.setProperty("role", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.accept_button = buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setProperty("primary", True)
        self.accept_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addWidget(told)
        column.addLayout(self.form)
        column.addWidget(buttons)
        self.setMinimumWidth(_WIDTH)
        folders = [row.folder for row in runs]
        self.run.setCurrentIndex(folders.index(selected) if selected in folders else 0)

    @property
    def row(self) -> RunRow:
        """The run that is chosen."""
        return self._rows[self.run.currentIndex()]


class EpochsDialog(_RunDialog):
    """Trains a run for longer."""

    chosen = Signal(object, int)
    """The run's folder and the number of epochs to add."""

    def __init__(self, runs: Sequence[RunRow], selected: Path | None, parent: QWidget | None = None) -> None:
        about = "The run goes on from its last epoch, with its own settings. A schedule is stretched to the new length."
        super().__init__("Add epochs", about, "Train", runs, selected, parent)
        self.epochs = _epochs(10, self)
        self.form.addRow("Epochs to add", self.epochs)
        self.epochs.setFocus()
        self.epochs.selectAll()

    def accept(self) -> None:
        """Says what was chosen and closes."""
        self.chosen.emit(self.row.folder, self.epochs.value())
        super().accept()


class BranchDialog(_RunDialog):
    """A new run from an epoch of another one."""

    chosen = Signal(object, int, int, bool)
    """The run's folder, the epoch after which the new run begins, how many follow, and whether the settings are the
    project's as it is now (else that run's)."""

    def __init__(self, runs: Sequence[RunRow], selected: Path | None, parent: QWidget | None = None) -> None:
        about = (
            "A new run begins with what this one had learned by the end of an epoch. Only epochs whose checkpoint is "
            "kept can be chosen: see “Keep epochs” in the settings."
        )
        super().__init__("Branch from an epoch", about, "Branch", runs, selected, parent)
        self.epoch = QComboBox(self)
        self.more = _epochs(10, self)
        self.settings = QComboBox(self)
        self.settings.addItem("of that run", False)
        self.settings.addItem("of the project as it is now", True)
        self.settings.setToolTip("The network has to be the one of that run; everything else may differ")
        self.form.addRow("After epoch", self.epoch)
        self.form.addRow("Epochs to train", self.more)
        self.form.addRow("Settings", self.settings)
        self.run.currentIndexChanged.connect(self._list)
        self._list()

    def accept(self) -> None:
        """Says what was chosen and closes."""
        epoch, more = self.epoch.currentData(), self.more.value()
        self.chosen.emit(self.row.folder, epoch, more, self.settings.currentData())
        super().accept()

    def _list(self) -> None:
        self.epoch.clear()
        for epoch in sorted(self.row.kept_epochs, reverse=True):
            best = " (best)" if epoch == self.row.best_epoch else ""
            self.epoch.addItem(f"{epoch} of {wording.epochs(self.row.done)}{best}", epoch)
        self.accept_button.setEnabled(self.epoch.count() > 0)


def _epochs(count: int, parent: QWidget) -> QSpinBox:
    box = QSpinBox(parent)
    box.setRange(1, _MOST)
    box.setValue(count)
    return box
