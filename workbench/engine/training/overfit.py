"""Training on one batch alone: a network that is put together soundly learns it by heart."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from workbench.engine.reading import read_project
from workbench.engine.training.rate_finder import train_once
from workbench.engine.training.setting import Setting, set_up
from workbench.protocol import AnyEvent, OverfitBatch, OverfitDone, Stage, Stopped

_LEARNED = 0.99
_SMALL = 0.02
"""Share of the first loss that counts as learned where there is no accuracy."""

Report = Callable[[AnyEvent], None]


def overfit_batch(command: OverfitBatch, report: Report, stop: threading.Event) -> OverfitDone | Stopped:
    """Trains on the first batch until it is known by heart. Nothing is kept. Raises JobError or DatasetError."""
    project = read_project(command.project.encode(), "the project", command.weights)
    with set_up(project, command.device, report, stop) as setting:
        return Stopped() if setting is None else _learn(setting, command.steps, report, stop)


def _learn(setting: Setting, steps: int, report: Report, stop: threading.Event) -> OverfitDone | Stopped:
    batch = setting.batch(size=min(setting.project.training.batch_size, len(setting.supplies.training)))
    losses: list[float] = []
    accuracies: list[float] = []
    began = time.monotonic()
    for count in range(1, steps + 1):
        if stop.is_set():
            return Stopped()
        losses.append(train_once(setting.model, batch))
        if not math.isfinite(losses[-1]):
            break
        measured = setting.model.test_on_batch(*batch, return_dict=True) if _due(count, steps) else {}
        setting.model.reset_metrics()
        accuracies += [float(measured["accuracy"])] if "accuracy" in measured else accuracies[-1:]
        left = (time.monotonic() - began) / count * (steps - count)
        report(Stage(text="learning one batch by heart", done=count, total=steps, seconds_left=left))
        if measured and _known(losses, accuracies):
            break
    return _judged(losses, accuracies)


def _due(count: int, steps: int) -> bool:
    """How well it is known is looked at every few steps: looking costs as much as half a step."""
    return count % 5 == 0 or count == steps


def _known(losses: list[float], accuracies: list[float]) -> bool:
    if accuracies:
        return accuracies[-1] >= _LEARNED
    return losses[-1] <= _SMALL * losses[0]


def _judged(losses: list[float], accuracies: list[float]) -> OverfitDone:
    ok = math.isfinite(losses[-1]) and _known(losses, accuracies)
    steps = len(losses)
    if ok:
        message = f"Learned by heart after {steps} steps: the network, its loss and the data fit together."
    elif not math.isfinite(losses[-1]):
        message = f"The loss is no finite number after {steps} steps: try a learning rate ten times smaller."
    else:
        reached = f"accuracy {accuracies[-1]:.3f}" if accuracies else f"loss {losses[-1]:.3g} of {losses[0]:.3g}"
        message = (
            f"Not learned by heart in {steps} steps ({reached}). Try another learning rate, less dropout, "
            "a larger network; look whether images and labels belong together."
        )
    finite = [loss for loss in losses if math.isfinite(loss)]
    return OverfitDone(losses=tuple(finite), accuracies=tuple(accuracies), ok=ok, message=message)
