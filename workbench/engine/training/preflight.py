"""One batch tried before a long run: is the loss a number, does every layer learn, is there enough memory?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from workbench.analysis import GraphAnalysis, primitives
from workbench.analysis.memory import memory_model
from workbench.engine.errors import JobError
from workbench.engine.training.diagnosis import first_not_finite
from workbench.engine.training.setting import Setting
from workbench.engine.variables import statistics_kept
from workbench.project.live import context_of
from workbench.project.machine import free_memory
from workbench.protocol import AnyEvent, Checked, Stage


def preflight(setting: Setting, report: Callable[[AnyEvent], None]) -> None:
    """Tries a batch forwards and backwards, changes nothing, and reports `Checked`. Raises JobError."""
    report(Stage(text="trying one batch"))
    began = time.monotonic()
    estimate, available = memory_estimate(setting), free_memory(setting.device)
    size = min(setting.project.training.batch_size, len(setting.supplies.training))
    batch = setting.batch(size=size)
    loss, unreached = _try(setting.model, batch)
    if not np.isfinite(loss):
        found = first_not_finite(setting.model, batch)
        where = f": {found.message}" if found else "."
        raise JobError(f"The loss of the very first batch is not a finite number{where}", found.hint if found else "")
    report(
        Checked(
            loss=loss,
            seconds=time.monotonic() - began,
            unreached=unreached,
            warnings=tuple(_warnings(setting, batch, unreached, estimate, available)),
        )
    )


def memory_estimate(setting: Setting, batch_size: int | None = None) -> int:
    """Bytes that training takes at a batch size, the project's by default."""
    training = setting.project.training
    layers = primitives(GraphAnalysis(setting.graph, setting.catalogue, context_of(setting.project)))
    return memory_model(layers, training.optimizer).at(batch_size or training.batch_size).total


def _try(model: keras.Model, batch: Any) -> tuple[float, tuple[str, ...]]:
    """The loss, and the layers that no gradient reaches. Moving statistics and seeds are put back."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
    variables = [variable.value for variable in model.trainable_variables]
    with statistics_kept(model), tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=True), sample_weight, training=True)
    gradients = tape.gradient(loss, variables)
    reached = {
        id(variable)
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True)
        if gradient is not None and bool(tf.reduce_any(tf.convert_to_tensor(gradient) != 0))
    }
    learning = [layer for layer in model.layers if layer.trainable_variables]
    unreached = [layer.name for layer in learning if not any(id(v) in reached for v in layer.trainable_variables)]
    return float(loss), tuple(unreached)


def _warnings(setting: Setting, batch: Any, unreached: tuple[str, ...], estimate: int, available: int | None):  # type: ignore[no-untyped-def]
    if unreached:
        yield f"No gradient reaches {', '.join(unreached)}: a layer after it is dead, or its wire carries nothing on."
    if available is not None and estimate > available:
        yield (
            f"Training is estimated to take {_mebibytes(estimate)}; {_mebibytes(available)} are free. "
            "Choose a smaller batch."
        )
    x, _, _ = keras.utils.unpack_x_y_sample_weight(batch)
    largest = max(float(np.abs(np.asarray(array)).max(initial=0)) for array in keras.tree.flatten(x))
    if largest > 1000:
        yield f"The inputs hold values up to {largest:,.0f}; networks learn best from values around 1."
    if all(float(np.asarray(array).std()) == 0 for array in keras.tree.flatten(x)):
        yield "All inputs of the batch are the same."
    if any(target.places for target in setting.supplies.targets) and _of_one_class(batch):
        yield "All pixels of the first batch's masks are of one class: the network learns little from such batches."
    if not setting.model.trainable_variables:
        yield "No layer learns: everything is frozen, or has no weights."


def _of_one_class(batch: Any) -> bool:
    _, y, _ = keras.utils.unpack_x_y_sample_weight(batch)
    return all(np.ptp(np.asarray(array)) == 0 for array in keras.tree.flatten(y))


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
