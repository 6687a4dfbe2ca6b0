"""From a graph to a `keras.Model`, through the catalogue alone: nothing here knows a layer by name."""

from collections.abc import Mapping
from typing import Any

import keras
import networkx as nx

from workbench.engine.errors import JobError, first_line
from workbench.graph import Graph, Node, NodeId
from workbench.layers import CATALOGUE, Catalogue, LayerType

_KERAS_LAYERS = "keras.layers."

Tensors = dict[tuple[NodeId, str], Any]
"""What each output port carries."""


def build_model(graph: Graph, seed: int, catalogue: Catalogue = CATALOGUE) -> keras.Model:
    """The functional model that the graph draws; layer names are node names.

    Inputs are the wired nodes without input ports, outputs the layers that no wire leaves, both in the order of their
    names. The seed is set immediately before and layers are made in an order that names and wires alone decide, so
    initial weights depend on nothing else. Raises JobError naming the node that Keras refuses.
    """
    keras.utils.set_random_seed(seed)
    layers: dict[NodeId, keras.layers.Layer] = {}
    tensors: Tensors = {}
    for node in _in_building_order(graph):
        try:
            _apply(graph, node, _layer_type(catalogue, node), layers, tensors)
        except JobError:
            raise
        except Exception as error:  # Keras raises ValueError, TypeError, KeyError and its backend's own
            raise JobError(f"{node.name} cannot be built: {first_line(error)}", detail=str(error)) from error
    return _model(graph, catalogue, tensors)


def _in_building_order(graph: Graph) -> list[Node]:
    # Ids are random and a file is sorted by them: two drawings of one network would start from other weights.
    order = nx.lexicographical_topological_sort(graph.topology, key=lambda node_id: graph.node(node_id).name)
    try:
        return [graph.node(node_id) for node_id in order]
    except nx.NetworkXUnfeasible as error:
        raise JobError(f"The graph {graph.name!r} has a cycle.") from error


def _apply(
    graph: Graph,
    node: Node,
    layer_type: LayerType,
    layers: dict[NodeId, keras.layers.Layer],
    tensors: Tensors,
) -> None:
    """Makes the node's layer, unless it shares another's, and calls it on what its wires carry."""
    if not layer_type.inputs:
        outputs = keras.Input(name=node.name, **_arguments(layer_type, node))
    else:
        owner = node.shares or node.id
        if owner not in layers:
            layers[owner] = _make_layer(layer_type, graph.node(owner))
        positional, named = _call_arguments(graph, node, layer_type, tensors)
        outputs = layers[owner](*positional, **named, **node.call_args)
    ports = layer_type.outputs
    values = (outputs,) if len(ports) == 1 else outputs
    tensors |= {(node.id, port.name): value for port, value in zip(ports, values, strict=True)}


def _make_layer(layer_type: LayerType, node: Node) -> keras.layers.Layer:
    # The key comes from the catalogue, never straight from a file.
    layer_class = getattr(keras.layers, layer_type.key.removeprefix(_KERAS_LAYERS))
    return layer_class(name=node.name, trainable=node.trainable, **_arguments(layer_type, node))


def _arguments(layer_type: LayerType, node: Node) -> dict[str, Any]:
    return {name: _plain(value) for name, value in layer_type.full_params(node.params).items()}


def _call_arguments(
    graph: Graph, node: Node, layer_type: LayerType, tensors: Tensors
) -> tuple[list[Any], dict[str, Any]]:
    """One input port is the positional argument, several are named ones; a variadic port takes a list."""
    given: dict[str, Any] = {}
    for port in layer_type.inputs:
        wires = [wire for wire in graph.wires_into(node.id) if wire.target_port == port.name]
        arriving = [tensors[wire.source, wire.source_port] for wire in wires]
        if len(arriving) < port.minimum:
            raise JobError(f"{node.name} has no input; connect one.")
        if arriving:
            given[port.name] = arriving if port.variadic else arriving[0]
    if len(layer_type.inputs) == 1:
        return list(given.values()), {}
    return [], given


def _model(graph: Graph, catalogue: Catalogue, tensors: Tensors) -> keras.Model:
    nodes = sorted(graph, key=lambda node: node.name)
    ports = [(node.id, port.name) for node in nodes for port in _layer_type(catalogue, node).outputs]
    sources = {node.id for node in nodes if not _layer_type(catalogue, node).inputs}
    inputs = [tensors[end] for end in ports if end[0] in sources and graph.wires_from(end[0])]
    outputs = [tensors[end] for end in ports if end[0] not in sources and not graph.wires_from(end[0])]
    if not inputs or not outputs:
        raise JobError(f"In the graph {graph.name!r} no Input is wired to a layer.", "Connect one.")
    try:
        return keras.Model(_one_or_all(inputs), _one_or_all(outputs), name=graph.name.replace("/", "."))
    except ValueError as error:
        raise JobError(f"The graph {graph.name!r} cannot be built: {first_line(error)}", detail=str(error)) from error


def _one_or_all(tensors: list[Any]) -> Any:
    return tensors if len(tensors) > 1 else tensors[0]


def _layer_type(catalogue: Catalogue, node: Node) -> LayerType:
    layer_type = catalogue.get(node.type)
    if layer_type is None:
        raise JobError(f"{node.name} is of type {node.type!r}, which is not known here.")
    return layer_type


def _plain(value: Any) -> Any:
    """Keras wants tuples for sizes and plain dictionaries for configurations."""
    if isinstance(value, list):
        return tuple(value)
    return dict(value) if isinstance(value, Mapping) else value
