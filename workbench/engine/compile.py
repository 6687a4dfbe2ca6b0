"""From a graph to a `keras.Model`, through the catalogue alone: nothing here knows a layer by name."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import networkx as nx

from workbench.analysis import GraphAnalysis, Primitive, TensorRef, primitives
from workbench.engine.errors import JobError, first_line
from workbench.engine.opaque import opaque_layer, refuse_unsafe
from workbench.engine.operations import apply_operation
from workbench.engine.plugin_layers import compare_with_rules, layer_class
from workbench.graph import Graph
from workbench.layers import CATALOGUE, Catalogue, Category, plugin_of
from workbench.layers.operations import PREFIX as OPERATIONS

_KERAS_LAYERS = "keras.layers."

Tensors = dict[TensorRef, Any]
"""What each output port carries."""


def build_model(graph: Graph, seed: int, catalogue: Catalogue = CATALOGUE) -> keras.Model:
    """The functional model that the graph draws, blocks expanded; layer names are node names.

    Inputs are the wired primitives without input ports, outputs the layers that nothing follows, both in the order of
    their names. The seed is set immediately before and layers are made in an order that names and wires alone decide,
    so initial weights depend on nothing else. Raises JobError naming the layer that Keras refuses.
    """
    analysis = GraphAnalysis(graph, catalogue)
    _refuse_unknown(analysis)
    keras.utils.set_random_seed(seed)
    layers: dict[str, keras.layers.Layer] = {}
    tensors: Tensors = {}
    found = _in_building_order(analysis)
    by_path = {primitive.path: primitive for primitive in found}
    used = {ref.path for primitive in found for refs in primitive.inputs.values() for ref in refs}
    for primitive in found:
        try:
            with _full_precision() if primitive.path not in used else contextlib.nullcontext():
                _apply(primitive, by_path.get(primitive.owner, primitive), layers, tensors)
        except JobError:
            raise
        except Exception as error:  # Keras raises ValueError, TypeError, KeyError and its backend's own
            message = f"{primitive.name} cannot be built: {first_line(error)}"
            raise JobError(message, detail=str(error)) from error
    return _model(graph, found, tensors)


def layer_paths(graph: Graph, catalogue: Catalogue = CATALOGUE) -> dict[str, str]:
    """The path of each Keras layer's primitive, by the layer's name."""
    return {primitive.name: primitive.path for primitive in primitives(GraphAnalysis(graph, catalogue))}


@contextlib.contextmanager
def _full_precision() -> Iterator[None]:
    """Layers made within compute in float32: probabilities and losses need its range, whatever the rest computes in."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


def _refuse_unknown(analysis: GraphAnalysis) -> None:
    if analysis.graph.cycle_wires:
        raise JobError(f"The graph {analysis.graph.name!r} has a cycle.")
    for node in analysis.graph:
        if node.type not in analysis.catalogue:
            raise JobError(f"{node.name} is of type {node.type!r}, which is not known here.")


def _in_building_order(analysis: GraphAnalysis) -> list[Primitive]:
    # Ids are random and a file is sorted by them: two drawings of one network would start from other weights.
    by_path = {primitive.path: primitive for primitive in primitives(analysis)}
    flow: nx.DiGraph[str] = nx.DiGraph()
    flow.add_nodes_from(by_path)
    for primitive in by_path.values():
        flow.add_edges_from((ref.path, primitive.path) for refs in primitive.inputs.values() for ref in refs)
    order = nx.lexicographical_topological_sort(flow, key=lambda path: by_path[path].name)
    return [by_path[path] for path in order]


