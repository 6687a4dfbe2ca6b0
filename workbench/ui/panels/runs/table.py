"""The table of runs: selecting several, renaming in place, and keys that the panel gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from workbench.ui.panels.runs.rows import COLUMNS, NAME, STAR, RunsModel
from workbench.ui.theme import figures

_ROW_ROOM = 8
_HEADING_ROOM = 30


class RunsTable(QTableView):
    """Keeps what is selected by folder, so that new rows and another order do not change it."""

    picked = Signal()
    """Other runs are selected."""
    opened = Signal()
    """A double click, or Enter."""
    starred = Signal(object)
    """The folder of the run whose star was clicked."""
    menu_asked = Signal(QPoint)
    """Where, on the screen, the menu of the selected runs is asked for."""

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys: Mapping[QKeySequence, Callable[[], object]] = {}
        self._runs = model
        self._kept: list[Path] = []
        self._current: Path | None = None
        self.setModel(model)
        self._set_up()
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._bring_back)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.doubleClicked.connect(self._on_double_click)

    @property
    def folders(self) -> list[Path]:
        """The selected runs' folders, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._runs.rows[row].folder for row in rows]

    def select(self, folders: Sequence[Path]) -> None:
        """Selects runs, those that are listed, and shows the first."""
        self.clearSelection()
        self._kept, self._current = list(folders), folders[0] if folders else None
        self._bring_back()

    def step_aside(self) -> None:
        """Selects the run below the selected ones, which are about to go, or else the one above them."""
        going = set(self.folders)
        rows = [number for number, row in enumerate(self._runs.rows) if row.folder in going]
        below = [row.folder for row in self._runs.rows[max(rows, default=0) :] if row.folder not in going]
        above = [row.folder for row in self._runs.rows[: min(rows, default=0)] if row.folder not in going]
        self.select([*below, *reversed(above)][:1])

    def rename(self) -> None:
        """Writes in the name's cell of the selected run."""
        indexes = self.selectionModel().selectedRows(NAME)
        if len(indexes) == 1:
            self.edit(indexes[0])

    def event(self, event: QEvent) -> bool:
        """Takes keys here that would mean something else to the window, as F2 and Delete."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._act(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Does what a key stands for, where it stands for something."""
        act = self._act(event)
        if act is not None and self.state() != QAbstractItemView.State.EditingState:
            act()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a star sets it or takes it off, and selects nothing."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == STAR and event.button() == Qt.MouseButton.LeftButton:
            self.starred.emit(self._runs.rows[index.row()].folder)
            return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for the menu, by mouse or by key."""
        if self.selectionModel().hasSelection():
            at = event.globalPos()
            if event.reason() is QContextMenuEvent.Reason.Keyboard:
                at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
            self.menu_asked.emit(at)

    def column_menu(self) -> QMenu:
        """Every column but star and name, to show or hide."""
        menu = QMenu(self)
        for section, column in enumerate(COLUMNS):
            if section not in (STAR, NAME):
                action = menu.addAction(column.title)
                action.setCheckable(True)
                action.setChecked(not self.isColumnHidden(section))
                action.toggled.connect(lambda shown, section=section: self.setColumnHidden(section, not shown))
        return menu

    def _choose_columns(self, at: QPoint) -> None:
        menu = self.column_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def _act(self, event: QKeyEvent) -> Callable[[], object] | None:
        pressed = QKeySequence(event.keyCombination())
        return next((act for keys, act in self.keys.items() if keys == pressed), None)

    def _on_selection(self) -> None:
        self.picked.emit()

    def _on_double_click(self, index: QModelIndex) -> None:
        if index.column() != STAR:
            self.opened.emit()

    def _keep(self) -> None:
        self._kept = self.folders
        row = self.currentIndex().row()
        self._current = self._runs.rows[row].folder if 0 <= row < len(self._runs.rows) else None

    def _bring_back(self) -> None:
        selection, model = self.selectionModel(), self._runs
        flag = selection.SelectionFlag
        rows = {entry.folder: number for number, entry in enumerate(model.rows)}
        selection.blockSignals(True)
        if self._current in rows:
            selection.setCurrentIndex(model.index(rows[self._current], NAME), flag.NoUpdate)
        for folder in self._kept:
            if folder in rows:
                selection.select(model.index(rows[folder], 0), flag.Select | flag.Rows)
        selection.blockSignals(False)
        self.viewport().update()
        if self._current in rows:
            self.scrollTo(model.index(rows[self._current], NAME))
        self.picked.emit()

    def _set_up(self) -> None:
        self.setFont(figures(self.font()))
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")
        self.setAccessibleName("Runs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + _ROW_ROOM)
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(28)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)
        header.setToolTip("Right click to choose columns")
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        for section, column in enumerate(COLUMNS):
            title = header.fontMetrics().horizontalAdvance(column.title) + _HEADING_ROOM
            header.resizeSection(section, column.width if section == STAR else max(column.width, title))
