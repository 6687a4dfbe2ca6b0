"""The Augmentation panel: the steps, their parameters, and what they make of the training images."""

from workbench.ui.panels.augmentation.panel import AugmentationPanel

__all__ = ["AugmentationPanel"]
