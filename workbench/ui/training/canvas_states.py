"""What the canvas shows while the network trains: progress, norms by layer, and which layer went wrong first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject

from workbench.graph import NodeId
from workbench.protocol import AnyCommand, AnyEvent, EpochEnd, LayerAlarm, LayerNorms, Started
from workbench.ui.canvas import CanvasView
from workbench.ui.canvas.run_states import NO_RUN, RunState
from workbench.ui.document import Document
from workbench.ui.training.progress import fraction
from workbench.ui.training.session import EngineSession

_SEPARATOR = "/"


class CanvasStates(QObject):
    """Follows the training and gives each drawn node its state; a block gets that of its worst layer."""

    def __init__(self, document: Document, session: EngineSession, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._session = session
        self._canvas = canvas
        self._paths: dict[str, str] = {}
        self._by_path: dict[str, RunState] = {}
        session.answered.connect(self._take)
        session.changed.connect(self._show_progress)
        document.shown.connect(self._show)
        document.replaced.connect(self._forget)

    def _take(self, command: AnyCommand, event: AnyEvent) -> None:
        match event:
            case Started():
                self._paths = event.layers
                self._by_path = {}
            case EpochEnd() if event.norms:
                for name, norms in event.norms.items():
                    path = self._paths.get(name, name)
                    before = self._by_path.get(path, NO_RUN)
                    self._by_path[path] = replace(_state(norms, event.learning_rate), alarm=before.alarm)
            case LayerAlarm():
                before = self._by_path.get(event.path, NO_RUN)
                self._by_path[event.path] = replace(before, alarm=event.message)
            case _:
                return
        self._show()

    def _show(self) -> None:
        inside = self._document.place.inside
        found: dict[NodeId, list[RunState]] = {}
        for path, state in self._by_path.items():
            node = drawn_node(path, inside)
            if node is not None:
                found.setdefault(node, []).append(state)
        self._canvas.show_runs({node: worst(states) for node, states in found.items()})

    def _show_progress(self) -> None:
        job = self._session.job
        self._canvas.show_progress(fraction(job) if job is not None and job.trains else None)

    def _forget(self) -> None:
        """Another project: its ids are not these."""
        self._paths, self._by_path = {}, {}
        self._show()


def drawn_node(path: str, inside: tuple[NodeId, ...]) -> NodeId | None:
    """The node that stands for a primitive in the graph that is shown, at any of a block's repetitions.

    `path` is `<id>` or `<id>/<repetition>/<inner id>` and so on; None where it is elsewhere.
    """
    ids = path.split(_SEPARATOR)[::2]
    if tuple(ids[: len(inside)]) != tuple(inside) or len(ids) <= len(inside):
        return None
    return NodeId(ids[len(inside)])


def worst(states: Iterable[RunState]) -> RunState:
    """Of several layers: the first alarm, and the largest of each norm."""
    known = list(states)

    def largest(name: str) -> float | None:
        return max((value for state in known if (value := getattr(state, name)) is not None), default=None)

    alarm = next((state.alarm for state in known if state.alarm), "")
    return RunState(largest("weight"), largest("gradient"), largest("update"), alarm)


def _state(norms: LayerNorms, rate: float) -> RunState:
    update = rate * norms.gradients / norms.weights if norms.weights else None
    return RunState(norms.weights, norms.gradients, update)
