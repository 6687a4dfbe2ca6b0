"""The status bar: what the whole network costs, where it would be trained, how many problems there are."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QToolButton, QWidget

from workbench.analysis import Severity
from workbench.project import Resources
from workbench.ui import icons, quantities
from workbench.ui.background import Background, BackgroundBar
from workbench.ui.document import Document
from workbench.ui.theme import Theme, figures

_MEMORY_AFTER_MS = 100


class StatusBar(QStatusBar):
    """Follows the document. Other parts of the window put the device and their progress beside the problems."""

    problems_asked = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self.setSizeGripEnabled(False)
        self._params, self._macs, self._memory = (QLabel(self) for _ in range(3))
        for label in (self._params, self._macs, self._memory):
            label.setFont(figures(self.font()))
            label.setContentsMargins(8, 0, 8, 0)
            self.addWidget(label)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_MEMORY_AFTER_MS)
        self._soon.timeout.connect(self._show_memory)
        self.problems = QToolButton(self)
        self.problems.setAutoRaise(True)
        self.problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.problems.setToolTip("Show the list of problems")
        self.problems.clicked.connect(self.problems_asked)
        right = QWidget(self)
        self._right = QHBoxLayout(right)
        self._right.setContentsMargins(0, 0, 4, 0)
        self._right.setSpacing(8)
        self._right.addWidget(self.problems)
        self.addPermanentWidget(right)
        document.analysed.connect(lambda _: self.refresh())
        document.replaced.connect(self.refresh)
        document.memory_known.connect(self._show_memory)
        theme.changed.connect(self.refresh)
        self.refresh()

    def add_part(self, widget: QWidget) -> None:
        """Gives another part of the window a place before the problems: the device, the progress of a job."""
        self._right.insertWidget(self._right.count() - 1, widget)

    def add_work(self, work: Background) -> None:
        """Shows how background work goes, before the other parts."""
        self._right.insertWidget(0, BackgroundBar(work, self))

    def refresh(self) -> None:
        """Shows the project as it is now."""
        analysis = self._document.analysis
        totals = [analysis.of(name).totals for name in self._document.project.graphs]
        params = sum(total.params for total in totals)
        macs = sum(total.macs for total in totals)
        trainable = sum(total.trainable_params for total in totals)
        missing = sum(map(len, self._document.project.graphs.values())) - sum(total.known for total in totals)
        bounded = missing > 0 or any(total.open for total in totals)
        trained = _bounded(quantities.exact(trainable), "trainable parameters", trainable, missing > 0)
        whole = _bounded(quantities.exact(macs), "multiplications per sample", macs, bounded)
        self._params.setText(_bounded(quantities.exact(params), "parameters", params, missing > 0))
        self._params.setToolTip(trained)
        self._macs.setText(_bounded(quantities.short(macs), "MACs", macs, bounded))
        self._macs.setToolTip(f"{whole}; FLOPs = 2 MACs")
        self._show_problems()
        self._soon.start()

    def _show_memory(self) -> None:
        """Put off for a moment, since it looks at every layer of every block."""
        memory, batch = self._document.memory, self._document.project.training.batch_size
        if memory is None:
            return
        at, resources = memory.at(batch), self._document.resources
        self._memory.setText(f"{quantities.size(at.total)} to train at batch {batch:,}{_verdict(resources, batch)}")
        parts = {"weights": at.weights, "gradients": at.gradients, "optimiser": at.slots, "activations": at.activations}
        lines = "\n".join(f"{name}: {quantities.size(size)}" for name, size in parts.items())
        self._memory.setToolTip(f"An estimate of the memory that training takes:\n{lines}")

    def _show_problems(self) -> None:
        found = self._document.analysis.diagnostics
        errors = any(problem.severity is Severity.ERROR for problem in found)
        level = "error" if errors else "warning" if found else "ok"
        self.problems.setText(quantities.counted(len(found), "problem"))
        self.problems.setIcon(icons.tinted(level, self._theme.color(level)))


def _bounded(text: str, noun: str, value: int, part: bool) -> str:
    """A sum of which a part is not known is a lower bound, and says nothing where it is 0."""
    if not part:
        return f"{text} {noun}"
    return f"at least {text} {noun}" if value else f"{noun} not known"


def _verdict(resources: Resources, batch: int) -> str:
    """Whether that fits into what is free on the device, and the largest batch that does; "" where it is not known."""
    fits, largest = resources.fits(batch), resources.largest_batch
    if fits is None:
        return ""
    # While shapes are not known nothing grows with the batch, and no largest batch is told.
    most = f", at most batch {largest:,}" if largest else "" if fits else ", no batch fits"
    return f": {'fits' if fits else 'does not fit'} in {quantities.size(resources.free)} free{most}"
