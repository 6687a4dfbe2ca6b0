"""Names of settings' values as Keras accepts them: whatever their case, and by their short forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from workbench.project.objectives import LOSSES, METRICS
from workbench.project.training import OptimizerName

_ERRORS = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "kld": "kl_divergence",
    "bce": "binary_crossentropy",
    "logcosh": "log_cosh",
}
_SHORT = {"acc": "accuracy", "rmse": "root_mean_squared_error", **_ERRORS}


def _spellings(names: Any, short: Mapping[str, str]) -> dict[str, str]:
    return {**short, **{name.lower(): name for name in names}}


_KNOWN = {
    "optimizer": _spellings(get_args(OptimizerName), {}),
    "loss": _spellings(LOSSES, _ERRORS),
    "metrics": _spellings(METRICS, _SHORT),
}


def spelled(setting: str, value: Any) -> Any:
    """The value of a setting under its own name: `adam` is Adam, `mse` the mean squared error, `acc` the accuracy."""
    known = _KNOWN.get(setting)
    if known is None or not isinstance(value, str):
        return value
    return ",".join(known.get(word.strip().lower(), word) for word in value.split(","))
