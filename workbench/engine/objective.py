"""What training minimises and how: loss and metric from the network's end, optimizer from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras

from workbench.engine.errors import JobError
from workbench.project import TrainingSettings

LearningRate: TypeAlias = float | keras.optimizers.schedules.LearningRateSchedule

_SCHEDULES: dict[str, Callable[[float, int], LearningRate]] = {
    "constant": lambda rate, steps: rate,
    "cosine": lambda rate, steps: keras.optimizers.schedules.CosineDecay(rate, steps),
}


@dataclass(frozen=True)
class Objective:
    """A loss with the metric called "accuracy"."""

    loss: keras.losses.Loss
    accuracy: keras.metrics.Metric


class BinaryCrossentropyOfIndices(keras.losses.BinaryCrossentropy):
    """Keras's binary cross-entropy for class indices without an axis of their own."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss for each sample; `y_true` are 0 or 1, `y_pred` samples x 1."""
        return super().call(keras.ops.reshape(y_true, (-1, 1)), y_pred)


class BinaryAccuracyOfIndices(keras.metrics.BinaryAccuracy):
    """Keras's binary accuracy for class indices without an axis of their own."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Counts; `y_true` are 0 or 1, `y_pred` samples x 1."""
        return super().update_state(keras.ops.reshape(y_true, (-1, 1)), y_pred, sample_weight)


class SmoothedCrossentropy(keras.losses.Loss):
    """Cross-entropy of class indices with smoothed targets, which Keras has for one-hot targets only."""

    def __init__(self, from_logits: bool, label_smoothing: float) -> None:
        super().__init__(name="smoothed_crossentropy")
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss for each sample; `y_true` are class indices, `y_pred` samples x classes."""
        targets = keras.ops.one_hot(keras.ops.reshape(y_true, (-1,)), y_pred.shape[-1], dtype=y_pred.dtype)
        return keras.losses.categorical_crossentropy(
            targets, y_pred, from_logits=self.from_logits, label_smoothing=self.label_smoothing
        )


def objective_for(model: keras.Model, classes: int, label_smoothing: float = 0.0) -> Objective:
    """Cross-entropy, from probabilities or from logits as the network's last layer gives them.

    Raises JobError where the output cannot tell `classes` classes apart.
    """
    if len(model.outputs) != 1:
        raise JobError(
            f"The network has {len(model.outputs)} outputs; a classifier has one.", "Wire the loose ends together."
        )
    output = model.outputs[0]
    if tuple(output.shape[1:]) == (1,) and classes == 2:
        return _binary(not _ends_in(output, keras.activations.sigmoid), label_smoothing)
    if tuple(output.shape[1:]) != (classes,):
        raise JobError(
            f"The network's output has shape {_shape(output)}; {classes} classes need {classes} values.",
            f"End with Flatten or GlobalAveragePooling2D and a Dense of {classes} units.",
        )
    return _categorical(not _ends_in(output, keras.activations.softmax), label_smoothing)


def optimizer_for(settings: TrainingSettings, steps: int) -> keras.optimizers.Optimizer:
    """The optimizer that the settings name, its learning rate scheduled over `steps` batches."""
    rate = _SCHEDULES[settings.schedule](settings.learning_rate, steps)
    optimizer: keras.optimizers.Optimizer = getattr(keras.optimizers, settings.optimizer)(learning_rate=rate)
    return optimizer


def _binary(from_logits: bool, label_smoothing: float) -> Objective:
    middle = 0.0 if from_logits else 0.5
    return Objective(
        BinaryCrossentropyOfIndices(from_logits=from_logits, label_smoothing=label_smoothing),
        BinaryAccuracyOfIndices(name="accuracy", threshold=middle),
    )


def _categorical(from_logits: bool, label_smoothing: float) -> Objective:
    return Objective(
        SmoothedCrossentropy(from_logits, label_smoothing)
        if label_smoothing
        else keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits),
        keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
    )


def _ends_in(output: Any, activation: Callable[[Any], Any]) -> bool:
    """Whether the last layer applies the activation: as its argument, or as a layer that is nothing else."""
    layer = output._keras_history.operation
    alone = type(layer).__name__.lower() == activation.__name__
    return alone or getattr(layer, "activation", None) is activation


def _shape(output: Any) -> str:
    return "x".join("?" if size is None else str(size) for size in output.shape[1:]) or "none"
