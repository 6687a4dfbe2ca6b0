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
from workbench.engine.training.rate_curve import FEWEST, divergence, learning_rate_curve, smoothed
from workbench.engine.training.setting import Setting, set_up
from workbench.protocol import AnyEvent, FindLearningRate, LearningRateCurve, RateTried, Stage, Stopped

_HOPELESS = 8.0
"""Times the lowest loss: beyond it the sweep ends; `rate_curve` finds the divergence before it."""

Report = Callable[[AnyEvent], None]


def find_learning_rate(command: FindLearningRate, report: Report, stop: threading.Event) -> LearningRateCurve | Stopped:
    """Sweeps the rate over some batches. Nothing is kept. Raises JobError or DatasetError."""
    if not 0 < command.lowest < command.highest or command.batches < FEWEST:
        raise JobError(
            f"Expected rates from low to high over at least {FEWEST} batches. "
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
    return learning_rate_curve(rates.tolist(), losses)


def _sweep(setting: Setting, rates: Sequence[float], report: Report, stop: threading.Event) -> list[float]:
    batches = iter(training_batches(setting.supplies.training, setting.project.training.batch_size, Epoch()).repeat())
    losses: list[float] = []
    began = time.monotonic()
    for count, rate in enumerate(rates, 1):
        if stop.is_set():
            break
        loss = train_once(setting.model, next(batches), rate)
        losses.append(loss)
        report(RateTried(rate=rate, loss=loss))
        if not math.isfinite(loss) or divergence(smoothed(losses), _HOPELESS) < count:
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
