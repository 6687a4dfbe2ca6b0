"""The project's dataset, opened in a thread and followed through every change of its settings."""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from workbench.project import Change, DatasetSettings, SetDataset, SettingsError, assign
from workbench.ui.background import Background, Report
from workbench.ui.document import Document
from workbench.ui.preferences import Preferences

if TYPE_CHECKING:
    from workbench.data.source import Source
    from workbench.ui.panels.dataset.samples import Samples


_BUNDLED = "digits"
"""Comes with the program, so that opening it reads and fetches nothing else."""


class State(Enum):
    """How far the dataset is."""

    NONE = auto()
    """The project names none."""
    CLOSED = auto()
    """Nobody asked for it yet."""
    OPENING = auto()
    OPEN = auto()
    FAILED = auto()


class OpenDataset(QObject):
    """`samples` of the project's dataset. Nothing is read until `look` or `open`, nor again unless it must be.

    A project that was opened from a file does not have its data read unasked, unless this user has used that data
    before: whoever sent the file would otherwise decide what is read here.
    """

    changed = Signal()
    """Another state, or other samples."""
    divided = Signal()
    """The same images in other parts."""

    def __init__(self, document: Document, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._preferences = preferences
        self.work = Background(self)
        self.state = State.CLOSED
        self.samples: Samples | None = None
        self.problem = ""
        self._wanted: tuple[DatasetSettings, int] | None = None
        self.looked_at = False
        self.work.done.connect(self._take)
        self.work.failed.connect(self._fail)
        self.work.cancelled.connect(self._on_cancelled)
        document.changed.connect(self._on_change)
        document.replaced.connect(self._forget)
        self._forget()

    @property
    def settings(self) -> DatasetSettings:
        """The project's."""
        return self._document.project.dataset

    @property
    def trusted(self) -> bool:
        """True for data that may be read unasked."""
        return self.settings.spec == _BUNDLED or self.settings.spec in self._preferences.recent_data

    def choose(self, spec: str) -> str:
        """Makes a SPEC the project's dataset, as one undoable edit, and opens it; returns why not, or ""."""
        spec = spec.strip()
        try:
            settings = assign(self.settings, {"spec": spec})
        except SettingsError as error:
            return str(error)
        self._preferences.remember_data(spec)
        if settings != self.settings:
            self._document.do(SetDataset(settings, "Choose the data"))
        else:
            self.open()
        return ""

    def look(self) -> None:
        """The panel came into sight."""
        self.looked_at = True
        if self.state is State.CLOSED and self.trusted:
            self.open()

    def open(self) -> None:
        """Opens the dataset, or opens it again."""
        if not self.settings.spec:
            self._become(State.NONE)
            return
        self._wanted = (self.settings, self._document.project.training.seed)
        self.work.start(f"Opening {self.settings.spec}", partial(_open, *self._wanted), _expected)
        self._become(State.OPENING)

    def close(self) -> None:
        """Ends what runs."""
        self.work.close()

    def _divide_again(self, samples: Samples) -> None:
        self._wanted = (self.settings, self._document.project.training.seed)
        self.work.start("Dividing", partial(_divide, samples.spec, samples.source, *self._wanted), _expected)

    def _on_change(self, change: Change) -> None:
        if not change.sections & {"dataset", "training"}:
            return
        old, wanted = self._wanted, (self.settings, self._document.project.training.seed)
        if old is None or not _read_alike(old[0], wanted[0]):
            self._forget()
        elif _divided_alike(old, wanted):
            return
        elif self.samples is not None:
            self._divide_again(self.samples)
        else:
            self.open()

    def _forget(self) -> None:
        self._wanted = None
        self.work.cancel()
        self._become(State.CLOSED if self.settings.spec else State.NONE)
        if self.looked_at:
            self.look()

    def _take(self, samples: Samples) -> None:
        old, self.samples = self.samples, samples
        self.problem = ""
        self._document.observe(samples.spec, samples.known)
        if old is not None and old.source is samples.source:
            self.divided.emit()
            return
        self._preferences.remember_data(samples.spec)
        self._become(State.OPEN)

    def _fail(self, problem: str) -> None:
        self.samples, self.problem = None, problem
        self._become(State.FAILED)

    def _on_cancelled(self) -> None:
        if self.samples is None:
            self._wanted = None
            self._become(State.CLOSED if self.settings.spec else State.NONE)

    def _become(self, state: State) -> None:
        if state is not State.OPEN:
            self.samples = None
        if state is not State.FAILED:
            self.problem = ""
        self.state = state
        self.changed.emit()


def _read_alike(old: DatasetSettings, new: DatasetSettings) -> bool:
    before, after = ((each.spec, each.group, each.target == "image") for each in (old, new))
    return before == after


def _divided_alike(old: tuple[DatasetSettings, int], new: tuple[DatasetSettings, int]) -> bool:
    shares = [(settings.validation_share, settings.test_share, seed) for settings, seed in (old, new)]
    return shares[0] == shares[1]


# In the thread; imported there, because they bring numpy and OpenCV, which the window starts without.
def _open(settings: DatasetSettings, seed: int, report: Report, cancel: Event) -> Samples:
    from workbench.ui.panels.dataset.samples import opened

    return opened(settings, seed, report, cancel)


def _divide(spec: str, source: Source, settings: DatasetSettings, seed: int, report: Report, cancel: Event) -> Samples:
    from workbench.ui.panels.dataset.samples import divided

    return divided(spec, source, settings, seed)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.source import DatasetError

    return (DatasetError,)
