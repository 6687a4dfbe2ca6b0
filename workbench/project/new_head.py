"""A new head for a network: what replaces it, as one edit that leaves every other layer and its weights alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, GraphEdit, Node, NodeId, Wire, edits, new_node_id
from workbench.graph.rewiring import BEHIND
from workbench.layers import CATALOGUE
from workbench.layers.params import MAX_SIZE
from workbench.project.head import Head, HeadError

POOLINGS = ("average", "max", "flatten", "none")
"""How maps become a vector; with "none" each position gets a prediction of its own."""
ENDINGS = ("softmax", "sigmoid", "logits")
LABEL = "Replace the head"
_KERAS = "keras.layers."
_POOLING = {"average": "GlobalAveragePooling", "max": "GlobalMaxPooling"}


@dataclass(frozen=True)
class HeadChoice:
    """What the new head is. `dropout` stands before each dense layer; `freeze` stops the layers that stay learning."""

    classes: int
    pooling: str = "average"
    dropout: float = 0.2
    hidden: tuple[int, ...] = ()
    ending: str = "softmax"
    freeze: bool = False

    def problem(self) -> str | None:
        """What is wrong with it, in a line."""
        checks = (
            (1 <= self.classes <= MAX_SIZE, "classes", "a whole number of 1 or more", self.classes),
            (self.pooling in POOLINGS, "pooling", f"one of {', '.join(POOLINGS)}", self.pooling),
            (0 <= self.dropout < 1, "dropout", "a share from 0 to less than 1", self.dropout),
            (all(1 <= units <= MAX_SIZE for units in self.hidden), "hidden", "layers of 1 unit or more", self.hidden),
            (self.ending in ENDINGS, "ending", f"one of {', '.join(ENDINGS)}", self.ending),
        )
        wrong = (f"{name}: Expected {expected}. Received: {value}" for ok, name, expected, value in checks if not ok)
        return next(wrong, None)


class Part(NamedTuple):
    """A layer of a head, for a person to read."""

    name: str
    label: str
    shape: str
    params: int


def usual_choice(head: Head, classes: int) -> HeadChoice:
    """What fits the head that is there: a prediction for each position stays one."""
    ending = "sigmoid" if classes == 1 else "softmax"
    if head.by_position:
        return HeadChoice(classes, pooling="none", dropout=0.0, ending=ending)
    return HeadChoice(classes, ending=ending)


def replace_head(graph: Graph, head: Head, choice: HeadChoice) -> GraphEdit:
    """The edit; new layers have ids of their own, so that no stored weights are taken for theirs. Raises HeadError."""
    nodes = _new_nodes(graph, head, choice)
    ids = [head.source, *(node.id for node in nodes)]
    wires = [Wire(ids[0], ids[1], head.port), *(Wire(a, b) for a, b in pairwise(ids[1:]))]
    steps: list[GraphEdit] = [edits.Remove(head.nodes)] if head.nodes else []
    steps.append(edits.Add(nodes, tuple(wires)))
    kept = [node.id for node in graph if node.trainable and node.id not in head.nodes]
    if choice.freeze and kept:
        steps.append(edits.set_trainable(graph, kept, False))
    return edits.Several(tuple(steps), LABEL)


def what_goes(analysis: GraphAnalysis, head: Head) -> list[Part]:
    """The layers of the head that is there."""
    return [_part(analysis, analysis.graph.node(node)) for node in head.nodes]


def what_comes(graph: Graph, head: Head, choice: HeadChoice) -> list[Part]:
    """The layers of the new head. Raises HeadError."""
    trial = Graph("head")
    source = Node(NodeId("features"), "input", "features", {"shape": list(head.features.shape)})
    trial.add_node(source)
    before = source.id
    nodes = _new_nodes(graph, head, choice)
    for node in nodes:
        trial.add_node(node)
        trial.connect(Wire(before, node.id))
        before = node.id
    analysis = GraphAnalysis(trial)
    return [_part(analysis, node) for node in nodes]


def _part(analysis: GraphAnalysis, node: Node) -> Part:
    report, kind = analysis.report(node.id), analysis.catalogue.get(node.type)
    shape = str(next(iter(report.outputs.values()), "?"))
    return Part(node.name, kind.label if kind else node.type, shape, report.params)


def _new_nodes(graph: Graph, head: Head, choice: HeadChoice) -> tuple[Node, ...]:
    if problem := choice.problem():
        raise HeadError(problem)
    taken = {node.name for node in graph if node.id not in head.nodes}
    places = _places(graph, head)
    nodes = []
    for (stem, layer, params), position in zip(_layers(head, choice), places, strict=False):
        name = _free(stem, taken)
        taken.add(name)
        kind = CATALOGUE[_KERAS + layer]
        kept = {key: value for key, value in params.items() if value != kind.defaults.get(key, ...)}
        nodes.append(Node(new_node_id(), kind.key, name, kept, position=position))
    return tuple(nodes)


def _layers(head: Head, choice: HeadChoice) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Stem of the name, class and parameters of each layer of the new head."""
    rank = len(head.features.shape) - 1
    by_position = rank > 0 and choice.pooling == "none"
    if rank and not by_position:
        yield _pooling(head, choice, rank)
    for units in choice.hidden:
        if choice.dropout:
            yield "head_dropout", "Dropout", {"rate": choice.dropout}
        yield "head_dense", *_dense(units, "relu", rank, by_position)
    if choice.dropout:
        yield "head_dropout", "Dropout", {"rate": choice.dropout}
    ending = None if choice.ending == "logits" else choice.ending
    yield ("predictions" if ending else "logits"), *_dense(choice.classes, ending, rank, by_position)


def _pooling(head: Head, choice: HeadChoice, rank: int) -> tuple[str, str, dict[str, Any]]:
    if choice.pooling == "flatten":
        if None in head.features.shape:
            raise HeadError(f"Expected a known size to flatten. Received: {head.features}; choose average or max")
        return "head_flatten", "Flatten", {}
    layer = f"{_POOLING[choice.pooling]}{rank}D"
    if _KERAS + layer not in CATALOGUE:
        raise HeadError(f"Expected features with at most 3 spatial axes. Received: {head.features}")
    return "head_pooling", layer, {}


def _dense(units: int, activation: str | None, rank: int, by_position: bool) -> tuple[str, dict[str, Any]]:
    """A dense layer, or the convolution that is one at each position."""
    if not by_position:
        return "Dense", {"units": units, "activation": activation}
    if not 1 <= rank <= 3:
        raise HeadError("Expected features with at most 3 spatial axes to predict each position")
    return f"Conv{rank}D", {"filters": units, "kernel_size": 1, "activation": activation}


def _free(stem: str, taken: set[str]) -> str:
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name


def _places(graph: Graph, head: Head) -> Iterator[tuple[float, float]]:
    """Where the old head stood, then on to the right."""
    x, y = graph.node(head.source).position
    for node in head.nodes:
        x, y = graph.node(node).position
        yield x, y
    while True:
        x += BEHIND
        yield x, y
