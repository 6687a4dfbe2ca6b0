"""Setting up a sweep: which values are tried, how many trainings that makes, and how long they will take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.project import Project
from workbench.project.file import dumps
from workbench.sweeps import (
    Choices,
    Range,
    Sweep,
    SweepError,
    SweepPlace,
    SweepPlan,
    find_place,
    parse_values,
    plan_sweep,
    sweep_places,
)
from workbench.sweeps.plan import MAX_TRIALS
from workbench.ui import icons, quantities
from workbench.ui.theme import Theme
from workbench.ui.training import wording

if TYPE_CHECKING:
    from workbench.runs import RunEntry

_ABOUT = (
    "Listed values (16,32,64) are all tried, each with each of the others. A range (0:0.5, or log:1e-4:1e-1 where "
    "every order of magnitude is as likely) is drawn from, once for each trial."
)
_FIRST = ("learning_rate", "log:1e-4:1e-2")
_NEXT = ("optimizer", "batch_size")
_WIDTH = 640
_SOON_MS = 200
_TRIALS = 10
_SUGGESTED = 3
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SweepDialog(QDialog):
    """Starts nothing by itself: gives a plan, once."""

    chosen = Signal(object)
    """The `SweepPlan`."""

    def __init__(
        self, project: Project, title: str, runs: Sequence[RunEntry], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("New sweep")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._text = dumps(project).decode()
        self._places = sweep_places(project)
        self._project = project
        self._seconds = seconds_of_a_training(project, runs)
        self._theme = theme
        self._plan: SweepPlan | None = None
        self.name = QLineEdit(f"{title}-sweep", self)
        self.rows: list[_Row] = []
        self.trials = QSpinBox(self, minimum=1, maximum=MAX_TRIALS, value=_TRIALS)
        self.seed = QSpinBox(self, minimum=0, maximum=2**31 - 1)
        self.told = QLabel(self, wordWrap=True)
        self.add = QPushButton("Add a value", self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start = self.buttons.addButton("Start", QDialogButtonBox.ButtonRole.AcceptRole)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._look)
        self._lay_out()
        self._connect()
        self.add_row(*_FIRST)
        self._look()

    def add_row(self, key: str = "", written: str = "") -> None:
        """One more value to vary."""
        if not key:
            used = {row.key for row in self.rows}
            free = (place.key for place in self._places if place.key not in used)
            key = next((name for name in _NEXT if name not in used), next(free, ""))
        row = _Row(self._places, self._project, self)
        row.choose(key, written)
        row.changed.connect(self._soon.start)
        row.gone.connect(lambda: self._remove(row))
        row.bin.setIcon(icons.icon("close", self._theme))
        self.rows.append(row)
        line = self._grid.rowCount()
        for column, widget in enumerate((row.place, row.values, row.bin)):
            self._grid.addWidget(widget, line, column)
        row.values.setFocus()
        self._soon.start()

    def accept(self) -> None:
        """Gives the plan, unless something is wrong with it."""
        self._look()
        if self._plan is not None:
            super().accept()
            self.chosen.emit(self._plan)

    def _remove(self, row: _Row) -> None:
        self.rows.remove(row)
        for widget in (row.place, row.values, row.bin):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        row.deleteLater()
        self._soon.start()

    def _look(self) -> None:
        """Plans it as it is written, and says what that comes to or what is wrong."""
        self._soon.stop()
        try:
            sweep = self._sweep()
            self._plan = plan_sweep(sweep)
        except SweepError as error:
            self._plan = None
            self._tell(str(error), "error")
        else:
            self._tell(self._extent(len(self._plan.trials)), "muted")
        self.start.setEnabled(self._plan is not None)
        self.trials.setEnabled(any(row.drawn for row in self.rows))
        self.seed.setEnabled(self.trials.isEnabled())

    def _sweep(self) -> Sweep:
        keys = [row.key for row in self.rows]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise SweepError(f"{twice} is there twice")
        values = {row.key: parse_values(row.key, row.values.text()) for row in self.rows}
        grid = {key: value for key, value in values.items() if isinstance(value, Choices)}
        drawn = {key: value for key, value in values.items() if isinstance(value, Range)}
        name = self.name.text().strip()
        if not name:
            raise SweepError("The sweep has no name")
        return Sweep(name, self._text, grid=grid, random=drawn, trials=self.trials.value(), seed=self.seed.value())

    def _extent(self, count: int) -> str:
        trials = quantities.counted(count, "training")
        if self._seconds is None:
            return f"{trials}. How long one takes is not known yet: this network has no run on this data."
        return f"{trials} of about {wording.duration(self._seconds)}, {wording.duration(self._seconds * count)} in all."

    def _tell(self, text: str, role: str) -> None:
        self.told.setText(text)
        self.told.setProperty("role", role)
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self.add_row())
        self.trials.valueChanged.connect(lambda _: self._soon.start())
        self.seed.valueChanged.connect(lambda _: self._soon.start())
        self.name.textChanged.connect(lambda _: self._soon.start())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        about = QLabel(_ABOUT, self, wordWrap=True)
        about.setProperty("role", "muted")
        self.start.setProperty("primary", True)
        self.start.style().polish(self.start)
        self.start.setDefault(True)
        self.add.setAutoDefault(False)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        form = QFormLayout()
        form.addRow("Random trials", self.trials)
        form.addRow("Seed", self.seed)
        name = QFormLayout()
        name.addRow("Name", self.name)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addLayout(name)
        column.addWidget(about)
        column.addLayout(self._grid)
        column.addWidget(self.add, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(self.told)
        column.addWidget(self.buttons)


class _Row(QWidget):
    """One value to vary: which, what is tried, and a button to leave it out. Its parts stand in the dialog's grid."""

    changed = Signal()
    gone = Signal()

    def __init__(self, places: Sequence[SweepPlace], project: Project, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._project = project
        self.place = QComboBox(parent)
        self.place.setEditable(True)
        self.place.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.place.setAccessibleName("What is varied")
        line = self.place.lineEdit()
        assert line is not None  # an editable box has one
        line.installEventFilter(self)
        completer = self.place.completer()
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        for place in places:
            self.place.addItem(place.label, place.key)
        self.values = QLineEdit(parent)
        self.values.setAccessibleName("Values")
        self.bin = QToolButton(parent, autoRaise=True)
        self.bin.setToolTip("Leave this out")
        self.bin.setAccessibleName("Leave this out")
        self.bin.clicked.connect(self.gone)
        self.values.textChanged.connect(self.changed)
        self.place.currentIndexChanged.connect(lambda _: self._on_place())

    @property
    def key(self) -> str:
        """The key of the place, which a command line takes too."""
        number = self.place.findText(self.place.currentText())
        return str(self.place.itemData(number)) if number >= 0 else self.place.currentText().strip()

    @property
    def drawn(self) -> bool:
        """Whether the values are a range."""
        try:
            return isinstance(parse_values(self.key, self.values.text()), Range)
        except SweepError:
            return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter ends the choice of what is varied; it does not start the sweep."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            found = self.place.findText(self.place.currentText(), Qt.MatchFlag.MatchFixedString)
            self.place.completer().popup().hide()
            if found >= 0:
                self.place.setCurrentIndex(found)
            self.values.setFocus()
            return True
        return super().eventFilter(watched, event)

    def choose(self, key: str, written: str) -> None:
        """Shows a place and values; a suggestion where there are none."""
        with QSignalBlocker(self.place):
            self.place.setCurrentIndex(max(0, self.place.findData(key)))
        self.values.setText(written or self._suggested())
        self._describe()

    def _on_place(self) -> None:
        self.values.setText(self._suggested())
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        current = self._current()
        self.values.setPlaceholderText("16,32 or log:1e-4:1e-1")
        self.values.setToolTip(f"{self.key}, now {current}" if current is not None else self.key)

    def _current(self) -> object:
        try:
            return find_place(self._project, self.key).current(self._project)
        except SweepError:
            return None

    def _choices(self) -> tuple[str, ...]:
        try:
            return find_place(self._project, self.key).choices
        except SweepError:
            return ()

    def _suggested(self) -> str:
        current = self._current()
        choices = self._choices()
        if choices:
            return ",".join([str(current), *(choice for choice in choices if choice != current)][:_SUGGESTED])
        suggest = _SUGGESTIONS.get(type(current))
        return suggest(current) if suggest else "" if current is None else str(Choices((current,)))


def _whole_numbers(value: object) -> str:
    assert isinstance(value, int)
    return f"{max(1, value // 2)},{value},{value * 2}" if value > 1 else f"{value},{value + 1}"


def _numbers(value: object) -> str:
    assert isinstance(value, float)
    return f"{value / 3:.2g},{value:.4g},{value * 3:.2g}" if value else "0,0.1"


_SUGGESTIONS: dict[type, Callable[[object], str]] = {
    bool: lambda _: "true,false",
    int: _whole_numbers,
    float: _numbers,
}


def seconds_of_a_training(project: Project, runs: Sequence[RunEntry]) -> float | None:
    """How long the last run of this network on this data would have taken for the project's epochs; or None."""
    for run in runs:
        if run.project == project.title and run.dataset == project.dataset.spec and run.epochs and run.seconds:
            return run.seconds / run.epochs * project.training.epochs
    return None
