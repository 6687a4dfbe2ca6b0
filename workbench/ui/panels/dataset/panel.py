"""The Data panel: choose the data, look at it, check it, and make it fit."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.project import SUFFIX
from workbench.ui.document import Document
from workbench.ui.panels.dataset.choose import DataChooser, spec_of
from workbench.ui.panels.dataset.classes import ClassTable
from workbench.ui.panels.dataset.detail import DetailView, reveal
from workbench.ui.panels.dataset.facts import FactsColumn
from workbench.ui.panels.dataset.filters import Filter, FilterBar
from workbench.ui.panels.dataset.grid import ThumbnailGrid
from workbench.ui.panels.dataset.health import HealthView
from workbench.ui.panels.dataset.opening import OpenDataset, State
from workbench.ui.panels.dataset.rows import SettingRows
from workbench.ui.panels.dataset.states import NoImages
from workbench.ui.panels.dataset.tasks import DataTasks, TaskButtons
from workbench.ui.panels.dataset.thumbnails import Thumbnails
from workbench.ui.preferences import Preferences
from workbench.ui.theme import Theme

_WIDTHS = (344, 490, 430)


class DatasetPanel(QWidget):
    """Three columns: settings and tasks, the images, and what is known of them."""

    told = Signal(str)
    """Good news of a task."""
    warned = Signal(str)
    """Why a task could not be done."""

    def __init__(
        self, document: Document, theme: Theme, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._widths = list(_WIDTHS)
        self.dataset = OpenDataset(document, preferences, self)
        self.chooser = DataChooser(document, preferences, self)
        self.settings = SettingRows(document, self)
        self.tasks = DataTasks(document, self.dataset, self)
        self.buttons = TaskButtons(document, self.tasks, self)
        self.filters = FilterBar(self)
        self._thumbnails = Thumbnails(self)
        self.grid = ThumbnailGrid(theme, self._thumbnails, self)
        self.no_images = NoImages(theme, self.dataset, self.chooser, self)
        self.classes = ClassTable(theme, self)
        self.facts = FactsColumn(document, self)
        self.detail = DetailView(theme, self)
        self.health = HealthView(theme, self.tasks, self)
        self._lay_out()
        self._connect()
        self._show_state()

    def close_work(self) -> None:
        """Ends every thread; nothing is begun after it."""
        self.dataset.close()
        self.tasks.work.close()
        for part in (self.facts, self.detail, self.health):
            part.close_work()
        self._thumbnails.close()

    # -- events
    def paintEvent(self, event: QPaintEvent) -> None:
        """The data is opened when somebody looks; a panel behind others is shown for a moment, but not painted."""
        super().paintEvent(event)
        if not self.dataset.looked_at:
            QTimer.singleShot(0, self, self.dataset.look)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Folders and files may be dropped; a project is for the window."""
        paths = [url.toLocalFile() for url in event.mimeData().urls()]
        if spec_of(paths) and not any(path.endswith(SUFFIX) for path in paths):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """What was dropped is the dataset."""
        self._choose(spec_of([url.toLocalFile() for url in event.mimeData().urls()]))
        event.acceptProposedAction()

    # -- following
    def _choose(self, spec: str) -> None:
        self.chooser.say(self.dataset.choose(spec))

    def _show_state(self) -> None:
        there = self.dataset.state is State.OPEN
        self._middle.setCurrentIndex(int(there))
        if there and not self._side.isVisibleTo(self):
            self._side.show()
            self._splitter.setSizes(self._widths)
        elif not there and self._side.isVisibleTo(self):
            self._widths = self._splitter.sizes() if self.isVisible() else self._widths
            self._side.hide()
        self._thumbnails.use(self.dataset.samples)
        self.filters.set_filter(Filter())
        self._show_samples()
        self.detail.show_sample(None, None)

    def _show_samples(self) -> None:
        samples = self.dataset.samples
        self._thumbnails.use(samples)
        self.classes.use(samples)
        self._side.setTabVisible(0, samples is None or not samples.source.masked)
        self.facts.use(samples)
        self.health.use(samples)
        self._filter(self.filters.filter)
        self._show_problems()
        if self.grid.current is not None and self.detail.isVisible():
            self._show_detail(self.grid.current)

    def _show_problems(self) -> None:
        """What the health check and reading found."""
        samples = self.dataset.samples
        if samples is not None:
            self.filters.use(samples, self.tasks.counts())
            self.grid.mark(self.tasks.marks())

    def _filter(self, wanted: Filter) -> None:
        samples = self.dataset.samples
        self.classes.show_filtered(wanted.label)
        if samples is None:
            self.grid.show_samples(None, None)
            return
        among = None if wanted.problem is None else self.tasks.with_problem(wanted.problem)
        indices = samples.chosen(wanted.label, wanted.part, among)
        self.grid.show_samples(samples, indices)
        self.filters.show_count(len(indices))

    def _on_class(self, label: int | None) -> None:
        asked = self.filters.filter
        self.filters.set_filter(Filter(label, asked.part, asked.problem))
        self._filter(self.filters.filter)

    def _on_picked(self, index: int) -> None:
        self._side.setCurrentWidget(self.detail)
        self._show_detail(index)

    def _on_moved(self, index: int) -> None:
        if self.detail.isVisible():
            self._show_detail(index)

    def _on_listed(self, index: int) -> None:
        """A sample of the health check's list is shown among the images."""
        if self.grid.rectangle(index) is None:
            self.filters.set_filter(Filter())
            self._filter(Filter())
        self.grid.go_to(index)

    def _show_detail(self, index: int) -> None:
        self.detail.show_sample(self.dataset.samples, index, self.tasks.marks().get(index, ""))

    def _show_menu(self, index: int, place: QPoint) -> None:
        samples = self.dataset.samples
        if samples is None:
            return
        menu = QMenu(self)
        menu.addAction("Look closer", lambda: self._on_picked(index))
        menu.addAction("Copy path", lambda: QGuiApplication.clipboard().setText(samples.where(index)))
        if samples.source.origin(index) is not None:
            menu.addAction("Show in folder", lambda: reveal(samples, index))
        menu.exec(place)
        menu.deleteLater()

    # -- putting together
    def _connect(self) -> None:
        self.chooser.chosen.connect(self._choose)
        self.dataset.changed.connect(self._show_state)
        self.dataset.divided.connect(self._show_samples)
        self.filters.changed.connect(self._filter)
        self.filters.show_side(self.grid.side)
        self.filters.zoomed.connect(self.grid.set_side)
        self.grid.zoomed.connect(self.filters.show_side)
        self.grid.picked.connect(self._on_picked)
        self.grid.moved.connect(self._on_moved)
        self.grid.menu_asked.connect(self._show_menu)
        self.classes.toggled.connect(self._on_class)
        self.health.picked.connect(self._on_listed)
        self.facts.work.done.connect(lambda _: self._show_problems())
        self.tasks.checked.connect(self._show_problems)
        self.tasks.checked.connect(lambda: self._side.setCurrentWidget(self.health))
        self.tasks.told.connect(self.told)
        self.tasks.warned.connect(self.warned)

    def _lay_out(self) -> None:
        images = QWidget()
        column = QVBoxLayout(images)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.filters)
        column.addWidget(self.grid, 1)
        middle = QWidget(self)
        self._middle = QStackedLayout(middle)
        self._middle.addWidget(self.no_images)
        self._middle.addWidget(images)
        self._side = QTabWidget(self)
        self._side.setDocumentMode(True)
        for part, title in (
            (self.classes, "Classes"),
            (self.facts, "Facts"),
            (self.detail, "Image"),
            (self.health, "Health"),
        ):
            self._side.addTab(part, title)
        splitter = self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        for widget in (self._settings_column(), middle, self._side):
            splitter.addWidget(widget)
        splitter.setSizes(self._widths)
        splitter.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.setSpacing(4)
        outer.addWidget(splitter, 1)

    def _settings_column(self) -> QWidget:
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(8)
        inside.addWidget(self.chooser)
        inside.addWidget(self.settings)
        inside.addWidget(self.buttons)
        inside.addStretch(1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        column = QWidget(self)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.setSpacing(4)
        layout.addWidget(area, 1)
        column.setMinimumWidth(content.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
        return column
