"""Repeated parts become blocks with an instance for each copy, in one edit; weights follow their layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, Json, Node, NodeId, Wire, copy_graph, edits, new_node_id
from workbench.graph.layout import layered
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, REPEAT, Category, TensorSpec
from workbench.project.blocks import PREFIX, Block, BlockSettings, Promotion
from workbench.project.document import Project
from workbench.project.edits import AddBlock, Edit, InGraph, MoveWeights, Several
from workbench.project.repeats import Part, Repeat, find_repeats, multiple

_RESERVED = frozenset({REPEAT, "min", "max"})


@dataclass(frozen=True)
class Folding:
    """What folding would do."""

    edit: Edit
    parts: int
    blocks: int

    @property
    def label(self) -> str:
        """`Fold 16 repeated parts into 2 blocks`."""
        return f"Fold {self.parts} repeated parts into {self.blocks} block{'s' if self.blocks > 1 else ''}"


def fold_repeats(project: Project, analysis: GraphAnalysis) -> Folding | None:
    """What makes blocks of the repeated parts of a graph of the project; None where nothing repeats.

    The edit takes the weights of the project along with their layers.
    """
    graph = analysis.graph
    repeats = find_repeats(graph, analysis.catalogue)
    if not repeats:
        return None
    names = {key.removeprefix(PREFIX) for key in project.blocks}
    nodes_named = {node.name for node in graph}
    folds = [_Fold(analysis, repeat, names, nodes_named) for repeat in repeats]
    nodes = tuple(node for fold in folds for node in fold.moved)
    instances = tuple(instance for fold in folds for instance in fold.instances)
    wires = _wires(graph, folds, frozenset(nodes))
    places = _places(graph, nodes, instances, wires)
    instances = tuple(replace(node, position=places.pop(node.id)) for node in instances)
    drawn = edits.Several((edits.Remove(nodes), edits.Add(instances, wires), edits.move(graph, places)))
    count = sum(len(repeat.parts) for repeat in repeats)
    moved = {node: path for fold in folds for node, path in fold.moved.items()}
    blocks = (AddBlock(fold.block) for fold in folds)
    weights = MoveWeights(graph.name, {path: node for node, path in moved.items()})
    edit = Several((*blocks, InGraph(graph.name, drawn), weights), "")
    folding = Folding(edit, count, len(folds))
    return replace(folding, edit=replace(edit, label=folding.label))


class _Fold:
    """One definition with its instances."""

    def __init__(self, analysis: GraphAnalysis, repeat: Repeat, taken: set[str], nodes_named: set[str]) -> None:
        """`taken` and `nodes_named` are the names of blocks and of nodes; those given here are added to them."""
        self._graph = analysis.graph
        self._analysis = analysis
        self._repeat = repeat
        first = repeat.parts[0]
        self._ids = first.nodes
        self._named = nodes_named
        name = _free(_kind_of_part(analysis, first), taken)
        taken.add(name)
        self._promotions, self._bindings = _promotions(repeat, self._ids)
        inner = _definition(self._graph, first, PREFIX + name, repeat)
        self.block = Block(inner, BlockSettings(tuple(p for p, _ in self._promotions), self._bindings))
        self.instances: list[Node] = []
        self.chains: list[list[Part]] = []
        self.moved: dict[NodeId, str] = {}
        for chain in self._in_chains():
            self._add(chain)

    def _in_chains(self) -> Iterator[list[Part]]:
        """Equal copies that follow one another and keep the shape are one instance with repetitions."""
        chain: list[Part] = []
        for part in self._repeat.parts:
            if chain and not self._repeats(chain[-1], part):
                yield chain
                chain = []
            chain.append(part)
        yield chain

    def _repeats(self, part: Part, following: Part) -> bool:
        """Whether one instance can stand for both: a block repeats only where it gives what it takes."""
        equal = part.goes_on_with(following) and part.exact == following.exact
        return equal and self._keeps(part) and self._keeps(following)

    def _keeps(self, part: Part) -> bool:
        entering, leaving = self._spec(*part.entry), self._spec(part.nodes[0], part.leaves)
        return entering is not None and entering == leaving

    def _spec(self, node: NodeId, port: str) -> TensorSpec | None:
        return self._analysis.report(node).outputs.get(port)

    def _add(self, chain: list[Part]) -> None:
        row = self._repeat.parts.index(chain[0])
        values = {p.name: column[row] for p, column in self._promotions if column[row] != p.default}
        params = {**values, REPEAT: len(chain)} if len(chain) > 1 else values
        name = _free(_common([self._graph.node(node).name for node in chain[0].nodes]) or "part", self._named, "_")
        self._named.add(name)
        node = Node(new_node_id(), self.block.key, name, params)
        self.instances.append(node)
        self.chains.append(chain)
        for number, part in enumerate(chain):
            self.moved |= {old: f"{node.id}/{number}/{inner}" for old, inner in zip(part.nodes, self._ids, strict=True)}


def _definition(graph: Graph, part: Part, key: str, repeat: Repeat) -> Graph:
    """The block's graph: the first copy, laid out, with the names that its nodes have in common left out."""
    inner = Graph(key)
    common = _common([graph.node(node).name for node in part.nodes])
    values = {(part.nodes[place], name): column[0] for (place, name), column in repeat.differing.items()}
    for node_id in part.nodes:
        node = graph.node(node_id)
        bound = {name: value for (owner, name), value in values.items() if owner == node_id}
        short = node.name.removeprefix(common).strip("_.") or node.name
        inner.add_node(replace(node, name=short, params={**node.params, **bound}))
    enters, leaves = _port(inner, BLOCK_INPUT, "input"), _port(inner, BLOCK_OUTPUT, "output")
    for node_id in part.nodes:
        for wire in graph.wires_into(node_id):
            from_outside = wire.source not in inner or wire.source == part.entry[0]
            inner.connect(replace(wire, source=enters, source_port="output") if from_outside else wire)
    inner.connect(Wire(part.nodes[0], leaves, part.leaves))
    edits.move(inner, layered(inner)).apply(inner)
    return inner


