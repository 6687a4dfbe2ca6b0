"""Two of runs, files and the open project side by side: numbers, settings, what is drawn, and how far weights moved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.project.compare import MISSING, GraphDiff, ValueChange
from workbench.project.results import metric_value
from workbench.ui import quantities
from workbench.ui.empty_state import EmptyState
from workbench.ui.run_store import RunStoreModel
from workbench.ui.theme import Theme, figures
from workbench.ui.training import wording

if TYPE_CHECKING:
    from workbench.project import Project
    from workbench.project.compare.weights import LayerDistance
    from workbench.runs import Comparison, Delta, RunEntry, Side

OPEN_PROJECT = Path()
"""Stands for the project in the window."""
_A_FILE = Path("…")
"""Stands for a file that is yet to be chosen."""
_FILES = "Projects and Keras models (*.workbench *.keras *.h5 *.hdf5)"
_EMPTY = "Select two runs to see what differs between them, or one to compare it with the open project."
_COLUMNS = ("What", "Before", "After", "Difference")
_SHARES = (0.4, 0.21, 0.21, 0.18)
"""Of the width, for each column."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Compared:
    """What differs, with the projects of both sides; `after` is None where that is the open one."""

    comparison: Comparison
    before: Project
    after: Project | None


OpenProject = Callable[[], tuple[str, str]]
"""The open project as a file's text, and the file of its weights ("" where it has none)."""


