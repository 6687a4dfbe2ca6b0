"""The phases of a fine-tuning within one run: which layers train now, and one optimiser for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from workbench.analysis import GraphAnalysis, primitives
from workbench.analysis.depth import WeightedLayer, weighted_layers
from workbench.engine.errors import JobError
from workbench.graph import Graph
from workbench.layers import Catalogue
from workbench.project import TrainingSettings
from workbench.project.fine_tuning import FineTuning, part_factors, trained_in


class Phases:
    """Freezes and thaws the layers of a model as its training goes on.

    The optimiser is built for every variable that some phase trains, and keeps it: one that trains on has its moments
    in the next phase, and a checkpoint holds the same variables in every epoch.
    """

    def __init__(self, model: keras.Model, layers: Sequence[WeightedLayer], tuning: FineTuning) -> None:
        self._model = model
        self._tuning = tuning
        known = {layer.name for layer in model.layers}
        self._layers = {layer.name: model.get_layer(layer.name) for layer in layers if layer.name in known}
        self._trained = [trained_in(tuning, phase, layers) for phase in tuning.phases]
        for phase, names in zip(tuning.phases, self._trained, strict=True):
            if not names:
                raise JobError(f"fine_tuning: No layer with weights is {phase.train!r}.", "Choose other layers.")
        self._factors = part_factors(tuning, layers)
        self.now: int | None = None

    @classmethod
    def of(cls, model: keras.Model, graph: Graph, catalogue: Catalogue, settings: TrainingSettings) -> Phases:
        """The phases that the settings name. Raises JobError where one of them would train nothing."""
        layers = weighted_layers(primitives(GraphAnalysis(graph, catalogue)))
        return cls(model, layers, settings.fine_tuning)

    def prepare(self, optimizer: keras.optimizers.Optimizer) -> None:
        """Builds the optimiser for all phases and gives parts their rates. To be called before anything trains."""
        if self._trained:
            self._thaw(frozenset[str]().union(*self._trained))
            optimizer.build(self._model.trainable_variables)
            _follow_only_what_trains(optimizer)
            self.now = None
            self.enter(0)
        if self._factors:
            scale_rates(optimizer, self._by_variable())

    def ends(self, epochs: int) -> tuple[int, ...]:
        """Epochs, counted from the beginning of the run, after which each phase ends."""
        return self._tuning.ends(epochs)

    def enter(self, number: int) -> bool:
        """Lets the layers of a phase train and no others; True where that is another phase than before."""
        if not self._trained or number == self.now:
            return False
        self.now = number
        self._thaw(self._trained[number])
        # Keras traces anew: what is frozen is part of the traced step.
        self._model.train_function = self._model.test_function = None
        return True

    def enter_for(self, epoch: int) -> bool:
        """The same for the phase of an epoch, from 0."""
        return self.enter(self._tuning.number_at(epoch))

    def described(self) -> str:
        """What trains now, for people; "" where there are no phases."""
        if self.now is None:
            return ""
        phase, names = self._tuning.phases[self.now], self._trained[self.now]
        count = len(self._tuning.phases)
        at = "" if phase.rate == 1 else f", {phase.rate:g} of the learning rate"
        return f"phase {self.now + 1} of {count}: {phase.train} ({len(names)} of {len(self._layers)} layers train{at})"

    @property
    def last(self) -> bool:
        """Whether no phase comes after this one."""
        return self.now is None or self.now + 1 == len(self._trained)

    def _thaw(self, names: frozenset[str]) -> None:
        for name, layer in self._layers.items():
            layer.trainable = name in names

    def _by_variable(self) -> dict[Any, float]:
        found: dict[Any, float] = {}
        for name, factor in self._factors.items():
            if name not in self._layers:
                continue
            found |= {id(variable.value): factor for variable in self._layers[name].variables}
        return found


def _follow_only_what_trains(optimizer: keras.optimizers.Optimizer) -> None:
    """Running means of weights, where the optimiser keeps some, when it knows variables that do not train now.

    The mean of a frozen weight is the weight itself, to the last bit. Keras would write means into the model as each
    `fit` ends, which here is only the end of a phase.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if not inner.use_ema:
        return
    update = inner._update_model_variables_moving_average

    def updated(variables: Sequence[Any]) -> None:
        update(variables)
        for variable, mean in zip(inner._trainable_variables, inner._model_variables_moving_average, strict=True):
            if not variable.trainable:
                mean.assign(variable)

    inner._update_model_variables_moving_average = updated
    inner.finalize_variable_values = optimizer.finalize_variable_values = lambda variables: None


def scale_rates(optimizer: keras.optimizers.Optimizer, factors: Mapping[int, float]) -> None:
    """Multiplies the learning rate of some variables, by the `id` of the backend's own.

    The rate and not the gradient: Adam and its like divide by the gradient's own size, so that a scaled gradient
    would change nothing.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    update, decay = inner.update_step, inner._apply_weight_decay

    def scaled_update(gradient: Any, variable: Any, learning_rate: Any) -> Any:
        return update(gradient, variable, learning_rate * factors.get(_identity(variable), 1.0))

    def scaled_decay(variables: Sequence[Any]) -> None:
        whole = inner.weight_decay
        if whole is None:
            return
        try:
            for variable in variables:
                inner.weight_decay = whole * factors.get(_identity(variable), 1.0)
                decay([variable])
        finally:
            inner.weight_decay = whole

    inner.update_step, inner._apply_weight_decay = scaled_update, scaled_decay


def _identity(variable: Any) -> int:
    return id(variable.value) if isinstance(variable, keras.Variable) else id(variable)
