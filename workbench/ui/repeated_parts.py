"""Parts that a network repeats, offered as blocks and folded in one step; their weights follow them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.project.folding import Folding, fold_repeats
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
        document.changed.connect(lambda _: board.withdraw(_TOPIC))
        document.replaced.connect(lambda: board.withdraw(_TOPIC))
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
        self._document.do(folding.edit)
        self.folded.emit()

    def _find(self) -> Folding | None:
        return fold_repeats(self._document.project, self._document.graph_analysis)

    def _tell(self, text: str, level: Level) -> None:
        self._board.post(Notice(level, text, topic=_TOPIC))
