"""What the layers of a new training begin with: the project's weights where they fit, else drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras

from workbench.engine.errors import JobError
from workbench.engine.training.optimizer_state import Given, KeptState
from workbench.engine.weights import Fitted, fit_weights
from workbench.graph import Graph
from workbench.layers import Catalogue
from workbench.project import Project
from workbench.project.weights import Arrays, WeightStoreError, is_state, read_weights
from workbench.protocol import AnyEvent, InitialWeights, Stage

_HINT = "Choose other initial weights, or start from scratch."


@dataclass(frozen=True)
class Taken:
    """What a model's layers were given, from where, and the optimiser's state that belongs to it."""

    fitted: Fitted
    source: str
    state: KeptState

    def told(self, given: Given) -> InitialWeights:
        """As an event."""
        fitted = self.fitted
        return InitialWeights(
            source=self.source,
            kept=tuple(fitted.kept),
            partly=tuple(fitted.partly),
            new=tuple(fitted.new),
            unused=len(fitted.unused),
            optimizer=given.variables,
            remark=given.remark,
        )


def begins_with_weights(project: Project) -> bool:
    """Whether a new training of a project takes weights over."""
    return project.weights is not None and project.training.initial_weights == "project"


def take_weights(
    model: keras.Model, project: Project, graph: Graph, catalogue: Catalogue, report: Callable[[AnyEvent], None]
) -> Taken | None:
    """Puts the project's weights into its model; None where it begins from scratch.

    Raises JobError where the weights are missing or cannot be read, or not one layer fits.
    """
    weights = project.weights
    if weights is None or not begins_with_weights(project):
        return None
    report(Stage(text="taking the initial weights"))
    try:
        arrays = read_weights(weights)
    except WeightStoreError as error:
        raise JobError(str(error), _HINT) from error
    return fit(model, project, graph, catalogue, arrays, weights.source or "the project's weights")


def fit(model: keras.Model, project: Project, graph: Graph, catalogue: Catalogue, arrays: Arrays, source: str) -> Taken:
    """Puts arrays by key into the layers that they fit. Raises JobError where they fit none."""
    fitted = fit_weights(model, graph, catalogue, arrays, project.training.copy_overlap)
    if not fitted.fits:
        raise JobError(
            f"The initial weights are of another network: none of its layers fits. {misfits(fitted)}".rstrip(), _HINT
        )
    state = {key: value for key, value in arrays.items() if is_state(key)}
    return Taken(fitted, source, KeptState(project.training.optimizer, state, fitted.keys))


def misfits(fitted: Fitted, most: int = 5) -> str:
    """Which layers have no weights in the store, in a sentence; "" where all have."""
    names = fitted.new
    if not names:
        return ""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"Without weights: {', '.join(names[:most])}{more}."
