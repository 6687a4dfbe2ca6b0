"""Short trials before a training: one batch by heart, the learning-rate finder, the largest batch."""

from workbench.ui.training.trials.view import TrialsView

__all__ = ["TrialsView"]
