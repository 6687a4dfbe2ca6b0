"""The open project as Qt objects can follow it: one object for the life of the window, whatever project is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, GraphEdit, NodeId
from workbench.project import Change, Edit, History, InGraph, LiveAnalysis, Project


class Document(QObject):
    """The project in the window, its history and its analysis; `path` is None until it has a file.

    Views keep node ids and ask `graph` and `analysis` again. Every change goes through `do` or `edit`.
    """

    changed = Signal(object)
    """A `project.Change`: an edit was done, undone or done again."""
    analysed = Signal(object)
    """A frozenset of the node ids whose report or problems changed; always after the `changed` that caused it."""
    history_changed = Signal()
    """What can be undone, what can be redone, or whether there is something to save is different now."""
    replaced = Signal()
    """Another project is in the window: forget every id."""

    path: Path | None

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unsubscribe: list[Callable[[], None]] = []
        self._hold(project, None)

    @property
    def graph(self) -> Graph:
        """The graph that is shown."""
        return self.project.graphs[self.graph_name]

    @property
    def graph_analysis(self) -> GraphAnalysis:
        """The analysis of the graph that is shown."""
        return self.analysis.of(self.graph_name)

    @property
    def title(self) -> str:
        """What to call the project: its file's name, else where it came from."""
        return self.path.stem if self.path else self.project.title or "Untitled"

    @property
    def modified(self) -> bool:
        """True when closing now would lose something."""
        return self.history.modified

    def do(self, edit: Edit) -> None:
        """One undoable step."""
        self.history.do(edit)

    def edit(self, edit: GraphEdit) -> None:
        """One undoable step in the graph that is shown."""
        self.history.do(InGraph(self.graph_name, edit))

    def replace(self, project: Project, path: Path | None = None, *, saved: bool = True) -> None:
        """Puts another project into the window; `saved` says that nothing would be lost by closing it again."""
        self.close()
        self._hold(project, path)
        if not saved:
            self.history.mark_unsaved()
        self.replaced.emit()
        self.history_changed.emit()

    def mark_saved(self, path: Path) -> None:
        """The project is in this file as it is now."""
        self.path = path
        self.history.mark_saved()

    def close(self) -> None:
        """Stops listening to the project."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self.analysis.close()

    def _hold(self, project: Project, path: Path | None) -> None:
        self.project = project
        self.path = path
        self.graph_name = next(iter(project.graphs))
        self.history = History(project)
        # The analysis listens before this object does, so that all it found is pending when `changed` goes out.
        self.analysis = LiveAnalysis(project)
        self._pending: frozenset[NodeId] = frozenset()
        self._unsubscribe += [
            self.analysis.subscribe(self._collect),
            project.subscribe(self._tell),
            self.history.subscribe(self.history_changed.emit),
        ]

    def _collect(self, _graph: str, ids: frozenset[NodeId]) -> None:
        self._pending |= ids

    def _tell(self, change: Change) -> None:
        pending, self._pending = self._pending, frozenset()
        self.changed.emit(change)
        self.analysed.emit(pending)
