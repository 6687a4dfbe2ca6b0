"""Where a network starts and ends, and which way data flows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.analysis.checks.subject import Subject
from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.graph import NodeId, edits


def cycles(subject: Subject) -> Iterator[Diagnostic]:
    """graph.cycle."""
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


def starts(subject: Subject) -> Iterator[Diagnostic]:
    """Inputs that lead nowhere would be outputs of their own; more inputs than the data has get nothing."""
    inputs = subject.inputs
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
            f"Expected the network to start in {_layers(expected)}. Received: {subject.names_of(used)}",
            max(used, key=subject.graph.rank),
            hint="The dataset has one image for each sample: start both branches at the same Input.",
        )


def ends(subject: Subject) -> Iterator[Diagnostic]:
    """graph.empty, graph.no-input, graph.no-output."""
    if not len(subject.graph):
        yield Diagnostic(
            "graph.empty", Severity.ERROR, "Expected a network. Received: no layers", hint="Add an Input first."
        )
        return
    if not subject.inputs:
        yield Diagnostic(
            "graph.no-input",
            Severity.ERROR,
            "Expected an Input node. Received: none",
            hint="Add an Input and connect it to the first layer.",
        )
    outputs = subject.outputs
    if not outputs and not subject.graph.cycle_wires:
        yield Diagnostic(
            "graph.no-output",
            Severity.ERROR,
            "Expected the network to end in a layer. Received: nothing is connected to an Input",
            hint="Connect layers one after another; the last one is the output.",
        )
    expected = subject.context.outputs
    if expected is not None and len(outputs) > expected:
        yield from _surplus(subject, outputs, expected)


def _surplus(subject: Subject, outputs: list[NodeId], expected: int) -> Iterator[Diagnostic]:
    """More ends than targets. Where the fitting ones are as many as wanted, the others are dead branches."""
    fitting = [node for node in outputs if _fits(subject, node)]
    if len(fitting) == expected:
        for node in outputs:
            if node not in fitting:
                yield _dead_branch(subject, node, fitting)
        return
    yield Diagnostic(
        "graph.several-outputs",
        Severity.ERROR,
        f"Expected the network to end in {_layers(expected)}. Received: {subject.names_of(outputs)}",
        max(outputs, key=subject.graph.rank),
        hint="Connect or delete the branches that lead nowhere.",
        fixes=tuple(_deletion(subject, node) for node in sorted(outputs, key=subject.graph.rank)[:4]),
    )


def _fits(subject: Subject, node: NodeId) -> bool:
    classes = subject.context.classes
    return classes is not None and any(spec.shape == (classes,) for spec in subject.report(node).outputs.values())


def _dead_branch(subject: Subject, node: NodeId, fitting: list[NodeId]) -> Diagnostic:
    return Diagnostic(
        "graph.dead-branch",
        Severity.ERROR,
        f"Expected every branch to lead to the output, {subject.names_of(fitting)}. "
        f"Received: the branch that ends in {subject.graph.node(node).name} leads nowhere",
        node,
        hint="Merge the branch into the rest (Add, Concatenate), or delete it.",
        fixes=(_deletion(subject, node),),
    )


def _deletion(subject: Subject, end: NodeId) -> Fix:
    """Deletes an end with all that leads only there."""
    topology = subject.graph.topology
    branch, waiting = {end}, [end]
    while waiting:
        for source in topology.predecessors(waiting.pop()):
            kind = subject.catalogue.get(subject.graph.node(source).type)
            enters = kind is not None and not kind.inputs
            if source not in branch and not enters and branch.issuperset(topology.successors(source)):
                branch.add(source)
                waiting.append(source)
    nodes = tuple(sorted(branch, key=subject.graph.rank))
    count = f" ({len(nodes)} layers)" if len(nodes) > 1 else ""
    return Fix(f"Delete the branch that ends in {subject.graph.node(end).name}{count}", edits.Remove(nodes))


def _layers(count: int) -> str:
    return f"{count} layer{'s' if count > 1 else ''}"


def source_ports(subject: Subject) -> Iterable[Diagnostic]:
    """A wire from a port that its source does not have carries nothing, and nothing else would say so."""
    ports = _output_ports(subject)
    for wire in subject.graph.wires:
        kind = subject.kinds[wire.source]
        if kind is not None and wire.source_port not in ports[kind.key]:
            source, known = subject.graph.node(wire.source), ", ".join(sorted(ports[kind.key]))
            yield Diagnostic(
                "port.unknown",
                Severity.ERROR,
                f"Expected a wire from one of the ports of {source.name}: {known or 'none'}. "
                f"Received: {wire.source_port!r}",
                wire.target,
                wire.target_port,
                fixes=(Fix("Delete the wire", edits.Remove(wires=(wire,))),),
            )


def _output_ports(subject: Subject) -> dict[str, set[str]]:
    """Output ports by type."""
    kinds = {kind.key: kind for kind in subject.kinds.values() if kind is not None}
    return {key: {port.name for port in kind.outputs} for key, kind in kinds.items()}


CHECKS = (cycles, starts, ends, source_ports)
