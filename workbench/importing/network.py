"""From layers with calls to a graph: a node a call, a block for each network in the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.graph import Graph, Node, NodeId, Wire, edits
from workbench.graph.layout import layered
from workbench.importing.older_forms import other_results
from workbench.importing.parameters import NotOurs, catalogue_params
from workbench.importing.records import (
    LAYERS,
    LayerCall,
    LayerRecord,
    NetworkRecord,
    Tensor,
    network_record,
    tensors_in,
)
from workbench.importing.weights import LayerArrays, node_name
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, CATALOGUE, LayerType, Port
from workbench.layers.operations import LEADING, operation_key, template
from workbench.project.blocks import PREFIX, Block

_INPUT_LAYER = "InputLayer"
_ROW = 104.0
"""Between the ports of a block, whose order is their order on the canvas."""
_CALL_DEFAULTS = {"mask": None, "training": None, "attention_mask": None, "query_mask": None, "value_mask": None,
                  "key_mask": None, "return_attention_scores": False, "use_causal_mask": False}  # fmt: skip


@dataclass
class Found:
    """What an import made beside the graph: the project's blocks, by class what stayed opaque, and what was changed."""

    blocks: dict[str, Block] = field(default_factory=dict)
    opaque: dict[str, str] = field(default_factory=dict)
    """Why, by layer name."""
    notes: list[str] = field(default_factory=list)
    arrays: Mapping[tuple[str, ...], LayerArrays] = field(default_factory=dict)
    """By the names of the models around a layer and its own: what is recorded of weights that no rule tells."""
    keras_2: bool = False
    """Whether Keras 2 wrote the file, which computes some things otherwise."""


