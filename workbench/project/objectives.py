"""Losses and metrics by name, as data: what they are called, what they suit, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.layers import Param
from workbench.layers.params import Number

AUTO = "auto"


@dataclass(frozen=True)
class Loss:
    """`classes`: it compares class probabilities; otherwise numbers."""

    key: str
    label: str
    doc: str
    classes: bool = True
    smooths: bool = False
    """Whether label smoothing applies."""
    params: tuple[Param, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Param]:
        """The parameters by name."""
        return {param.name: param for param in self.params}


@dataclass(frozen=True)
class Metric:
    """A number that is followed beside the loss."""

    key: str
    label: str
    doc: str
    larger_is_better: bool = True
    classes: bool = True
    each: bool = False
    """There is one for each class, named `<class>_<metric>`."""
    images: bool = False
    """It compares images, whose range of values is known."""
    share: bool = False
    """It is a part of a whole, told in per cent."""
    unit: str = ""


_FOCUS = Param("gamma", Number(0), 2.0, "How little the images that are right already count")
_LOSSES = (
    Loss(AUTO, "By the network's end", "Cross-entropy for classes, mean squared error for numbers", smooths=True),
    Loss(
        "sparse_categorical_crossentropy",
        "Cross-entropy, from class numbers",
        "For a softmax over classes; targets are class numbers",
    ),
    Loss(
        "categorical_crossentropy",
        "Cross-entropy, from shares",
        "For a softmax over classes; class numbers become one-hot",
        smooths=True,
    ),
    Loss("binary_crossentropy", "Binary cross-entropy", "For sigmoids: one, or one a class", smooths=True),
    Loss(
        "categorical_focal_crossentropy",
        "Focal",
        "Cross-entropy in which hard images count more (Lin et al., 2017)",
        smooths=True,
        params=(Param("alpha", Number(0), 0.25, "Weight of the whole"), _FOCUS),
    ),
    Loss(
        "binary_focal_crossentropy",
        "Binary focal",
        "The same for sigmoids",
        smooths=True,
        params=(Param("alpha", Number(0, 1), 0.25, "Weight of class 1 where classes are balanced"), _FOCUS),
    ),
    Loss("categorical_hinge", "Categorical hinge", "Margin of the right class against the best other"),
    Loss("kl_divergence", "Kullback-Leibler", "Divergence of the targets from the output"),
    Loss("dice", "Dice", "Overlap, for segmentation"),
    Loss(
        "tversky",
        "Tversky",
        "Overlap with a weight for what is missed and what is too much (Salehi et al., 2017)",
        params=(
            Param("alpha", Number(0, 1), 0.5, "Weight of what is too much"),
            Param("beta", Number(0, 1), 0.5, "Weight of what is missed"),
        ),
    ),
    Loss(
        "crossentropy_dice",
        "Cross-entropy + Dice",
        "For segmentation: every pixel by itself, and the overlap of each class",
        smooths=True,
        params=(Param("dice", Number(0), 1.0, "Weight of Dice; cross-entropy has 1"),),
    ),
    Loss(
        "focal_dice",
        "Focal + Dice",
        "For segmentation with small things: hard pixels count more, and the overlap of each class",
        smooths=True,
        params=(_FOCUS, Param("dice", Number(0), 1.0, "Weight of Dice; the focal loss has 1")),
    ),
    Loss(
        "crossentropy_tversky",
        "Cross-entropy + Tversky",
        "For segmentation where what is missed and what is too much do not count the same",
        smooths=True,
        params=(
            Param("tversky", Number(0), 1.0, "Weight of Tversky; cross-entropy has 1"),
            Param("alpha", Number(0, 1), 0.3, "Weight of what is too much"),
            Param("beta", Number(0, 1), 0.7, "Weight of what is missed"),
        ),
    ),
    Loss("mean_squared_error", "Mean squared error", "For numbers; large errors count most", classes=False),
    Loss("mean_absolute_error", "Mean absolute error", "For numbers; every unit of error counts the same", False),
    Loss(
        "huber",
        "Huber",
        "Squared near 0, absolute beyond delta",
        classes=False,
        params=(Param("delta", Number(1e-9), 1.0, "Where it becomes absolute"),),
    ),
    Loss("log_cosh", "Log-cosh", "A smooth Huber loss", classes=False),
    Loss("mean_absolute_percentage_error", "Mean absolute percentage error", "Relative errors", classes=False),
    Loss("mean_squared_logarithmic_error", "Mean squared logarithmic error", "Squared ratios", classes=False),
    Loss("poisson", "Poisson", "For counts", classes=False),
    Loss("cosine_similarity", "Cosine similarity", "Directions only", classes=False),
)
LOSSES: Mapping[str, Loss] = {loss.key: loss for loss in _LOSSES}

_METRICS = (
    Metric("accuracy", "Accuracy", "Share of images (or pixels) whose largest output is the right class", share=True),
    Metric(
        "top_5_accuracy", "Top-5 accuracy", "Share of images whose class is among the five largest outputs", share=True
    ),
    Metric("auc", "AUC", "Area under the ROC curve, of all classes against the rest"),
    Metric("precision", "Precision", "Share of outputs over one half that are right", share=True),
    Metric("recall", "Recall", "Share of right classes whose output is over one half", share=True),
    Metric("f1", "F1", "Harmonic mean of precision and recall, averaged over classes", share=True),
    Metric("mean_iou", "Mean IoU", "Intersection over union, averaged over classes", share=True),
    Metric("mean_dice", "Mean Dice", "Twice the intersection over both sizes, averaged over classes", share=True),
    Metric("iou", "IoU", "Of each class: intersection over union", each=True, share=True),
    Metric("dice", "Dice", "Of each class: twice the intersection over both sizes", each=True, share=True),
    Metric(
        "class_accuracy", "Accuracy of each class", "Share of the class's pixels that are right", each=True, share=True
    ),
    Metric("psnr", "PSNR", "Of images: peak signal-to-noise ratio", classes=False, images=True, unit=" dB"),
    Metric("ssim", "SSIM", "Of images: structural similarity (Wang et al., 2004)", classes=False, images=True),
    Metric("mean_squared_error", "Mean squared error", "Of numbers", False, False),
    Metric("mean_absolute_error", "Mean absolute error", "Of numbers", False, False),
    Metric("root_mean_squared_error", "Root mean squared error", "In the units of the targets", False, False),
    Metric("r2", "R squared", "Share of the variance that is explained", classes=False),
)
METRICS: Mapping[str, Metric] = {metric.key: metric for metric in _METRICS}


def larger_is_better(name: str) -> bool:
    """Which way a reported number is better: `val_accuracy`, `loss`, `digits_accuracy` (of an output)."""
    known = metric_of(name)
    return known is not None and known.larger_is_better


def metric_of(name: str) -> Metric | None:
    """The metric that a reported number is of, None for a loss: `val_accuracy`, `digits_accuracy`, `cat_iou`."""
    bare = name.removeprefix("val_")
    known = [key for key in METRICS if bare == key or bare.endswith(f"_{key}")]
    return METRICS[max(known, key=len)] if known else None
