"""The Freezing panel: which layers train, what that saves, what is advised, and phases that thaw them later."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from workbench.analysis import GraphAnalysis
from workbench.project import Change, DatasetSettings, Edit, Observed, SetTraining
from workbench.project.advice import Advice, advise, follow
from workbench.project.fine_tuning import FineTuning
from workbench.project.freezing import Freezing, Totals, normalisation_note, totals
from workbench.ui import quantities
from workbench.ui.background import Background, BackgroundBar, Report
from workbench.ui.document import Document, only_moves
from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.freezing.advice_box import AdviceBox
from workbench.ui.panels.freezing.depth_slider import DepthSlider
from workbench.ui.panels.freezing.layer_tree import LayerTree
from workbench.ui.panels.freezing.matches import Matches
from workbench.ui.panels.freezing.schedule_box import ScheduleBox
from workbench.ui.theme import Theme, figures

if TYPE_CHECKING:
    from workbench.data.likeness import Likeness
    from workbench.data.source import Source

_EMPTY = "Layers with weights will be listed here, to be frozen or trained."
_WIDTHS = (760, 420)
_WAIT_MS = 50


class FreezingPanel(QWidget):
    """Every change is one undoable edit. While the panel is hidden nothing is worked out."""

    nodes_picked = Signal(object)
    """Ids of drawn nodes that were selected in the list."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._stale = True
        self._measured: str | None = None
        """SPEC of the data that were measured."""
        self._source: tuple[str, Source] | None = None
        self.found = Freezing.of(self._analysis)
        self.measuring = Background(self)
        self.tree = LayerTree(theme, self)
        self.matches = Matches(self)
        self.slider = DepthSlider(self)
        self.totals = QLabel(self, wordWrap=True)
        self.note = QLabel(self, wordWrap=True)
        self.advice = AdviceBox(BackgroundBar(self.measuring, stacked=True), self)
        self.schedule = ScheduleBox(self)
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._lay_out(theme)
        self._connect()

    # -- what others ask for
    def select_nodes(self, ids: Collection[str]) -> None:
        """Selects the rows of what is selected on the canvas."""
        if self.isVisible():
            self.tree.select_nodes(ids)

    def use_source(self, settings: DatasetSettings, source: Source) -> None:
        """A dataset that is open already: measuring does not open it again."""
        self._source = settings.spec, source
        self._expire()

    def close_work(self) -> None:
        """Waits for the thread."""
        self.measuring.close()

    # -- edits
    def freeze(self, paths: Collection[str], trainable: bool) -> None:
        """Freezes or thaws layers by path, as one step."""
        self._do(self.found.setting(paths, trainable))

    def freeze_names(self, names: Collection[str], trainable: bool) -> None:
        """The same by name."""
        self.freeze([layer.path for layer in self.found.layers if layer.name in names], trainable)

    def _do(self, edit: Edit | None) -> None:
        if edit is not None:
            self._document.do(edit)
        else:
            self.refresh()

    def _set_fine_tuning(self, tuning: FineTuning, label: str) -> None:
        training = msgspec.structs.replace(self._document.project.training, fine_tuning=tuning)
        self._document.do(SetTraining(training, label))

    def _apply_advice(self) -> None:
        if advice := self._advised():
            self._do(follow(self.found, advice, self._document.project.training))

    # -- showing
    def showEvent(self, event: QShowEvent) -> None:
        """Works out what was put off while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Shows the project as it is now."""
        self._timer.stop()
        self._stale = False
        self.found = found = Freezing.of(self._analysis)
        kinds = self._document.catalogue
        names = {
            str(node.id): (node.name, kind.label if (kind := kinds.get(node.type)) else node.type)
            for node in found.graph
        }
        self.tree.show_layers(found.layers, names)
        self.matches.show_names([layer.name for layer in found.layers])
        self.slider.show_depth(found.frozen_first, len(found.layers))
        self._show_totals(found)
        self.schedule.show_settings(self._document.project.training, found.layers)
        self._show_advice()
        self._stack.setCurrentIndex(int(bool(found.layers)))

    def _show_totals(self, found: Freezing) -> None:
        training = self._document.project.training
        self.totals.setText(totals_text(totals(found, training), training.cache_features))
        note = normalisation_note(found, training.batch_size)
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _slide(self, count: int) -> None:
        """The totals follow the slider; the project does once it rests, so that undo takes all of it back."""
        frozen = self.found.first(count)
        self._show_totals(self.found.imagining({layer.path: layer.path not in frozen for layer in self.found.layers}))

    def _show_advice(self) -> None:
        spec = self._document.project.dataset.spec
        if self._measured is not None and self._measured != spec:
            self._measured = None
            self.advice.choose(None)
            self.advice.show_measured("")
        advice, training = self._advised(), self._document.project.training
        following = advice is not None and follow(self.found, advice, training) is None
        self.advice.show_advice(advice, self._images(), following)

    def _advised(self) -> Advice | None:
        images, similar = self._images(), self.advice.similar
        if images is None or similar is None or not self.found.layers:
            return None
        return advise(self.found, images, similar)

    def _images(self) -> int | None:
        dataset = self._document.project.dataset
        seen = self._document.observed.seen(dataset.spec)
        return seen.training_images(dataset) if seen else None

    @property
    def _analysis(self) -> GraphAnalysis:
        """Of the graph that is shown or that holds what is looked into; of the first one in a block's definition."""
        document = self._document
        shown = document.place.graph
        return document.analysis.of(shown if shown in document.project.graphs else document.root.graph)

    # -- likeness
    def _measure(self) -> None:
        settings = self._document.project.dataset
        source = self._source[1] if self._source and self._source[0] == settings.spec else None
        self.measuring.start("Comparing with photographs", partial(_measured, settings, source), _expected)

    def _on_measured(self, measured: tuple[str, Likeness, Observed]) -> None:
        if measured[0] != self._document.project.dataset.spec:
            return
        self._measured, found = measured[0], measured[1]
        self._document.observe(measured[0], measured[2])
        self.advice.choose(found.similar)
        word = "Like photographs" if found.similar else "Unlike photographs"
        self.advice.show_measured(f"{word}: {'; '.join(found.reasons)}.")
        self._show_advice()

    # -- following
    def _on_change(self, change: Change) -> None:
        if not only_moves(change):
            self._expire()

    def _on_replaced(self) -> None:
        self.measuring.cancel()
        self._measured, self._source = None, None
        self.advice.choose(None)
        self.advice.show_measured("")
        self.found = Freezing.of(self._analysis)  # holds the graph, and the project before may be large
        self._expire()

    def _expire(self, *_: object) -> None:
        self._stale = True
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _connect(self) -> None:
        self.tree.toggled.connect(self.freeze)
        self.tree.picked.connect(self.nodes_picked)
        self.matches.changed.connect(self.tree.show_matches)
        self.matches.asked.connect(self.freeze_names)
        self.slider.sliding.connect(self._slide)
        self.slider.settled.connect(lambda count: self._do(self.found.freezing_first(count)))
        self.advice.chosen.connect(self._show_advice)
        self.advice.measure_asked.connect(self._measure)
        self.advice.apply_asked.connect(self._apply_advice)
        self.schedule.asked.connect(self._set_fine_tuning)
        self.measuring.done.connect(self._on_measured)
        self.measuring.failed.connect(self.advice.show_measured)
        self._timer.timeout.connect(self.refresh)
        self._document.changed.connect(self._on_change)
        self._document.analysed.connect(self._expire)
        self._document.shown.connect(self._expire)
        self._document.data_observed.connect(self._expire)
        self._document.replaced.connect(self._on_replaced)

    def _lay_out(self, theme: Theme) -> None:
        self.totals.setFont(figures(self.font()))
        self.totals.setToolTip(
            "Memory of training at this batch size, and multiplications of a step forwards and backwards, beside "
            "training everything. Multiplications stand for time; what else a step does is not counted"
        )
        self.note.setProperty("role", "muted")
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(4)
        bar = QHBoxLayout()
        bar.setSpacing(16)
        bar.addWidget(self.matches, 3)
        bar.addWidget(self.slider, 2)
        column.addLayout(bar)
        column.addWidget(self.tree, 1)
        column.addWidget(self.totals)
        column.addWidget(self.note)
        right = QWidget(self)
        boxes = QVBoxLayout(right)
        boxes.setContentsMargins(4, 0, 8, 0)
        boxes.setSpacing(12)
        boxes.addWidget(self.advice)
        boxes.addWidget(self.schedule)
        boxes.addStretch(1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(right)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(area)
        splitter.setSizes(list(_WIDTHS))
        splitter.setStretchFactor(0, 1)
        shown = QWidget(self)
        outer = QVBoxLayout(shown)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.addWidget(splitter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState(theme, "frozen", _EMPTY, self))
        self._stack.addWidget(shown)


def totals_text(found: Totals, cached: bool) -> str:
    """One line: what trains, what is frozen, and what that saves."""
    text = f"{found.trainable:,} parameters train, {found.frozen:,} do not   {quantities.size(found.memory)}"
    if found.memory_saved:
        text += f" ({quantities.size(found.memory_saved)} saved)"
    if found.work_saved > 0:
        text += f"   {found.work_saved:.0%} less to multiply"
        if cached and found.work_saved_cached > found.work_saved:
            text += f", {found.work_saved_cached:.0%} with features kept"
    return text


def _measured(
    settings: DatasetSettings, source: Source | None, report: Report, cancel: Event
) -> tuple[str, Likeness, Observed]:
    """In a thread."""
    from workbench.data.likeness import likeness, traits_of
    from workbench.data.sources import open_source

    opened = source or open_source(settings.spec, settings.group, report, cancel)
    parts = opened.parts
    given = parts.count("validation"), parts.count("test")
    known = Observed(opened.class_names, len(opened), given[0], given[1], opened.masked)
    return settings.spec, likeness(traits_of(opened, report, cancel)), known


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.source import DatasetError

    return (DatasetError,)
