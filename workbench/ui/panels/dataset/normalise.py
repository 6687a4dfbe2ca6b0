"""Normalising in the network: the training images are measured as they enter it, then one edit puts the layer in."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from workbench.graph import Graph
from workbench.project import DatasetSettings, InGraph, NormalisationError, normalising
from workbench.project.normalisation import image_input, present
from workbench.ui.background import Report, Work
from workbench.ui.document import Document

if TYPE_CHECKING:
    from workbench.data.measure import Measured
    from workbench.ui.panels.dataset.samples import Samples

MEASURED = 20_000
"""Training images that are measured at most: the mean then errs by less than a hundredth of a deviation."""


class Normalising:
    """What is measured, and the edit that follows from it."""

    def __init__(self, document: Document) -> None:
        self._document = document

    @property
    def graph(self) -> Graph:
        """The network that the images go into. Raises NormalisationError where there are several."""
        graphs = self._document.project.graphs
        if len(graphs) != 1:
            raise NormalisationError(f"Expected a project of one network. Received: {', '.join(graphs)}")
        return next(iter(graphs.values()))

    @property
    def is_there(self) -> bool:
        """True when the network normalises already, so that its numbers would be measured anew."""
        try:
            return present(self.graph) is not None
        except NormalisationError:
            return False

    def work(self, samples: Samples) -> Work:
        """What is to run in a thread. Raises NormalisationError."""
        shape = tuple(image_input(self.graph).params.get("shape") or ())
        return partial(_measure, samples, shape, self._document.project.dataset)

    def put_in(self, measured: Measured) -> str:
        """One undoable edit; says what it did. Raises NormalisationError, as when the input went meanwhile."""
        graph = self.graph
        before = present(graph) is not None
        self._document.do(InGraph(graph.name, normalising(graph, measured.mean, measured.variance)))
        name = present(graph).name  # type: ignore[union-attr]  # the edit put it there
        verb = "has new numbers" if before else "stands behind the input"
        return f"{name} {verb}, measured on {measured.images:,} training images. It becomes part of every export."


def _measure(
    samples: Samples, shape: tuple[int | None, ...], settings: DatasetSettings, report: Report, cancel: Event
) -> Measured:
    from workbench.data.fit import Framing
    from workbench.data.measure import measure, some_of

    framing = Framing(shape, settings.fit, settings.value_range)
    chosen = some_of(samples.division.ids, samples.division.split.training, MEASURED)
    return measure(samples.source, chosen, report, cancel, lambda image: framing.scaled(framing.frame(image)))
