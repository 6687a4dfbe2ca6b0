"""The inspector's panel: it follows the selection and the document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from workbench.graph import NodeId
from workbench.layers import Param
from workbench.ui.document import Document
from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.inspector.block_page import BlockPage
from workbench.ui.panels.inspector.facts import FactsTable, facts_of
from workbench.ui.panels.inspector.form import ParamForm
from workbench.ui.panels.inspector.header import Header
from workbench.ui.panels.inspector.inside import InsideList
from workbench.ui.panels.inspector.lens import WindowLens
from workbench.ui.panels.inspector.subject import Subject
from workbench.ui.theme import Theme

_EMPTY = "Select a layer to see its parameters, its shapes and what it costs."


class InspectorPanel(QWidget):
    """Shows and edits the nodes it was last told about; a committed value is one step to undo."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._subject = Subject(document)
        self.empty = EmptyState(theme, "layers", _EMPTY)
        self.header = Header(theme)
        self.form = ParamForm((), theme)
        self.lens = WindowLens(theme)
        self.inside = InsideList(theme)
        self.block = BlockPage(document)
        self.facts = FactsTable()
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._lay_out()
        document.analysed.connect(self._refresh)
        document.replaced.connect(lambda: self.show_nodes(()))
        document.refused.connect(self._refresh)
        document.shown.connect(lambda: self.show_nodes(()))
        self.inside.frozen.connect(lambda path, on: self._subject.set_inner_trainable(path, on))

    def show_nodes(self, ids: Iterable[NodeId]) -> None:
        """Is about these nodes from now on."""
        self._subject = Subject(self._document, ids)
        self.header.show_subject(self._subject)
        self._refresh()

    def _refresh(self, *_: Any) -> None:
        shown = bool(self._subject.ids)
        definition = self._document.place.is_definition
        self._stack.setCurrentIndex(1 if shown else 2 if definition else 0)
        if not shown:
            if definition:
                self.block.refresh()
            return
        self._fit_form(self._subject.params)
        self.header.refresh()
        problems: dict[str, str] = {}
        for problem in self._subject.diagnostics():
            if problem.param is not None:
                problems.setdefault(problem.param, f"{problem.message}. {problem.hint}".rstrip())
        self.form.show_values({param.name: self._subject.values(param) for param in self.form.params}, problems)
        self.form.show_bindings(self._subject.bindings())
        self.lens.show_windows(self._subject.sliding())
        self.inside.show_layers(self._subject.inner_layers())
        self.facts.show_facts(facts_of(self._subject))

    def _fit_form(self, params: tuple[Param, ...]) -> None:
        """Keeps the form, and with it the keyboard's place, while the parameters are the same ones."""
        if params == self.form.params:
            return
        unfolded = self.form.fold.isChecked()
        old, self.form = self.form, ParamForm(params, self._theme)
        self.form.committed.connect(self._commit)
        self.form.promoted.connect(lambda param, on: self._tell(param, self._subject.promote(param, on)))
        self.form.bound.connect(lambda param, text: self._tell(param, self._subject.bind(param, text)))
        self.form.fold.setChecked(unfolded)
        self._column.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()

    def _tell(self, param: Param, problem: str) -> None:
        """A refusal leaves what was written, to be put right."""
        if problem:
            self.form.rows[param.name].promotion.button.setChecked(
                bool((self._subject.bindings() or {}).get(param.name))
            )
            self.form.rows[param.name].state(problem)
        else:
            self._refresh()

    def _commit(self, param: Param, value: Any) -> None:
        self._subject.set_param(param, value)
        self._refresh()

    def _lay_out(self) -> None:
        line = QFrame()
        line.setProperty("role", "rule")
        line.setFixedHeight(1)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(12)
        self._column.addWidget(self.header)
        self._column.addWidget(self.form)
        self._column.addWidget(self.lens)
        self._column.addWidget(self.inside)
        self._column.addStretch(1)
        self.facts.setContentsMargins(12, 8, 12, 12)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._page)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (scroll, line, self.facts):  # the facts stay in sight while the form scrolls
            column.addWidget(part)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)
        self._stack.addWidget(self.block)
