"""Training from the window: the engine's worker thread, the Training panel, export and console."""

from workbench.ui.training.controller import TrainingController

__all__ = ["TrainingController"]
