"""What the trials found: the loss against the rate, one batch learned by heart, the batch sizes that fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.protocol import AnyCommand, AnyEvent, BatchSizeFound, LearningRateCurve, OverfitDone, RateTried
from workbench.ui.empty_state import EmptyState
from workbench.ui.theme import Theme, figures
from workbench.ui.training.buttons import follow
from workbench.ui.training.trials.line_chart import Line, LineChart, Plot, cut

_PURPOSE = (
    "Try before a long training: whether the network learns one batch by heart, "
    "which learning rate suits it, and how large a batch fits in memory."
)


class TrialsView(QWidget):
    """The result of the last trial; a rate or a size can be taken over into the settings."""

    rate_chosen = Signal(float)
    batch_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._result: LearningRateCurve | OverfitDone | BatchSizeFound | None = None
        self._rate: float | None = None
        self._tried: list[RateTried] = []
        self.empty = EmptyState(theme, "find-rate", _PURPOSE, self)
        self.chart = LineChart(theme, self)
        self.chart.picked.connect(self._pick)
        self.sizes = _table(self)
        self.text = QLabel(self, wordWrap=True)
        self.text.setProperty("role", "muted")
        self.use = QPushButton(self)
        self.use.clicked.connect(self._use)
        self._lay_out()

    def offer(self, actions: tuple[QAction, ...]) -> None:
        """Puts a button for each trial under the sentence that says what they are for."""
        for action in actions:
            button = QPushButton(self)
            follow(button, action)
            self._buttons.insertWidget(self._buttons.count() - 1, button)

    def take(self, command: AnyCommand, event: AnyEvent) -> bool:
        """Shows what ended a trial, or the points of a curve as they come; False for anything else."""
        if isinstance(event, RateTried):
            self._show_tried(event)
            return False
        show = _SHOWN.get(type(event))
        if show is None:
            return False
        self._result = event  # type: ignore[assignment]  # one of the three, by the table
        self._rate = None
        self._layers.setCurrentIndex(1)
        show(self, event)
        return True

    def begin(self) -> None:
        """Another trial begins: its curve starts empty, and the last result goes once there is a point."""
        self._tried = []

    def clear(self) -> None:
        """Shows nothing any more."""
        self._result = self._rate = None
        self._layers.setCurrentIndex(0)

    def _show_tried(self, event: RateTried) -> None:
        self._tried.append(event)
        self._result = self._rate = None
        self._layers.setCurrentIndex(1)
        self._show_page(self.chart)
        self.use.hide()
        rates, losses = zip(*((point.rate, point.loss) for point in self._tried), strict=True)
        self.chart.show_plot(Plot(rates, (Line("loss", losses, "plot_1"),), "learning rate", log=True, top=cut(losses)))

    def _show_rates(self, event: LearningRateCurve) -> None:
        self._rate = event.suggestion
        self._show_page(self.chart, "A click on the curve chooses another rate.")
        self._show_rate_plot(event)

    def _show_rate_plot(self, event: LearningRateCurve) -> None:
        lines = (Line("loss", event.losses, "plot_1", faint=True), Line("smoothed loss", event.smoothed, "plot_1"))
        self.chart.show_plot(
            Plot(event.rates, lines, "learning rate", log=True, top=cut(event.smoothed), marked=self._rate)
        )
        self.use.setText(f"Use the rate {self._rate:.2g}" if self._rate else "Click a rate to use it")
        self.use.setEnabled(self._rate is not None)
        self.use.show()

    def _show_overfit(self, event: OverfitDone) -> None:
        steps = tuple(float(step) for step in range(1, len(event.losses) + 1))
        lines = (Line("loss", event.losses, "plot_1"), Line("accuracy", event.accuracies, "plot_2"))
        self._show_page(self.chart)
        self.chart.show_plot(Plot(steps, lines, "steps"))
        self.use.hide()

    def _show_sizes(self, event: BatchSizeFound) -> None:
        self._show_page(self.sizes)
        self.sizes.clear()
        for trial in event.tried:
            speed = f"{trial.images_per_second:,.0f}" if trial.images_per_second else ""
            item = QTreeWidgetItem([f"{trial.batch_size:,}", "fits" if trial.fits else "does not fit", speed])
            for column in (0, 2):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.sizes.addTopLevelItem(item)
        self.use.setText(f"Use batches of {event.largest:,}")
        self.use.setVisible(event.largest > 0)
        self.use.setEnabled(True)

    def _show_page(self, page: QWidget, text: str = "") -> None:
        """The result in words stands in the headline; `text` says what more can be done."""
        self._pages.setCurrentWidget(page)
        self.text.setText(text)

    def _pick(self, rate: float) -> None:
        """Another rate than the suggested one, by a click."""
        if isinstance(self._result, LearningRateCurve):
            self._rate = float(f"{rate:.2g}")
            self._show_rate_plot(self._result)

    def _use(self) -> None:
        if isinstance(self._result, LearningRateCurve) and self._rate is not None:
            self.rate_chosen.emit(float(f"{self._rate:.3g}"))
        elif isinstance(self._result, BatchSizeFound):
            self.batch_chosen.emit(self._result.largest)

    def _lay_out(self) -> None:
        results = QWidget(self)
        pages = QWidget(results)
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self.chart)
        self._pages.addWidget(self.sizes)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.text, 1)
        foot.addWidget(self.use)
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(pages, 1)
        column.addLayout(foot)
        before = QWidget(self)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        self._buttons.addStretch(1)
        start = QVBoxLayout(before)
        start.setContentsMargins(0, 0, 0, 8)
        start.addWidget(self.empty, 1)
        start.addLayout(self._buttons)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(before)
        self._layers.addWidget(results)


_SHOWN: dict[type, Callable[..., None]] = {
    LearningRateCurve: TrialsView._show_rates,
    OverfitDone: TrialsView._show_overfit,
    BatchSizeFound: TrialsView._show_sizes,
}


def _table(parent: QWidget) -> QTreeWidget:
    table = QTreeWidget(parent)
    table.setHeaderLabels(("Batch size", "In memory", "Images/s"))
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setFont(figures(table.font()))
    table.setAccessibleName("Batch sizes that were tried")
    table.header().setStretchLastSection(False)
    table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table
