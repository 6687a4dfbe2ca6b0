"""One layer: from its node and what comes in, to its report and its problems. Never raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.analysis.receptive_field import WHOLE, ReceptiveField, union
from workbench.analysis.report import UNKNOWN, LayerReport
from workbench.graph import Node, Wire, edits
from workbench.layers import FLOATS, Call, Integers, LayerType, Port, ShapeError, TensorSpec, WeightSpec

_COMPUTE_DTYPES = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
_VARIABLE_DTYPES = dict.fromkeys(_COMPUTE_DTYPES, "float32")


class Arrival(NamedTuple):
    """What one wire brings."""

    spec: TensorSpec
    field: ReceptiveField


def check_node(node: Node, layer: LayerType | None, wires: Sequence[Wire]) -> list[Diagnostic]:
    """Problems that need no shapes: unknown type, parameters, ports."""
    if layer is None:
        return [
            Diagnostic(
                "layer.unknown",
                Severity.ERROR,
                f"Expected a layer type that this workbench has. Received: {node.type!r}",
                node.id,
                hint="It may come from a plugin that is missing or from a newer version. The node is kept as it is.",
            )
        ]
    return [*_param_problems(node, layer), *_port_problems(node, layer, wires)]


def _param_problems(node: Node, layer: LayerType) -> Iterable[Diagnostic]:
    return [
        Diagnostic("param.invalid", Severity.ERROR, message, node.id, param=name)
        for name, message in layer.param_problems(node.params)
    ]


def _port_problems(node: Node, layer: LayerType, wires: Sequence[Wire]) -> Iterable[Diagnostic]:
    ports = {port.name for port in layer.inputs}
    for wire in wires:
        if wire.target_port not in ports:
            message = unknown_port(wire.target_port, ports)
            fixes = (Fix("Delete the wire", edits.Remove(wires=(wire,))),)
            yield Diagnostic("port.unknown", Severity.ERROR, message, node.id, wire.target_port, fixes=fixes)
    for port in layer.inputs:
        count = sum(wire.target_port == port.name for wire in wires)
        problem = _count_problem(port, count)
        if problem:
            code = "port.unconnected" if count < port.minimum else "port.overfull"
            yield Diagnostic(code, Severity.ERROR, problem, node.id, port.name)


def unknown_port(port: str, known: Iterable[str]) -> str:
    """The message for a wire into a port that a layer does not have."""
    return f"Expected a wire into one of the ports: {', '.join(sorted(known)) or 'none'}. Received: {port!r}"


def _count_problem(port: Port, count: int) -> str | None:
    if port.variadic and count < port.minimum:
        return f"Expected {port.minimum} wires or more into {port.name}. Received: {count or 'none'}"
    if not port.variadic and count != 1 and (count or port.minimum):
        return f"Expected one wire into {port.name}. Received: {count or 'none'}"
    return None


def infer_layer(
    node: Node, layer: LayerType, arrivals: Mapping[str, tuple[Arrival, ...]], policy: str
) -> tuple[LayerReport, list[Diagnostic]]:
    """Shapes, weights and costs of a layer whose parameters and ports are sound and whose inputs are all known."""
    params = layer.full_params(node.params)
    dtype = params.get("dtype") or policy
    try:
        call = Call(params, {port: _cast(layer, incoming, dtype) for port, incoming in arrivals.items()})
        output = layer.shape(call)
    except ShapeError as error:
        problem = Diagnostic(error.code, Severity.ERROR, error.message, node.id, error.port, error.param, error.hint)
        return UNKNOWN, [problem]
    fields = [arrival.field for incoming in arrivals.values() for arrival in incoming]
    seen = union(fields).through(layer.window(call)) if fields else _input_field(output)
    report = LayerReport(
        outputs={port.name: output for port in layer.outputs},
        weights=_weights(layer, call, dtype),
        trainable=node.trainable,
        macs=layer.macs(call, output),
        activation_bytes=output.bytes,
        receptive_field=seen,
    )
    return report, []


def recorded_report(node: Node) -> LayerReport:
    """What was last known of a node whose type is missing, so that the layers after it keep their shapes."""
    outputs = {port: TensorSpec(shape, dtype) for port, shape, dtype in node.specs}
    return LayerReport(outputs=outputs, receptive_field=WHOLE) if outputs else UNKNOWN


def _cast(layer: LayerType, arrivals: Sequence[Arrival], policy: str) -> tuple[TensorSpec, ...]:
    """What reaches a layer's rule: Keras casts floating-point inputs to the compute dtype, and leaves others."""
    compute = _COMPUTE_DTYPES.get(policy, policy)
    specs = [arrival.spec for arrival in arrivals]
    strangers = [spec.dtype for spec in specs if spec.dtype not in FLOATS]
    if strangers and layer.integers is Integers.REFUSED:
        raise ShapeError(
            "input.dtype",
            f"Expected floating-point values. Received: {strangers[0]}",
            port=layer.inputs[0].name,
            hint="Set the dtype of the Input to float32.",
        )
    return tuple(
        replace(spec, dtype=compute) if spec.dtype in FLOATS or layer.integers is Integers.MADE_FLOAT else spec
        for spec in specs
    )


def _weights(layer: LayerType, call: Call, policy: str) -> tuple[WeightSpec, ...]:
    """Weights in the variable dtype of a policy: mixed policies compute in half and keep weights in full precision."""
    variable = _VARIABLE_DTYPES.get(policy, policy)
    weights = layer.weights(call)
    return weights if variable == "float32" else tuple(replace(weight, dtype=variable) for weight in weights)


def _input_field(output: TensorSpec) -> ReceptiveField:
    return ReceptiveField.of_input(len(output.shape) - 1)
