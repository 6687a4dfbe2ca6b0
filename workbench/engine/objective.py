"""What training minimises and how: losses and metrics from the settings and the network's ends, and the optimizer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from workbench.engine.errors import JobError
from workbench.engine.image_metrics import OfImages
from workbench.engine.pixel_losses import COMBINED, OverPlaces, PixelLoss, Reading, terms_of
from workbench.engine.pixel_metrics import Measured, PlaceCounts, measures_of
from workbench.engine.targets import (
    Accuracy,
    BinaryAccuracy,
    ClassCrossentropy,
    OfShares,
    Prepared,
    as_numbers,
    as_shares,
)
from workbench.project import TrainingSettings
from workbench.project.objectives import AUTO, LOSSES, METRICS


@dataclass(frozen=True)
class Target:
    """What an output is compared with. `classes` is None for plain numbers; `shape` is without the batch axis."""

    name: str
    shape: tuple[int | None, ...]
    classes: int | None
    shares: bool = False
    """Whether there is a value for each class instead of a class number."""
    class_names: tuple[str, ...] = ()
    """What measures of single classes are called; their numbers where there are none."""
    weights: tuple[float, ...] = ()
    """By class, where the pixels of a mask do not count alike."""
    bounds: tuple[float, float] | None = None
    """Of an image: the values of black and of full brightness."""

    @property
    def places(self) -> tuple[int | None, ...]:
        """Of a map that has a class in every place, or none (`VOID`); () where there is one class for a sample."""
        if self.classes is None:
            return ()
        return self.shape[:-1] if self.shares else self.shape


@dataclass(frozen=True)
class Objective:
    """For each output in order, a loss and its metrics."""

    losses: tuple[keras.losses.Loss, ...]
    metrics: tuple[tuple[keras.metrics.Metric, ...], ...]
    names: tuple[str, ...]
    """Of the outputs."""

    @property
    def reported(self) -> list[str]:
        """What Keras will call the numbers of an epoch, without validation."""
        if len(self.losses) == 1:
            return ["loss", *(metric.name for metric in self.metrics[0])]
        parts = zip(self.names, self.metrics, strict=True)
        named = [f"{name}_{part}" for name, metrics in parts for part in ("loss", *(each.name for each in metrics))]
        return ["loss", *named]

    def compile(self, model: keras.Model, optimizer: keras.optimizers.Optimizer, xla: bool) -> None:
        """Makes a model ready to train and to be measured."""
        alone = len(self.losses) == 1
        model.compile(
            optimizer,
            loss=self.losses[0] if alone else list(self.losses),
            metrics=list(self.metrics[0]) if alone else [list(metrics) for metrics in self.metrics],
            jit_compile=xla,
        )


def objective_for(model: keras.Model, targets: Sequence[Target], settings: TrainingSettings) -> Objective:
    """Losses and metrics that suit what the network's last layers give: probabilities or logits, classes or numbers.

    Raises JobError where an output cannot be compared with its target, or the chosen loss or metrics suit none.
    """
    if len(model.outputs) != len(targets):
        raise JobError(
            f"The network has {len(model.outputs)} outputs; the dataset has targets for {len(targets)}.",
            "Wire the loose ends together, or give the dataset a y_<output> for each output.",
        )
    ends = [_End.of(output, target) for output, target in zip(model.outputs, targets, strict=True)]
    _check_choice(ends, settings)
    return Objective(
        tuple(_loss(end, settings) for end in ends),
        tuple(_metrics(end, settings) for end in ends),
        tuple(model.output_names),
    )


def optimizer_for(settings: TrainingSettings) -> keras.optimizers.Optimizer:
    """The optimizer that the settings name, at the settings' learning rate. Raises JobError where Keras refuses."""
    try:
        optimizer: keras.optimizers.Optimizer = getattr(keras.optimizers, settings.optimizer)(
            learning_rate=settings.learning_rate, **settings.optimizer_params
        )
    except ValueError as error:
        raise JobError(f"{settings.optimizer} cannot be made: {str(error).splitlines()[0]}") from error
    return optimizer


