"""Measures of classifiers, masks and generators: labels, probabilities, features in, numbers out. Plain numpy, so that
window, commands and engine agree on them.
"""

from workbench.evaluation.calibration import Reliability, calibration_error, reliability
from workbench.evaluation.confusion import Averages, ClassMeasures, averages, class_measures, confusion_matrix
from workbench.evaluation.curves import (
    Areas,
    PrecisionRecall,
    Roc,
    areas,
    precision_recall_curve,
    roc_curve,
)
from workbench.evaluation.directions import Directions, principal_directions
from workbench.evaluation.errors import GenerativeError, PredictionsError
from workbench.evaluation.generative import (
    Fidelity,
    Moments,
    Neighbours,
    fidelity,
    frechet_distance,
    moments,
    nearest,
)
from workbench.evaluation.latents import slerp, truncated, walk
from workbench.evaluation.predictions import Predictions, read_predictions, write_predictions
from workbench.evaluation.report import Report, report_on
from workbench.evaluation.scores import accuracy, sample_losses, top_k_accuracy
from workbench.evaluation.segmentation import (
    MaskPredictions,
    MaskReport,
    holds_masks,
    read_mask_predictions,
    write_mask_predictions,
)

__all__ = [
    "Areas",
    "Averages",
    "ClassMeasures",
    "Directions",
    "Fidelity",
    "GenerativeError",
    "MaskPredictions",
    "MaskReport",
    "Moments",
    "Neighbours",
    "PrecisionRecall",
    "Predictions",
    "PredictionsError",
    "Reliability",
    "Report",
    "Roc",
    "accuracy",
    "areas",
    "averages",
    "calibration_error",
    "class_measures",
    "confusion_matrix",
    "fidelity",
    "frechet_distance",
    "holds_masks",
    "moments",
    "nearest",
    "precision_recall_curve",
    "principal_directions",
    "read_mask_predictions",
    "read_predictions",
    "reliability",
    "report_on",
    "roc_curve",
    "sample_losses",
    "slerp",
    "top_k_accuracy",
    "truncated",
    "walk",
    "write_mask_predictions",
    "write_predictions",
]
