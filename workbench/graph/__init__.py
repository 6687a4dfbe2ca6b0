"""Nodes and wires on one networkx MultiDiGraph: ids, events, topology, layout."""

from workbench.graph import edits, rewiring
from workbench.graph.copying import copy_graph
from workbench.graph.edits import GraphEdit
from workbench.graph.events import (
    GraphEvent,
    GraphListener,
    NodeAdded,
    NodeChanged,
    NodeRemoved,
    WireAdded,
    WireRemoved,
)
from workbench.graph.graph import Graph
from workbench.graph.listeners import Listeners
from workbench.graph.model import Json, Node, NodeId, Wire, new_node_id

__all__ = [
    "Graph",
    "GraphEdit",
    "GraphEvent",
    "GraphListener",
    "Json",
    "Listeners",
    "Node",
    "NodeAdded",
    "NodeChanged",
    "NodeId",
    "NodeRemoved",
    "Wire",
    "WireAdded",
    "WireRemoved",
    "copy_graph",
    "edits",
    "new_node_id",
    "rewiring",
]
