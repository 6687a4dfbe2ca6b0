"""Random networks around a layer type: branches, merges, blocks, and now and then a layer that does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.layers.drawn import inputs, natural_rank, parameters
from tests.layers.outcomes import KERAS_TYPES, Refused, catalogue_outcome
from tests.layers.test_layer_types import CASES, layer_of
from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import CATALOGUE, BlockType, Category, LayerType, NodeType, TensorSpec

BLOCKS = [kind for kind in CATALOGUE if isinstance(kind, BlockType)]
MERGES = [kind for kind in KERAS_TYPES if kind.category is Category.MERGE and kind.label != "Dot"]
ANY_RANK = (Category.ACTIVATION, Category.CORE, Category.NORMALISATION, Category.REGULARISATION, Category.SHAPE)
PASSING = [
    CATALOGUE[f"keras.layers.{label}"] for label in ("Identity", "Activation", "Dropout", "UnitNormalization", "ReLU")
]
"""Layers that leave floats of any shape as they are."""
Case = tuple[dict[str, Any], tuple[TensorSpec, ...]]
"""Parameters of a layer and what comes in."""
IMAGE = st.tuples(st.sampled_from((8, 12, 15, None)), st.sampled_from((8, 12, 15)), st.sampled_from((4, 8)))


class Drawing:
    """A graph under construction, followed by analysis."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.graph = Graph("drawn")
        self.analysis = GraphAnalysis(self.graph)
        self.known: list[NodeId] = []
        """Nodes whose output is known, in the order of drawing."""
        self.formats = draw(st.sampled_from((None, None, "channels_first", "channels_last")))
        """Whether every layer that has a data format gets this one."""

    def spec(self, node: NodeId) -> TensorSpec:
        """What a known node gives at its first port."""
        return next(iter(self.analysis.report(node).outputs.values()))

    def add(self, kind: NodeType, params: Mapping[str, Any], sources: Sequence[NodeId] = (), keep: bool = True) -> None:
        """A node on others, dealt to its ports in order; one that does not fit goes again unless it is to be kept."""
        node = NodeId(f"{kind.stem or kind.label.lower()}_{len(self.graph)}")
        formats = {"data_format": self.formats} if self.formats and "data_format" in kind.by_name else {}
        trained = self.draw(st.integers(0, 9)) > 0
        wires = [self._wire(source, node, port, order) for source, port, order in _dealt(kind, sources)]
        with self.graph.transaction():
            self.graph.add_node(Node(node, kind.key, node, {**params, **formats}, trained))
            for wire in wires:
                self.graph.connect(wire)
        if self.analysis.report(node).known:
            self.known.append(node)
        elif not keep:
            with self.graph.transaction():
                for wire in wires:
                    self.graph.disconnect(wire)
                self.graph.remove_node(node)

    def _wire(self, source: NodeId, target: NodeId, port: str, order: int) -> Wire:
        return Wire(source, target, CATALOGUE[self.graph.node(source).type].outputs[0].name, port, order)

    def enter(self, spec: TensorSpec) -> None:
        """An Input of this shape."""
        self.add(CATALOGUE["input"], {"shape": list(spec.shape), "dtype": spec.dtype})

    # -- steps
    def grow(self) -> None:
        """A layer on one of the last ones."""
        source = self._recent()
        kind = self.draw(st.sampled_from(_fitting(len(self.spec(source).shape))))
        ports = sum(1 for port in kind.inputs if port.minimum)
        self.add(kind, self.draw(parameters(kind)), [source] * ports, self._keep())

    def pass_on(self) -> None:
        """A layer that keeps the shape."""
        kind = self.draw(st.sampled_from(PASSING))
        self.add(kind, kind.initial_params(), [self._recent()])

    def fork(self) -> None:
        """Two branches of one tensor that meet again."""
        source = self._recent()
        ends = []
        for _ in range(2):
            kind = self.draw(st.sampled_from(PASSING))
            self.add(kind, kind.initial_params(), [source])
            ends.append(self.known[-1])
        self.add(self.draw(st.sampled_from(MERGES)), {}, ends, self._keep())

    def merge(self) -> None:
        """Two or three tensors of those there are: often of one shape, sometimes not."""
        first = self._recent()
        fitting = [node for node in self.known if self.spec(node).shape == self.spec(first).shape]
        among = fitting if self.draw(st.integers(0, 3)) else self.known
        others = self.draw(st.lists(st.sampled_from(among), min_size=1, max_size=2))
        kind = self.draw(st.sampled_from(MERGES))
        others = others[:1] if kind.label == "Subtract" else others
        self.add(kind, self.draw(parameters(kind)), [first, *others], self._keep())

    def block(self) -> None:
        """A built-in block with the parameters that a new one has."""
        kind = self.draw(st.sampled_from(BLOCKS))
        images = [node for node in self.known if len(self.spec(node).shape) == 3]
        if images:
            self.add(kind, kind.initial_params(), [images[-1]] * len(kind.inputs), self._keep())

    def _recent(self) -> NodeId:
        return self.draw(st.sampled_from(self.known[-3:]))

    def _keep(self) -> bool:
        return self.draw(st.integers(0, 5)) == 0


