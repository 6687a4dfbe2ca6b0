"""The choice of what the canvas is tinted by: a menu, and a button in the tool bar that opens it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from workbench.ui.canvas import CanvasView
from workbench.ui.canvas.measures import OVERLAYS, RUN_OVERLAYS, AnyOverlay, DiffOverlay


class OverlayMenu(QMenu):
    """One entry is always chosen; `button` says which."""

    def __init__(self, canvas: CanvasView, parent: QWidget) -> None:
        super().__init__("&Overlay", parent)
        self._canvas = canvas
        self.button = QToolButton(parent)
        self.button.setMenu(self)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.button.setToolTip("Tint the layers by what they cost or see; the value is written in each")
        group = QActionGroup(self)
        for overlay in (None, *OVERLAYS, *RUN_OVERLAYS):
            if overlay is RUN_OVERLAYS[0]:
                self.addSection("While training")
            action = self.addAction(overlay.title if overlay else "None")
            action.setCheckable(True)
            action.setChecked(overlay is None)
            action.triggered.connect(partial(self.choose, overlay))
            group.addAction(action)
        self._chosen: AnyOverlay | None = None
        canvas.overlay_shown.connect(self._say)
        self._say(None)

    def go_back(self) -> None:
        """Tints the canvas by what was chosen here last."""
        self._canvas.show_overlay(self._chosen)

    def choose(self, overlay: AnyOverlay | None, _checked: bool = True) -> None:
        """Tints the canvas by something else, or (None) not at all."""
        self._chosen = overlay
        self._canvas.show_overlay(overlay)

    def _say(self, overlay: AnyOverlay | None) -> None:
        compared = isinstance(overlay, DiffOverlay)
        self.button.setText(
            "Overlay: comparison" if compared else f"Overlay: {overlay.title.lower() if overlay else 'none'}"
        )
        self.button.setAccessibleName(self.button.text())
