"""Generator and discriminator of a project with what trains them, and all their variables for a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from workbench.engine.adversarial.generator import AVERAGE, build_generator
from workbench.engine.adversarial.spectral import SpectralNormalisation
from workbench.engine.compile import build_model
from workbench.engine.errors import JobError
from workbench.engine.variables import (
    Arrays,
    assign_optimizer,
    model_arrays,
    model_variables,
    optimizer_arrays,
    restore_model,
)
from workbench.project import AdversarialSettings, Project, project_catalogue
from workbench.project.adversarial import DISCRIMINATOR, GENERATOR, LABEL

_SPECTRAL = "spectral"


class Networks:
    """Both networks and their optimisers, made from the project's seed alone.

    `average` is the generator with the running mean of its weights, None where none is kept. Raises JobError.
    """

    def __init__(self, project: Project) -> None:
        settings, seed = project.adversarial, project.training.seed
        self.generator = build_generator(project, seed)
        self.average = build_generator(project, seed) if settings.ema else None
        # Another seed: layers of the same shape would begin with the same weights.
        self.discriminator = build_model(
            project.graph(DISCRIMINATOR), (seed + 1) % 2**32, project_catalogue(project.blocks.values())
        )
        self.generator_optimizer = _optimizer(self.generator, GENERATOR, settings, project.training.precision)
        self.discriminator_optimizer = _optimizer(
            self.discriminator, DISCRIMINATOR, settings, project.training.precision
        )
        self.spectral = SpectralNormalisation(self.discriminator, seed) if settings.spectral_normalisation else None

    @property
    def sampler(self) -> keras.Model:
        """The generator that gives images to people."""
        return self.average or self.generator

    @property
    def latent_size(self) -> int:
        """Numbers in a latent vector."""
        return int(latent_input(self.generator).shape[-1])

    @property
    def image_shape(self) -> tuple[int | None, ...]:
        """Height, width, channels."""
        return tuple(image_input(self.discriminator).shape[1:])

    def averaged_pairs(self) -> list[tuple[Any, Any]]:
        """(mean, weight) of the generator's float variables; moving statistics are averaged like weights."""
        if self.average is None:
            return []
        pairs = zip(model_variables(self.average), model_variables(self.generator), strict=True)
        return [(mean.value, weight.value) for (_, mean), (_, weight) in pairs if "float" in str(weight.dtype)]

    def models(self) -> Arrays:
        """The variables of the networks, without what trains them."""
        arrays = model_arrays(self.generator, GENERATOR) | model_arrays(self.discriminator, DISCRIMINATOR)
        return arrays | (model_arrays(self.average, AVERAGE) if self.average is not None else {})

    def arrays(self) -> Arrays:
        """Every variable there is."""
        vectors = {} if self.spectral is None else {_key(v): np.asarray(v) for v in self.spectral.vectors}
        return (
            self.models()
            | optimizer_arrays(self.generator_optimizer, f"{GENERATOR}_optimizer")
            | optimizer_arrays(self.discriminator_optimizer, f"{DISCRIMINATOR}_optimizer")
            | vectors
        )

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> bool:
        """Assigns what `arrays` gave; whether the optimisers' state fitted, too. Raises JobError."""
        restore_model(self.generator, arrays, GENERATOR)
        restore_model(self.discriminator, arrays, DISCRIMINATOR)
        if self.average is not None:
            kept = any(key.startswith(f"{AVERAGE}/") for key in arrays)
            restore_model(self.average, arrays, AVERAGE if kept else GENERATOR)
        for vector in self.spectral.vectors if self.spectral is not None else ():
            if (value := arrays.get(_key(vector))) is not None:
                vector.assign(value)
        fitted = assign_optimizer(self.generator_optimizer, arrays, f"{GENERATOR}_optimizer")
        return assign_optimizer(self.discriminator_optimizer, arrays, f"{DISCRIMINATOR}_optimizer") and fitted


def latent_input(generator: keras.Model) -> Any:
    """The generator's input that takes noise."""
    return next(tensor for tensor in generator.inputs if _name(tensor) != LABEL)


def image_input(discriminator: keras.Model) -> Any:
    """The discriminator's input that takes images."""
    return next(tensor for tensor in discriminator.inputs if _name(tensor) != LABEL)


def label_input(model: keras.Model) -> Any:
    """The input that takes classes, None where there is none."""
    return next((tensor for tensor in model.inputs if _name(tensor) == LABEL), None)


def arranged(model: keras.Model, values: Any, labels: Sequence[Any] = ()) -> Any:
    """What a network is called with: its inputs in their order, or the only one. `labels` holds one tensor or none."""
    given = [labels[0] if _name(tensor) == LABEL else values for tensor in model.inputs]
    return given if len(given) > 1 else given[0]


def encoded(labels: NDArray[Any], tensor: Any, classes: int) -> NDArray[Any]:
    """Class numbers (count) or shares (count x classes) as a `label` input takes them: shares, or class numbers."""
    shape = tuple(tensor.shape[1:])
    if shape == (classes,):
        shares = labels if labels.ndim == 2 else np.eye(classes)[labels]
        return shares.astype(np.float32)
    numbers = labels.argmax(axis=1) if labels.ndim == 2 else labels
    return numbers.reshape(-1, *(1 for _ in shape)).astype(np.dtype(tensor.dtype))


def _optimizer(model: keras.Model, name: str, settings: AdversarialSettings, precision: str) -> Any:
    """The optimiser of one of the networks, built. Raises JobError where Keras refuses or nothing would train."""
    if not model.trainable_variables:
        raise JobError(f"Nothing in the {name} trains: everything is frozen, or has no weights.", "Thaw a layer.")
    chosen, params = (getattr(settings, f"{name}_{part}") for part in ("optimizer", "optimizer_params"))
    try:
        optimizer = getattr(keras.optimizers, chosen)(learning_rate=getattr(settings, f"{name}_rate"), **params)
    except ValueError as error:
        raise JobError(f"{name}: {chosen} cannot be made: {str(error).splitlines()[0]}") from error
    if precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(model.trainable_variables)
    return optimizer


def _name(tensor: Any) -> str:
    return str(tensor._keras_history.operation.name)


def _key(vector: Any) -> str:
    return f"{_SPECTRAL}/{vector.name.partition(':')[0]}"