class ComparisonView(QWidget):
    """The older of two runs is before, until swapped."""

    canvas_asked = Signal(object)
    """A `Compared` to be shown on the canvas."""

    def __init__(
        self, store: RunStoreModel, theme: Theme, open_project: OpenProject, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._theme = theme
        self._open_project = open_project
        self._asked: tuple[Path, Path] | None = None
        self._then_canvas = False
        self.before, self.after = self._side("Before"), self._side("After")
        self.swap = QPushButton("Swap", self)
        self.swap.clicked.connect(self._swap)
        self.same = QLabel(self)
        self.same.setProperty("role", "muted")
        self.on_canvas = QPushButton("Show on canvas", self)
        self.on_canvas.setToolTip("Tint layers that were added, changed or moved their weights; Esc leaves that")
        self.on_canvas.clicked.connect(self._ask_canvas)
        self.tree = self._tree()
        self.tree.viewport().installEventFilter(self)
        self._lay_out()
        theme.changed.connect(self._paint)
        self._compared: Compared | None = None

    def show_runs(self, entries: Sequence[RunEntry]) -> None:
        """Offers these runs and the open project, and compares the first two."""
        entries = sorted((entry for entry in entries if entry.status != "damaged"), key=lambda entry: entry.age)
        choices = [(entry.shown_name, entry.folder) for entry in entries]
        if choices:
            choices += [("The open project", OPEN_PROJECT), ("A file…", _A_FILE)]
        self._layers.setCurrentIndex(int(bool(choices)))
        wanted = (choices[0][1], choices[1][1]) if choices else None
        for box, place in ((self.before, 0), (self.after, 1)):
            box.clear()
            for title, folder in choices:
                box.addItem(title, folder)
                box.setItemData(box.count() - 1, title if folder in (OPEN_PROJECT, _A_FILE) else str(folder), _TIP)
            if wanted:
                box.setCurrentIndex(place)
        if wanted and self.isVisible():
            self.compare()
        else:
            self._asked = None

    def showEvent(self, event: QShowEvent) -> None:
        """Compares what was not while nobody looked."""
        super().showEvent(event)
        if self._asked is None:
            self.compare()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Names of layers and settings get the most room of the table."""
        if event.type() == QEvent.Type.Resize:
            for column, share in enumerate(_SHARES):
                self.tree.header().resizeSection(column, int(self.tree.viewport().width() * share))
        return super().eventFilter(watched, event)

    def compare(self) -> None:
        """Works out what differs, in the store's thread."""
        before, after = self.before.currentData(), self.after.currentData()
        if not isinstance(before, Path) or not isinstance(after, Path):
            return
        self._asked = before, after
        drawn = self._open_project() if OPEN_PROJECT in self._asked else ("", "")
        self._store.ask(lambda: _compare(before, after, drawn), lambda done: self._take((before, after), done))

    def _take(self, asked: tuple[Path, Path], done: Compared | str) -> None:
        if asked != self._asked:
            return
        self._compared = None if isinstance(done, str) else done
        self.same.setText(done if isinstance(done, str) else _summary(done.comparison))
        self.on_canvas.setEnabled(self._compared is not None)
        self._paint()
        if self._then_canvas and self._compared is not None:
            self.canvas_asked.emit(self._compared)
        self._then_canvas = False

    def _ask_canvas(self) -> None:
        """Compares again, as the open project may be another by now. The canvas shows the later of the two networks:
        where the open one is the earlier, the sides are swapped first."""
        self._then_canvas = True
        if self.before.currentData() == OPEN_PROJECT:
            self._swap()
        else:
            self.compare()

    def _choose_file(self, box: QComboBox) -> bool:
        """Asks for the file that a side stands for; False, and what was compared stays, where none is chosen."""
        name, _ = QFileDialog.getOpenFileName(self, "Compare with a file", "", _FILES)
        if not name:
            return False
        at = box.count() - 1
        box.insertItem(at, Path(name).name, Path(name))
        box.setItemData(at, name, _TIP)
        box.setCurrentIndex(at)
        return True

    def _on_choice(self, box: QComboBox) -> None:
        if box.currentData() == _A_FILE and not self._choose_file(box):
            asked = self._asked or (OPEN_PROJECT, OPEN_PROJECT)
            box.setCurrentIndex(max(0, box.findData(asked[box is self.after])))
            return
        self.compare()

    def _paint(self) -> None:
        self.tree.clear()
        if self._compared is None:
            return
        for title, rows in _sections(self._compared.comparison):
            section = QTreeWidgetItem([title])
            font = section.font(0)
            font.setBold(True)
            section.setFont(0, font)
            section.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for cells, token in rows:
                section.addChild(self._row(cells, token))
            if section.childCount():
                self.tree.addTopLevelItem(section)
                section.setExpanded(True)
                section.setFirstColumnSpanned(True)

    def _row(self, cells: tuple[str, str, str, str], token: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(list(cells))
        for column, cell in enumerate(cells):
            item.setToolTip(column, cell)
        item.setForeground(3, self._theme.color(token))
        return item

    def _swap(self) -> None:
        before, after = self._here(self.before, self.after), self._here(self.after, self.before)
        self.before.setCurrentIndex(after)
        self.after.setCurrentIndex(before)
        self.compare()

    def _here(self, box: QComboBox, other: QComboBox) -> int:
        """Where the other side lists what this one shows; a file that was chosen here is listed there, too."""
        at = other.findData(box.currentData())
        if at < 0:
            at = other.count() - 1
            other.insertItem(at, box.currentText(), box.currentData())
        return at

    def _side(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.activated.connect(lambda _: self._on_choice(box))
        return box

    def _tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setHeaderLabels(_COLUMNS)
        tree.setFont(figures(tree.font()))
        tree.setAccessibleName("Differences")
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setUniformRowHeights(True)
        tree.setIndentation(12)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        return tree

    def _lay_out(self) -> None:
        sides = QHBoxLayout()
        sides.setContentsMargins(8, 8, 8, 0)
        for widget, stretch in ((self.before, 1), (self.swap, 0), (self.after, 1)):
            sides.addWidget(widget, stretch)
        self.same.setContentsMargins(8, 0, 8, 0)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(sides)
        told = QHBoxLayout()
        told.setContentsMargins(0, 0, 8, 0)
        told.addWidget(self.same, 1)
        told.addWidget(self.on_canvas)
        column.addLayout(told)
        column.addWidget(self.tree, 1)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(EmptyState(self._theme, "compare", _EMPTY, self))
        self._layers.addWidget(page)


_TIP = Qt.ItemDataRole.ToolTipRole
Cells = tuple[tuple[str, str, str, str], str]


def _summary(done: Comparison) -> str:
    settings, graphs = len(done.settings), done.graphs
    moved = sum(layer.kind == "changed" for layer in done.weights)
    weights = (
        f" {quantities.counted(moved, 'layer')} of {len(done.weights)} with other weights." if done.weights else ""
    )
    if not settings and not graphs:
        return f"The same settings and the same network.{weights}"
    parts = [quantities.counted(settings, "setting")] if settings else []
    counts = (("changed", "layer"), ("added", "layer"), ("removed", "layer"))
    for name, noun in counts:
        count = sum(len(getattr(diff, name)) for diff in graphs)
        parts += [f"{quantities.counted(count, noun)} {name}"] if count else []
    return f"Differs in {', '.join(parts) or 'wires'}.{weights}"


def _sections(done: Comparison) -> Iterator[tuple[str, Iterator[Cells]]]:
    yield "Results", (_delta(delta) for delta in done.metrics)
    yield "Cost", (_delta(delta) for delta in done.costs)
    yield "Settings", (_change(change.place, change) for change in done.settings)
    for diff in done.graphs:
        yield f"Network “{diff.name.removeprefix('user:')}”", _graph(diff)
    yield "Distance of the weights", (_weights(layer) for layer in done.weights)
    yield "Circumstances", (_change(change.place.replace("_", " "), change) for change in done.facts)


def _delta(delta: Delta) -> Cells:
    difference = delta.difference
    size = "" if not difference else _number(delta.name, abs(difference)).replace("%", "points")
    shown = f"{'+' if difference and difference > 0 else '−'}{size}" if size else ""
    before, after = ("" if v is None else _number(delta.name, v) for v in (delta.before, delta.after))
    return (delta.name, before, after, shown), "text"


def _number(name: str, value: float) -> str:
    if name == "seconds":
        return wording.duration(value)
    if name == "activation bytes":
        return quantities.size(round(value))
    if (value == int(value) and not name.startswith("best ")) or name == "best epoch":
        return f"{value:,.0f}"
    return metric_value(name.removeprefix("best "), value)


_TOKENS = {"added": "ok", "removed": "error", "changed": "text_muted"}


def _change(place: str, change: ValueChange) -> Cells:
    return (place, _value(change.before), _value(change.after), change.kind), _TOKENS[change.kind]


def _graph(diff: GraphDiff) -> Iterator[Cells]:
    for node in diff.removed:
        yield (node.name, _type(node.type), "—", "removed"), _TOKENS["removed"]
    for node in diff.added:
        yield (node.name, "—", _type(node.type), "added"), _TOKENS["added"]
    for changed in diff.changed:
        for change in changed.changes:
            yield _change(f"{changed.after.name}: {change.place.removeprefix('params.').replace('_', ' ')}", change)
    for wire in diff.wires_removed:
        yield (str(wire), "wire", "—", "removed"), _TOKENS["removed"]
    for wire in diff.wires_added:
        yield (str(wire), "—", "wire", "added"), _TOKENS["added"]
    for node_name, port in diff.reordered:
        yield (f"{node_name}: order of its {port}s", "", "", "changed"), _TOKENS["changed"]


def _weights(layer: LayerDistance) -> Cells:
    """What the difference is beside the length of the weights before, and the cosine of the angle between both."""
    count = f"{layer.params:,} weights"
    sides = ("—", count) if layer.kind == "added" else (count, "—") if layer.kind == "removed" else (count, count)
    if layer.relative is None or layer.kind == "same":
        words = {"same": "the same", "changed": "changed", "reshaped": "another shape"}
        return (layer.name, *sides, words.get(layer.kind, layer.kind)), _TOKENS.get(layer.kind, "text_muted")
    angle = "" if layer.cosine is None else f"  cos {layer.cosine:.3f}"
    return (layer.name, *sides, f"{layer.relative:.2%}{angle}"), "text"


def _type(key: str) -> str:
    return key.rpartition(".")[2].rpartition(":")[2]


def _value(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if value is MISSING else json.dumps(value)


# -- in the store's thread
def _compare(before: Path, after: Path, drawn: tuple[str, str]) -> Compared | str:
    from workbench.importing import ModelFileError
    from workbench.project import ProjectFileError
    from workbench.runs import RunStoreError, compare

    try:
        sides = _side(before, drawn), _side(after, drawn)
    except (RunStoreError, ModelFileError, ProjectFileError) as error:
        return str(error)
    return Compared(compare(*sides), sides[0].project, None if after == OPEN_PROJECT else sides[1].project)


def _side(place: Path, drawn: tuple[str, str]) -> Side:
    from workbench.importing import import_model
    from workbench.importing.weights_file import SUFFIXES
    from workbench.project import SUFFIX, load_project
    from workbench.runs import Run, Side, side_of_project, side_of_run

    if place == OPEN_PROJECT:
        return side_of_project("the open project", _drawn(*drawn))
    if place.suffix == SUFFIX and place.is_file():
        return side_of_project(place.name, load_project(place).project)
    if place.suffix in SUFFIXES and place.is_file():
        model = import_model(place)
        return Side(place.name, model.project, arrays=model.weights)
    return side_of_run(Run.open(place))


def _drawn(text: str, weights: str) -> Project:
    from dataclasses import replace

    from workbench.project import loads

    project = loads(text.encode(), "the open project").project
    if project.weights is not None and weights:
        project.replace_section("weights", replace(project.weights, file=Path(weights)))
    return project
