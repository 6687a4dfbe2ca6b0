"""In the inspector of a layer with windows: how input pixels map to output pixels, live under its parameters."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from workbench.analysis.windows import Sliding
from workbench.ui import icons
from workbench.ui.panels.inspector.lens_frame import can_be_drawn
from workbench.ui.panels.inspector.lens_grids import LensGrids
from workbench.ui.panels.inspector.lens_painting import tint
from workbench.ui.panels.inspector.lens_words import pattern_words, spot_words
from workbench.ui.theme import Theme, figures, scaled

_SWATCH = 16


class WindowLens(QWidget):
    """A fold with both sides, the pixel that is looked at in words, and how evenly the windows overlap."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.fold = QToolButton(self)
        self.fold.setText("Window")
        self.fold.setCheckable(True)
        self.fold.setChecked(True)
        self.fold.setProperty("role", "fold")
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setToolTip("How input pixels and output pixels meet")
        self._body = QWidget(self)
        self.grids = LensGrids(theme, self._body)
        self.legend = OverlapLegend(theme, self._body)
        self.spot, self.pattern = QLabel(self._body, wordWrap=True), QLabel(self._body, wordWrap=True)
        self.spot.setFont(figures(self.font()))
        self.pattern.setProperty("role", "muted")
        self._lay_out()
        self.grids.looked.connect(self._say)
        self.fold.toggled.connect(self._body.setVisible)
        self.fold.toggled.connect(self._paint_fold)
        theme.changed.connect(self._paint_fold)
        self._paint_fold()

    def show_windows(self, sliding: Sliding | None) -> None:
        """Shows a layer's windows; takes no room for a layer without."""
        shown = sliding is not None and can_be_drawn(sliding)
        self.setVisible(shown)
        if sliding is not None and shown:
            self.legend.show_levels(() if sliding.overlap.even else sliding.levels)
            self.pattern.setText(pattern_words(sliding))
            self.grids.show_windows(sliding)

    def _say(self) -> None:
        words = spot_words(self.grids.axes, self.grids.spot)
        self.spot.setText(words)
        self.grids.setAccessibleName(f"Input and output pixels. {words}. {self.pattern.text()}")

    def _lay_out(self) -> None:
        self.spot.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # two lines, so that nothing jumps
        self.spot.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.fold)
        column.addWidget(self._body)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        for part in (self.grids, self.spot, self.legend, self.pattern):
            inner.addWidget(part)

    def _paint_fold(self) -> None:
        self.fold.setIcon(icons.icon("chevron-down" if self.fold.isChecked() else "chevron-right", self._theme))


class OverlapLegend(QWidget):
    """Which tint stands for how many windows; nothing where all positions are alike."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.levels: tuple[int, ...] = ()
        self.setFont(scaled(figures(self.font()), 0.9))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, max(_SWATCH, self.fontMetrics().height()) + 2)

    def show_levels(self, levels: tuple[int, ...]) -> None:
        """Shows these numbers of windows."""
        self.levels = levels
        self.setVisible(bool(levels))
        self.setAccessibleName("Windows over a position: " + ", ".join(map(str, levels)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        x, height = 0.5, self.height()
        text = self.fontMetrics()
        for level in self.levels:
            swatch = QRectF(x, (height - _SWATCH) / 2, _SWATCH, _SWATCH - 1)
            ground = self._theme.color("surface" if level else "window")
            painter.fillRect(swatch, ground)
            painter.fillRect(swatch, tint(self._theme, level, self.levels[-1]))
            painter.setPen(self._theme.color("border_strong"))
            painter.drawRect(swatch)
            painter.setPen(self._theme.color("text"))
            words = str(level)
            painter.drawText(QRectF(x + _SWATCH + 4, 0, 40, height), Qt.AlignmentFlag.AlignVCenter, words)
            x += _SWATCH + 4 + text.horizontalAdvance(words) + 12
        painter.setPen(self._theme.color("text_muted"))
        rest = QRectF(x, 0, self.width() - x, height)
        painter.drawText(
            rest,
            Qt.AlignmentFlag.AlignVCenter,
            text.elidedText("windows overlap", Qt.TextElideMode.ElideRight, int(rest.width())),
        )
