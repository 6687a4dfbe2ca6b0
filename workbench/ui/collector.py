"""Python's collector of cycles and large projects: a full pass over 10,000 nodes and their items takes 180 ms."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt

from workbench.ui.document import Document


class Collector(QObject):
    """Takes what belongs to the project that is open out of the collector's sight until another is opened.

    It is freed all the same when nothing refers to it any more. Only cycles wait, until the next project or the end.
    """

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._settled = False
        # Later than everything that still holds on to the project before.
        document.replaced.connect(self._renew, Qt.ConnectionType.QueuedConnection)
        document.analysed.connect(self._settle)

    def close(self) -> None:
        """Everything is the collector's again."""
        gc.unfreeze()

    def _renew(self) -> None:
        """The project before is garbage now; collecting it is a part of opening."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._settled = False

    def _settle(self) -> None:
        """What the slices of the first analysis made belongs to the project too."""
        if not self._settled and not self._document.graph_analysis.busy:
            self._settled = True
            gc.freeze()
