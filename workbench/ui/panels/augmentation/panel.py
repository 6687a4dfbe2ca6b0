"""The Augmentation panel: steps on the left, their parameters, and on the right what enters the network."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.analysis import Severity
from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.graph import Node
from workbench.project import AugmentationSettings, Change, DatasetSettings, SetAugmentation
from workbench.project.augmentation import StepProblem, Subject, augmentation_problems, subject_of
from workbench.project.augmentation_presets import PRESETS, new_step
from workbench.ui import icons
from workbench.ui.background import Background, BackgroundBar, Report
from workbench.ui.document import Document
from workbench.ui.panels.augmentation import editing
from workbench.ui.panels.augmentation.add_menu import AddMenu
from workbench.ui.panels.augmentation.preview import Preview, Seen, Wanted
from workbench.ui.panels.augmentation.preview_view import PreviewView
from workbench.ui.panels.augmentation.step_form import StepForm
from workbench.ui.panels.augmentation.step_list import StepList
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.data.source import Source
    from workbench.data.targets import Output

_WIDTHS = (290, 300, 680)
_BUNDLED = "digits"
_ASK = "The images of {} are read when you ask for them."
_NO_INPUT = "Draw an Input of height x width x channels: the preview shows what enters it."


class AugmentationPanel(QWidget):
    """Every change is an undoable edit of the project; while a slider moves only the preview follows it."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._unseen = False
        self.opening = Background(self)
        self._sliding: AugmentationSettings | None = None
        self._subject: tuple[str, Subject] | None = None
        self._maps: str = ""
        """The SPEC of a dataset whose targets are masks or pictures, where one is open."""
        self._output: Output | None = None
        """What the network gives; None until it is asked for."""
        self._trusted = {_BUNDLED}
        """Data that may be read unasked: it came with the program, or somebody opened it here."""
        self.add_menu = AddMenu(self)
        self.add_button = QPushButton("Add step", self)
        self.preset_button = QPushButton("Presets", self)
        self.double_button = QToolButton(self)
        self.delete_button = QToolButton(self)
        self.steps = StepList(theme, self)
        self.form = StepForm(theme, self)
        self.view = PreviewView(theme, BackgroundBar(self.opening), self)
        self.preview = Preview(self)
        self._lay_out()
        self._connect()
        self._paint()
        self._show()

    # -- what others ask for
    def use_source(self, settings: DatasetSettings, source: Source) -> None:
        """A dataset that is open already: it is not opened again, and may be shown."""
        self._trusted.add(settings.spec)
        self._maps = settings.spec if source.masked or source.paired else ""
        self.preview.use_source(settings, source)
        self._look()

    def close_work(self) -> None:
        """Waits for the threads; nothing is begun after it."""
        self.opening.close()
        self.preview.close()

    @property
    def settings(self) -> AugmentationSettings:
        """The project's."""
        return self._document.project.augmentation

    @property
    def problems(self) -> tuple[StepProblem, ...]:
        """What is wrong with them, as far as the images are known."""
        spec = self._document.project.dataset.spec
        known = self._subject[1] if self._subject and self._subject[0] == spec else subject_of(self._document.project)
        return augmentation_problems(self.settings, known)

    # -- edits
    def add(self, operation: str) -> None:
        """Puts a step of an operation after the current one, and makes it current."""
        at = self.steps.currentRow() + 1 or len(self.settings.steps)
        self._do(editing.inserted(self.settings, at, new_step(operation)), f"Add {OPERATIONS[operation].label}", at)
        self.form.setFocus()

    def use_preset(self, name: str, _checked: bool = False) -> None:
        """Replaces every step."""
        self._do(PRESETS[name], f"Augmentation: {name}", 0)

    def delete(self) -> None:
        """Takes the current step out."""
        row = self.steps.currentRow()
        if row >= 0:
            label = f"Delete {_label(self.settings, row)}"
            self._do(editing.without(self.settings, [row]), label, min(row, len(self.settings.steps) - 2))

    def double(self) -> None:
        """Puts a copy of the current step after it."""
        row = self.steps.currentRow()
        if row >= 0:
            twice = editing.inserted(self.settings, row + 1, self.settings.steps[row])
            self._do(twice, f"Duplicate {_label(self.settings, row)}", row + 1)

    def move_step(self, row: int, to: int) -> None:
        """Puts a step at another place."""
        self._do(editing.moved(self.settings, row, to), f"Move {_label(self.settings, row)}", to)

    def toggle(self, row: int, on: bool) -> None:
        """Switches a step on or off."""
        word = "Switch on" if on else "Switch off"
        self._do(editing.changed(self.settings, row, enabled=on), f"{word} {_label(self.settings, row)}", row)

    def _commit(self, name: str, value: Any) -> None:
        row = self.steps.currentRow()
        self._sliding = None
        if row >= 0:
            settings = _with(self.settings, row, name, value)
            self._do(settings, f"Change {name.replace('_', ' ')} of {_label(self.settings, row)}", row)

    def _slide(self, name: str, value: Any) -> None:
        """The preview follows the slider; the project does once it rests, so that undo takes all of it back."""
        row = self.steps.currentRow()
        if row >= 0:
            self._sliding = _with(self._sliding or self.settings, row, name, value)
            self._look()

    def _do(self, settings: AugmentationSettings, label: str, current: int) -> None:
        self._current = current
        if settings == self.settings:
            self._show()
        else:
            self._document.do(SetAugmentation(settings, label))

    # -- showing
    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is worked out while nobody looks; a panel behind others is shown for a moment, but not painted."""
        super().showEvent(event)
        self._unseen = True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Now somebody looks."""
        super().paintEvent(event)
        if self._unseen:
            self._unseen = False
            QTimer.singleShot(0, self, self._look)

    def _on_change(self, change: Change) -> None:
        self._output = None
        if "dataset" in change.sections:
            self.opening.cancel()
        if change.sections & {"augmentation", "dataset"}:
            self._sliding = None
            self._show()
        elif change.sections or change.graphs:
            self._look()

    def _on_replaced(self) -> None:
        self._current, self._sliding, self._subject, self._output = 0, None, None, None
        self._trusted = {_BUNDLED}
        self.opening.cancel()
        self.view.start_again()
        self.view.grid.show_seen(None)
        self._show()

    def _show(self) -> None:
        self.steps.show_steps(self.settings.steps, self.problems, self._current)
        self._show_current()
        self._look()

    def _show_current(self) -> None:
        row = self._current = self.steps.currentRow()
        step = self.settings.steps[row] if 0 <= row < len(self.settings.steps) else None
        self.form.show_step(step, [problem for problem in self.problems if problem.step == row])
        for button in (self.double_button, self.delete_button):
            button.setEnabled(step is not None)

    def _look(self) -> None:
        """Asks for the preview, as far as there is something to see and somebody who looks."""
        if not self.isVisible():
            return
        project, shape = self._document.project, _input_shape(self._document)
        errors = [problem for problem in self.problems if problem.severity is Severity.ERROR]
        if shape is None:
            self.view.show_nothing(_NO_INPUT)
        elif errors:
            self.view.show_nothing(f"Step {errors[0].step + 1}: {errors[0].message}")
        elif self.opening.runs:
            self.view.show_nothing(f"Opening {project.dataset.spec}…")
        elif project.dataset.spec not in self._trusted:
            self.view.show_nothing(_ASK.format(project.dataset.spec or "the dataset"), "Show the images")
        else:
            self.preview.ask(
                Wanted(
                    project.dataset,
                    project.training,
                    self._sliding or self.settings,
                    shape,
                    self.view.class_name,
                    self.view.first,
                    self.view.rows,
                    self.view.columns.value(),
                    self.view.epoch,
                    self._map(shape),
                )
            )

    def _map(self, shape: tuple[int | None, ...]) -> Output | None:
        """What masks or pictures are fitted to: the network's own output, looked up once for each state of it."""
        data = self._document.project.dataset
        if data.target != "image" and self._maps != data.spec:
            return None
        if self._output is None:
            from workbench.project.outputs import output_of

            self._output = output_of(self._document.project, shape)
        return self._output

    def _open(self) -> None:
        settings = self._document.project.dataset
        self.opening.start(f"Opening {settings.spec}", partial(_opened, settings), _expected)
        self._look()

    def _on_opened(self, opened: tuple[DatasetSettings, Source]) -> None:
        self.use_source(*opened)

    def _on_seen(self, seen: Seen) -> None:
        if seen.wanted.dataset != self._document.project.dataset:
            return
        self.view.show_seen(seen)
        found = seen.wanted.dataset.spec, Subject(seen.class_names, seen.channels)
        stored = subject_of(self._document.project).channels
        if stored == 1:
            found = found[0], Subject(seen.class_names, stored)
        if found != self._subject:
            self._subject = found
            self.steps.show_steps(self.settings.steps, self.problems, self.steps.currentRow())
            if not self._sliding:
                self._show_current()

    # -- putting together
    def _connect(self) -> None:
        self._current = 0
        self.add_button.clicked.connect(self._open_menu)
        self.add_menu.picked.connect(self.add)
        self.double_button.clicked.connect(self.double)
        self.delete_button.clicked.connect(self.delete)
        self.steps.delete_asked.connect(self.delete)
        self.steps.double_asked.connect(self.double)
        self.steps.moved.connect(self.move_step)
        self.steps.toggled.connect(self.toggle)
        self.steps.currentRowChanged.connect(lambda _: self._show_current())
        self.form.sliding.connect(self._slide)
        self.form.committed.connect(self._commit)
        self.view.asked.connect(self._look)
        self.view.open_asked.connect(self._open)
        self.opening.done.connect(self._on_opened)
        self.opening.failed.connect(self.view.show_nothing)
        self.opening.cancelled.connect(self._look)
        self.preview.seen.connect(self._on_seen)
        self.preview.failed.connect(self.view.show_nothing)
        self._document.changed.connect(self._on_change)
        self._document.replaced.connect(self._on_replaced)
        self._theme.changed.connect(self._paint)

    def _open_menu(self) -> None:
        self.add_menu.open_at(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def _paint(self) -> None:
        self.add_button.setIcon(icons.icon("add", self._theme))
        self.double_button.setIcon(icons.icon("copy", self._theme))
        self.delete_button.setIcon(icons.icon("delete", self._theme))

    def _lay_out(self) -> None:
        self.double_button.setToolTip("Duplicate the step (Ctrl+D)")
        self.double_button.setAccessibleName("Duplicate the step")
        self.delete_button.setToolTip("Delete the step (Delete)")
        self.delete_button.setAccessibleName("Delete the step")
        for button in (self.double_button, self.delete_button):
            button.setAutoRaise(True)
        menu = QMenu(self)
        for name in PRESETS:
            menu.addAction(name).triggered.connect(partial(self.use_preset, name))
        self.preset_button.setMenu(menu)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.add_button)
        bar.addWidget(self.preset_button)
        bar.addStretch(1)
        bar.addWidget(self.double_button)
        bar.addWidget(self.delete_button)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self.steps, 1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.form)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        for part in (left, area, self.view):
            splitter.addWidget(part)
        splitter.setSizes(list(_WIDTHS))
        splitter.setStretchFactor(2, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.addWidget(splitter)


def _opened(settings: DatasetSettings, report: Report, cancel: Event) -> tuple[DatasetSettings, Source]:
    """In a thread."""
    from workbench.project.feeds import open_dataset

    return settings, open_dataset(settings, report, cancel)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.source import DatasetError

    return (DatasetError,)


def _with(settings: AugmentationSettings, row: int, name: str, value: Any) -> AugmentationSettings:
    if name == "probability":
        return editing.changed(settings, row, probability=float(value))
    return editing.with_param(settings, row, name, value)


def _label(settings: AugmentationSettings, row: int) -> str:
    operation = OPERATIONS.get(settings.steps[row].operation)
    return operation.label.lower() if operation else settings.steps[row].operation


def _input_shape(document: Document) -> tuple[int | None, ...] | None:
    """Of the one graph's Input; None where there is none that takes images."""
    inputs: list[Node] = [node for graph in document.project.graphs.values() for node in graph if node.type == "input"]
    for node in inputs:
        shape = node.params.get("shape")
        if isinstance(shape, list | tuple) and len(shape) == 3 and shape[2] in (1, 3, None):
            return tuple(shape)
    return None