def _apply(primitive: Primitive, owner: Primitive, layers: dict[str, keras.layers.Layer], tensors: Tensors) -> None:
    """Makes the primitive's layer, unless it shares another's, and calls it on what its wires carry."""
    node, kind = primitive.node, primitive.kind
    if not kind.inputs:
        outputs = keras.Input(name=primitive.name, **_arguments(primitive))
    elif kind.key.startswith(OPERATIONS):
        outputs = apply_operation(primitive, [tensors[ref] for refs in primitive.inputs.values() for ref in refs])
    else:
        if owner.path not in layers:
            layers[owner.path] = _make_layer(owner)
        positional, named = _call_arguments(primitive, tensors)
        outputs = layers[owner.path](*positional, **named, **node.call_args)
    values = (outputs,) if len(kind.outputs) == 1 else outputs
    if owner.path in layers:
        compare_with_rules(primitive, owner, layers[owner.path], values)
    tensors |= {TensorRef(primitive.path, port.name): value for port, value in zip(kind.outputs, values, strict=True)}


def _make_layer(primitive: Primitive) -> keras.layers.Layer:
    if primitive.kind.category is Category.OPAQUE:
        layer = opaque_layer(primitive.name, primitive.kind.full_params(primitive.node.params))
    else:
        made = _layer_class(primitive)
        refuse_unsafe(primitive.name, primitive.node.params)
        layer = made(name=primitive.name, **_arguments(primitive))
    layer.trainable = primitive.trainable  # not every constructor takes it
    return layer


def _layer_class(primitive: Primitive) -> Any:
    """The key comes from the catalogue, never straight from a file. Raises JobError for a plugin that does not work."""
    key = primitive.kind.key
    if not plugin_of(key):
        return getattr(keras.layers, key.removeprefix(_KERAS_LAYERS))
    return layer_class(primitive.name, key)


def _arguments(primitive: Primitive) -> dict[str, Any]:
    return {name: _plain(value) for name, value in primitive.kind.full_params(primitive.node.params).items()}


def _call_arguments(primitive: Primitive, tensors: Tensors) -> tuple[list[Any], dict[str, Any]]:
    """One input port is the positional argument, several are named ones or, where the layer wants that, one list."""
    given: dict[str, Any] = {}
    for port in primitive.kind.inputs:
        arriving = [tensors[ref] for ref in primitive.inputs.get(port.name, ())]
        if len(arriving) < port.minimum:
            raise JobError(f"{primitive.name} has no input; connect one.")
        if arriving:
            # What an opaque layer takes is not known: one wire is a tensor, several are a list.
            alone = not port.variadic or (primitive.kind.category is Category.OPAQUE and len(arriving) == 1)
            given[port.name] = arriving[0] if alone else arriving
    if primitive.kind.takes_list:
        return [list(given.values())], {}
    if len(primitive.kind.inputs) == 1:
        return list(given.values()), {}
    return [], given


def _model(graph: Graph, found: list[Primitive], tensors: Tensors) -> keras.Model:
    by_name = sorted(found, key=lambda primitive: primitive.name)
    used = {ref for primitive in found for refs in primitive.inputs.values() for ref in refs}
    ends = [
        (primitive, TensorRef(primitive.path, port.name)) for primitive in by_name for port in primitive.kind.outputs
    ]
    inputs = [tensors[ref] for primitive, ref in ends if not primitive.kind.inputs and ref in used]
    outputs = [tensors[ref] for primitive, ref in ends if primitive.kind.inputs and ref not in used]
    if not inputs or not outputs:
        raise JobError(f"In the graph {graph.name!r} no Input is wired to a layer.", "Connect one.")
    try:
        return keras.Model(_one_or_all(inputs), _one_or_all(outputs), name=graph.name.replace("/", "."))
    except ValueError as error:
        raise JobError(f"The graph {graph.name!r} cannot be built: {first_line(error)}", detail=str(error)) from error


def _one_or_all(tensors: list[Any]) -> Any:
    return tensors if len(tensors) > 1 else tensors[0]


def _plain(value: Any) -> Any:
    """Keras wants tuples for sizes and plain dictionaries for configurations."""
    if isinstance(value, list):
        return tuple(map(_plain, value))
    return dict(value) if isinstance(value, Mapping) else value
