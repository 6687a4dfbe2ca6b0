"""The Runs panel: the table of every run, and beside it curves, differences, the note and sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.project.file import dumps
from workbench.ui import icons, quantities
from workbench.ui.document import Document
from workbench.ui.empty_state import EmptyState
from workbench.ui.folders import open_folder
from workbench.ui.notices import Level, Notice
from workbench.ui.panels.runs.actions import action_for, run_keys, run_menu
from workbench.ui.panels.runs.comparison import ComparisonView
from workbench.ui.panels.runs.curves import RunCurves
from workbench.ui.panels.runs.deleted import DeletedBar
from workbench.ui.panels.runs.note import NoteEditor
from workbench.ui.panels.runs.rows import RunsModel
from workbench.ui.panels.runs.search_field import SearchField
from workbench.ui.panels.runs.sweep_queue import SweepQueue
from workbench.ui.panels.runs.sweep_view import SweepView
from workbench.ui.panels.runs.table import RunsTable
from workbench.ui.run_status import BUSY
from workbench.ui.run_store import RunStoreModel
from workbench.ui.theme import Theme, figures

if TYPE_CHECKING:
    from workbench.runs import RunEntry
    from workbench.sweeps import SweepPlan

_FOLLOW_MS = 3000
_WIDTHS = (720, 480)
_EMPTY = "Every training is kept as a run and listed here: its curves, what it was trained with, and its weights."
_READING = "Reading the runs…"
_TOPIC = "runs"
_MOST_EPOCHS = 100_000


class RunsPanel(QWidget):
    """Everything about runs but training them: what it cannot do itself it asks for by a signal.

    An entry of the menu whose signal nobody listens to is not shown.
    """

    open_requested = Signal(object)
    """The path of a run's project: to be opened as a new one, the run's own stays as it is."""
    resume_requested = Signal(object)
    """The folder of a run that is to be trained to its planned end."""
    add_epochs_requested = Signal(object, int)
    """The folder of a run, and how many more epochs it is to be trained."""
    branch_requested = Signal(object, int)
    """The folder of a run, and the epoch after which another one is to go its own way."""
    evaluate_requested = Signal(object)
    """A tuple of folders; several are an ensemble."""
    export_requested = Signal(object)
    """The folder of a run."""
    weights_requested = Signal(object)
    """The folder of a run whose weights the open project is to begin with."""
    canvas_requested = Signal(object)
    """A `comparison.Compared` to be shown on the canvas."""
    train_requested = Signal()
    """The open project is to be trained."""
    noticed = Signal(object)
    """A `Notice` for the whole window."""

    def __init__(
        self, document: Document, theme: Theme, store: RunStoreModel, queue: SweepQueue, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._store = store
        self.queue = queue
        self._shown: list[RunEntry] = []
        self.model = RunsModel(theme, self)
        self.search = SearchField(self)
        self.count = QLabel(self)
        self.sweep_button = QPushButton("New sweep…", self)
        self.trash_button = QPushButton("Deleted", self)
        self.deleted = DeletedBar(store, theme, self)
        self.table = RunsTable(self.model, self)
        self.curves = RunCurves(store, theme, self)
        self.comparison = ComparisonView(store, theme, self._open_project, self)
        self.note = NoteEditor(store, theme, self)
        self.sweeps = SweepView(queue, store, theme, self)
        self.tabs = QTabWidget(self)
        self._lay_out()
        self._timers()
        self._connect()
        self._show()

    @property
    def selected(self) -> list[RunEntry]:
        """The selected runs as they were read last."""
        folders = set(self.table.folders)
        return [row for row in self.model.rows if row.folder in folders]

    def act(self, pressed: str) -> None:
        """Does what an action's name, or a key, means for the selected runs; nothing where it means nothing."""
        entries = self.selected
        name = action_for(pressed, entries)
        if name and self._is_offered(name):
            getattr(self, f"_do_{name.replace('-', '_')}")(entries)

    def close_panel(self) -> None:
        """Keeps the note that is being written and follows nothing any more."""
        self._follow.stop()
        self.note.keep()

    def showEvent(self, event: QShowEvent) -> None:
        """Follows what runs while it can be seen."""
        super().showEvent(event)
        if self._store.was_read:  # the first reading waits until the window is painted
            self._store.refresh()
        self._follow.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._follow.stop()

    # -- actions, by name
    def _do_open(self, entries: Sequence[RunEntry]) -> None:
        self.open_requested.emit(entries[0].folder / "project.workbench")

    def _do_compare(self, entries: Sequence[RunEntry]) -> None:
        self.tabs.setCurrentWidget(self.comparison)

    _do_compare_open = _do_compare

    def _do_resume(self, entries: Sequence[RunEntry]) -> None:
        self.resume_requested.emit(entries[0].folder)

    def _do_add_epochs(self, entries: Sequence[RunEntry]) -> None:
        planned = max(1, entries[0].planned)
        count, chosen = QInputDialog.getInt(self, "Train more epochs", "Epochs more:", planned, 1, _MOST_EPOCHS)
        if chosen:
            self.add_epochs_requested.emit(entries[0].folder, count)

    def _do_branch(self, entries: Sequence[RunEntry]) -> None:
        entry = entries[0]
        kept = [str(epoch) for epoch in entry.kept_epochs]
        first = max(0, kept.index(str(entry.best_epoch)) if str(entry.best_epoch) in kept else len(kept) - 1)
        text, chosen = QInputDialog.getItem(self, "Branch from an epoch", "After epoch:", kept, first, editable=False)
        if chosen:
            self.branch_requested.emit(entry.folder, int(text))

    def _do_continue(self, entries: Sequence[RunEntry]) -> None:
        self.weights_requested.emit(entries[0].folder)

    def _do_evaluate(self, entries: Sequence[RunEntry]) -> None:
        self.evaluate_requested.emit(tuple(entry.folder for entry in entries))

    def _do_export(self, entries: Sequence[RunEntry]) -> None:
        self.export_requested.emit(entries[0].folder)

    def _do_rename(self, _: Sequence[RunEntry]) -> None:
        self.table.rename()

    def _do_star(self, entries: Sequence[RunEntry]) -> None:
        starred = not all(entry.starred for entry in entries)
        self._label([entry.folder for entry in entries], starred=starred)

    def _do_tags(self, entries: Sequence[RunEntry]) -> None:
        written = " ".join(entries[0].tags)
        text, chosen = QInputDialog.getText(self, "Tags", "Tags, with spaces between them:", text=written)
        if chosen:
            tags = tuple(dict.fromkeys(text.replace(",", " ").replace("#", " ").split()))
            self._label([entry.folder for entry in entries], tags=tags)

    def _do_note(self, _: Sequence[RunEntry]) -> None:
        self.tabs.setCurrentWidget(self.note)
        self.note.text.setFocus()

    def _do_copy_name(self, entries: Sequence[RunEntry]) -> None:
        QGuiApplication.clipboard().setText("\n".join(entry.name for entry in entries))

    def _do_copy_path(self, entries: Sequence[RunEntry]) -> None:
        QGuiApplication.clipboard().setText("\n".join(str(entry.folder) for entry in entries))

    def _do_open_folder(self, entries: Sequence[RunEntry]) -> None:
        for entry in entries:
            open_folder(entry.folder)

    def _do_delete(self, entries: Sequence[RunEntry]) -> None:
        self.table.step_aside()
        self.deleted.delete([entry.folder for entry in entries])

    def _is_offered(self, name: str) -> bool:
        signals = {
            "resume": self.resume_requested,
            "add-epochs": self.add_epochs_requested,
            "branch": self.branch_requested,
            "continue": self.weights_requested,
            "evaluate": self.evaluate_requested,
            "export": self.export_requested,
        }
        return name not in signals or self.isSignalConnected(QMetaMethod.fromSignal(signals[name]))

    # -- following
    def _show(self) -> None:
        from_store = self._store.entries
        self.model.show_entries(from_store, self.search.test())
        shown, total = len(self.model.rows), len(from_store)
        told = (
            f"{shown:,} of {quantities.counted(total, 'run')}" if shown != total else quantities.counted(total, "run")
        )
        self.count.setText(self._store.problem or (told if self._store.was_read else _READING))
        self.count.setProperty("role", "error" if self._store.problem else "muted")
        self.count.style().polish(self.count)
        trashed = len(self._store.trashed)
        self.trash_button.setText(f"Deleted ({trashed})" if trashed else "Deleted")
        self._show_layer()
        self._on_pick()

    def _show_layer(self) -> None:
        """The list, unless there is nothing that it could show: neither a run nor a sweep that will make some."""
        store = self._store
        nothing = store.was_read and not store.entries and not store.problem and not self.queue.records
        self._layers.setCurrentIndex(int(not nothing))

    def _on_pick(self) -> None:
        entries = self.selected
        if entries != self._shown:
            folders = [entry.folder for entry in entries]
            self.curves.show_runs(entries)
            if folders != [entry.folder for entry in self._shown]:
                self.comparison.show_runs(entries)
            self.note.show_run(entries[0] if len(entries) == 1 else None)
            self._shown = entries

    def _on_follow(self) -> None:
        if any(entry.status in BUSY for entry in self._store.entries):
            self._store.refresh()

    def _ask_menu(self, at: QPoint) -> None:
        run_menu(self.selected, self.act, self._is_offered, self._theme, self).popup(at)

    def _on_star(self, folder: Path) -> None:
        entry = self._store.entry(folder)
        if entry is not None and entry.status != "damaged":
            self._label([folder], starred=not entry.starred)

    def _label(self, folders: Sequence[Path], **changes: object) -> None:
        self._store.do(lambda: _change(folders, changes))

    def _open_project(self) -> tuple[str, str]:
        weights = self._document.project.weights
        file = weights.file if weights is not None else None
        return dumps(self._document.project).decode(), str(file or "")

    def ask_sweep(self) -> None:
        """Opens the dialog of a new sweep of the open project."""
        from workbench.ui.panels.runs.sweep_dialog import SweepDialog

        if self._document.analysis.errors:
            text = "A sweep waits until the network is whole: see Problems."
            self.noticed.emit(Notice(Level.WARNING, text, topic=_TOPIC))
            return
        dialog = SweepDialog(
            self._document.project, self._document.title, self._store.entries, self._theme, self.window()
        )
        dialog.chosen.connect(self._start_sweep)
        dialog.open()

    def _start_sweep(self, plan: SweepPlan) -> None:
        self.tabs.setCurrentWidget(self.sweeps)
        self.queue.start(plan)

    def _pick_run(self, folder: Path) -> None:
        if self.model.row_of(folder) < 0:
            self.search.clear()
            self._show()
        self.table.select([folder])

    # -- putting together
    def _timers(self) -> None:
        self._follow = QTimer(self, interval=_FOLLOW_MS)
        self._follow.timeout.connect(self._on_follow)

    def _connect(self) -> None:
        self._store.changed.connect(self._show)
        self._store.changed.connect(self._load_sweeps)
        self._store.failed.connect(lambda text: self.noticed.emit(Notice(Level.ERROR, text, topic=_TOPIC)))
        self.queue.noticed.connect(self.noticed)
        self.queue.changed.connect(self._show_layer)
        self.model.renamed.connect(lambda folder, title: self._label([folder], title=title))
        self.table.picked.connect(self._on_pick)
        self.table.opened.connect(lambda: self.act("open"))
        self.table.starred.connect(self._on_star)
        self.table.menu_asked.connect(self._ask_menu)
        take_back = {QKeySequence("Ctrl+Z"): self._take_back}
        select_all = {QKeySequence("Ctrl+A"): self.table.selectAll}
        self.table.keys = {**run_keys(self.act), **take_back, **select_all}
        self.search.searched.connect(self._show)
        self.comparison.canvas_asked.connect(self.canvas_requested)
        self.sweep_button.clicked.connect(lambda: self.ask_sweep())
        self.sweeps.new_asked.connect(self.ask_sweep)
        self.sweeps.run_picked.connect(self._pick_run)
        self._theme.changed.connect(self._paint)
        self._paint()

    def _take_back(self) -> None:
        if self.deleted.can_take_back:
            self.deleted.take_back()
        else:
            self._document.undo()

    def _load_sweeps(self) -> None:
        """Once, with the store's first reading: afterwards the queue itself knows."""
        if not self.queue.records and self._store.was_read:
            self.queue.load()

    def _paint(self) -> None:
        self.model.paint_theme()
        self.sweep_button.setIcon(icons.icon("sweep", self._theme))
        self.trash_button.setIcon(icons.icon("delete", self._theme))

    def _lay_out(self) -> None:
        for widget, title in (
            (self.curves, "Curves"),
            (self.comparison, "Compare"),
            (self.note, "Note"),
            (self.sweeps, "Sweeps"),
        ):
            self.tabs.addTab(widget, title)
        self.tabs.setDocumentMode(True)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._list())
        splitter.addWidget(self.tabs)
        splitter.setSizes(list(_WIDTHS))
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        empty = EmptyState(self._theme, "layers", _EMPTY, self)
        empty.add_button("Train the open project", self.train_requested.emit)
        empty.add_button("New sweep…", self.ask_sweep)
        self._layers = QStackedWidget(self)
        self._layers.addWidget(empty)
        self._layers.addWidget(splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.deleted)
        column.addWidget(self._layers, 1)

    def _list(self) -> QWidget:
        from_trash = QMenu(self)
        from_trash.aboutToShow.connect(lambda: self.deleted.fill(from_trash))
        self.trash_button.setMenu(from_trash)
        find = QShortcut(QKeySequence("/"), self.table)
        find.setContext(Qt.ShortcutContext.WidgetShortcut)
        find.activated.connect(self.search.setFocus)
        self.count.setFont(figures(self.count.font()))
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.count)
        row.addWidget(self.trash_button)
        row.addWidget(self.sweep_button)
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        return listed


def _change(folders: Sequence[Path], changes: dict[str, object]) -> None:
    """In the store's thread."""
    from workbench.runs import change_labels

    for folder in folders:
        change_labels(folder, **changes)
