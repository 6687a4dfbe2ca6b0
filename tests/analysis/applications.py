"""Networks of keras.applications as graphs: a node for each layer of the functional model's configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import CATALOGUE, NodeType

_OF_THE_NODE = {"name", "trainable", "dtype"}
_OF_NO_SIZE = ("_initializer", "_regularizer", "_constraint")
"""What changes neither shapes nor memory is left at its default."""


def application_graph(name: str) -> Graph:
    """The network `keras.applications.<name>` in its usual size, weights drawn."""
    import keras

    model = getattr(keras.applications, name)(weights=None)
    graph = Graph("model")
    for layer in model.get_config()["layers"]:
        _add(graph, layer)
    return graph


def _add(graph: Graph, layer: Mapping[str, Any]) -> None:
    name, config = layer["name"], layer["config"]
    if layer["class_name"] == "InputLayer":
        graph.add_node(Node(NodeId(name), "input", name, {"shape": list(config["batch_shape"][1:])}))
        return
    key = f"keras.layers.{layer['class_name']}"
    kind = CATALOGUE[key]
    params = {
        param: _plain(value)
        for param, value in config.items()
        if param in kind.by_name and param not in _OF_THE_NODE and not param.endswith(_OF_NO_SIZE)
    }
    assert not kind.param_problems(params), (name, kind.param_problems(params))
    graph.add_node(Node(NodeId(name), key, name, params))
    _wire(graph, kind, NodeId(name), layer["inbound_nodes"])


def _wire(graph: Graph, kind: NodeType, target: NodeId, inbound: list[Mapping[str, Any]]) -> None:
    (call,) = inbound  # no layer is shared
    port = kind.inputs[0]
    for order, source in enumerate(_tensors(call["args"])):
        graph.connect(Wire(NodeId(source), target, "output", port.name, order if port.variadic else 0))


def _tensors(value: Any) -> Iterator[str]:
    """Names of the layers whose outputs stand in a call's arguments, in order."""
    if isinstance(value, Mapping):
        yield value["config"]["keras_history"][0]
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _tensors(each)


def _plain(value: Any) -> Any:
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
