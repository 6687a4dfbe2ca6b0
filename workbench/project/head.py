"""Where a network's features end and its head begins: what turns the last features into predictions.

The head is found by what layers do to shapes, not by their names: from the end backwards along a chain to where maps
become a vector. Where nothing learns behind that place, the classes come from the convolution before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.analysis import GraphAnalysis
from workbench.graph import Node, NodeId
from workbench.layers import Category, LayerType, TensorSpec

_WIDTHS = ("units", "filters")
_PROBABILITIES = frozenset({"softmax", "sigmoid"})
_LINEAR = (None, "linear")


class HeadError(Exception):
    """A network whose head cannot be told or replaced. The message is one line."""


@dataclass(frozen=True)
class Head:
    """What follows the features. `nodes` are in order and may be none; `end` is the output that it gives.

    `by_position`: it gives a prediction for each position of a map, as for segmentation.
    """

    end: NodeId
    source: NodeId
    port: str
    features: TensorSpec
    nodes: tuple[NodeId, ...] = ()
    by_position: bool = False


def ends(analysis: GraphAnalysis) -> list[NodeId]:
    """The outputs of a network: nodes that take something in and that nothing follows, by name."""
    found = [node for node in analysis.graph if not analysis.graph.wires_from(node.id)]
    inside = [node for node in found if analysis.graph.wires_into(node.id)]
    return [node.id for node in sorted(inside, key=lambda node: node.name)]


def find_head(analysis: GraphAnalysis, end: NodeId | None = None) -> Head:
    """The head that leads to an output, the only one unless told. Raises HeadError."""
    end = _only_end(analysis) if end is None else end
    if any(not analysis.report(node).known for node in (end, *_before(analysis, end))):
        name = analysis.graph.node(end).name
        raise HeadError(f"The shape at {name} is not known: put right what the problems list says, then try again")
    return _Search(analysis, end).head()


def _only_end(analysis: GraphAnalysis) -> NodeId:
    found = ends(analysis)
    if len(found) != 1:
        names = ", ".join(analysis.graph.node(node).name for node in found) or "none"
        raise HeadError(f"Expected a network with one output, or which output is meant. Received: {names}")
    return found[0]


def _before(analysis: GraphAnalysis, node: NodeId) -> list[NodeId]:
    return [wire.source for wire in analysis.graph.wires_into(node)]


@dataclass(frozen=True)
class _Step:
    """A primitive of the chain with what comes in and what goes out."""

    node: Node
    kind: LayerType
    incoming: TensorSpec
    outgoing: TensorSpec
    learns: bool

    @property
    def joins(self) -> bool:
        """Whether maps become a vector here, by global pooling (which may keep axes of size 1) or a lower rank."""
        pooled = self.kind.category is Category.POOLING and not {"pool_size", "output_size"} & set(self.kind.by_name)
        return len(self.incoming.shape) > 1 and (pooled or len(self.outgoing.shape) == 1)

    @property
    def decides_width(self) -> bool:
        """Whether it makes as many channels as it is told to, with weights."""
        return self.learns and any(name in self.kind.by_name for name in _WIDTHS)

    @property
    def activation(self) -> str | None:
        """The name of what it applies at its end; None for nothing."""
        given = self.kind.full_params(self.node.params).get("activation")
        if self.kind.category is Category.ACTIVATION and "activation" not in self.kind.by_name:
            return self.kind.label.lower()
        return given if isinstance(given, str) else None

    @property
    def bare(self) -> bool:
        """Whether nothing bends or scales its outputs."""
        bends = self.kind.category in (Category.ACTIVATION, Category.NORMALISATION)
        return not bends and self.activation in _LINEAR


class _Search:
    """Looks along the chain that leads to an output."""

    def __init__(self, analysis: GraphAnalysis, end: NodeId) -> None:
        self._analysis = analysis
        self._end = end
        self._steps = self._chain()

    def head(self) -> Head:
        """Raises HeadError."""
        if self._is_map(self._spec(self._end)):
            first = self._classifier(len(self._steps))
            return self._from(len(self._steps) if first is None else first, by_position=first is not None)
        if not self._steps:
            name = self._analysis.graph.node(self._end).name
            raise HeadError(
                f"Expected a network that ends in a chain of layers. Received: {name}, a block or a layer with "
                "several inputs; expand the block (Ctrl+Shift+G) or wire a layer behind it"
            )
        joined = self._where_joined()
        if joined is None:
            return self._from(self._without_join())
        if any(step.learns for step in self._steps[joined:]):
            return self._from(joined)
        first = self._classifier(joined)
        if first is None:
            self._refuse_hidden_classifier(joined)
        return self._from(joined if first is None else first)

    def _refuse_hidden_classifier(self, joined: int) -> None:
        """Probabilities straight from a block: the layer that makes them is in it."""
        source = self._analysis.graph.node(self._source(0)[0])
        told = any(step.activation in _PROBABILITIES for step in self._steps[joined:])
        if told and not isinstance(self._analysis.catalogue.get(source.type), LayerType):
            raise HeadError(
                f"Expected a layer that gives the classes. Received: {source.name}, a block that has it inside; "
                "expand the block (Ctrl+Shift+G), then replace the head"
            )

    def _chain(self) -> list[_Step]:
        """Layers with one input each, from where the graph branches to the end."""
        graph, steps, node = self._analysis.graph, [], self._end
        while (step := self._step(node)) is not None:
            steps.append(step)
            node = graph.wires_into(node)[0].source
            if len(graph.wires_from(node)) != 1:
                break
        return steps[::-1]

    def _step(self, node: NodeId) -> _Step | None:
        drawn, wires = self._analysis.graph.node(node), self._analysis.graph.wires_into(node)
        kind = self._analysis.catalogue.get(drawn.type)
        incoming = self._analysis.wire_spec(wires[0]) if len(wires) == 1 else None
        if not isinstance(kind, LayerType) or incoming is None or len(kind.outputs) != 1 or drawn.shares:
            return None
        report = self._analysis.report(node)
        return _Step(drawn, kind, incoming, self._spec(node), report.params > 0)

    def _spec(self, node: NodeId) -> TensorSpec:
        return next(iter(self._analysis.report(node).outputs.values()))

    @staticmethod
    def _is_map(spec: TensorSpec) -> bool:
        """Whether there are positions beside the channels: 1x1xC is a vector in other clothes."""
        return any(size != 1 for size in spec.shape[:-1])

    def _where_joined(self) -> int | None:
        found = None
        for index in reversed(range(len(self._steps))):
            if self._is_map(self._steps[index].outgoing):
                break
            if self._steps[index].joins:
                found = index
        return found

    def _classifier(self, before: int) -> int | None:
        """The layer before this place that gives the classes; None where what comes there are features.

        Classes have a softmax or sigmoid behind them, or nothing at all.
        """
        at = next((i for i in reversed(range(before)) if self._steps[i].decides_width), None)
        if at is None:
            return None
        behind = self._steps[at:]
        told = any(step.activation in _PROBABILITIES for step in behind)
        return at if told or all(step.bare for step in behind) else None

    def _without_join(self) -> int:
        """Of a chain of vectors: all of it behind a merge or a block, but only its last layer behind an input."""
        source = self._source(0)[0]
        if self._analysis.graph.wires_into(source):
            return 0
        return next((i for i in reversed(range(len(self._steps))) if self._steps[i].decides_width), 0)

    def _source(self, first: int) -> tuple[NodeId, str]:
        """What enters a step, with its port."""
        if first == len(self._steps):
            port = next(iter(self._analysis.report(self._end).outputs))
            return self._end, port
        (wire,) = self._analysis.graph.wires_into(self._steps[first].node.id)
        return wire.source, wire.source_port

    def _from(self, first: int, by_position: bool = False) -> Head:
        while first and first <= len(self._steps) and self._drops(first - 1):
            first -= 1
        source, port = self._source(first)
        nodes = tuple(step.node.id for step in self._steps[first:])
        self._refuse_shared(nodes)
        features = self._analysis.report(source).outputs[port]
        return Head(self._end, source, port, features, nodes, by_position)

    def _drops(self, index: int) -> bool:
        """Whether it acts in training alone: dropout before the head is part of it."""
        return self._steps[index].kind.category is Category.REGULARISATION

    def _refuse_shared(self, nodes: Sequence[NodeId]) -> None:
        """A layer that is applied elsewhere too cannot go."""
        gone = set(nodes)
        for node in self._analysis.graph:
            if node.shares in gone and node.id not in gone:
                owner = self._analysis.graph.node(node.shares)
                raise HeadError(f"{owner.name} belongs to the head, but {node.name} applies it as well")
