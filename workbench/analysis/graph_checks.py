"""Problems of a graph as a whole: names, cycles, where it starts and ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.analysis.report import LayerReport
from workbench.graph import Graph, Node, NodeId, edits
from workbench.layers import Catalogue


@dataclass(frozen=True)
class Subject:
    """What the checks look at."""

    graph: Graph
    catalogue: Catalogue
    context: AnalysisContext
    report: Callable[[NodeId], LayerReport]

    def inputs(self) -> list[Node]:
        """Nodes where data enters: their type has no input port."""
        return [
            node for node in self.graph if (layer := self.catalogue.get(node.type)) is not None and not layer.inputs
        ]

    def outputs(self) -> list[NodeId]:
        """Nodes where the network ends: something comes in and nothing goes on."""
        topology = self.graph.topology
        return [node for node in topology if topology.in_degree(node) and not topology.out_degree(node)]


Check = Callable[[Subject], Iterable[Diagnostic]]


def _names(subject: Subject) -> Iterator[Diagnostic]:
    graph = subject.graph
    seen: set[str] = set()
    for node in graph:
        if not node.name or "/" in node.name:
            yield _bad_name(graph, node)
        elif node.name in seen:
            fresh = graph.free_name(node.name)
            yield Diagnostic(
                "name.duplicate",
                Severity.ERROR,
                f"Expected every name once in a graph. Received: {node.name!r} again",
                node.id,
                fixes=(Fix(f"Rename to {fresh}", edits.rename(graph, node.id, fresh)),),
            )
        seen.add(node.name)


def _bad_name(graph: Graph, node: Node) -> Diagnostic:
    fresh = graph.free_name(node.name.replace("/", "_") or "layer")
    return Diagnostic(
        "name.invalid",
        Severity.ERROR,
        f"Expected a name, without '/' (Keras forbids it). Received: {node.name!r}",
        node.id,
        fixes=(Fix(f"Rename to {fresh}", edits.rename(graph, node.id, fresh)),),
    )


def _cycles(subject: Subject) -> Iterator[Diagnostic]:
    graph = subject.graph
    for wire in sorted(graph.cycle_wires):
        source, target = graph.node(wire.source).name, graph.node(wire.target).name
        yield Diagnostic(
            "graph.cycle",
            Severity.ERROR,
            f"Expected data to flow one way. Received: the wire from {source} to {target} closes a cycle",
            wire.target,
            wire.target_port,
            fixes=(Fix("Delete the wire", edits.Remove(wires=(wire,))),),
        )


def _ends(subject: Subject) -> Iterator[Diagnostic]:
    if not len(subject.graph):
        yield Diagnostic(
            "graph.empty", Severity.ERROR, "Expected a network. Received: no layers", hint="Add an Input first."
        )
        return
    inputs = subject.inputs()
    if not inputs:
        yield Diagnostic(
            "graph.no-input",
            Severity.ERROR,
            "Expected an Input node. Received: none",
            hint="Add an Input and connect it to the first layer.",
        )
    outputs = subject.outputs()
    if not outputs and not subject.graph.cycle_wires:
        yield Diagnostic(
            "graph.no-output",
            Severity.ERROR,
            "Expected the network to end in a layer. Received: nothing is connected to an Input",
            hint="Connect layers one after another; the last one is the output.",
        )
    yield from _too_many_outputs(subject, outputs)


def _too_many_outputs(subject: Subject, outputs: list[NodeId]) -> Iterator[Diagnostic]:
    expected = subject.context.outputs
    if expected is not None and len(outputs) > expected:
        yield Diagnostic(
            "graph.several-outputs",
            Severity.ERROR,
            f"Expected the network to end in {_layers(expected)}. Received: {_names_of(subject, outputs)}",
            max(outputs, key=subject.graph.rank),
            hint="Connect or delete the branches that lead nowhere.",
        )


def _starts(subject: Subject) -> Iterator[Diagnostic]:
    """Inputs that lead nowhere would be outputs of their own; more inputs than the data has get nothing."""
    inputs = [node.id for node in subject.inputs()]
    used = [node for node in inputs if subject.graph.topology.out_degree(node)]
    for node in inputs:
        if used and node not in used:
            yield Diagnostic(
                "graph.unused-input",
                Severity.ERROR,
                f"Expected every Input to lead to a layer. Received: {subject.graph.node(node).name} leads nowhere",
                node,
                fixes=(Fix("Delete the Input", edits.Remove((node,))),),
            )
    expected = subject.context.inputs
    if expected is not None and len(used) > expected:
        yield Diagnostic(
            "graph.several-inputs",
            Severity.ERROR,
            f"Expected the network to start in {_layers(expected)}. Received: {_names_of(subject, used)}",
            max(used, key=subject.graph.rank),
            hint="The dataset has one image for each sample: start both branches at the same Input.",
        )


def _layers(count: int) -> str:
    return f"{count} layer{'s' if count > 1 else ''}"


def _names_of(subject: Subject, nodes: Iterable[NodeId]) -> str:
    return ", ".join(sorted(subject.graph.node(node).name for node in nodes))


def _source_ports(subject: Subject) -> Iterator[Diagnostic]:
    """A wire from a port that its source does not have carries nothing, and nothing else would say so."""
    for wire in subject.graph.wires:
        source = subject.graph.node(wire.source)
        layer = subject.catalogue.get(source.type)
        ports = [port.name for port in layer.outputs] if layer else [wire.source_port]
        if wire.source_port not in ports:
            yield Diagnostic(
                "port.unknown",
                Severity.ERROR,
                f"Expected a wire from one of the ports of {source.name}: {', '.join(ports)}. "
                f"Received: {wire.source_port!r}",
                wire.target,
                wire.target_port,
                fixes=(Fix("Delete the wire", edits.Remove(wires=(wire,))),),
            )


def _classes(subject: Subject) -> Iterator[Diagnostic]:
    classes = subject.context.classes
    outputs = subject.outputs()
    if classes is None or len(outputs) != 1:
        return
    for spec in subject.report(outputs[0]).outputs.values():
        if spec.shape != (classes,):
            node = subject.graph.node(outputs[0])
            layer = subject.catalogue.get(node.type)
            units = next((name for name in ("units", "filters") if layer and name in layer.by_name), None)
            resize = units is not None and len(spec.shape) == 1
            yield Diagnostic(
                "output.classes",
                Severity.ERROR,
                f"Expected an output of {classes}, one for each class of the dataset. Received: {spec}",
                node.id,
                param=units,
                hint="End with a Dense layer that has one unit for each class.",
                fixes=(
                    (Fix(f"Set {units} to {classes}", edits.set_params(subject.graph, node.id, {units: classes}, {})),)
                    if units is not None and resize
                    else ()
                ),
            )


CHECKS: tuple[Check, ...] = (_names, _cycles, _starts, _ends, _source_ports, _classes)
