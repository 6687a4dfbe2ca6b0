"""The templates as analysed graphs and as compiled models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

from workbench.analysis import GraphAnalysis
from workbench.engine.compile import build_model
from workbench.graph import Graph
from workbench.templates import TEMPLATES


def graphs(name: str, **values: Any) -> Iterator[Graph]:
    """The graphs of a template, published sizes unless told."""
    yield from TEMPLATES[name].build(values).graphs.values()


def compiled(graph: Graph) -> tuple[GraphAnalysis, keras.Model]:
    """A graph analysed and the model that the engine makes of it, in a clean Keras."""
    keras.backend.clear_session()
    return GraphAnalysis(graph), build_model(graph, seed=0)
