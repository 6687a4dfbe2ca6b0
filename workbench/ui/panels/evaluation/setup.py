"""Which runs are judged, by which images, and how."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.protocol import Evaluate, Predict, Stage
from workbench.ui import icons
from workbench.ui.theme import Theme, figures
from workbench.ui.training.recent_runs import RecentRuns, RunRow

_PARTS = (
    ("Held out", "auto", "The test images, else the validation images, else all of a dataset without parts"),
    ("Validation", "validation", "Images held out for validation"),
    ("Test", "test", "Images set apart for the test"),
    ("Training", "training", "Images that the network was trained on"),
    ("All", "all", "Every image"),
)
_VIEWS = (
    ("Whole image", 1, "The image as in training"),
    ("5 crops", 5, "Average over the four corners and the centre of the enlarged image"),
    ("10 crops", 10, "Average over five crops and their mirror images (Krizhevsky et al., 2012)"),
)
_SCALES = (
    ("Automatic", "auto", "Images larger than the network at their own size, in tiles; others as in training"),
    ("Own size", "image", "At the image's own size, in tiles that fade into one another"),
    ("As trained", "network", "At the size in which training saw its images"),
)
"""Of images whose pixels are predicted."""
_FOLDER = Qt.ItemDataRole.UserRole
_STEPS = 1000


class Setup(QWidget):
    """Follows the list of runs; those without weights are not offered."""

    evaluate_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, theme: Theme, runs: RecentRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs = runs
        self._touched = False
        self.table = _table(self)
        self.data = QLineEdit(self, placeholderText="the run's own dataset", clearButtonEnabled=True)
        self.data.setToolTip("Another dataset with the same classes: a name, a folder of class folders, a CSV, an .npz")
        self.browse = QToolButton(self)
        self.browse.setText("…")
        self.browse.setToolTip("Choose a folder of class folders")
        self.part = _choice(self, _PARTS)
        self.crops = _choice(self, _VIEWS)
        self.augmented = QSpinBox(self)
        self.augmented.setRange(0, 100)
        self.augmented.setSpecialValueText("none")
        self.augmented.setToolTip("Varied copies of each image that are averaged, by the run's own augmentation")
        self.scale = _choice(self, _SCALES)
        self.evaluate = QPushButton("Evaluate", self)
        self.evaluate.setProperty("primary", True)
        self.cancel = QPushButton("Cancel", self)
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setFixedHeight(6)
        self.status = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.status.setFont(figures(self.font()))
        self._lay_out()
        self._connect()
        self.show_idle("")
        self._list()

    @property
    def chosen(self) -> tuple[Path, ...]:
        """Folders of the checked runs, as they are listed."""
        items = (self.table.topLevelItem(row) for row in range(self.table.topLevelItemCount()))
        return tuple(item.data(0, _FOLDER) for item in items if item.checkState(0) is Qt.CheckState.Checked)

    def choose(self, folders: Sequence[Path]) -> None:
        """Checks these runs and no others."""
        for row in range(self.table.topLevelItemCount()):
            item = self.table.topLevelItem(row)
            wanted = item.data(0, _FOLDER) in folders
            item.setCheckState(0, Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)

    def evaluation(self, device: str) -> Evaluate:
        """What is asked for."""
        return Evaluate(
            runs=tuple(map(str, self.chosen)),
            data=self.data.text().strip(),
            part=self.part.currentData(),
            crops=self.crops.currentData(),
            augmented=self.augmented.value(),
            device=device,
        )

    def prediction(self, images: list[str], device: str) -> Predict:
        """These images with the checked runs."""
        runs = tuple(map(str, self.chosen))
        return Predict(
            runs=runs,
            images=tuple(images),
            crops=self.crops.currentData(),
            scale=self.scale.currentData(),
            device=device,
        )

    def show_progress(self, stage: Stage | None, text: str = "", *, can_cancel: bool = True) -> None:
        """A job runs: ours, with its progress, or another, which is waited for."""
        self.evaluate.setEnabled(False)
        self.cancel.setVisible(can_cancel)
        self.bar.setVisible(can_cancel)
        known = stage is not None and stage.total > 0
        self.bar.setRange(0, _STEPS if known else 0)
        if stage is not None and known:
            self.bar.setValue(round(_STEPS * stage.done / stage.total))
            left = "" if stage.seconds_left is None else f", {_clock(stage.seconds_left)} left"
            text = f"{stage.text[:1].upper()}{stage.text[1:]}: {stage.done:,} of {stage.total:,}{left}"
        elif stage is not None:
            text = f"{stage.text[:1].upper()}{stage.text[1:]}…"
        self._say(text, "muted")

    def show_idle(self, text: str, *, error: bool = False) -> None:
        """Nothing runs; says how the last job ended."""
        self.evaluate.setEnabled(bool(self.chosen))
        self.evaluate.setToolTip("" if self.chosen else "Train first, or check a run")
        self.cancel.hide()
        self.bar.hide()
        self._say(text, "error" if error else "muted")

    def _say(self, text: str, role: str) -> None:
        self.status.setText(text)
        if self.status.property("role") != role:
            self.status.setProperty("role", role)
            self.status.style().polish(self.status)
        self.status.setVisible(bool(text))

    def _list(self) -> None:
        """The runs as they are now; what was checked stays checked, and the newest is where nobody chose."""
        rows = self._runs.exportable
        checked = set(self.chosen) if self._touched else {row.folder for row in rows[:1]}
        self.table.blockSignals(True)
        self.table.clear()
        for row in rows:
            self.table.addTopLevelItem(self._item(row, row.folder in checked))
        self.table.blockSignals(False)
        if not self.cancel.isVisible():
            self.evaluate.setEnabled(bool(self.chosen))

    def _item(self, row: RunRow, checked: bool) -> QTreeWidgetItem:
        item = QTreeWidgetItem([row.name, row.result])
        item.setCheckState(0, Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
        item.setData(0, _FOLDER, row.folder)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setToolTip(0, str(row.folder))
        return item

    def _on_check(self) -> None:
        self._touched = True
        if not self.cancel.isVisible():
            self.evaluate.setEnabled(bool(self.chosen))
        count = len(self.chosen)
        self.evaluate.setText("Evaluate" if count < 2 else f"Evaluate the average of {count}")

    def _browse(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "A folder of class folders", self.data.text())
        if path:
            self.data.setText(path)

    def _connect(self) -> None:
        self.table.itemChanged.connect(lambda *_: self._on_check())
        self.browse.clicked.connect(self._browse)
        self.evaluate.clicked.connect(self.evaluate_asked)
        self.data.returnPressed.connect(self.evaluate.click)
        self.cancel.clicked.connect(self.cancel_asked)
        self._runs.changed.connect(self._list)
        self._theme.changed.connect(self._paint)
        self._paint()

    def _paint(self) -> None:
        self.evaluate.setIcon(icons.icon("evaluation", self._theme))

    def _lay_out(self) -> None:
        content = QWidget(self)
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 4, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.table, 0, 0, 1, 4)
        data = QHBoxLayout()
        data.setSpacing(4)
        data.addWidget(self.data, 1)
        data.addWidget(self.browse)
        for row, place, words, field in (
            (2, 0, "Images", self.part),
            (2, 2, "Views", self.crops),
            (3, 0, "Copies", self.augmented),
            (3, 2, "Scale", self.scale),
        ):
            label = QLabel(words, content)
            label.setBuddy(field)
            grid.addWidget(label, row, place)
            grid.addWidget(field, row, place + 1)
        label = QLabel("Data", content)
        label.setBuddy(self.data)
        grid.addWidget(label, 1, 0)
        grid.addLayout(data, 1, 1, 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        grid.setRowStretch(0, 1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.evaluate)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(area, 1)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        column.addLayout(buttons)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _choice(parent: QWidget, rows: tuple[tuple[str, object, str], ...]) -> QComboBox:
    combo = QComboBox(parent)
    for text, data, tip in rows:
        combo.addItem(text, data)
        combo.setItemData(combo.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
    return combo


def _table(parent: QWidget) -> QTreeWidget:
    table = QTreeWidget(parent)
    table.setHeaderLabels(("Runs", "Best"))
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAlternatingRowColors(True)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setFont(figures(table.font()))
    table.setAccessibleName("Runs to evaluate")
    table.setMinimumHeight(64)
    table.headerItem().setToolTip(0, "Check several runs to average them")
    header = table.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    return table
