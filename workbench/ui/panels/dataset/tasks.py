"""What a person can have done with the data: checked, normalised in the network, exported. One at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QPushButton, QSizePolicy, QWidget

from workbench.project import NormalisationError
from workbench.ui import quantities
from workbench.ui.background import Background, Report, Work
from workbench.ui.document import Document
from workbench.ui.panels.dataset.normalise import Normalising
from workbench.ui.panels.dataset.opening import OpenDataset, State

if TYPE_CHECKING:
    from workbench.data.export_folder import Exported
    from workbench.ui.panels.dataset.checking import Finding
    from workbench.ui.panels.dataset.samples import Samples

_UNREADABLE = "Unreadable"


class DataTasks(QObject):
    """Runs a task in a thread and keeps what the health check found, until the data is another."""

    checked = Signal()
    """The health check is done, or what it found no longer counts."""
    told = Signal(str)
    warned = Signal(str)

    def __init__(self, document: Document, dataset: OpenDataset, parent: QWidget) -> None:
        super().__init__(parent)
        self.dataset = dataset
        self.normalising = Normalising(document)
        self.findings: tuple[Finding, ...] | None = None
        """None: nobody checked yet."""
        self.work = Background(self)
        self._then: Callable[[Any], None] = lambda _: None
        self._window = parent
        self.work.done.connect(lambda result: self._then(result))
        self.work.failed.connect(self.warned)
        dataset.changed.connect(self._expire)
        dataset.divided.connect(self._expire)

    # -- tasks
    def check(self) -> None:
        """Looks for unreadable, duplicate and leaked images."""
        if (samples := self.dataset.samples) is not None:
            self._start("Checking", partial(_check, samples), self._take_findings)

    def normalise(self) -> None:
        """Measures the training images, then puts the layer in."""
        if (samples := self.dataset.samples) is None:
            return
        try:
            work = self.normalising.work(samples)
        except NormalisationError as error:
            self.warned.emit(str(error))
            return
        self._start("Measuring", work, self._put_in)

    def ask_export(self) -> None:
        """Asks for a folder and exports into it."""
        suggested = Path(self.dataset.settings.spec.partition("::")[0]).stem + "-images"
        title = "Export into a new folder"
        if name := QFileDialog.getSaveFileName(self._window, title, str(Path.home() / suggested), "Folders (*)")[0]:
            self.export(Path(name))

    def export(self, folder: Path) -> None:
        """Writes every image as a file: folders of classes in folders of parts."""
        if (samples := self.dataset.samples) is not None:
            self._start("Exporting", partial(_export, samples, folder), self._tell_export)

    # -- what was found
    def marks(self) -> dict[int, str]:
        """What is wrong with samples, by index; the first finding of a sample counts."""
        samples = self.dataset.samples
        marks = {} if samples is None else dict(samples.unreadable)
        for finding in self.findings or ():
            for group in finding.groups if finding.symbol != "info" else ():
                for index in group:
                    marks.setdefault(index, finding.kind)
        return marks

    def counts(self) -> dict[str, int]:
        """How many samples have each kind of problem."""
        kinds = dict.fromkeys([_UNREADABLE, *(finding.kind for finding in self.findings or () if finding.groups)])
        counts = {kind: len(self.with_problem(kind)) for kind in kinds if kind}
        return {kind: count for kind, count in counts.items() if count}

    def with_problem(self, kind: str) -> set[int]:
        """The samples that have a kind of problem."""
        groups = (group for finding in self.findings or () if finding.kind == kind for group in finding.groups)
        found = {index for group in groups for index in group}
        samples = self.dataset.samples
        return found | set(samples.unreadable) if kind == _UNREADABLE and samples is not None else found

    # -- inside
    def _start(self, what: str, work: Work, then: Callable[[Any], None]) -> None:
        self._then = then
        self.work.start(what, work, _expected)

    def _take_findings(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        self.checked.emit()
        if not findings:
            self.told.emit("The data is sound: every image can be read, none is there twice.")

    def _put_in(self, measured: Any) -> None:
        try:
            self.told.emit(self.normalising.put_in(measured))
        except NormalisationError as error:
            self.warned.emit(str(error))

    def _tell_export(self, exported: Exported) -> None:
        count = quantities.counted(exported.images, "image")
        if exported.skipped:
            why = f"{len(exported.skipped):,} could not be read, the first: {exported.skipped[0]}"
            self.warned.emit(f"{count} exported to {exported.folder}; {why}")
        else:
            self.told.emit(f"{count} exported to {exported.folder}, which opens as the same dataset.")

    def _expire(self) -> None:
        """Leaks depend on the parts, so that another division wants another check."""
        self.work.cancel()
        if self.findings is not None:
            self.findings = None
            self.checked.emit()


class TaskButtons(QWidget):
    """A button for each task; all rest while one runs or there is no data."""

    def __init__(self, document: Document, tasks: DataTasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.check = self._button("Check health", tasks.check)
        self.check.setToolTip("Look for unreadable, duplicate and leaked images")
        self.normalise = self._button("", tasks.normalise)
        self.normalise.setToolTip(
            "Measure mean and variance of the training images and put a Normalization layer with them behind the "
            "input, so that the exported model does it too"
        )
        self.export = self._button("Export to folder…", tasks.ask_export)
        self.export.setToolTip("Write every image as a lossless file, in folders of classes")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.addWidget(self.check, 0, 0)
        grid.addWidget(self.export, 0, 1)
        grid.addWidget(self.normalise, 1, 0, 1, 2)
        for signal in (tasks.work.changed, tasks.dataset.changed, document.replaced):
            signal.connect(self.refresh)
        document.changed.connect(lambda _: self.refresh())
        self.refresh()

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.check, self.normalise, self.export)

    def refresh(self) -> None:
        """What can be done now, and what it is called."""
        can = self._tasks.dataset.state is State.OPEN and not self._tasks.work.runs
        for button in self._buttons:
            button.setEnabled(can)
        anew = self._tasks.normalising.is_there
        self.normalise.setText("Measure normalisation anew" if anew else "Normalise in the network")

    def _button(self, text: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(act)
        return button


def _check(samples: Samples, report: Report, cancel: Event) -> tuple[Finding, ...]:
    from workbench.ui.panels.dataset.checking import findings

    return findings(samples, report, cancel)


def _export(samples: Samples, folder: Path, report: Report, cancel: Event) -> Exported:
    from workbench.data.export_folder import export_folder

    return export_folder(samples.source, folder, report, cancel)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.source import DatasetError

    return (DatasetError, OSError)
