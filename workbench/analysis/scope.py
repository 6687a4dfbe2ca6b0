"""Layers in their surroundings: what comes before and after each, across the borders of blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from workbench.analysis.report import UNKNOWN, LayerReport
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, BlockType, Call, Catalogue, LayerType, TensorSpec, Window


@dataclass(frozen=True, eq=False)
class Scope:
    """A graph whose reports are known: the drawn one, or one repetition of what a block expands into."""

    graph: Graph
    catalogue: Catalogue
    report: Callable[[NodeId], LayerReport]
    outer: Scope | None = None
    block: NodeId | None = None
    number: int = 0

    def inside(self, block: NodeId, number: int) -> Scope:
        """One repetition of a block of this scope; a negative number counts from the last."""
        repetitions = self.report(block).inner
        number %= len(repetitions)
        known = repetitions[number].reports
        graph = repetitions[number].plan.graph
        return Scope(graph, self.catalogue, lambda node: known.get(node, UNKNOWN), self, block, number)

    def layers(self, node: NodeId) -> Iterator[Layer]:
        """The layer at a node, or those inside it; nothing where shapes are not known."""
        kind, report = self.catalogue.get(self.graph.node(node).type), self.report(node)
        if isinstance(kind, LayerType) and report.known and kind.key not in (BLOCK_INPUT, BLOCK_OUTPUT):
            yield Layer(self, node, kind)
        for number in range(len(report.inner)):
            inner = self.inside(node, number)
            for inner_node in inner.graph.in_order():
                yield from inner.layers(inner_node)

    def spec(self, wire: Wire) -> TensorSpec | None:
        """What a wire brings."""
        entry = self._entry(wire.source)
        if entry is not None:
            return entry[0].spec(entry[1])
        return self.report(wire.source).outputs.get(wire.source_port)

    def producers(self, wire: Wire) -> list[Layer]:
        """The layer that a wire comes from; none where it is not known."""
        kind = self.catalogue.get(self.graph.node(wire.source).type)
        if kind is None or kind.key != BLOCK_INPUT:
            return self._leaving(wire.source, wire.source_port)
        if self.outer is None or self.block is None:
            return []
        if self.number and self.graph.node(wire.source).name == self._first_port():
            previous = self.outer.inside(self.block, self.number - 1)
            return previous._behind_output(self.outer.kind(self.block).outputs[0].name)
        entry = self._entry(wire.source)
        return entry[0].producers(entry[1]) if entry else []

    def consumers(self, node: NodeId, port: str) -> list[Layer] | None:
        """The layers that an output of a node goes to; None where one of them is not known."""
        found: list[Layer] = []
        for wire in self.graph.wires_from(node):
            if wire.source_port != port:
                continue
            after = self._after(wire)
            if after is None:
                return None
            found += after
        return found

    def kind(self, node: NodeId) -> Any:
        """The type of a node."""
        return self.catalogue.get(self.graph.node(node).type)

    # -- across borders
    def _first_port(self) -> str:
        if self.outer is None or self.block is None:
            return ""
        return str(self.outer.kind(self.block).inputs[0].name)

    def _entry(self, node: NodeId) -> tuple[Scope, Wire] | None:
        """For the stand-in of a block's input port: the wire that comes into that port."""
        if self.outer is None or self.block is None or self.graph.node(node).type != BLOCK_INPUT:
            return None
        name = self.graph.node(node).name
        for wire in self.outer.graph.wires_into(self.block):
            if wire.target_port == name:
                return self.outer, wire
        return None

    def _leaving(self, node: NodeId, port: str) -> list[Layer]:
        kind = self.kind(node)
        if isinstance(kind, LayerType) and self.report(node).known:
            return [Layer(self, node, kind)]
        if isinstance(kind, BlockType) and self.report(node).inner:
            return self.inside(node, -1)._behind_output(port)
        return []

    def _behind_output(self, port: str) -> list[Layer]:
        """What leaves a block through a port; nothing where the block only hands its input on."""
        for node in self.graph:
            if node.type == BLOCK_OUTPUT and node.name == port:
                (wire,) = self.graph.wires_into(node.id)
                return [] if self.kind(wire.source).key == BLOCK_INPUT else self._leaving(wire.source, wire.source_port)
        return []

    def _after(self, wire: Wire) -> list[Layer] | None:
        kind = self.kind(wire.target)
        if kind is None:
            return None
        if kind.key == BLOCK_OUTPUT:
            return self._beyond(self.graph.node(wire.target).name)
        if isinstance(kind, LayerType):
            return [Layer(self, wire.target, kind)] if self.report(wire.target).known else None
        if not self.report(wire.target).inner:
            return None
        return self.inside(wire.target, 0)._from_port(wire.target_port)

    def _from_port(self, port: str) -> list[Layer] | None:
        """The layers that what comes into a block goes to first."""
        for node in self.graph:
            if node.type == BLOCK_INPUT and node.name == port:
                if any(self.kind(wire.target).key == BLOCK_OUTPUT for wire in self.graph.wires_from(node.id)):
                    return None
                return self.consumers(node.id, "output")
        return []

    def _beyond(self, port: str) -> list[Layer] | None:
        """Where what leaves this repetition goes: to the next one, or out of the block."""
        if self.outer is None or self.block is None:
            return None
        outer_kind = self.outer.kind(self.block)
        if self.number + 1 < len(self.outer.report(self.block).inner) and port == outer_kind.outputs[0].name:
            return self.outer.inside(self.block, self.number + 1)._from_port(self._first_port())
        return self.outer.consumers(self.block, port)