class Network:
    """One network as a graph. `ports`: inside a block the ends are the block's ports."""

    def __init__(
        self, record: NetworkRecord, found: Found, name: str, outer: tuple[str, ...] = (), inside: bool = False
    ) -> None:
        self.record = record
        self.graph = Graph(name)
        self._found = found
        self._inside = inside
        self._outer = outer
        self._nodes: dict[tuple[str, int], NodeId] = {}
        self._outputs: dict[NodeId, tuple[str, ...]] = {}
        self._names: set[str] = set()
        self._specs = _recorded_specs(record)
        self._layer_records = {layer.name: layer for layer in record.layers}
        self._waiting = [(layer, number) for layer in record.layers for number in range(max(1, len(layer.calls)))]

    def build(self) -> Graph:
        """The graph, laid out."""
        for layer, number in self._waiting:
            self._add(layer, number)
        for layer, number in self._waiting:
            if layer.calls:
                self._wire(layer, number, layer.calls[number])
        if self._inside:
            self._add_outputs()
        else:
            self._leave_out_unused_inputs()
        edits.move(self.graph, layered(self.graph)).apply(self.graph)
        if self._inside:
            self._order_ports()
        return self.graph

    # -- nodes
    def _add(self, layer: LayerRecord, number: int) -> None:
        node = self._node(layer, number)
        first = self._nodes.get((layer.name, 0))
        name = self._free_name(layer.name if first is None else f"{layer.name}_call_{number + 1}")
        node = replace(node, id=NodeId(name), name=name, shares=first)
        self.graph.add_node(node)
        self._nodes[layer.name, number] = node.id

    def _node(self, layer: LayerRecord, number: int) -> Node:
        if self._found.keras_2 and number == 0:
            self._found.notes.extend(f"{layer.name}: {what}" for what in other_results(layer.config))
        trainable = layer.config.get("trainable", True) is not False
        blank = Node(NodeId(""), "", "", trainable=trainable)
        if layer.class_name == _INPUT_LAYER:
            return self._input(blank, layer)
        if layer.is_model:
            return replace(blank, type=self._block(layer))
        if layer.is_operation:
            return self._operation(blank, layer, number)
        kind = CATALOGUE.get(f"keras.layers.{layer.class_name}")
        if isinstance(kind, LayerType) and layer.module == LAYERS:
            try:
                params = catalogue_params(kind, layer.config)
                self._ports(kind, layer.calls[number] if layer.calls else LayerCall(()))
            except NotOurs as error:
                self._found.opaque[layer.name] = str(error)
            else:
                return replace(blank, type=kind.key, params=params, call_args=_constants(kind, layer, number))
        return self._opaque(blank, layer, number)

    def _input(self, blank: Node, layer: LayerRecord) -> Node:
        if self._inside:
            return replace(blank, type=BLOCK_INPUT)
        batch_shape = layer.config.get("batch_shape") or layer.config.get("batch_input_shape")
        if batch_shape is None:
            raise NotOurs(f"{layer.name}: an input without a shape")
        if batch_shape[0] is not None:
            self._found.notes.append(f"{layer.name}: the fixed batch size {batch_shape[0]} was left out")
        dtype = layer.config.get("dtype") or "float32"
        params = {"shape": list(batch_shape[1:])} | ({"dtype": dtype} if dtype != "float32" else {})
        return replace(blank, type="input", params=params)

    def _block(self, layer: LayerRecord) -> str:
        """The type of a nested model; its definition is made once, however often it is called."""
        name = self._block_name(layer.name)
        key = PREFIX + name
        if key not in self._found.blocks:
            inner = network_record({"class_name": layer.class_name, "config": layer.config})
            self._found.blocks[key] = Block(
                Network(inner, self._found, key, (*self._outer, node_name(layer)), inside=True).build()
            )
        return key

    def _block_name(self, name: str) -> str:
        """A name of its own for each definition: networks in different networks may have the same."""
        owner = self.graph.name.removeprefix(PREFIX)
        return f"{owner}.{name}" if self._inside else name

    def _operation(self, blank: Node, layer: LayerRecord, number: int) -> Node:
        call = layer.calls[number]
        key = operation_key(layer.class_name)
        if key not in CATALOGUE:
            raise NotOurs(f"{layer.name}: the operation {layer.class_name} is not known here")
        own = {
            name: value
            for name, value in layer.config.items()
            if name not in ("name", "trainable") and (name, value) != ("dtype", None)
        }
        leading = [own.pop(name) for name in LEADING.get(key, ()) if name in own]
        spec = self._specs.get(Tensor(layer.name, number, 0)[:3])
        args, kwargs = (
            [*leading, *template(call.args)],
            template({**own, **call.kwargs}, len(list(tensors_in(call.args)))),
        )
        params: dict[str, Any] = {"args": args, "kwargs": kwargs}
        if spec is not None:
            params["output_spec"] = [list(spec[0]), spec[1]]
        return replace(blank, type=key, params=params)

    def _opaque(self, blank: Node, layer: LayerRecord, number: int) -> Node:
        self._found.opaque.setdefault(layer.name, _why_opaque(layer))
        spec = self._specs.get(Tensor(layer.name, number, 0)[:3])
        config = {key: value for key, value in layer.config.items() if key != "name"}
        params: dict[str, Any] = {"class_name": layer.class_name, "config": config}
        if layer.module != LAYERS:
            params["module"] = layer.module
        if layer.registered_name not in (None, layer.class_name):
            params["registered_name"] = layer.registered_name
        if spec is not None:
            params["output_specs"] = [[list(spec[0]), spec[1]]]
        arrays = self._found.arrays.get((*self._outer, node_name(layer)))
        if arrays is not None:
            learns = layer.config.get("trainable", True) is not False
            params["recorded_weights"] = [
                [array.name, list(array.dataset.shape), learns, array.dtype] for array in arrays.arrays
            ]
        call = layer.calls[number] if layer.calls else LayerCall(())
        constants = {key: value for key, value in call.kwargs.items() if _is_constant(key, value)}
        return replace(blank, type="opaque", params=params, call_args=constants)

    def _free_name(self, name: str) -> str:
        free = wanted = name.replace("/", ".") or "layer"
        number = 1
        while free in self._names:
            number += 1
            free = f"{wanted}_{number}"
        self._names.add(free)
        return free

    # -- wires
    def _wire(self, layer: LayerRecord, number: int, call: LayerCall) -> None:
        target = self._nodes[layer.name, number]
        kind = self._kind(self.graph.node(target).type)
        for port, tensors in self._ports(kind, call):
            for order, tensor in enumerate(tensors):
                source = self._nodes[tensor.layer, tensor.call]
                self.graph.connect(Wire(source, target, self._output(source, tensor.output), port.name, order))

    def _ports(self, kind: Any, call: LayerCall) -> list[tuple[Port, list[Tensor]]]:
        """What goes into each port. Raises NotOurs where the call is made in a way that ports cannot say."""
        ports: tuple[Port, ...] = kind.inputs
        if ports and ports[0].variadic and len(ports) == 1:
            return [(ports[0], [*tensors_in(call.args), *tensors_in(call.kwargs)])]
        args: list[Any] = list(call.args)
        if len(args) == 1 and isinstance(args[0], list):
            args = args[0]
        taken: list[tuple[Port, list[Tensor]]] = []
        for port, value in zip(ports, args, strict=False):
            if isinstance(value, Tensor):
                taken.append((port, [value]))
            elif value is not None:
                raise NotOurs(f"called with {value!r} for {port.name}")
        if any(value is not None for value in args[len(ports) :]):
            raise NotOurs(f"called with {len(args)} arguments")
        by_name = {port.name: port for port in ports}
        for name, value in call.kwargs.items():
            tensors = list(tensors_in(value))
            if tensors and name not in by_name:
                raise NotOurs(f"called with a tensor for {name}")
            if tensors:
                taken.append((by_name[name], tensors))
        return taken

    def _kind(self, key: str) -> Any:
        if key in self._found.blocks:
            from workbench.project.blocks import block_type

            return block_type(self._found.blocks[key])
        return CATALOGUE[key]

    def _output(self, node: NodeId, index: int) -> str:
        outputs = self._kind(self.graph.node(node).type).outputs
        if index >= len(outputs):
            raise NotOurs(f"{node} gives {index + 1} tensors or more; only the first is known here")
        return str(outputs[index].name)

    def _leave_out_unused_inputs(self) -> None:
        """Keras allows an input that nothing takes; here it would keep the network from being built."""
        ends = {self._nodes[tensor.layer, tensor.call] for tensor in self.record.outputs}
        unused = [node.id for node in self.graph if node.type == "input" and not self.graph.wires_from(node.id)]
        for node in unused:
            if node not in ends and len(unused) < len(self.record.inputs):
                edits.Remove((node,)).apply(self.graph)
                self._found.notes.append(f"{node}: an input that no layer takes was left out")

    # -- the ends of a block
    def _add_outputs(self) -> None:
        for number, tensor in enumerate(self.record.outputs):
            name = self._free_name("output" if len(self.record.outputs) == 1 else f"output_{number + 1}")
            self.graph.add_node(Node(NodeId(name), BLOCK_OUTPUT, name))
            source = self._nodes[tensor.layer, tensor.call]
            self.graph.connect(Wire(source, NodeId(name), self._output(source, tensor.output), "input"))

    def _order_ports(self) -> None:
        """Ports are read from top to bottom: inputs and outputs stand in the order of the model's."""
        inputs = [self._nodes[tensor.layer, tensor.call] for tensor in self.record.inputs]
        outputs = [node.id for node in self.graph if node.type == BLOCK_OUTPUT]
        for ends in (inputs, outputs):
            if len(ends) > 1:
                places = sorted(self.graph.node(node).position[1] for node in ends)
                for row, node in enumerate(ends):
                    x, _ = self.graph.node(node).position
                    moved = replace(self.graph.node(node), position=(x, places[0] + row * _ROW))
                    self.graph.replace_node(moved)


