"""Problems of a node that need no shapes: unknown type, parameters, ports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.analysis.rule_failure import rule_failure
from workbench.graph import Node, Wire, edits
from workbench.layers import Catalogue, NodeType, Port


def check_node(node: Node, catalogue: Catalogue, wires: Sequence[Wire]) -> list[Diagnostic]:
    """What is wrong with a node by itself; empty when it is ready for inference."""
    kind = catalogue.get(node.type)
    if kind is None:
        return [
            Diagnostic(
                "layer.unknown",
                Severity.ERROR,
                f"Expected a layer type that this workbench has. Received: {node.type!r}",
                node.id,
                hint=f"{catalogue.why_missing(node.type)} The node is kept as it is.",
            )
        ]
    try:
        return [*_param_problems(node, kind), *_port_problems(node, kind, wires)]
    except Exception as error:
        return [rule_failure(node, kind, error)]


def _param_problems(node: Node, kind: NodeType) -> list[Diagnostic]:
    return [
        Diagnostic("param.invalid", Severity.ERROR, message, node.id, param=name)
        for name, message in kind.param_problems(node.params)
    ]


def _port_problems(node: Node, kind: NodeType, wires: Sequence[Wire]) -> Iterable[Diagnostic]:
    counts = dict.fromkeys((port.name for port in kind.inputs), 0)
    for wire in wires:
        if wire.target_port in counts:
            counts[wire.target_port] += 1
        else:
            message = unknown_port(wire.target_port, counts)
            fixes = (Fix("Delete the wire", edits.Remove(wires=(wire,))),)
            yield Diagnostic("port.unknown", Severity.ERROR, message, node.id, wire.target_port, fixes=fixes)
    for port in kind.inputs:
        problem = _count_problem(port, counts[port.name])
        if problem:
            code = "port.unconnected" if counts[port.name] < port.minimum else "port.overfull"
            yield Diagnostic(code, Severity.ERROR, problem, node.id, port.name)


def unknown_port(port: str, known: Iterable[str]) -> str:
    """The message for a wire into a port that a layer does not have."""
    return f"Expected a wire into one of the ports: {', '.join(known) or 'none'}. Received: {port!r}"


def _count_problem(port: Port, count: int) -> str | None:
    if port.variadic and count < port.minimum:
        return f"Expected {port.minimum} wires or more into {port.name}. Received: {count or 'none'}"
    if not port.variadic and count != 1 and (count or port.minimum):
        return f"Expected one wire into {port.name}. Received: {count or 'none'}"
    return None
