"""The field that runs are searched with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

if TYPE_CHECKING:
    from workbench.runs import RunEntry

_WIDTH = 200
_WAIT_MS = 120
_TIP = (
    "Words are looked for in names, notes, tags, projects and datasets. Filters: status:failed, dataset:digits, "
    "project:lenet5, tag:paper, sweep:rates, device:gpu, date:2026-05, is:starred, is:noted, accuracy>0.9, "
    "loss<0.1, epochs>=10, params<100k, learning_rate:0.01, and -status:failed for all others."
)


class SearchField(QLineEdit):
    """Says when other runs are searched for, a moment after the last key."""

    searched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Search, or status:failed, accuracy>0.9, is:starred")
        self.setToolTip(_TIP)
        self.setClearButtonEnabled(True)
        self.setAccessibleName("Search runs")
        self.setMinimumWidth(_WIDTH)
        waiting = QTimer(self, singleShot=True, interval=_WAIT_MS)
        waiting.timeout.connect(self.searched)
        self.textChanged.connect(lambda _: waiting.start())

    def test(self) -> Callable[[RunEntry], bool]:
        """Whether a run fits what is written."""
        text = self.text().strip()
        if not text:
            return _everything
        # The store was read by now, so this brings nothing new into the window's process.
        from workbench.runs import parse_query

        return parse_query(text)


def _everything(_: RunEntry) -> bool:
    return True
