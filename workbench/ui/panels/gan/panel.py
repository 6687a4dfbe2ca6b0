"""The GAN panel: a run of a GAN at the top right, pages of what can be done with it below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.project import is_adversarial
from workbench.protocol import AnyCommand, AnyEvent, EpochEnd, Samples, Stage
from workbench.ui.background import Background, BackgroundBar
from workbench.ui.document import Document
from workbench.ui.empty_state import EmptyState
from workbench.ui.notices import Level, Notice
from workbench.ui.panels.gan.arrays import Point
from workbench.ui.panels.gan.epochs_page import EpochsPage
from workbench.ui.panels.gan.quality_page import QualityPage
from workbench.ui.panels.gan.questions import Questions
from workbench.ui.panels.gan.run_files import History, gans_among, read_history
from workbench.ui.panels.gan.samples_page import SamplesPage
from workbench.ui.panels.gan.saving import Saver
from workbench.ui.panels.gan.walk_page import WalkPage
from workbench.ui.preferences import Preferences
from workbench.ui.theme import Theme, figures
from workbench.ui.training import TrainingController

_PURPOSE = (
    "Watch a generator learn, epoch by epoch, then sample it, walk between its images and measure them. "
    "It needs a project with two graphs, a generator and a discriminator."
)
_READY = "Watch the generator learn, epoch by epoch, then sample it, walk between its images and measure them."
_STEPS = 1000
_TOPIC = "gan"


class GanPanel(QWidget):
    """Begins jobs of the engine's session; `close_work` waits for its threads."""

    project_asked = Signal()
    """A new project of a GAN is wanted."""
    noticed = Signal(object)
    """A `notices.Notice` for the whole window."""

    def __init__(
        self,
        document: Document,
        theme: Theme,
        preferences: Preferences,
        training: TrainingController,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._preferences = preferences
        self._training = training
        self._runs = training.runs
        self._folder: Path | None = None
        self._touched = False
        self._known: dict[Path, bool] = {}
        self.history: History | None = None
        self._listing = Background(self)
        self._reading = Background(self)
        self.questions = Questions(training.session, self)
        self.saver = Saver(self)
        self.run = _run_choice(self)
        self.export = QToolButton(self)
        self.export.setText("Export generator…")
        self.status = QLabel(self)
        self.status.setFont(figures(self.font()))
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setFixedSize(96, 8)
        self.cancel = QToolButton(self)
        self.cancel.setText("Cancel")
        self.epochs = EpochsPage(theme, self.saver, self)
        self.samples = SamplesPage(theme, self.questions, self.saver, self)
        self.walk = WalkPage(theme, self.questions, self.saver, self)
        self.quality = QualityPage(theme, self.questions, self)
        self.empty = EmptyState(theme, "gan", _PURPOSE, self)
        self._make = self.empty.add_button("New DCGAN project", self.project_asked.emit)
        self._train = self.empty.add_button("Train", training.train)
        self._stack = QStackedWidget(self)
        self.tabs = QTabWidget(self)
        self._lay_out()
        self._connect()
        self._on_document()
        self._show_status()
        if self._runs.rows:  # read before this panel was made
            self._list()

    def choose(self, folder: Path) -> None:
        """Shows another run."""
        self._folder = folder
        self._read()

    def close_work(self) -> None:
        """Waits for threads; call it before the window goes."""
        for work in (self._listing, self._reading):
            work.close()
        self.saver.close()
        self.samples.close_work()
        self.walk.close_work()
        self.questions.close()

    # -- runs
    def _list(self) -> None:
        """Which runs are GANs is seen in their folders, in a thread; once seen it is known, but for the one shown."""
        folders = [row.folder for row in self._runs.rows if not self._known.get(row.folder)]
        asked = (*folders, *((self._folder,) if self._folder else ()))

        def look(*_: Any) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
            return asked, gans_among(asked)

        self._listing.start("Looking for GANs", look, lambda: (OSError,))

    def _take_list(self, found: tuple[tuple[Path, ...], tuple[Path, ...]]) -> None:
        asked, gans = found
        self._known.update({folder: folder in gans for folder in asked})
        rows = {row.folder: row.name for row in self._runs.rows if self._known.get(row.folder)}
        if self._folder is not None and self._known.get(self._folder) and self._folder not in rows:
            rows = {self._folder: self._folder.name, **rows}  # it has only begun
        self.run.blockSignals(True)
        self.run.clear()
        for folder, name in rows.items():
            self.run.addItem(name, folder)
            self.run.setItemData(self.run.count() - 1, str(folder), Qt.ItemDataRole.ToolTipRole)
        self.run.blockSignals(False)
        self._offer_classifiers()
        if self._folder not in rows:
            self._folder, self._touched = next(iter(rows), None), False
        if self._folder is None:
            self.history = None
            self._stack.setCurrentIndex(0)
            return
        self.run.setCurrentIndex(list(rows).index(self._folder))
        self._read()

    def _offer_classifiers(self) -> None:
        rows = [(row.name, row.folder) for row in self._runs.exportable if not self._known.get(row.folder)]
        self.quality.show_classifiers(rows)
        self.samples.nearest.show_classifiers(tuple(rows))

    def _read(self) -> None:
        folder = self._folder
        if folder is not None:
            self._reading.start("Reading the run", lambda *_: read_history(folder), _expected)

    def _take(self, history: History) -> None:
        if history.folder != self._folder:
            return
        self.history = history
        device = self._preferences.device
        self.epochs.show_history(history)
        self.samples.show_history(history, device)
        self.walk.use(history.folder, self.samples.controls.chosen_epoch, device)
        self.quality.show_history(history, device)
        self._allow()
        self._stack.setCurrentIndex(1)

    def _on_chosen(self, index: int) -> None:
        folder = self.run.itemData(index)
        if folder is not None:
            self._touched = True
            self.choose(folder)

    # -- the engine
    def _hear(self, command: AnyCommand, event: AnyEvent) -> None:
        if isinstance(event, Samples):
            folder = Path(event.path).parent.parent
            self._known[folder] = True
            if self._folder != folder and not self._touched:
                self._folder = folder
                self._list()
            elif self._folder == folder:
                self._read()
        elif isinstance(event, EpochEnd) and self._folder is not None:
            self._read()

    def _show_status(self) -> None:
        questions, stage = self.questions, self.questions.stage
        busy = questions.busy
        self.cancel.setVisible(busy)
        self.bar.setVisible(busy)
        known = stage is not None and stage.total > 0
        self.bar.setRange(0, _STEPS if known else 0)
        if stage is not None and known:
            self.bar.setValue(round(_STEPS * stage.done / stage.total))
        self.status.setText(_words(stage) if stage is not None else questions.status)

    def _on_document(self) -> None:
        ready = is_adversarial(self._document.project)
        self.empty.set_text(_READY if ready else _PURPOSE)
        self._train.setVisible(ready)
        self._make.setVisible(not ready)

    def _allow(self) -> None:
        """Sampling needs weights: before the first checkpoint there is the untrained generator only."""
        history = self.history
        self.export.setEnabled(history is not None and bool(history.kept))

    def _export(self) -> None:
        if self._folder is not None:
            self._training.export_run(self._folder)

    def _explore(self, number: int) -> None:
        history = self.history
        if history is not None and history.facts is not None:
            self.tabs.setCurrentWidget(self.samples)
            self.samples.explore(history.facts.seed, history.facts.count, number, self.epochs.epoch)

    def _set_end(self, number: int, point: Point) -> None:
        self.walk.use(self.samples_folder, self.samples.controls.chosen_epoch, self._preferences.device)
        self.walk.set_end(number, point)
        self._mark_ends()
        self._tell(f"{point.title}: the walk {'begins' if number == 0 else 'ends'} here.")

    @property
    def samples_folder(self) -> Path:
        """The run whose samples are shown."""
        return self._folder or Path()

    def _mark_ends(self) -> None:
        made = self.samples.made
        if made is None:
            return
        marks = {}
        for letter, point in zip("AB", self.walk.points, strict=True):
            for number in range(len(made)) if point is not None else ():
                if made.latents[number].tobytes() == point.latent.tobytes():
                    marks[number] = letter
        self.samples.grid.mark(marks)

    def _on_sampled(self, made: Any) -> None:
        self.walk.use(self.samples_folder, self.samples.controls.chosen_epoch, self._preferences.device)
        self.walk.offer(made, self.samples.point)
        self._mark_ends()

    def _tell(self, text: str) -> None:
        self.noticed.emit(Notice(Level.OK, text, topic=_TOPIC))

    def _warn(self, text: str) -> None:
        self.noticed.emit(Notice(Level.WARNING, text, topic=_TOPIC))

    def _connect(self) -> None:
        self._runs.changed.connect(self._list)
        self._listing.done.connect(self._take_list)
        self._reading.done.connect(self._take)
        self._reading.failed.connect(self._warn)
        self.run.activated.connect(self._on_chosen)
        self.export.clicked.connect(self._export)
        self.cancel.clicked.connect(self.questions.cancel)
        self.questions.changed.connect(self._show_status)
        self.epochs.explored.connect(self._explore)
        self.samples.sampled.connect(self._on_sampled)
        self.samples.explorer.start_asked.connect(lambda point: self._set_end(0, point))
        self.samples.explorer.end_asked.connect(lambda point: self._set_end(1, point))
        for page in (self.samples, self.walk, self.quality, self.saver):
            page.failed.connect(self._warn)
        self.saver.saved.connect(self._tell)
        self._training.session.answered.connect(self._hear)
        self._document.changed.connect(lambda _: self._on_document())
        self._document.replaced.connect(self._on_document)

    def _lay_out(self) -> None:
        self.tabs.setDocumentMode(True)
        for page, title in (
            (self.epochs, "Over epochs"),
            (self.samples, "Samples"),
            (self.walk, "Walk"),
            (self.quality, "Quality"),
        ):
            self.tabs.addTab(page, title)
        corner = QWidget(self)
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(8)
        saving = BackgroundBar(self.saver.work, corner)
        for part in (saving, self.status, self.bar, self.cancel, self.run, self.export):
            row.addWidget(part)
        self.tabs.setCornerWidget(corner, Qt.Corner.TopRightCorner)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.tabs)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.addWidget(self._stack)


def _words(stage: Stage) -> str:
    """`Making images: 640 of 5,000, 0:03 left`."""
    text = f"{stage.text[:1].upper()}{stage.text[1:]}"
    if not stage.total:
        return f"{text}…"
    left = "" if stage.seconds_left is None else f", {_clock(stage.seconds_left)} left"
    return f"{text}: {stage.done:,} of {stage.total:,}{left}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}:{rest:02}"


def _expected() -> tuple[type[Exception], ...]:
    from workbench.runs import RunStoreError

    return (RunStoreError, OSError)


def _run_choice(parent: QWidget) -> QComboBox:
    choice = QComboBox(parent)
    choice.setAccessibleName("Run")
    choice.setToolTip("Runs of GANs, the newest first")
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    choice.setMinimumContentsLength(24)
    return choice