@dataclass(frozen=True, eq=False)
class Layer:
    """A primitive layer whose shapes are known, where it is applied."""

    scope: Scope
    id: NodeId
    kind: LayerType

    @cached_property
    def node(self) -> Node:
        """As it is drawn, or as a block made it."""
        return self.scope.graph.node(self.id)

    @cached_property
    def params(self) -> Mapping[str, Any]:
        """All parameters, defaults included."""
        return self.kind.full_params(self.node.params)

    @property
    def report(self) -> LayerReport:
        """Its report."""
        return self.scope.report(self.id)

    @property
    def output(self) -> TensorSpec:
        """What comes out."""
        return next(iter(self.report.outputs.values()))

    @cached_property
    def call(self) -> Call:
        """The layer applied to what comes in."""
        inputs: dict[str, list[TensorSpec]] = {port.name: [] for port in self.kind.inputs}
        for wire in self.scope.graph.wires_into(self.id):
            spec = self.scope.spec(wire)
            if spec is not None:
                inputs[wire.target_port].append(spec)
        return Call(self.params, {port: tuple(specs) for port, specs in inputs.items()})

    @cached_property
    def window(self) -> Window | None:
        """How it slides over its input; None where it does not."""
        window = self.kind.window(self.call)
        return window if isinstance(window, Window) else None

    @cached_property
    def sources(self) -> list[Layer]:
        """The layers before it, as far as they are known."""
        return [layer for wire in self.scope.graph.wires_into(self.id) for layer in self.scope.producers(wire)]

    @cached_property
    def targets(self) -> list[Layer] | None:
        """The layers after it; None where one of them is not known."""
        found: list[Layer] = []
        for port in self.kind.outputs:
            after = self.scope.consumers(self.id, port.name)
            if after is None:
                return None
            found += after
        return found

    @cached_property
    def trainable(self) -> bool:
        """Whether it learns: neither it nor a block around it is frozen."""
        scope, learns = self.scope, self.node.trainable
        while learns and scope.outer is not None and scope.block is not None:
            learns, scope = scope.outer.graph.node(scope.block).trainable, scope.outer
        return learns

    # -- where it is
    @property
    def inner(self) -> bool:
        """True inside a block."""
        return self.scope.outer is not None

    @cached_property
    def key(self) -> tuple[NodeId, str]:
        """The drawn node and the path inside it: two layers are the same where these agree."""
        steps, scope = [f"{self.id}"], self.scope
        while scope.outer is not None and scope.block is not None:
            steps[-1] = f"{scope.number}/{steps[-1]}"
            steps.append(scope.block)
            scope = scope.outer
        return NodeId(steps[-1]), "/".join(reversed(steps[:-1]))

    @property
    def name(self) -> str:
        """As Keras will call it, but for the number of a repetition."""
        names, scope = [self.node.name], self.scope
        while scope.outer is not None and scope.block is not None:
            names.append(scope.outer.graph.node(scope.block).name)
            scope = scope.outer
        return ".".join(reversed(names))
