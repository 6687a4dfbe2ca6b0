"""What analysis has to say about a graph, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workbench.graph import GraphEdit, NodeId


class Severity(StrEnum):
    """An error keeps the network from being built; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Fix:
    """A way out, as an ordinary undoable edit of the graph."""

    label: str
    edit: GraphEdit


@dataclass(frozen=True)
class Diagnostic:
    """One problem: a stable code, where it is, what was expected and what came, and what to do.

    `node` is None for the graph as a whole; `port` names an input port or `param` a parameter where one is to blame.
    """

    code: str
    severity: Severity
    message: str
    node: NodeId | None = None
    port: str | None = None
    param: str | None = None
    hint: str = ""
    fixes: tuple[Fix, ...] = ()
    graph: str = ""
    path: str = ""
    """Inside a block: `<repetition>/<inner id>` and so on down."""
