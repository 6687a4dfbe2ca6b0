"""The window lens: a layer's input and output side by side; what is pointed at on one lights up what meets it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.analysis.windows import AxisWindows, Sliding
from workbench.ui.panels.inspector import lens_painting
from workbench.ui.panels.inspector.lens_frame import Spot, axis_frame, drawn_axes, first_for
from workbench.ui.panels.inspector.lens_places import Places
from workbench.ui.theme import Theme, figures, scaled

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_FAR = 1 << 31
_ENDS = {Qt.Key.Key_Home: (-_FAR, -_FAR), Qt.Key.Key_End: (_FAR, _FAR)}


class LensGrids(QWidget):
    """Mouse: point at a pixel, press to keep it. Keys: arrows, Home, End; Space goes to the other side."""

    looked = Signal()
    """Another pixel is looked at, or the windows are others."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.sliding: Sliding | None = None
        self._axes: tuple[AxisWindows, AxisWindows] | None = None
        self._kept = Spot(True, 1, 1)
        self._chosen = False
        self._hovered: Spot | None = None
        self._firsts = (0, 0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(scaled(figures(self.font()), 0.85))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Point at a pixel of one side to see which of the other it meets.\nArrows, Home, End, Space")
        theme.changed.connect(self.update)

    @property
    def axes(self) -> tuple[AxisWindows, AxisWindows]:
        """Rows and columns that are drawn."""
        assert self._axes is not None
        return self._axes

    @property
    def spot(self) -> Spot:
        """The pixel that is looked at."""
        return self._hovered or self._kept

    @property
    def places(self) -> Places:
        """Where everything is drawn."""
        frames = [axis_frame(axis, first) for axis, first in zip(self.axes, self._firsts, strict=True)]
        return Places.fitted(self.width(), self.fontMetrics().height() + 4, self.axes, frames[0], frames[1])

    def show_windows(self, sliding: Sliding) -> None:
        """Shows another layer's windows, or the same ones under other parameters; the place is kept."""
        if sliding == self.sliding:
            return
        self.sliding, self._axes, self._hovered = sliding, drawn_axes(sliding), None
        self._go(self._kept if self._chosen else Spot(not sliding.transposed, 1, 1))

    def _choose(self, spot: Spot) -> None:
        self._hovered, self._chosen = None, True
        self._go(spot)

    def _go(self, spot: Spot) -> None:
        """Keeps a pixel, as near as there is one, and brings it into sight."""
        rows, columns = self.axes
        ends = (rows.out, columns.out) if spot.of_output else (rows.given, columns.given)
        row, column = (min(max(0, at), end - 1) for at, end in zip(spot[1:], ends, strict=True))
        self._kept = Spot(spot.of_output, row, column)
        strided = spot.of_output != rows.transposed
        each = zip(self.axes, self._firsts, (row, column), strict=True)
        firsts = [first_for(axis, first, at, strided=strided) for axis, first, at in each]
        self._firsts = firsts[0], firsts[1]
        self.setFixedHeight(round(self.places.height))
        self.update()
        self.looked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._axes is not None:
            self.setFixedHeight(round(self.places.height))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Looks at the pixel under the mouse."""
        self._hover(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keeps the pixel under the mouse."""
        spot = self.places.spot_at(event.position())
        if spot is not None:
            self._choose(spot)
            self._hover(event.position())

    def leaveEvent(self, event: object) -> None:
        """Back to the pixel that was kept."""
        self._hovered = None
        self.update()
        self.looked.emit()

    def _hover(self, at: QPointF) -> None:
        spot = self.places.spot_at(at) if self._axes is not None else None
        if spot != self._hovered:
            self._hovered = spot
            self.update()
            self.looked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the pixel, or goes over to the other side to the first one that it meets."""
        key, spot = Qt.Key(event.key()), self.spot
        step = {**_STEPS, **_ENDS}.get(key)
        if step is not None:
            self._choose(Spot(spot.of_output, spot.row + step[0], spot.column + step[1]))
        elif key == Qt.Key.Key_Space:
            self._choose(self._across(spot))
        else:
            super().keyPressEvent(event)

    def _across(self, spot: Spot) -> Spot:
        rows, columns = self.axes
        met = [
            axis.read_by(at) if spot.of_output else axis.reached_from(at)
            for axis, at in ((rows, spot.row), (columns, spot.column))
        ]
        row, column = (found[len(found) // 2] if found else 0 for found in met)
        return Spot(not spot.of_output, row, column)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.sliding is not None:
            lens_painting.paint(self, self._theme, self.places, self.spot, self.sliding)
