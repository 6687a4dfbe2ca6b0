"""Looking into a network while it trains: norms by layer, layers that died, and where a number stopped being finite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import keras
import tensorflow as tf

from workbench.engine.errors import JobError
from workbench.engine.training.diagnosis import Finding, first_not_finite
from workbench.protocol import AnyEvent, LayerAlarm, LayerNorms

_RELU = ("relu", "relu6")


class LayerWatch:
    """Follows a model by one batch, in inference mode, so that looking changes nothing.

    `batch_of(epoch, batch)` makes a batch (both from 0) again; `paths` gives each layer's primitive.
    """

    def __init__(
        self,
        model: keras.Model,
        batch_of: Callable[[int, int], Any],
        paths: Mapping[str, str],
        report: Callable[[AnyEvent], None],
        norms: bool,
        batches: int,
        epochs_done: int = 0,
    ) -> None:
        self._model = model
        self._batch_of = batch_of
        self._paths = paths
        self._report = report
        self._norms = norms
        self._batches = batches
        self._begun_at = epochs_done * batches
        """Step (from 0, over all epochs) that this session began with."""
        self._alarmed: set[tuple[str, str]] = set()
        self._rectified = [layer for layer in model.layers if _can_die(layer)]
        self._rectified_outputs = [_output(layer) for layer in self._rectified]
        self._measure: Any = None
        self._example: Any = None
        self.begin_phase()

    def begin_phase(self) -> None:
        """Follows the layers that train from now on."""
        self._weighted = [layer for layer in self._model.layers if layer.trainable_variables]
        self._measure = None

    def look(self, epoch: int, batch: int) -> dict[str, LayerNorms]:
        """Norms by layer after an epoch (from 1); raises an alarm for every layer newly found dead."""
        if not self._norms or not self._weighted:
            return {}
        if self._measure is None:
            self._example = self._batch_of(0, 0)
            self._measure = tf.function(self._measured)
        weights, gradients, dead = self._measure(self._example)
        deadness = {layer.name: float(share) for layer, share in zip(self._rectified, dead, strict=True)}
        found = {
            layer.name: LayerNorms(weights=float(weight), gradients=float(gradient), dead=deadness.get(layer.name))
            for layer, weight, gradient in zip(self._weighted, weights, gradients, strict=True)
        }
        self._alarm_the_dead(deadness, found, epoch, batch)
        return found

    def explain_failure(self, epoch: int, batch: int) -> NoReturn:
        """Says which layer first gave something that is not finite. Raises JobError."""
        found, bad = None, self._model.first_bad_step
        if bad is not None:
            where = divmod(self._begun_at + bad, self._batches)
            epoch, batch = where[0] + 1, where[1] + 1
            found = first_not_finite(self._model, self._batch_of(*where))
        if found is not None:
            self._alarm(found.layer, "not finite", found.message, epoch, batch)
        raise _diverged(found, epoch, batch)

    def _measured(self, batch: Any) -> Any:
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        inner = keras.Model(self._model.inputs, [*self._model.outputs, *self._rectified_outputs])
        variables = [variable for layer in self._weighted for variable in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tensors = inner(x, training=False)
            tensors = tensors if isinstance(tensors, list | tuple) else [tensors]
            count = len(self._model.outputs)
            outputs = tensors[0] if count == 1 else list(tensors[:count])
            loss = self._model.compute_loss(x, y, outputs, sample_weight, training=False)
        gradients = iter(tape.gradient(loss, [variable.value for variable in variables]))
        weights, slopes = [], []
        for layer in self._weighted:
            own = layer.trainable_variables
            weights.append(_norm([variable.value for variable in own]))
            # `own` first: zip would take a gradient too many before it finds that `own` has ended.
            slopes.append(
                _norm([gradient for _, gradient in zip(own, gradients, strict=False) if gradient is not None])
            )
        return weights, slopes, [_dead_share(tensor) for tensor in tensors[count:]]

    def _alarm_the_dead(
        self, deadness: Mapping[str, float], norms: Mapping[str, LayerNorms], epoch: int, batch: int
    ) -> None:
        for name, share in deadness.items():
            if share == 1.0:
                message = f"{name} is dead: all its outputs are 0 for a whole batch, so nothing before it learns."
                self._alarm(name, "dead", message, epoch, batch)
                break
        if norms and all(norm.gradients == 0 for norm in norms.values()):
            name = next(iter(norms))
            self._alarm(name, "no gradient", "No layer learns any more: all gradients are 0.", epoch, batch)

    def _alarm(self, layer: str, what: str, message: str, epoch: int, batch: int) -> None:
        if (layer, what) not in self._alarmed:
            self._alarmed.add((layer, what))
            path = self._paths.get(layer, "")
            self._report(LayerAlarm(layer=layer, path=path, what=what, message=message, epoch=epoch, batch=batch))


def _diverged(found: Finding | None, epoch: int, batch: int) -> JobError:
    where = f"(epoch {epoch}, batch {batch})"
    if found is None:
        return JobError(
            f"The loss is no longer a finite number {where}: the training diverged.",
            "Try a learning rate ten times smaller; check that the last activation fits a classifier.",
        )
    return JobError(f"The loss is no longer a finite number {where}: {found.message}", found.hint)


def _can_die(layer: keras.layers.Layer) -> bool:
    activation = getattr(layer, "activation", None)
    rectifies = getattr(activation, "__name__", "") in _RELU
    plain = type(layer).__name__ == "ReLU" and not getattr(layer, "negative_slope", 0)
    return (rectifies or plain) and _output(layer) is not None


def _output(layer: keras.layers.Layer) -> Any:
    """The tensor of a layer that is applied once; None for others."""
    try:
        return layer.output
    except (AttributeError, ValueError):
        return None


def _norm(tensors: list[Any]) -> Any:
    dense = [tf.cast(tf.convert_to_tensor(tensor), tf.float32) for tensor in tensors]
    return tf.linalg.global_norm(dense) if dense else tf.constant(0.0)


def _dead_share(tensor: Any) -> Any:
    """Share of the units (the last axis) that give 0 for every sample and place."""
    largest = tf.reduce_max(tf.abs(tensor), axis=list(range(len(tensor.shape) - 1)))
    return tf.reduce_mean(tf.cast(largest == 0, tf.float32))