@dataclass(frozen=True)
class _End:
    """An output beside its target."""

    output: Any
    target: Target
    softmax: bool
    sigmoid: bool

    @classmethod
    def of(cls, output: Any, target: Target) -> _End:
        end = cls(
            output, target, _ends_in(output, keras.activations.softmax), _ends_in(output, keras.activations.sigmoid)
        )
        end.check()
        return end

    @property
    def binary(self) -> bool:
        """Whether one value tells two classes apart."""
        return self.output.shape[-1] == 1 and (self.target.classes or 2) <= 2

    @property
    def from_logits(self) -> bool:
        return not (self.sigmoid if self.binary else self.softmax or self.sigmoid)

    @property
    def reading(self) -> Reading:
        """As losses and measures of maps read it."""
        return Reading(self.target.classes or 0, self.binary, self.from_logits)

    def probabilities(self, y_true: Any, y_pred: Any) -> Any:
        if not self.from_logits:
            return y_pred
        return ops.sigmoid(y_pred) if self.binary else ops.softmax(y_pred, axis=-1)

    def check(self) -> None:
        """Raises JobError where output and target have shapes that do not go together."""
        shape, classes = tuple(self.output.shape[1:]), self.target.classes
        places = self.target.places
        if classes is None:
            if not _same(shape, self.target.shape) and not _same(shape, (*self.target.shape, 1)):
                raise JobError(
                    f"The network's output {self.target.name} has shape {_words(shape)}; its targets have "
                    f"{_words(self.target.shape)}.".replace("output  has", "output has"),
                    "End with a layer of the targets' shape.",
                )
            return
        if _same(shape, (*places, classes)) or (classes == 2 and _same(shape, (*places, 1))):
            return
        where = f" for each of {_words(places)} places" if places else ""
        raise JobError(
            f"The network's output has shape {_words(shape)}; {classes} classes need {classes} values{where}.",
            f"End with Flatten or GlobalAveragePooling2D and a Dense of {classes} units."
            if not places
            else f"End with a convolution of {classes} filters that gives maps of {_words(places)}.",
        )


def _check_choice(ends: Sequence[_End], settings: TrainingSettings) -> None:
    """A loss must suit one of the outputs, and so must one of the chosen metrics; images have measures of their own."""
    kinds = {end.target.classes is not None for end in ends}
    loss = LOSSES[settings.loss]
    if loss.key != AUTO and loss.classes not in kinds:
        raise _unsuited("loss", loss.key, loss.classes)
    images = any(end.target.bounds is not None for end in ends)
    if images or not settings.metrics or settings.metrics == TrainingSettings().metrics:
        return
    if not any(METRICS[key].classes in kinds and not METRICS[key].images for key in settings.metrics):
        key = settings.metrics[0]
        raise _unsuited("metric", key, METRICS[key].classes)


def _unsuited(kind: str, key: str, classes: bool) -> JobError:
    if not classes:
        return JobError(
            f"The {kind} {key} compares numbers or images, and the targets of this dataset are others.",
            f"Choose a {kind} that suits the targets.",
        )
    return JobError(
        f"The {kind} {key} compares classes, and every target of this dataset is plain numbers.",
        f"Choose a {kind} for numbers. For several labels at once, give 0 or 1 for each class in the shape of the "
        "network's output, and choose binary_crossentropy as the loss.",
    )


def _loss(end: _End, settings: TrainingSettings) -> keras.losses.Loss:
    chosen = LOSSES[settings.loss]
    numbers = end.target.classes is None
    if chosen.key == AUTO or chosen.classes is numbers:
        key = "mean_squared_error" if numbers else "binary_crossentropy" if end.binary else AUTO
        chosen, given = LOSSES[key], {}
    else:
        given = dict(settings.loss_params)
    if end.target.places or chosen.key in COMBINED:
        params = {name: param.default for name, param in chosen.by_name.items()} | given
        smoothed = settings.label_smoothing if chosen.smooths else 0.0
        if terms := terms_of(chosen.key, params, end.binary):
            return PixelLoss(chosen.key, terms, end.reading, params, end.target.weights, smoothed)
    if chosen.key in (AUTO, "sparse_categorical_crossentropy"):
        if end.binary:
            raise JobError(
                "The network ends in one value; cross-entropy over classes needs one for each class.",
                "Choose binary_crossentropy, or end with a Dense of 2 units and softmax.",
            )
        return ClassCrossentropy(end.from_logits, settings.label_smoothing if chosen.smooths else 0.0)
    made = getattr(keras.losses, _LOSS_CLASSES[chosen.key])
    if numbers:
        return made(**given)
    smoothing = {"label_smoothing": settings.label_smoothing} if chosen.smooths else {}
    if "crossentropy" in chosen.key:
        binary = chosen.key.startswith("binary")
        logits = not (end.sigmoid or (end.softmax and not end.binary)) if binary else end.from_logits
        shared = OfShares(made(from_logits=logits, **smoothing, **given), lambda y_true, y_pred: y_pred)
    else:
        shared = OfShares(made(**given), end.probabilities)
    return OverPlaces(shared, end.reading, end.target.weights) if end.target.places else shared


