"""The open project as Qt objects can follow it: one object for the life of the window, whatever project is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.analysis import Diagnostic, GraphAnalysis
from workbench.analysis.memory import MemoryModel, MemoryTally
from workbench.analysis.primitives import each_primitive
from workbench.graph import Graph, GraphEdit, GraphEvent, NodeChanged, NodeId
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, Catalogue
from workbench.project import (
    AddBlock,
    Change,
    Edit,
    FileState,
    History,
    InGraph,
    LiveAnalysis,
    Observations,
    Observed,
    Project,
    Resources,
    Several,
    available_memory,
)
from workbench.ui.places import Place, contains, look_inside
from workbench.ui.slices import Slices

REFUSAL = "This is what the block is made of, to look at. Expand the block in place to edit it."


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
    shown = Signal()
    """Another graph is shown: `graph` and `graph_analysis` are others, and ids of nodes mean others."""
    memory_known = Signal()
    """What training takes has been worked out: `memory` says it at once from now on."""
    refused = Signal(str)
    """An edit of what can only be looked at was not done; the text says what to do instead."""

    data_observed = Signal(str)
    """The SPEC of a dataset about which more is known now: see `observed`."""

    path: Path | None
    _place: Place
    _inner: GraphAnalysis | None
    """What is looked into, while that is shown."""
    _offered: tuple[tuple[Catalogue, Place], Catalogue] | None
    _memory: MemoryModel | None

    _pending: frozenset[NodeId]

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unsubscribe: list[Callable[[], None]] = []
        self.observed = Observations()
        self._measuring = Slices(self)
        self._free_memory: Callable[[], int | None] = available_memory
        self.resources = Resources()
        """What training takes and what there is, as of `memory_known`."""
        self._hold(project, None)

    @property
    def place(self) -> Place:
        """What is shown."""
        return self._place

    @property
    def graph(self) -> Graph:
        """The graph that is shown."""
        return self.graph_analysis.graph

    @property
    def graph_analysis(self) -> GraphAnalysis:
        """The analysis of the graph that is shown."""
        return self._inner or self.analysis.of(self._place.graph)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """Those of the graph that is shown, and of what it has to agree on with others."""
        inner = self._inner
        return self.analysis.diagnostics_of(self._place.graph) if inner is None else inner.diagnostics

    @property
    def catalogue(self) -> Catalogue:
        """Every type that the project can draw with, its own blocks among them."""
        return self.analysis.catalogue

    @property
    def offered(self) -> Catalogue:
        """The types that make sense in the graph that is shown."""
        key = (self.catalogue, self._place)
        if self._offered is None or self._offered[0] != key:
            self._offered = key, self._offer()
        return self._offered[1]

    @property
    def memory(self) -> MemoryModel | None:
        """What training takes, of all graphs together; worked out once after each change.

        For a large network that is not done at once: it is None then, and `memory_known` comes later.
        """
        if self._memory is None and not self._measuring.busy:
            tally = MemoryTally(self.project.training.optimizer)
            self._measuring.begin(self._each_layer_tallied(tally), lambda: self._know_memory(tally))
        return self._memory

    @property
    def root(self) -> Place:
        """The project's first graph."""
        return Place(next(iter(self.project.graphs)))

    def show(self, place: Place) -> None:
        """Show another graph; nothing happens when it is shown already. Raises KeyError for one that is not there."""
        if place != self._place:
            self._inner = self._inside(place)
            self._place = place
            self.shown.emit()

    def exists(self, place: Place) -> bool:
        """True while there is something to show at a place."""
        known = place.graph in self.project.graphs or place.graph in self.project.blocks
        return known and (not place.inside or self._inside(place) is not None)

    def events_of(self, change: Change) -> tuple[GraphEvent, ...]:
        """What a change did to the graph that is shown."""
        return () if self._place.inside else change.graphs.get(self._place.graph, ())

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

    def edit(self, edit: GraphEdit, *definitions: AddBlock) -> None:
        """One undoable step in the graph that is shown, after the definitions of blocks that it brings along; refused
        where that is a look inside a built-in block.
        """
        if self._place.read_only:
            self.refused.emit(REFUSAL)
            return
        own = InGraph(self._place.graph, edit)
        self.history.do(Several((*definitions, own), own.label) if definitions else own)

    def undo(self) -> None:
        """Take the last step back, and show where it was."""
        self._travel(self.history.undo)

    def redo(self) -> None:
        """Do the step again that was taken back last, and show where it is."""
        self._travel(self.history.redo)

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

    def mark_unsaved(self) -> None:
        """No file holds the project as it is now."""
        self.history.mark_unsaved()

    def observe(self, spec: str, observed: Observed) -> None:
        """A dataset was opened: what was found in it counts for every network from now on."""
        if self.observed.note(spec, observed):
            self.analysis.use_settings()
            self.data_observed.emit(spec)
            self._tell_what_was_analysed()

    def use_types(self) -> None:
        """Plugins were switched on or off: the palette and the nodes of their types follow."""
        before = {kind.key for kind in self.catalogue}
        self.analysis.use_types(before)
        self._offered = None
        self.shown.emit()
        self._tell_what_was_analysed()

    def close(self) -> None:
        """Stops listening to the project."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._measuring.drop()
        self.analysis.close()

    def _later(self, work: Callable[[], None]) -> None:
        """Long analysis gives way to what the user does."""
        QTimer.singleShot(0, self, partial(self._go_on, work))

    def _go_on(self, work: Callable[[], None]) -> None:
        work()
        self._forget_memory()
        self._tell_what_was_analysed()

    def _tell_what_was_analysed(self) -> None:
        pending, self._pending = self._pending, frozenset()
        self.analysed.emit(pending)

    def _hold(self, project: Project, path: Path | None) -> None:
        self.project = project
        self.path = path
        self.on_disk: FileState | None = None
        """The file as it was last read or written here."""
        self.history = History(project)
        # The analysis listens before this object does, so that all it found is pending when `changed` goes out.
        self.analysis = LiveAnalysis(project, self._later, self.observed)
        self._place = self.root
        self._inner = None
        self._offered = None
        self._forget_memory()
        self._pending = frozenset()
        self._last_change = Change()
        self._unsubscribe += [
            self.analysis.subscribe(self._collect),
            project.subscribe(self._tell),
            self.history.subscribe(self.history_changed.emit),
        ]

    def _each_layer_tallied(self, tally: MemoryTally) -> Iterator[None]:
        for name in self.project.graphs:
            for layer in each_primitive(self.analysis.of(name)):
                tally.add(layer)
                yield

    def _know_memory(self, tally: MemoryTally) -> None:
        self._memory = tally.model()
        self._judge_memory()
        self.memory_known.emit()

    def use_device(self, free: Callable[[], int | None]) -> None:
        """Trains on another device from now on: `free` gives the bytes that are free there, at once."""
        self._free_memory = free
        if self._memory is not None:
            self._judge_memory()
            self.memory_known.emit()

    def _judge_memory(self) -> None:
        self.resources = Resources(self._memory, self._free_memory())
        if self.analysis.use_resources(self.resources):
            self._tell_what_was_analysed()

    def _forget_memory(self) -> None:
        self._measuring.drop()
        self._memory = None

    def _collect(self, graph: str, ids: frozenset[NodeId]) -> None:
        if graph == self._place.graph:
            self._pending |= ids

    def _tell(self, change: Change) -> None:
        self._last_change = change
        if not only_moves(change):
            self._forget_memory()
        if self._place.inside or not self.exists(self._place):
            self._look_again()
        self.changed.emit(change)
        self._tell_what_was_analysed()

    def _look_again(self) -> None:
        """What is looked into is made anew with every change; where it is gone, what it was in is shown."""
        place = self._place
        while place.inside and not self.exists(place):
            place = Place(place.graph, place.inside[:-1])
        self._place = place if self.exists(place) else self.root
        self._inner = self._inside(self._place)
        self.shown.emit()

    def _inside(self, place: Place) -> GraphAnalysis | None:
        analysis: GraphAnalysis | None = self.analysis.of(place.graph)
        for node in place.inside:
            analysis = look_inside(analysis, node) if analysis else None
        return analysis if place.inside else None

    def _travel(self, step: Callable[[], None]) -> None:
        self._last_change = Change()
        step()
        touched = [name for name in self._last_change.graphs if self.exists(Place(name))]
        if touched and self._place.graph not in touched:
            self.show(Place(touched[0]))

    def _offer(self) -> Catalogue:
        ports, definition = (BLOCK_INPUT, BLOCK_OUTPUT), self._place.is_definition
        hidden = {"input"} if definition else set(ports)
        if definition:
            hidden |= {key for key in self.project.blocks if contains(self.project, key, self._place.graph)}
        return self.catalogue.without(hidden)


def only_moves(change: Change) -> bool:
    """True when nodes were put elsewhere and nothing else happened: what the network is has not changed."""
    events = (event for events in change.graphs.values() for event in events)
    return not change.sections and all(isinstance(e, NodeChanged) and e.fields <= {"position"} for e in events)
