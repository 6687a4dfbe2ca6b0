"""What one phase of a training fits: the whole network, or what is behind the features of its frozen layers."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from workbench.engine.supply import Supply
from workbench.engine.training import features
from workbench.engine.training.model import TrainingModel
from workbench.engine.training.setting import Setting
from workbench.project.machine import available_memory
from workbench.protocol import AnyEvent, Stage

_UNIT = 2**20
_STAGE = "computing what the frozen layers give"


@dataclass(frozen=True)
class Segment:
    """A model, its samples, and a word for the log where features are kept."""

    model: TrainingModel
    training: Supply
    validation: Supply
    note: str = ""


@contextlib.contextmanager
def segment(
    setting: Setting, epochs: int, folder: Path, report: Callable[[AnyEvent], None], stopped: Callable[[], bool]
) -> Iterator[Segment]:
    """What is fitted for so many epochs with the layers frozen as they are. Raises FeaturesCancelled."""
    supplies = setting.supplies
    whole = Segment(setting.model, supplies.training, supplies.validation)
    found = features.cut(setting.model) if _may_keep(setting, epochs) else None
    size = None if found is None else features.size_of(found, (supplies.training, supplies.validation))
    if found is None or size is None:
        yield whole
        return
    place = features.place_for(size, available_memory(), shutil.disk_usage(folder).free)
    if place is None:
        yield Segment(whole.model, whole.training, whole.validation, f"{_told(found)} {size // _UNIT:,} MiB: not kept")
        return
    with features.room(folder) as array:
        began, model = time.monotonic(), _above(setting, found)
        made = partial(array, on_disk=place == "disk")
        total = len(supplies.training) + len(supplies.validation)
        training, validation = (
            features.compute(found, supply, setting.project.training.batch_size, made, hear)
            for supply, hear in (
                (supplies.training, _hearing(report, stopped, 0, total)),
                (supplies.validation, _hearing(report, stopped, len(supplies.training), total)),
            )
        )
        seconds = time.monotonic() - began
        note = f"{_told(found)} kept in {place} ({size // _UNIT:,} MiB), computed in {seconds:.1f} s"
        yield Segment(model, training, validation, note)


def _may_keep(setting: Setting, epochs: int) -> bool:
    """Only what is used more than once is worth keeping; varied images give other features every time."""
    varied = any(step.enabled for step in setting.project.augmentation.steps)
    return setting.project.training.cache_features and epochs > 1 and not varied


def _told(found: features.Cut) -> str:
    layers = "layer" if found.layers == 1 else "layers"
    return f"features of {found.layers} frozen {layers} with weights:"


def _above(setting: Setting, found: features.Cut) -> TrainingModel:
    """The rest of the network, with the same layers, optimiser, losses and guard."""
    whole = setting.model
    model = TrainingModel.behind(whole, found.tensors)
    setting.objective.compile(model, whole.optimizer, setting.project.training.xla)
    return model


def _hearing(report: Callable[[AnyEvent], None], stopped: Callable[[], bool], before: int, total: int) -> features.Told:
    def told(done: int, _: int) -> bool:
        report(Stage(text=_STAGE, done=before + done, total=total))
        return not stopped()

    return told
