"""What the layers of a new training begin with: the project's weights where they fit, else drawn anew."""

from __future__ import annotations

from collections.abc import Callable

import keras

from workbench.engine.errors import JobError
from workbench.engine.weights import Fitted, fit_weights
from workbench.graph import Graph
from workbench.layers import Catalogue
from workbench.project import Project
from workbench.project.weights import WeightStoreError, read_weights
from workbench.protocol import AnyEvent, InitialWeights, Stage

_HINT = "Choose other initial weights, or start from scratch."


def begins_with_weights(project: Project) -> bool:
    """Whether a new training of a project takes weights over."""
    return project.weights is not None and project.training.initial_weights == "project"


def take_weights(
    model: keras.Model, project: Project, graph: Graph, catalogue: Catalogue, report: Callable[[AnyEvent], None]
) -> Fitted | None:
    """Puts the project's weights into its model and reports by layer; None where it begins from scratch.

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
    fitted = fit_weights(model, graph, catalogue, arrays, project.training.copy_overlap)
    if not fitted.fits:
        raise JobError(
            f"The initial weights are of another network: none of its layers fits. {misfits(fitted)}".rstrip(), _HINT
        )
    report(told(fitted, weights.source or "the project's weights"))
    return fitted


def told(fitted: Fitted, source: str, optimizer: int | None = None) -> InitialWeights:
    """As an event."""
    return InitialWeights(
        source=source,
        kept=tuple(fitted.kept),
        partly=tuple(fitted.partly),
        new=tuple(fitted.new),
        unused=len(fitted.unused),
        optimizer=optimizer,
    )


def misfits(fitted: Fitted, most: int = 5) -> str:
    """Which layers have no weights in the store, in a sentence; "" where all have."""
    names = fitted.new
    if not names:
        return ""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"Without weights: {', '.join(names[:most])}{more}."
