"""ROC, precision and recall, and reliability: drawn by pyqtgraph when somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.ui.panels.evaluation.plots import Plot
    from workbench.ui.panels.evaluation.results import Results

_ALL = "All classes"


class CurvesPage(QWidget):
    """One class, or all together, against the rest; reliability is of all images."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._results: Results | None = None
        self.plots: list[Plot] = []
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Class")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.currentIndexChanged.connect(self._draw)
        top = QHBoxLayout()
        top.addWidget(QLabel("Curves of", self))
        top.addWidget(self.choice)
        top.addStretch(1)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addLayout(self._row, 1)
        theme.changed.connect(self._draw)

    def show_results(self, results: Results) -> None:
        """Draws others."""
        self._results = results
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([_ALL, *results.names])
        self.choice.blockSignals(False)
        self._draw()

    def show_class(self, index: int) -> None:
        """Draws the curves of one class."""
        self.choice.setCurrentIndex(index + 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        if self._results is None or not self.isVisible():
            return
        from workbench.ui.panels.evaluation import plots

        if not self.plots:
            self.plots = [kind(self._theme, self) for kind in plots.KINDS]
            for plot in self.plots:
                self._row.addWidget(plot, 1, Qt.AlignmentFlag(0))
        chosen = self.choice.currentIndex() - 1
        for plot in self.plots:
            plot.show_results(self._results, None if chosen < 0 else chosen)
