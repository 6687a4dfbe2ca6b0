"""Names: Keras wants each once, and none with a slash."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.checks.subject import Subject
from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.graph import Graph, Node, edits


def names(subject: Subject) -> Iterator[Diagnostic]:
    """name.invalid, name.duplicate."""
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


CHECKS = (names,)
