"""Runs as a Qt model: what each cell says and how it sorts. It filters and sorts by itself, empty cells last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from workbench.project.objectives import larger_is_better
from workbench.project.results import metric_value, metric_words, result_words
from workbench.ui import icons, quantities
from workbench.ui.run_status import SYMBOLS
from workbench.ui.theme import Theme
from workbench.ui.training import wording

if TYPE_CHECKING:
    from workbench.runs import RunEntry

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NOTE_SHOWN = 200


@dataclass(frozen=True)
class Column:
    """A heading, what it means, the cell's text, what it sorts by (None: last), and its width at first."""

    title: str
    tip: str
    text: Callable[[RunEntry], str]
    key: Callable[[RunEntry], Any]
    width: int
    number: bool = False


def _result_key(entry: RunEntry) -> Any:
    """Runs that are judged by the same metric stand together, the best one highest."""
    best = entry.headline
    if best is None or best[1] != best[1]:  # NaN has no place in an order
        return None
    name, value = best
    larger = larger_is_better(name)
    return larger, name, value if larger else -value


def _rates(entry: RunEntry) -> str:
    """`0.001 → 0.005`."""
    first = entry.settings.get("learning_rate")
    rates = [first, *(change.rate for change in entry.rate_changes)] if first is not None else []
    return " → ".join(f"{rate:g}" for rate in rates)


def _data_name(spec: str) -> str:
    """A dataset's own name, or that of its folder or file: what differs between paths is their end."""
    return spec.rstrip("/\\").replace("\\", "/").rpartition("/")[2]


def _date(entry: RunEntry) -> str:
    return f"{datetime.fromtimestamp(entry.age):%Y-%m-%d %H:%M}" if entry.age else ""


def _note(entry: RunEntry) -> str:
    tags = " ".join(f"#{tag}" for tag in entry.tags)
    return " ".join(filter(None, (tags, " ".join(entry.note.split())[:_NOTE_SHOWN])))


STAR, NAME, STATUS = 0, 1, 2
COLUMNS = (
    Column("★", "A star for what is worth finding again", lambda r: "", lambda r: not r.starred, 30),
    Column("Name", "F2 to rename; the folder keeps its name", lambda r: r.shown_name, lambda r: r.shown_name, 230),
    Column("Status", "How it ended, or that it is running", lambda r: r.status, lambda r: r.status, 108),
    Column(
        "Best",
        "The metric that decides which epoch is best, and its value then",
        lambda r: result_words(r.best, r.monitor),
        _result_key,
        136,
        number=True,
    ),
    Column(
        "Epochs",
        "Completed and planned",
        lambda r: f"{r.epochs}/{r.planned}" if r.planned else "",
        lambda r: r.epochs if r.planned else None,
        70,
        number=True,
    ),
    Column("Project", "What the project was called", lambda r: r.project, lambda r: r.project or None, 100),
    Column(
        "Dataset",
        "What it was trained on",
        lambda r: _data_name(r.dataset),
        lambda r: _data_name(r.dataset) or None,
        100,
    ),
    Column(
        "Rate",
        "The learning rate that it began with, and those that were set by hand since",
        _rates,
        lambda r: r.settings.get("learning_rate"),
        76,
        number=True,
    ),
    Column(
        "Optimiser",
        "What turned gradients into steps",
        lambda r: str(r.settings.get("optimizer", "")),
        lambda r: r.settings.get("optimizer"),
        84,
    ),
    Column(
        "Parameters",
        "Values of all weights",
        lambda r: "" if r.params is None else quantities.exact(r.params),
        lambda r: r.params,
        92,
        number=True,
    ),
    Column(
        "Time",
        "How long it trained",
        lambda r: wording.duration(r.seconds) if r.seconds else "",
        lambda r: r.seconds or None,
        66,
        number=True,
    ),
    Column("Date", "When it began", _date, lambda r: r.age or None, 126),
    Column("Note", "Tags and the note's beginning", _note, lambda r: _note(r).lower() or None, 170),
    Column("Device", "Where it was trained", lambda r: r.device, lambda r: r.device or None, 66),
    Column("Sweep", "The sweep that it is a trial of", lambda r: _trial(r), lambda r: r.sweep or None, 120),
    Column("Size", "On disk", lambda r: quantities.size(r.size), lambda r: r.size, 78, number=True),
)
DATE = next(section for section, column in enumerate(COLUMNS) if column.title == "Date")