def _dealt(kind: NodeType, sources: Sequence[NodeId]) -> list[tuple[NodeId, str, int]]:
    last = len(kind.inputs) - 1
    places = [(source, kind.inputs[min(index, last)], max(0, index - last)) for index, source in enumerate(sources)]
    return [(source, port.name, order if port.variadic else 0) for source, port, order in places]


@cache
def _fitting(rank: int) -> list[LayerType]:
    """Layer types that may take a tensor of so many axes."""
    kinds = [kind for kind in KERAS_TYPES if kind.inputs and kind.category is not Category.MERGE]
    return [kind for kind in kinds if kind.category in ANY_RANK or natural_rank(kind) == rank]


STEPS = (Drawing.grow, Drawing.grow, Drawing.grow, Drawing.fork, Drawing.merge, Drawing.pass_on)


@st.composite
def graphs(draw: st.DrawFn, kind: NodeType) -> Drawing:
    """A graph with a layer (or block) of this type in it, with drawn parameters, on inputs that often fit."""
    drawing = Drawing(draw)
    if isinstance(kind, LayerType) and not kind.inputs:
        drawing.add(kind, draw(parameters(kind)))
    else:
        _around(drawing, kind)
    for _ in range(draw(st.integers(1, 5)) if drawing.known else 0):
        draw(st.sampled_from(STEPS))(drawing)
    if not draw(st.integers(0, 9)):
        drawing.block()
    return drawing


def _around(drawing: Drawing, kind: NodeType) -> None:
    """What leads to the layer, and the layer."""
    draw = drawing.draw
    params, specs = draw(_sound_case(kind) if draw(st.integers(0, 2)) == 0 else _drawn_case(kind))
    ends: list[NodeId] = []
    for spec in specs:
        again = [node for node in ends if drawing.spec(node) == spec]
        if again and draw(st.booleans()):
            ends.append(again[0])
            continue
        drawing.enter(spec)
        if draw(st.booleans()):
            draw(st.sampled_from((Drawing.pass_on, Drawing.fork)))(drawing)
        ends.append(drawing.known[-1])
    drawing.add(kind, params, ends)


@st.composite
def _drawn_case(draw: st.DrawFn, kind: NodeType) -> Case:
    """Parameters and what comes in, which often fit one another."""
    if isinstance(kind, LayerType):
        params = draw(parameters(kind))
        return params, draw(inputs(kind, params))
    shape = draw(IMAGE)
    params = kind.initial_params()
    if "filters" in kind.by_name and draw(st.booleans()):
        params["filters"] = shape[-1]  # what a shortcut without a projection needs
    if "shortcut" in kind.by_name and draw(st.booleans()):
        params["shortcut"] = "projection"
    return params, tuple(TensorSpec(shape) for port in kind.inputs for _ in range(2 if port.variadic else 1))


def _sound_case(kind: NodeType) -> st.SearchStrategy[Case]:
    """Rows of the tests of single layers; for a block that joins two sizes, sizes that fit."""
    if isinstance(kind, LayerType):
        return st.sampled_from(_sound_rows(kind.key))
    if len(kind.inputs) == 2:
        return st.just((kind.initial_params(), (TensorSpec((6, 6, 8)), TensorSpec((12, 12, 4)))))
    if "shortcut" in kind.by_name:
        return st.just(({**kind.initial_params(), "shortcut": "projection"}, (TensorSpec((12, 12, 8)),)))
    return _drawn_case(kind)


@cache
def _sound_rows(key: str) -> list[Case]:
    kind = next(kind for kind in KERAS_TYPES if kind.key == key)
    rows = [case for case in CASES if layer_of(case) is kind]
    return [
        (case.params, case.inputs)
        for case in rows
        if not isinstance(catalogue_outcome(kind, case.params, case.inputs), Refused)
    ]
