"""What training takes, in words, and the largest batch for an amount of memory."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

from workbench.ui import quantities
from workbench.ui.document import Document

_GIB = 2**30
_AT_FIRST = 8.0
NOTE = "An estimate: weights, gradients, the optimiser's values, and what the backward pass reads and works with."


class MemoryLine(QWidget):
    """One line under the report."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.parts = QLabel(self)
        self.parts.setToolTip(NOTE)
        self.parts.setWordWrap(True)
        self.available = QDoubleSpinBox(self)
        self.available.setRange(0.1, 100_000.0)
        self.available.setDecimals(1)
        self.available.setSuffix(" GiB")
        self.available.setValue(_AT_FIRST)
        self.available.setAccessibleName("Memory that there is")
        self.largest = QLabel(self)
        self.largest.setToolTip(NOTE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.parts, 1)
        row.addWidget(QLabel("Largest batch in", self))
        row.addWidget(self.available)
        row.addWidget(self.largest)
        self.available.valueChanged.connect(lambda _: self.refresh())
        document.memory_known.connect(self._refresh_if_seen)

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Shows the project as it is now."""
        training, model = self._document.project.training, self._document.memory
        if model is None:
            return
        at = model.at(training.batch_size)
        parts = {
            "weights": at.weights,
            "gradients": at.gradients,
            "optimiser": at.slots,
            "activations": at.activations,
            "workspace": at.workspace,
        }
        listed = " + ".join(f"{quantities.size(size)} {name}" for name, size in parts.items())
        batch = f"batch {training.batch_size:,}"
        self.parts.setText(f"Training with {training.optimizer} at {batch}: {quantities.size(at.total)} = {listed}")
        largest = model.largest_batch(round(self.available.value() * _GIB))
        self.largest.setText(f"{largest:,}" if largest else "none fits")