def _trial(entry: RunEntry) -> str:
    return f"{entry.sweep} {entry.trial}" if entry.sweep else ""


class RunsModel(QAbstractTableModel):
    """The runs that pass a test, in the order that a heading asks for; the store's own order at first."""

    renamed = Signal(object, str)
    """A run's folder, and what a person wants to call it."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: Sequence[RunEntry] = ()
        self._fits: Callable[[RunEntry], bool] = lambda _: True
        self._order = -1, Qt.SortOrder.AscendingOrder
        self.rows: list[RunEntry] = []

    def show_entries(self, entries: Sequence[RunEntry], fits: Callable[[RunEntry], bool]) -> None:
        """Lists other runs, or the same as they are now."""
        self._entries, self._fits = entries, fits
        rows = self._arranged()
        if [row.folder for row in rows] == [row.folder for row in self.rows]:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
        else:
            self._reset(rows)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; -1 is the store's order, the newest first."""
        self._order = column, order
        self._reset(self._arranged())

    def row_of(self, folder: Path) -> int:
        """The row of a run, -1 where it is not listed."""
        return next((number for number, row in enumerate(self.rows) if row.folder == folder), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        editable = index.isValid() and index.column() == NAME and self.rows[index.row()].status != "damaged"
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.ToolTipRole:
                return column.tip
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.number else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry, section = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return COLUMNS[section].text(entry)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(entry, section)
            case Qt.ItemDataRole.ToolTipRole:
                return _details(entry)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if COLUMNS[section].number else _LEFT
            case Qt.ItemDataRole.AccessibleTextRole:
                return ("starred" if entry.starred else "no star") if section == STAR else COLUMNS[section].text(entry)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """What is written into the name's cell; shown when the store has it."""
        if role != Qt.ItemDataRole.EditRole or index.column() != NAME:
            return False
        entry = self.rows[index.row()]
        title = " ".join(str(value).split())
        if title != entry.shown_name:
            self.renamed.emit(entry.folder, "" if title == entry.name else title)
        return True

    def paint_theme(self) -> None:
        """Takes the colours of the theme in force."""
        self._reset(self.rows)

    def _icon(self, entry: RunEntry, section: int) -> Any:
        if section == STAR:
            name, token = ("star-filled", "warning_mark") if entry.starred else ("star", "border")
            return icons.tinted(name, self._theme.color(token))
        if section == STATUS:
            name, token = SYMBOLS[entry.status]
            return icons.tinted(name, self._theme.color(token))
        return None

    def _arranged(self) -> list[RunEntry]:
        rows = [entry for entry in self._entries if self._fits(entry)]
        section, order = self._order
        if section < 0:
            return rows
        key = COLUMNS[section].key
        known = [row for row in rows if key(row) is not None]
        known.sort(key=key, reverse=order is Qt.SortOrder.DescendingOrder)
        return known + [row for row in rows if key(row) is None]

    def _reset(self, rows: list[RunEntry]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()


def _details(entry: RunEntry) -> str:
    facts = [
        entry.name,
        entry.problem,
        ", ".join(f"{metric_words(name)} {metric_value(name, value)}" for name, value in entry.best.items()),
        f"best epoch {entry.best_epoch}" if entry.best_epoch else "",
        ", ".join(f"{name} {value}" for name, value in entry.values.items()),
        f"data: {entry.dataset}" if entry.dataset else "",
        str(entry.folder),
    ]
    return "\n".join(filter(None, facts))
