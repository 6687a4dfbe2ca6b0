"""What an optimiser knew of the weights that a training begins with, given to its own optimiser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
from numpy.typing import NDArray

from workbench.project.weights import OPTIMIZER, is_state, slot_key
from workbench.runs.optimizer_state import stem_of, steps_key

_STEPS = "iteration"


class Given(NamedTuple):
    """How many of an optimiser's variables were taken over (None: there were none to take), or why not."""

    variables: int | None = None
    remark: str = ""


@dataclass(frozen=True)
class KeptState:
    """The state in a store for the variables that take their weights over; `keys` is `weights.Fitted.keys`."""

    optimizer: str
    arrays: Mapping[str, NDArray[Any]]
    keys: Mapping[str, str]

    def give(self, model: keras.Model) -> Given:
        """Assigns it to the optimiser of a compiled model.

        Weights that begin anew, or did not train before, have no state yet. Nothing is taken from another optimiser,
        or from a version of it that keeps something else.
        """
        stored = [key for key in self.arrays if is_state(key)]
        if not stored:
            return Given()
        steps = self.arrays.get(steps_key(self.optimizer))
        if steps is None:
            was = next((key.partition(".")[2] for key in stored if key.startswith(f"{OPTIMIZER}:")), "unknown")
            return Given(0, f"the optimiser begins anew: these weights were trained with another ({was})")
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        begun = {key.rpartition("@")[0] for key in stored}
        wanted = self._wanted(model.optimizer, begun)
        if any(not self._fits(key, variable) for key, variable in wanted.items()):
            what = f"the state of {self.optimizer} is of another version, or of other settings"
            return Given(0, f"the optimiser begins anew: {what}")
        for key, variable in wanted.items():
            variable.assign(self.arrays[key])
        for variable in model.optimizer.variables:
            if variable.name == _STEPS and wanted:
                variable.assign(steps)
        return Given(len(wanted))

    def _wanted(self, optimizer: keras.optimizers.Optimizer, begun: set[str]) -> dict[str, Any]:
        """The optimiser's variables of weights that were trained before, by the store's keys."""
        stems = {path.replace("/", "_"): key for path, key in self.keys.items() if key in begun}
        slots = ((variable, stem_of(variable.name, stems)) for variable in optimizer.variables)
        return {slot_key(*found): variable for variable, found in slots if found}

    def _fits(self, key: str, variable: Any) -> bool:
        value = self.arrays.get(key)
        return value is not None and tuple(value.shape) == tuple(variable.shape)
