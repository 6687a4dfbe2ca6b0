"""The choice of what a training begins with, in the settings: from scratch, a run, a file, or what the project has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QMenu, QSizePolicy, QWidget

from workbench.project import SetTraining, assign
from workbench.ui.document import Document
from workbench.ui.theme import Theme
from workbench.ui.weights.adoption import fit_words
from workbench.ui.weights.fit_watch import FitWatch

_SCRATCH, _PROJECT, _RUN, _FILE = "scratch", "project", "run", "file"
_MOST_RUNS = 20
_DOC = "What a new training begins with: weights drawn anew, or what a run or a file has for the layers"
_COPY_DOC = "A layer with more or fewer filters by now takes the part of its weights that both shapes have"
Runs = Callable[[], Iterable[tuple[str, Path]]]


class InitialWeightsBox(QWidget):
    """Shows and edits the project's choice; `runs` gives names and folders of runs that hold weights."""

    run_chosen = Signal(object)
    """The folder of a run whose weights are wanted."""
    file_asked = Signal()
    """The person wants to choose a file."""
    layer_picked = Signal(str)
    """The name of a layer in the report: show it on the canvas."""

    def __init__(self, document: Document, theme: Theme, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._runs = runs
        self.watch = FitWatch(document, self)
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Initial weights")
        self.choice.setToolTip(_DOC)
        self.choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.told = QLabel(self, wordWrap=True)
        self.told.setTextFormat(Qt.TextFormat.RichText)
        self.copy_part = QCheckBox("Copy the part that fits", self)
        self.copy_part.setToolTip(_COPY_DOC)
        self._lay_out()
        self.choice.activated.connect(self._choose)
        self.copy_part.clicked.connect(lambda on: self._set({"copy_overlap": on}))
        self.told.linkActivated.connect(lambda _: self._report())
        self.watch.changed.connect(self._show_fit)
        document.changed.connect(lambda change: self.show_project() if change.sections else None)
        document.replaced.connect(self.show_project)
        self.show_project()

    def show_project(self) -> None:
        """Shows what the project says."""
        project = self._document.project
        self.choice.clear()
        self.choice.addItem("From scratch", _SCRATCH)
        if project.weights is not None:
            self.choice.addItem(f"Of {project.weights.source or 'the project itself'}", _PROJECT)
        self.choice.addItem("Of a run…", _RUN)
        self.choice.addItem("Of a file…", _FILE)
        begins = project.weights is not None and project.training.initial_weights == "project"
        self.choice.setCurrentIndex(self.choice.findData(_PROJECT if begins else _SCRATCH))
        self.copy_part.setChecked(project.training.copy_overlap)
        self._show_fit()

    def _show_fit(self) -> None:
        fit, problem = self.watch.fit, self.watch.problem
        self.told.setProperty("role", "error" if problem else "muted")
        self.told.style().polish(self.told)
        if fit is None:
            self.told.setText(problem)
        else:
            self.told.setText(f"{fit_words(fit)}. <a href='layers'>Layer by layer…</a>")
        self.told.setVisible(bool(problem or fit))
        begins = self._document.project.training.initial_weights == "project"
        copies = self._document.project.training.copy_overlap
        self.copy_part.setVisible(begins and fit is not None and (copies or bool(fit.changed)))

    def _choose(self, _: int) -> None:
        chosen = self.choice.currentData()
        if chosen in (_SCRATCH, _PROJECT):
            self._set({"initial_weights": chosen})
            return
        self.show_project()  # until there are others, it begins as before
        if chosen == _FILE:
            self.file_asked.emit()
        else:
            self._ask_run()

    def _ask_run(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, folder in [*self._runs()][:_MOST_RUNS]:
            menu.addAction(name).triggered.connect(lambda _=False, folder=folder: self.run_chosen.emit(folder))
        if menu.isEmpty():
            menu.addAction("No run holds weights yet").setEnabled(False)
        menu.popup(self.choice.mapToGlobal(QPoint(0, self.choice.height())))

    def _report(self) -> None:
        from workbench.ui.weights.report import WeightsReport

        project, fit = self._document.project, self.watch.fit
        if fit is None or project.weights is None:
            return
        source = project.weights.source or "the project's weights"
        dialog = WeightsReport(fit, source, project.training.copy_overlap, self._theme, self.window())
        dialog.layer_picked.connect(self.layer_picked)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _set(self, values: dict[str, object]) -> None:
        settings = assign(self._document.project.training, values)
        if settings != self._document.project.training:
            self._document.do(SetTraining(settings))

    def _lay_out(self) -> None:
        label = QLabel("Initial weights", self)
        label.setBuddy(self.choice)
        label.setToolTip(_DOC)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.choice, 0, 1)
        grid.addWidget(self.told, 1, 0, 1, 2)
        grid.addWidget(self.copy_part, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