_LOSS_CLASSES: Mapping[str, str] = {
    "categorical_crossentropy": "CategoricalCrossentropy",
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_hinge": "CategoricalHinge",
    "kl_divergence": "KLDivergence",
    "dice": "Dice",
    "tversky": "Tversky",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "huber": "Huber",
    "log_cosh": "LogCosh",
    "mean_absolute_percentage_error": "MeanAbsolutePercentageError",
    "mean_squared_logarithmic_error": "MeanSquaredLogarithmicError",
    "poisson": "Poisson",
    "cosine_similarity": "CosineSimilarity",
}


def _metrics(end: _End, settings: TrainingSettings) -> tuple[keras.metrics.Metric, ...]:
    numbers = end.target.classes is None
    pictures = end.target.bounds is not None
    fitting = [
        key for key in settings.metrics if METRICS[key].classes is not numbers and (pictures or not METRICS[key].images)
    ]
    if numbers and not fitting and settings.metrics:
        fitting = ["mean_absolute_error"]
    counts = PlaceCounts(end.reading)
    names = end.target.class_names or tuple(map(str, range(end.target.classes or 0)))
    found: list[keras.metrics.Metric] = []
    for key in fitting:
        if METRICS[key].images:
            assert end.target.bounds is not None
            found.append(OfImages(key, end.target.bounds))
            continue
        measures = measures_of(key, names) if end.target.places or key not in _METRICS else None
        if measures is None:
            found.append(_METRICS[key](end))
        else:
            found += [Measured(name, counts, measure) for name, measure in measures]
    return tuple(found)


def _accuracy(end: _End) -> keras.metrics.Metric:
    return BinaryAccuracy(0.0 if end.from_logits else 0.5) if end.binary else Accuracy()


def _top_5(end: _End) -> keras.metrics.Metric:
    # Of fewer classes than five, all.
    inner = keras.metrics.SparseTopKCategoricalAccuracy(min(5, int(end.output.shape[-1])), name="top_5_accuracy")
    return Prepared(inner, as_numbers, end.probabilities)


def _of_shares(make: Callable[[], keras.metrics.Metric]) -> Callable[[_End], keras.metrics.Metric]:
    return lambda end: Prepared(make(), as_shares, end.probabilities)


def _of_places(make: Callable[[], keras.metrics.Metric]) -> Callable[[_End], keras.metrics.Metric]:
    """For metrics that take a table: every place of a map is a row."""

    def flat(values: Any) -> Any:
        return ops.reshape(values, (-1, values.shape[-1]))

    return lambda end: Prepared(
        make(),
        lambda y_true, y_pred: flat(as_shares(y_true, y_pred)),
        lambda y_true, y_pred: flat(end.probabilities(y_true, y_pred)),
    )


def _mean_iou(end: _End) -> keras.metrics.Metric:
    def numbers(y_true: Any, y_pred: Any) -> Any:
        probable = end.probabilities(y_true, y_pred)
        return ops.cast(probable[..., 0] > 0.5, "int32") if end.binary else ops.argmax(probable, axis=-1)

    classes = 2 if end.binary else int(end.output.shape[-1])
    return Prepared(keras.metrics.MeanIoU(classes, name="mean_iou"), as_numbers, numbers)


_METRICS: Mapping[str, Callable[[_End], keras.metrics.Metric]] = {
    "accuracy": _accuracy,
    "top_5_accuracy": _top_5,
    "auc": _of_shares(lambda: keras.metrics.AUC(name="auc")),
    "precision": _of_shares(lambda: keras.metrics.Precision(name="precision")),
    "recall": _of_shares(lambda: keras.metrics.Recall(name="recall")),
    "f1": _of_places(lambda: keras.metrics.F1Score(name="f1")),
    "mean_iou": _mean_iou,
    "mean_squared_error": lambda end: keras.metrics.MeanSquaredError(name="mean_squared_error"),
    "mean_absolute_error": lambda end: keras.metrics.MeanAbsoluteError(name="mean_absolute_error"),
    "root_mean_squared_error": lambda end: keras.metrics.RootMeanSquaredError(name="root_mean_squared_error"),
    "r2": lambda end: keras.metrics.R2Score(name="r2"),
}


def _ends_in(output: Any, activation: Callable[[Any], Any]) -> bool:
    """Whether the last layer applies the activation: as its argument, or as a layer that is nothing else."""
    layer = output._keras_history.operation
    alone = type(layer).__name__.lower() == activation.__name__
    return alone or getattr(layer, "activation", None) is activation


def _same(first: Sequence[int | None], second: Sequence[int | None]) -> bool:
    """Whether two shapes can be the same, where some sizes are not known."""
    return len(first) == len(second) and all(
        a is None or b is None or a == b for a, b in zip(first, second, strict=True)
    )


def _words(shape: Sequence[int | None]) -> str:
    return "x".join("?" if size is None else str(size) for size in shape) or "none"
