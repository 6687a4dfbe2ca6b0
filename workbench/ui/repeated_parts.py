"""Parts that a network repeats, offered as blocks and folded in one step; their weights are moved in a thread."""

from __future__ import annotations

from functools import partial
from threading import Event

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.project import Edit, Project
from workbench.project.folding import Folding, fold_repeats, with_weights
from workbench.ui.background import Background, Report
from workbench.ui.document import REFUSAL, Document
from workbench.ui.notices import Level, Notice, NoticeBoard

_TOPIC = "repeats"


class RepeatedParts(QObject):
    """Works on the graph that is shown."""

    folded = Signal()
    """Repeated parts are blocks now."""

    def __init__(self, document: Document, board: NoticeBoard, window: QWidget) -> None:
        super().__init__(window)
        self._document = document
        self._board = board
        self.work = Background(self)
        self.work.done.connect(self._apply)
        self.work.failed.connect(lambda text: self._tell(f"Not folded: {text}", Level.ERROR))
        document.changed.connect(lambda _: self._forget())
        document.replaced.connect(self._forget)
        document.shown.connect(lambda: board.withdraw(_TOPIC))

    def offer(self) -> None:
        """A notice with a button, where something repeats."""
        folding = self._find()
        if folding is None:
            return
        count = f"{folding.parts} parts of this network repeat {'one another' if folding.blocks == 1 else 'others'}."
        self._board.post(Notice(Level.INFO, count, buttons=((folding.label, self.fold),), topic=_TOPIC))

    def fold(self) -> None:
        """Makes blocks of the repeated parts of the graph that is shown; one step to undo."""
        if self._document.place.read_only:
            self._tell(REFUSAL, Level.INFO)
            return
        folding = self._find()
        if folding is None:
            self._tell("No part of this network is drawn twice.", Level.INFO)
            return
        project = self._document.project
        if project.weights is None or project.weights.file is None:
            self._apply(folding.edit)
        else:
            self.work.start("Moving weights into blocks", partial(_move, project, folding), _expected)

    def _find(self) -> Folding | None:
        return fold_repeats(self._document.project, self._document.graph_analysis)

    def _apply(self, edit: Edit) -> None:
        self._board.withdraw(_TOPIC)
        self._document.do(edit)
        self.folded.emit()

    def _forget(self) -> None:
        """What was worked out is of another network."""
        self._board.withdraw(_TOPIC)
        if self.work.runs:
            self.work.cancel()
            self._tell("The network changed meanwhile: fold again.", Level.WARNING)

    def _tell(self, text: str, level: Level) -> None:
        self._board.post(Notice(level, text, topic=_TOPIC))


def _move(project: Project, folding: Folding, _: Report, __: Event) -> Edit:
    return with_weights(project, folding)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.project.weights import WeightStoreError

    return (WeightStoreError,)
