"""What a training reached: which of its numbers it is judged by, and each of them in words."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.project.objectives import metric_of

_WITHOUT_MONITOR = ("val_accuracy", "val_loss")


def headline(metrics: Mapping[str, float], monitor: str = "") -> tuple[str, float] | None:
    """The metric to judge a run by: the one that it was monitored by.

    Older runs do not say which: held-out accuracy, else held-out loss, else any other held-out one, else any.
    """
    held_out = [name for name in metrics if name.startswith("val_")]
    for name in (monitor, *_WITHOUT_MONITOR, *held_out, *metrics):
        if name in metrics:
            return name, metrics[name]
    return None


def result_words(metrics: Mapping[str, float], monitor: str = "") -> str:
    """`Mean IoU 45.9 %`: name and value of the metric to judge a run by; "" where there is none."""
    found = headline(metrics, monitor)
    if found is None:
        return ""
    name, value = found
    return f"{metric_name(name)} {metric_value(name, value)}"


def metric_name(name: str) -> str:
    """`Mean IoU` for `val_mean_iou`; `digits Accuracy` for an output's `digits_accuracy`."""
    bare, known = name.removeprefix("val_"), metric_of(name)
    if known is None:
        return bare.replace("_", " ").capitalize()
    return known.label if bare == known.key else f"{bare.removesuffix(f'_{known.key}')} {known.label}"


def metric_words(name: str) -> str:
    """A metric within a sentence: `held-out mean IoU` for `val_mean_iou`, `AUC` for `auc`."""
    words = metric_name(name)
    if not words[1:2].isupper() and not words[1:2].isdigit():  # not AUC, F1
        words = words[:1].lower() + words[1:]
    return f"held-out {words}" if name.startswith("val_") else words


def metric_value(name: str, value: float) -> str:
    """A reported number as it is usually told: shares in per cent, others so that small ones can be told apart."""
    known = metric_of(name)
    if known is not None and known.share:
        return f"{value * 100:.1f} %"
    unit = known.unit if known is not None else ""
    if abs(value) >= 1000 or 0 < abs(value) < 1e-3:
        return f"{value:.3g}{unit}"
    return (f"{value:.3f}" if abs(value) >= 0.01 or value == 0 else f"{value:.4f}") + unit
