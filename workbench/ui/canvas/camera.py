"""Which part of the scene is seen, and how large."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtWidgets import QGraphicsView

from workbench.ui.canvas.painting import overview_below
from workbench.ui.canvas.scene import CanvasScene

CLOSEST, FARTHEST = 4.0, 0.04
STEP = 1.2
_ROOM = 48.0
"""Kept free around everything when it is fitted, in pixels of the view."""
_WORLD = 1_000_000.0


class Camera:
    """Zoom and pan of a view. The paper has no end: nothing stops at the outermost node."""

    def __init__(self, view: QGraphicsView, scene: CanvasScene) -> None:
        self._view = view
        self._scene = scene
        view.setSceneRect(-_WORLD, -_WORLD, 2 * _WORLD, 2 * _WORLD)
        self.look_at(QPointF(0, 0))

    @property
    def zoom(self) -> float:
        """View pixels to one scene pixel."""
        return self._view.transform().m11()

    def seen(self) -> QRectF:
        """The part of the scene in view."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def look_at(self, place: QPointF) -> None:
        """Bring a place to the middle."""
        self._view.centerOn(place)

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Zoom, with the scene's place under `anchor` (view coordinates; the middle without) staying where it is."""
        before = self.zoom
        after = max(FARTHEST, min(CLOSEST, before * factor))
        if after == before:
            return
        middle = QPointF(self._view.viewport().rect().center())
        held = self._view.mapToScene((anchor or middle).toPoint())
        self._set_zoom(after)
        self.look_at(held + (middle - (anchor or middle)) / after)

    def pan_by(self, dx: int, dy: int) -> None:
        """Move the paper by view pixels."""
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() - dx)
        down.setValue(down.value() - dy)

    def fit(self, area: QRectF) -> None:
        """Show an area whole, but never larger than life."""
        if not area.isValid():
            self._set_zoom(1.0)
            self.look_at(QPointF(0, 0))
            return
        size = QSizeF(self._view.viewport().size())
        room = QSizeF(max(size.width() - 2 * _ROOM, 32), max(size.height() - 2 * _ROOM, 32))
        zoom = min(room.width() / area.width(), room.height() / area.height(), 1.0)
        self._set_zoom(max(zoom, FARTHEST))
        self.look_at(area.center())

    def reveal(self, area: QRectF) -> None:
        """Scroll only as far as it takes to see an area."""
        if not self.seen().contains(area):
            self._view.ensureVisible(area, round(_ROOM), round(_ROOM))

    def _set_zoom(self, zoom: float) -> None:
        self._view.resetTransform()
        self._view.scale(zoom, zoom)
        self._scene.show_as_overview(zoom < overview_below(len(self._scene.nodes)))
