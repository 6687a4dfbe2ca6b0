"""The project file as msgspec structs: what is written, in which order, and what is accepted when read."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import Catalogue
from workbench.project.adversarial import AdversarialSettings, is_adversarial
from workbench.project.blocks import BlockSettings
from workbench.project.catalogue import project_catalogue
from workbench.project.document import Project
from workbench.project.settings import AugmentationSettings, DatasetSettings
from workbench.project.training import TrainingSettings

_log = logging.getLogger(__name__)
FORMAT = "cnn-workbench project"
VERSION = 3


class SpecRecord(Struct, forbid_unknown_fields=True, frozen=True):
    """What was last known of an output."""

    shape: tuple[int | None, ...]
    dtype: str


class NodeRecord(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """A node as it is written."""

    id: str
    type: str
    name: str
    position: tuple[float, float] = (0.0, 0.0)
    params: dict[str, Any] = field(default_factory=dict)
    trainable: bool = True
    call_args: dict[str, Any] = field(default_factory=dict)
    shares: str | None = None
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    outputs: dict[str, SpecRecord | None] = field(default_factory=dict)


class WireRecord(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """A wire as it is written."""

    source: str
    target: str
    source_port: str = "output"
    target_port: str = "input"
    order: int = 0


class GraphRecord(Struct, forbid_unknown_fields=True, frozen=True):
    """Nodes sorted by id and wires sorted by their ends: the same graph gives the same bytes, whatever its history."""

    nodes: tuple[NodeRecord, ...] = ()
    wires: tuple[WireRecord, ...] = ()


class BlockRecord(Struct, forbid_unknown_fields=True, frozen=True):
    """A block of the user's own."""

    graph: GraphRecord
    settings: BlockSettings = BlockSettings()


class ProjectRecord(Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    format: str
    version: int
    graphs: dict[str, GraphRecord]
    title: str = ""
    dataset: DatasetSettings = field(default_factory=DatasetSettings)
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    blocks: dict[str, BlockRecord] = field(default_factory=dict)
    weights: str = ""
    """Digest of the weights in the store beside the file, "" for none."""
    weight_paths: dict[str, str] = field(default_factory=dict)
    """Where those weights have what belongs to paths that are others by now."""
    weight_source: str = ""
    """What those weights come from, in a few words."""
    adversarial: AdversarialSettings | UnsetType = UNSET
    """Only where the project is a GAN, or these are not the defaults."""


def record_node(node: Node, analysis: GraphAnalysis | None) -> NodeRecord:
    """A node with its ports and specs as they are known now, or as they were last known."""
    layer = analysis.catalogue.get(node.type) if analysis else None
    outputs = analysis.report(node.id).outputs if analysis else {}
    known = {port: SpecRecord(shape, dtype) for port, shape, dtype in node.specs}
    reported = {port: SpecRecord(spec.shape, spec.dtype) for port, spec in outputs.items()}
    ports = node.outputs if layer is None else tuple(port.name for port in layer.outputs)
    return NodeRecord(
        id=node.id,
        type=node.type,
        name=node.name,
        position=node.position,
        params=dict(sorted(node.params.items())),
        trainable=node.trainable,
        call_args=dict(sorted(node.call_args.items())),
        shares=node.shares,
        overrides={path: dict(values) for path, values in sorted(node.overrides.items())},
        inputs=node.inputs if layer is None else tuple(port.name for port in layer.inputs),
        outputs={port: reported.get(port, known.get(port) if layer is None else None) for port in ports},
    )


def record_wire(wire: Wire) -> WireRecord:
    """A wire as it is written."""
    return WireRecord(wire.source, wire.target, wire.source_port, wire.target_port, wire.order)


def record_graph(graph: Graph, catalogue: Catalogue) -> GraphRecord:
    """A graph as it is written. Where its specs cannot be worked out, the last known ones: work is never lost."""
    try:
        analysis = GraphAnalysis(graph, catalogue)
        analysis.close()
        return _graph_record(graph, analysis)
    except Exception:
        _log.exception("%s: the shapes cannot be worked out", graph.name)
        return _graph_record(graph, None)


def _graph_record(graph: Graph, analysis: GraphAnalysis | None) -> GraphRecord:
    nodes = sorted(graph, key=lambda node: node.id)
    return GraphRecord(
        tuple(record_node(node, analysis) for node in nodes),
        tuple(record_wire(wire) for wire in sorted(graph.wires)),
    )


def record_project(project: Project) -> ProjectRecord:
    """A project as it is written."""
    catalogue = project_catalogue(project.blocks.values())
    graphs = {name: record_graph(graph, catalogue) for name, graph in sorted(project.graphs.items())}
    blocks = {
        key: BlockRecord(record_graph(block.graph, catalogue), block.settings)
        for key, block in sorted(project.blocks.items())
    }
    return ProjectRecord(
        FORMAT,
        VERSION,
        graphs,
        project.title,
        project.dataset,
        project.augmentation,
        project.training,
        blocks,
        project.weights.digest if project.weights else "",
        dict(project.weights.moved) if project.weights else {},
        project.weights.source if project.weights else "",
        _adversarial(project),
    )


def _adversarial(project: Project) -> AdversarialSettings | UnsetType:
    kept = is_adversarial(project) or project.adversarial != AdversarialSettings()
    return project.adversarial if kept else UNSET


def node_from(record: NodeRecord) -> Node:
    """The node that a record describes."""
    return Node(
        id=NodeId(record.id),
        type=record.type,
        name=record.name,
        params=record.params,
        trainable=record.trainable,
        position=record.position,
        call_args=record.call_args,
        shares=None if record.shares is None else NodeId(record.shares),
        overrides=record.overrides,
        inputs=record.inputs,
        outputs=tuple(record.outputs),
        specs=tuple((port, spec.shape, spec.dtype) for port, spec in record.outputs.items() if spec),
    )


def wire_from(record: WireRecord) -> Wire:
    """The wire that a record describes."""
    return Wire(NodeId(record.source), NodeId(record.target), record.source_port, record.target_port, record.order)


def graph_from(name: str, record: GraphRecord) -> tuple[Graph, list[tuple[str, str]]]:
    """The graph that a record describes, and (place, message) for each part that could not be taken."""
    graph = Graph(name)
    problems: list[tuple[str, str]] = []
    for index, node in enumerate(record.nodes):
        if NodeId(node.id) in graph:
            problems.append((f"nodes[{index}].id", f"Expected an id of its own. Received: {node.id!r}"))
        else:
            graph.add_node(node_from(node))
    for index, wire in enumerate(record.wires):
        message = _wire_problem(graph, wire)
        if message:
            problems.append((f"wires[{index}]", message))
        else:
            graph.connect(wire_from(wire))
    return graph, problems


def _wire_problem(graph: Graph, wire: WireRecord) -> str | None:
    missing: Iterable[str] = [end for end in (wire.source, wire.target) if NodeId(end) not in graph]
    if missing:
        return f"Expected the ids of two nodes. Received: no node {' and no node '.join(map(repr, missing))}"
    if graph.has_wire(wire_from(wire)):
        return "Expected each wire once. Received: the same wire again"
    return None
