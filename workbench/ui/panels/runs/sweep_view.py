"""A sweep's trials with what became of each, its progress, and buttons to stop it and to go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.project.results import metric_name, metric_value
from workbench.protocol import BatchProgress
from workbench.ui import icons, quantities
from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.runs.sweep_queue import SweepQueue
from workbench.ui.run_status import SYMBOLS
from workbench.ui.run_store import RunStoreModel
from workbench.ui.theme import Theme, figures
from workbench.ui.training import wording

if TYPE_CHECKING:
    from workbench.sweeps import SweepRecord, TrialRecord

_EMPTY = "A sweep trains a project several times with other values, as learning rates, one run after the other."
_NUMBER = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_STEPS = 1000


class SweepView(QWidget):
    """Follows the queue; the sweep at work is shown, or the one that is chosen."""

    new_asked = Signal()
    """A new sweep is to be set up."""
    run_picked = Signal(object)
    """The folder of the run of the trial that was picked."""

    def __init__(self, queue: SweepQueue, store: RunStoreModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._store = store
        self._theme = theme
        self._progress: BatchProgress | None = None
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Sweep")
        self.choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.choice.activated.connect(lambda _: self._show())
        self.state = QLabel(self)
        self.state.setFont(figures(self.state.font()))
        self.state.setProperty("role", "muted")
        self.bar = QProgressBar(self, maximum=_STEPS, textVisible=False)
        self.bar.setFixedHeight(4)
        self.cancel_one = self._button("Cancel trial", self._cancel_one)
        self.stop = self._button("Cancel all", queue.cancel_all)
        self.pause = self._button("Pause", queue.pause)
        self.go_on = self._button("Go on", self._go_on)
        self.new = self._button("New sweep…", self.new_asked.emit)
        self.tree = self._tree()
        self._lay_out()
        queue.changed.connect(self._on_queue)
        queue.progressed.connect(self._on_progress)
        theme.changed.connect(self._show)
        self._on_queue()

    @property
    def record(self) -> SweepRecord | None:
        """The sweep that is shown."""
        return self._queue.records.get(str(self.choice.currentData()))

    def _on_queue(self) -> None:
        shown = self._queue.active or str(self.choice.currentData() or "")
        names = list(self._queue.records)
        if names != [self.choice.itemData(number) for number in range(self.choice.count())]:
            self.choice.clear()
            for name in names:
                self.choice.addItem(name, name)
        self.choice.setCurrentIndex(max(0, self.choice.findData(shown)) if names else -1)
        self._layers.setCurrentIndex(int(bool(names)))
        self._show()

    def _on_progress(self, event: BatchProgress) -> None:
        self._progress = event
        self._show_state()

    def _show(self) -> None:
        record = self.record
        if record is None:
            return
        keys = list(dict.fromkeys(key for trial in record.trials for key in trial.values))
        metric = record.measured_by() or "val_loss"
        picked = self._picked()
        scrolled = self.tree.verticalScrollBar().value()
        self.tree.blockSignals(True)
        self.tree.clear()
        self.tree.setHeaderLabels(["#", "Status", metric_name(metric), *map(_short, keys), "Epochs", "Time", "Problem"])
        for trial in record.trials:
            item = self._item(trial, keys, metric)
            self.tree.addTopLevelItem(item)
            if trial.number == picked:
                self.tree.setCurrentItem(item)
        self._mark_best(record, metric)
        self.tree.blockSignals(False)
        self.tree.verticalScrollBar().setValue(scrolled)
        self._show_state()

    def _mark_best(self, record: SweepRecord, metric: str) -> None:
        """The best trial so far is bold, and says so."""
        # The sweep was read, so this brings nothing new into the window's process.
        from workbench.sweeps import ranked

        best = ranked(record)[0]
        if metric in best.best and (item := self.tree.topLevelItem(best.number - 1)) is not None:
            font = item.font(2)
            font.setBold(True)
            item.setFont(2, font)
            item.setToolTip(2, "The best trial so far")

    def _item(self, trial: TrialRecord, keys: list[str], metric: str) -> QTreeWidgetItem:
        value = trial.best.get(metric)
        cells = [
            str(trial.number),
            trial.status.value if hasattr(trial.status, "value") else str(trial.status),
            "" if value is None else metric_value(metric, value),
            *(_value(trial.values.get(key)) for key in keys),
            str(trial.epochs) if trial.epochs else "",
            wording.duration(trial.seconds) if trial.seconds else "",
            trial.problem,
        ]
        item = QTreeWidgetItem(cells)
        symbol, token = SYMBOLS[cells[1]]
        item.setIcon(1, icons.tinted(symbol, self._theme.color(token)))
        item.setData(0, _NUMBER, trial.number)
        for column in range(2, len(cells) - 1):
            item.setTextAlignment(column, _RIGHT)
        for column in range(len(cells)):
            item.setToolTip(column, trial.problem or trial.run)
        return item

    def _show_state(self) -> None:
        record = self.record
        if record is None:
            return
        active = record.name == self._queue.active
        running = self._queue.running if active else None
        done = len(record.trials) - len(record.open)
        parts = [f"{done} of {quantities.counted(len(record.trials), 'trial')} done"]
        failed = sum(trial.status == "failed" for trial in record.trials)
        parts += [f"{failed} failed"] if failed else []
        within = 0.0
        if running is not None and self._progress is not None:
            event = self._progress
            within = ((event.epoch - 1) * event.batches + event.batch) / max(1, event.epochs * event.batches)
            parts.append(f"trial {running.number}: epoch {event.epoch}/{event.epochs}")
        left = self._queue.seconds_left if active else None
        parts += [f"about {wording.duration(left - within * left / max(1, len(record.open)))} left"] if left else []
        self.state.setText("   ".join(parts))
        self.bar.setVisible(active)
        self.bar.setValue(round(_STEPS * (done + within) / max(1, len(record.trials))))
        picked = self._picked()
        self.cancel_one.setEnabled(picked in {trial.number for trial in record.open})
        self.stop.setVisible(active)
        self.pause.setVisible(active)
        self.go_on.setVisible(not active and bool(record.open))
        self.go_on.setEnabled(not self._queue.active)
        self.go_on.setText(f"Go on with {quantities.counted(len(record.open), 'trial')}")

    def _picked(self) -> int:
        item = self.tree.currentItem()
        number = item.data(0, _NUMBER) if item is not None else 0
        return number if isinstance(number, int) else 0

    def _on_pick(self) -> None:
        record, number = self.record, self._picked()
        self._show_state()
        if record is not None and number and record.trials[number - 1].run:
            self.run_picked.emit(Path(self._store.root, record.trials[number - 1].run))

    def _cancel_one(self) -> None:
        if self.record is not None and (number := self._picked()):
            self._queue.cancel(self.record.name, number)

    def _go_on(self) -> None:
        if self.record is not None:
            self._queue.go_on(self.record.name)

    def _button(self, text: str, act: Any) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda: act())
        return button

    def _tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(True)
        tree.setFont(figures(tree.font()))
        tree.setAccessibleName("Trials")
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        tree.currentItemChanged.connect(lambda *_: self._on_pick())
        return tree

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 0)
        head.addWidget(self.choice, 1)
        for button in (self.cancel_one, self.stop, self.pause, self.go_on, self.new):
            head.addWidget(button)
        self.state.setContentsMargins(8, 0, 8, 0)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        column.addWidget(self.tree, 1)
        empty = EmptyState(self._theme, "sweep", _EMPTY, self)
        empty.add_button("New sweep…", self.new_asked.emit)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(empty)
        self._layers.addWidget(page)


def _short(key: str) -> str:
    return key.removeprefix("node.").removeprefix("val_").replace("_", " ")


def _value(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