def _why_opaque(layer: LayerRecord) -> str:
    if layer.refused:
        return layer.refused
    if layer.module.startswith("keras"):
        return f"{layer.class_name} is not in the catalogue"
    return (
        f"{layer.class_name} is a class of its own ({layer.registered_name or layer.module}), whose code the file does "
        "not hold; to train or export it, put a plugin's layer in its place"
    )


def _recorded_specs(record: NetworkRecord) -> Mapping[tuple[str, int, int], tuple[tuple[int | None, ...], str]]:
    """What the calls say of the tensors that they take."""
    return {tensor[:3]: (tensor.shape, tensor.dtype) for tensor in _taken(record) if tensor.shape is not None}


def _taken(record: NetworkRecord) -> Iterator[Tensor]:
    for layer in record.layers:
        for call in layer.calls:
            yield from tensors_in(call.args)
            yield from tensors_in(call.kwargs)


def _is_constant(name: str, value: Any) -> bool:
    """Whether an argument says something of its own: not a tensor, and not Keras's default."""
    return not any(tensors_in(value)) and _CALL_DEFAULTS.get(name, ...) != value and value is not None


def _constants(kind: LayerType, layer: LayerRecord, number: int) -> dict[str, Any]:
    call = layer.calls[number] if layer.calls else LayerCall(())
    return {key: value for key, value in call.kwargs.items() if _is_constant(key, value)}
