"""One class for each mouse gesture. Until it finishes, the document does not know of it; cancel leaves no trace."""

from workbench.ui.canvas.gestures.band import BandGesture
from workbench.ui.canvas.gestures.connect import ConnectGesture
from workbench.ui.canvas.gestures.gesture import Gesture, Pointer, Stage
from workbench.ui.canvas.gestures.move import MoveGesture
from workbench.ui.canvas.gestures.pan import PanGesture

__all__ = ["BandGesture", "ConnectGesture", "Gesture", "MoveGesture", "PanGesture", "Pointer", "Stage"]
