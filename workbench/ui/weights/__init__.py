"""What a training begins with: weights taken from runs and files, and what becomes of each layer's."""

from workbench.ui.weights.adoption import WeightAdoption
from workbench.ui.weights.box import InitialWeightsBox
from workbench.ui.weights.fit_watch import FitWatch

__all__ = ["FitWatch", "InitialWeightsBox", "WeightAdoption"]
