"""The preview with what one chooses of it: class, columns, other images, another epoch; and what it costs."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from workbench.ui.empty_state import EmptyState
from workbench.ui.fields.field import Combo
from workbench.ui.images.opacity import OpacitySlider
from workbench.ui.panels.augmentation.preview import Seen
from workbench.ui.panels.augmentation.preview_grid import PreviewGrid
from workbench.ui.theme import Theme, figures

_COLUMNS = 8
_MOST_COLUMNS = 12
_MOST_ROWS = 12
_ALL = "All classes"
_SETTLE_MS = 100
_MOST_NAMED = 24
"""Classes of pixels in the legend."""


class PreviewView(QWidget):
    """Shows what was seen; `asked` says that something else should be."""

    asked = Signal()
    open_asked = Signal()

    def __init__(self, theme: Theme, progress: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._progress = progress
        self.epoch = 0
        self.first = 0
        self.classes = Combo(self)
        self.classes.addItem(_ALL)
        self.classes.setAccessibleName("Class")
        self.columns = QSpinBox(self, minimum=1, maximum=_MOST_COLUMNS, value=_COLUMNS, suffix=" variants")
        self.columns.setAccessibleName("Number of variants")
        self.other = QPushButton("Other images", self)
        self.again = QPushButton("Another epoch", self)
        self.cost = QLabel(self)
        self.cost.setProperty("role", "muted")
        self.cost.setFont(figures(self.font()))
        self.cost.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cost.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.grid = PreviewGrid(theme, self)
        self.grid.set_columns(self.columns.value())
        self.empty = EmptyState(theme, "category-augmentation", "", self)
        self.open_button = self.empty.add_button("Show the images", self.open_asked.emit)
        self.opacity = OpacitySlider("Mask", parent=self)
        self.legend = QLabel(self, textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self.legend.setAccessibleName("Classes of pixels")
        self._target = "classes"
        self._show_target("classes", ())
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self.asked)
        self._lay_out()
        self.classes.activated.connect(lambda _: self._from_the_start())
        self.columns.valueChanged.connect(self._on_columns)
        self.opacity.changed.connect(self.grid.set_opacity)
        self.other.clicked.connect(self._show_others)
        self.again.clicked.connect(self._show_another_epoch)

    @property
    def class_name(self) -> str | None:
        """The class to show, or None for all."""
        return None if self.classes.currentIndex() <= 0 else self.classes.currentText()

    @property
    def rows(self) -> int:
        """Images to show: those that there is room for."""
        return min(_MOST_ROWS, self.grid.rows_in_sight)

    def show_seen(self, seen: Seen) -> None:
        """Shows pictures, and the classes that there are."""
        self._offer(seen.class_names)
        self._show_target(seen.target, seen.legend)
        self.grid.show_seen(seen)
        skipped = f" · {seen.unreadable:,} unreadable left out" if seen.unreadable else ""
        varied = any(step.enabled for step in seen.wanted.augmentation.steps)
        self.cost.setText(f"{f'{seen.milliseconds:.2f} ms an image' if varied else 'not varied'}{skipped}")
        self.cost.setToolTip("On one processor core, with the images decoded already; training uses all cores")
        self._stack.setCurrentIndex(1)
        self._enable(True)

    def show_nothing(self, text: str, button: str = "") -> None:
        """Says why there is nothing to see, and perhaps offers to change that."""
        self.empty.set_text(text)
        self.open_button.setText(button)
        self.open_button.setVisible(bool(button))
        self.cost.clear()
        self._stack.setCurrentIndex(0)
        self._enable(False)

    def start_again(self) -> None:
        """Forgets which images and epochs were looked at."""
        self.epoch = self.first = 0
        self.classes.setCurrentIndex(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """More room may be room for more images."""
        seen, resized = self.grid.seen, event.type() == QEvent.Type.Resize
        if resized:
            self.grid.set_height(self._area.viewport().height())
        if resized and seen is not None and self.rows > seen.wanted.rows and not self._settle.isActive():
            self._settle.start()
        return super().eventFilter(watched, event)

    def _enable(self, enabled: bool) -> None:
        for part in (self.classes, self.columns, self.other, self.again):
            part.setEnabled(enabled)

    def _offer(self, names: tuple[str, ...]) -> None:
        if [self.classes.itemText(index) for index in range(1, self.classes.count())] != list(names):
            current = self.class_name
            self.classes.clear()
            self.classes.addItems([_ALL, *names])
            self.classes.setCurrentIndex(max(0, self.classes.findText(current)) if current else 0)
        self.classes.setVisible(bool(names))

    def _show_target(self, target: str, legend: tuple[tuple[str, tuple[int, int, int]], ...]) -> None:
        """Which targets there are; of pictures the input is seen first, of masks both."""
        self.opacity.setVisible(target != "classes")
        if target != self._target:
            self._target = target
            self.opacity.set_title("Target" if target == "image" else "Mask")
            self.opacity.slider.setValue(0 if target == "image" else 50)
        swatches = (
            f'<span style="color: rgb{colour};">■</span>&nbsp;{escape(name).replace(" ", "&nbsp;")}'
            for name, colour in legend[:_MOST_NAMED]
        )
        more = [f"and {len(legend) - _MOST_NAMED:,} more"] if len(legend) > _MOST_NAMED else []
        self.legend.setText("&ensp; ".join([*swatches, *more]))
        self.legend.setVisible(bool(legend))

    def _from_the_start(self) -> None:
        self.first = 0
        self.asked.emit()

    def _on_columns(self, columns: int) -> None:
        self.grid.set_columns(columns)
        self.asked.emit()

    def _show_others(self) -> None:
        self.first += len(self.grid.seen.rows) if self.grid.seen else 0
        self.asked.emit()

    def _show_another_epoch(self) -> None:
        self.epoch += self.columns.value()
        self.asked.emit()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for part in (self.classes, self.columns, self.other, self.again):
            bar.addWidget(part)
        bar.addWidget(self.opacity)
        bar.addWidget(self.cost, 1)
        self._area = QScrollArea(self, widgetResizable=True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self.grid)
        self._area.viewport().installEventFilter(self)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self.legend)
        column.addLayout(self._stack, 1)
        column.addWidget(self._progress)
