"""The problems: what keeps the network from being trained, where it is, and how to get out of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
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

from workbench.analysis import Diagnostic, Fix
from workbench.project.blocks import PREFIX
from workbench.project.ways_out import way_out
from workbench.ui import icons
from workbench.ui.document import Document
from workbench.ui.empty_state import EmptyState
from workbench.ui.theme import Theme

_NONE = "No problems. What keeps the network from being trained will be listed here, with a way out where there is one."
_WHOLE = "whole network"
_LAYER_WIDTH = 160


class ProblemsPanel(QWidget):
    """A row for each diagnostic; picking one shows its hint and its fixes, and asks for its node to be shown."""

    node_picked = Signal(str, str)
    """The graph and the id of the node that the picked problem belongs to."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._problems: tuple[Diagnostic, ...] = ()
        self._empty = EmptyState(theme, "ok", _NONE)
        self.table = QTreeWidget()
        self._hint = QLabel()
        self._fixes = QHBoxLayout()
        self._lay_out()
        self.table.itemClicked.connect(lambda _: self._pick())
        self.table.itemActivated.connect(lambda _: self._pick())
        self.table.currentItemChanged.connect(lambda _: self._show_way_out())
        document.analysed.connect(lambda _: self.refresh())
        document.replaced.connect(self.refresh)
        theme.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Lists the problems that there are now; the picked one stays picked if it is still there."""
        current = self._current()
        self._problems = self._document.analysis.diagnostics
        rows = [self._row(problem) for problem in self._problems]
        self.table.clear()
        self.table.addTopLevelItems(rows)
        for row, problem in zip(rows, self._problems, strict=True):
            if current and _place(problem) == _place(current):
                self.table.setCurrentItem(row)
                break
        self._show_way_out()
        self._stack.setCurrentIndex(int(bool(self._problems)))

    def _row(self, problem: Diagnostic) -> QTreeWidgetItem:
        item = QTreeWidgetItem([problem.message, self._where(problem)])
        level = problem.severity.value
        item.setIcon(0, icons.tinted(level, self._theme.color(level)))
        item.setToolTip(0, f"{level.capitalize()}: {problem.message}\n{problem.hint}".strip())
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{level}: {problem.message}")
        return item

    def _where(self, problem: Diagnostic) -> str:
        project = self._document.project
        several = len(project.graphs) + len(project.blocks) > 1
        graph = problem.graph.removeprefix(PREFIX)
        if problem.node is None:
            return graph if several and graph else _WHOLE
        name = project.graph(problem.graph).node(problem.node).name
        return f"{graph} › {name}" if several else name

    def _current(self) -> Diagnostic | None:
        item = self.table.currentItem()
        row = -1 if item is None else self.table.indexOfTopLevelItem(item)
        return self._problems[row] if 0 <= row < len(self._problems) else None

    def _pick(self) -> None:
        problem = self._current()
        if problem is not None and problem.node is not None:
            self.node_picked.emit(problem.graph, problem.node)

    def _show_way_out(self) -> None:
        while (taken := self._fixes.takeAt(0)) is not None:
            if (button := taken.widget()) is not None:
                button.hide()
                button.deleteLater()
        problem = self._current()
        fixes = problem.fixes if problem else ()
        self._hint.setText(problem.hint if problem else "")
        for fix in fixes:
            button = QPushButton(fix.label)
            button.clicked.connect(lambda _=False, fix=fix: self._apply(fix))
            self._fixes.addWidget(button)
        self._way_out.setVisible(bool(fixes or (problem and problem.hint)))

    def _apply(self, fix: Fix) -> None:
        problem = self._current()
        if problem is not None:
            self._document.do(way_out(problem, fix))

    def _lay_out(self) -> None:
        self.table.setHeaderLabels(["Problem", "Layer"])
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAccessibleName("Problems")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, _LAYER_WIDTH)
        self._hint.setWordWrap(True)
        self._way_out = QWidget()
        row = QHBoxLayout(self._way_out)
        row.setContentsMargins(8, 4, 8, 8)
        row.addWidget(self._hint, 1)
        row.addLayout(self._fixes)
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self._way_out)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(listed)


def _place(problem: Diagnostic) -> tuple[object, ...]:
    return problem.code, problem.graph, problem.node, problem.port, problem.param
