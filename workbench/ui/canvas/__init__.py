"""The node editor: scene, gestures and what floats over them."""

from workbench.ui.canvas.view import CanvasView

__all__ = ["CanvasView"]
