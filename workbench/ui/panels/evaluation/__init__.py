"""The Evaluation panel: how good runs are, image by image, and what their networks look at."""

from workbench.ui.panels.evaluation.panel import EvaluationPanel

__all__ = ["EvaluationPanel"]
