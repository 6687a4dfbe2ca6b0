"""What a gesture is, and what it may ask of the view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, Qt

from workbench.ui.canvas.geometry import PortRef
from workbench.ui.canvas.operations import Operations
from workbench.ui.canvas.scene import CanvasScene


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is: on the view, in the scene, and with which keys."""

    view: QPoint
    place: QPointF
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def extends(self) -> bool:
        """True when what is chosen adds to the selection."""
        return bool(self.modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))

    @property
    def insists(self) -> bool:
        """True when the user draws a wire that does not fit all the same."""
        return bool(self.modifiers & Qt.KeyboardModifier.ControlModifier)


class Stage(Protocol):
    """The view, as far as gestures need it."""

    @property
    def canvas_scene(self) -> CanvasScene: ...

    @property
    def operations(self) -> Operations: ...

    def say(self, text: str, at: QPoint, *, refusal: bool = False) -> None:
        """Show a short message beside the mouse."""
        ...

    def hush(self) -> None:
        """Take the message away."""
        ...

    def pan_by(self, dx: int, dy: int) -> None:
        """Move what is seen by pixels of the view."""
        ...

    def search_for_wire(self, port: PortRef, place: QPointF) -> None:
        """Offer layers for the open end of a wire."""
        ...


class Gesture(Protocol):
    """Between press and release of a mouse button."""

    def move(self, pointer: Pointer) -> None:
        """The mouse moved."""
        ...

    def finish(self, pointer: Pointer) -> None:
        """The button was let go: change the document, in one step."""
        ...

    def cancel(self) -> None:
        """Escape was pressed: leave everything as it was."""
        ...