def _port(inner: Graph, kind: str, name: str) -> NodeId:
    taken = {other.name for other in inner} | {str(other.id) for other in inner}
    name = _free(name, taken, "_")
    inner.add_node(Node(NodeId(name), kind, name))
    return NodeId(name)


Column = tuple[Json, ...]


def _promotions(
    repeat: Repeat, ids: Sequence[NodeId]
) -> tuple[list[tuple[Promotion, Column]], dict[str, dict[str, str]]]:
    """A parameter for each way in which the copies differ, and what follows it: equal values, or a multiple."""
    offered: list[tuple[Promotion, Column]] = []
    bindings: dict[str, dict[str, str]] = {}
    for (place, name), column in repeat.differing.items():
        found = next(((p, factor) for p, row in offered if (factor := multiple(column, row))), None)
        if found is None:
            whole = all(isinstance(value, int) for value in column)
            free = _free(name, {p.name for p, _ in offered} | _RESERVED, "_")
            found = Promotion(free, "integer" if whole else "number", column[0]), 1
            offered.append((found[0], column))
        promotion, factor = found
        text = promotion.name if factor == 1 else f"{promotion.name} * {factor}"
        bindings.setdefault(ids[place], {})[name] = text
    return offered, bindings


def _wires(graph: Graph, folds: Sequence[_Fold], gone: frozenset[NodeId]) -> tuple[Wire, ...]:
    """Wires of the instances, to one another and to what stays."""
    origins: dict[tuple[NodeId, str], tuple[NodeId, str]] = {}
    for fold in folds:
        output = fold.block.graph
        (port,) = (node.name for node in output if node.type == BLOCK_OUTPUT)
        for instance, chain in zip(fold.instances, fold.chains, strict=True):
            origins[chain[-1].nodes[0], chain[-1].leaves] = instance.id, port
    wires: list[Wire] = []
    for fold in folds:
        (port,) = (node.name for node in fold.block.graph if node.type == BLOCK_INPUT)
        for instance, chain in zip(fold.instances, fold.chains, strict=True):
            entry = chain[0].entry
            wires.append(Wire(*_from(origins.get(entry, entry), instance.id, port)))
    for (node, leaves), (source, port) in origins.items():
        wires += [
            replace(wire, source=source, source_port=port)
            for wire in graph.wires_from(node)
            if wire.source_port == leaves and wire.target not in gone
        ]
    return tuple(wires)


def _from(origin: tuple[NodeId, str], target: NodeId, port: str) -> tuple[NodeId, NodeId, str, str]:
    return origin[0], target, origin[1], port


def _places(
    graph: Graph, gone: Sequence[NodeId], instances: Sequence[Node], wires: Sequence[Wire]
) -> dict[NodeId, tuple[float, float]]:
    """The folded graph laid out."""
    folded = copy_graph(graph)
    edits.Remove(tuple(gone)).apply(folded)
    edits.Add(tuple(instances), tuple(wires)).apply(folded)
    return layered(folded)


def _kind_of_part(analysis: GraphAnalysis, part: Part) -> str:
    """What to call it: after how it joins what entered again, if it does."""
    graph, kinds = analysis.graph, analysis.catalogue
    for node_id in part.nodes:
        kind = kinds[graph.node(node_id).type]
        if kind.category is Category.MERGE and len(graph.wires_into(node_id)) > 1:
            return {"Add": "Residual", "Concatenate": "Dense"}.get(kind.label, "Branches")
    return "Part"


def _common(names: Sequence[str]) -> str:
    """The beginning that names share, whole words: `conv2_block1` of `conv2_block1_1_conv` and `conv2_block1_add`."""
    low, high = min(names), max(names)
    shared = low[: next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]
    if len(names) > 1 and not all(len(name) == len(shared) or name[len(shared)] in "_." for name in names):
        shared = shared[: max(shared.rfind("_"), shared.rfind("."), 0)]
    return shared.strip("_.")


def _free(name: str, taken: Any, joint: str = " ") -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}{joint}{number}"
    return free
