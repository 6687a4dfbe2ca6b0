"""Looking for a learning rate: it rises batch by batch, and the loss says where it falls fastest (Smith, 2017)."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from workbench.engine.errors import JobError
from workbench.engine.feed import Epoch, training_batches
from workbench.engine.reading import read_project
from workbench.engine.training.setting import Setting, set_up
from workbench.protocol import AnyEvent, FindLearningRate, LearningRateCurve, Stage, Stopped

_MEMORY = 0.9
"""Of the running mean that smooths the loss."""
_OUT_OF_BOUNDS = 4.0
"""Times the lowest loss: beyond it the training has diverged."""
_FEWEST = 10

Report = Callable[[AnyEvent], None]


def find_learning_rate(command: FindLearningRate, report: Report, stop: threading.Event) -> LearningRateCurve | Stopped:
    """Sweeps the rate over some batches. Nothing is kept. Raises JobError or DatasetError."""
    if not 0 < command.lowest < command.highest or command.batches < _FEWEST:
        raise JobError(
            f"Expected rates from low to high over at least {_FEWEST} batches. "
            f"Received: {command.lowest:g} to {command.highest:g} over {command.batches}"
        )
    project = read_project(command.project.encode(), "the project", command.weights)
    with set_up(project, command.device, report, stop) as setting:
        if setting is None:
            return Stopped()
        rates = np.geomspace(command.lowest, command.highest, command.batches)
        losses = _sweep(setting, rates.tolist(), report, stop)
    if stop.is_set():
        return Stopped()
    return curve(rates.tolist(), losses)


def curve(rates: Sequence[float], losses: Sequence[float]) -> LearningRateCurve:
    """The curve of a sweep and the rate that it suggests; `losses` may end early, where one is not finite."""
    finite = list(losses) if all(map(math.isfinite, losses)) else list(losses[:-1])
    smooth = smoothed(finite)
    end = _divergence(smooth)
    diverged = rates[end] if end < len(rates) else None
    suggestion = _steepest(rates[:end], smooth[:end])
    if suggestion is None:
        message = "At no rate did the loss fall clearly: check the network, its loss and the data."
    else:
        message = f"At {suggestion:.2g} the loss falls fastest."
        if diverged is not None and suggestion > diverged / 10:
            suggestion = diverged / 10
            message = f"A tenth of {diverged:.2g}, where training diverges."
    return LearningRateCurve(
        rates=tuple(rates[: len(finite)]),
        losses=tuple(finite),
        smoothed=tuple(smooth),
        suggestion=suggestion,
        message=message,
        diverged=diverged,
    )


def smoothed(losses: Sequence[float]) -> list[float]:
    """Exponential running means, corrected for their beginning at 0."""
    mean, out = 0.0, []
    for count, loss in enumerate(losses, 1):
        mean = _MEMORY * mean + (1 - _MEMORY) * loss
        out.append(mean / (1 - _MEMORY**count))
    return out


def _divergence(smooth: Sequence[float]) -> int:
    """The first position at which the loss is out of bounds, or where it ends."""
    lowest = math.inf
    for index, loss in enumerate(smooth):
        lowest = min(lowest, loss)
        if index >= _FEWEST and loss > _OUT_OF_BOUNDS * max(lowest, 1e-3):
            return index
    return len(smooth)


def _steepest(rates: Sequence[float], smooth: Sequence[float]) -> float | None:
    """The rate at which the loss falls fastest by its logarithm, before the lowest; None where it never falls."""
    if len(smooth) < _FEWEST:
        return None
    lowest = int(np.argmin(smooth))
    if lowest < 2 or smooth[lowest] > 0.98 * smooth[0]:
        return None
    slopes = np.gradient(np.asarray(smooth[: lowest + 1]), np.log(rates[: lowest + 1]))
    return float(rates[int(np.argmin(slopes))])


def _sweep(setting: Setting, rates: Sequence[float], report: Report, stop: threading.Event) -> list[float]:
    batches = iter(training_batches(setting.supplies.training, setting.project.training.batch_size, Epoch()).repeat())
    losses: list[float] = []
    began, lowest = time.monotonic(), math.inf
    for count, rate in enumerate(rates, 1):
        if stop.is_set():
            break
        loss = train_once(setting.model, next(batches), rate)
        losses.append(loss)
        mean = smoothed(losses)[-1] if math.isfinite(loss) else math.inf
        lowest = min(lowest, mean)
        if count > _FEWEST and mean > 2 * _OUT_OF_BOUNDS * max(lowest, 1e-3):
            break
        left = (time.monotonic() - began) / count * (len(rates) - count)
        report(Stage(text="trying learning rates", done=count, total=len(rates), seconds_left=left))
    return losses


def train_once(model: Any, batch: Any, rate: float | None = None) -> float:
    """A step; returns the loss of this batch alone."""
    if rate is not None:
        model.optimizer.learning_rate.value.assign(np.float32(rate))
    model.reset_metrics()
    logs = model.train_on_batch(*batch, return_dict=True)
    loss = float(logs["loss"])
    return loss if model.first_bad_step is None else math.nan
