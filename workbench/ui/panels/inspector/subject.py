"""What the inspector is about: some nodes of the document, what they have in common, and edits of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from workbench.analysis import Diagnostic, LayerReport
from workbench.analysis.report import UNKNOWN
from workbench.analysis.windows import Sliding, sliding
from workbench.graph import Node, NodeId, edits
from workbench.layers import REQUIRED, LayerType, NodeType, Param, TensorSpec
from workbench.project import Block, Edit
from workbench.project.promotions import PromotionError, bind, promote, release
from workbench.ui.document import Document
from workbench.ui.panels.inspector.inside import InnerLayer


class Subject:
    """Some nodes by id; everything is asked afresh of the document, so that it is never out of date."""

    def __init__(self, document: Document, ids: Iterable[NodeId] = ()) -> None:
        self._document = document
        self._ids = tuple(ids)

    @property
    def ids(self) -> tuple[NodeId, ...]:
        """Those of the nodes that still exist."""
        graph = self._document.graph
        return tuple(node for node in self._ids if node in graph)

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(map(self._document.graph.node, self.ids))

    @property
    def types(self) -> tuple[NodeType | None, ...]:
        """The layer type of each node; None for one that this program does not know."""
        catalogue = self._document.catalogue
        return tuple(catalogue.get(node.type) for node in self.nodes)

    @property
    def reports(self) -> tuple[LayerReport, ...]:
        return tuple(map(self._document.graph_analysis.report, self.ids))

    @property
    def params(self) -> tuple[Param, ...]:
        """Parameters that every node has and that mean the same in each, in the first one's order."""
        known = self.types
        if not known or None in known:
            return ()
        first, *others = (layer for layer in known if layer)
        return tuple(param for param in first.params if all(param in other.params for other in others))

    def values(self, param: Param) -> tuple[Any, ...]:
        """The value of a parameter in each node; REQUIRED where it has none."""
        return tuple(node.params.get(param.name, param.default) for node in self.nodes)

    def inputs(self) -> tuple[TensorSpec | None, ...]:
        """What flows into the one node, wire by wire."""
        analysis = self._document.graph_analysis
        return tuple(analysis.wire_spec(wire) for node in self.ids for wire in self._document.graph.wires_into(node))

    def sliding(self) -> Sliding | None:
        """The windows of the one layer that is selected, on what flows into it."""
        (kind, *others), inputs = self.types, self.inputs()
        if others or not isinstance(kind, LayerType) or len(inputs) != 1 or inputs[0] is None:
            return None
        return sliding(kind, self.nodes[0].params, inputs[0]) if self.reports[0].known else None

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the nodes."""
        ids = set(self.ids)
        return tuple(problem for problem in self._document.problems if problem.node in ids)

    def set_param(self, param: Param, value: Any) -> None:
        """Gives every node the value, as one step; nothing happens where all have it already."""
        if all(old is not REQUIRED and _same(old, value) for old in self.values(param)):
            return
        graph = self._document.graph
        updates = [
            edits.set_params(graph, node.id, {param.name: value}, layer.defaults)
            for node, layer in zip(self.nodes, self.types, strict=True)
            if layer is not None
        ]
        label = updates[0].label if len(updates) == 1 else f"Change {param.name} of {len(updates)} nodes"
        self._document.edit(edits.Update(tuple(node for update in updates for node in update.nodes), label))

    def bindings(self) -> Mapping[str, str] | None:
        """In the definition of a block: the expression of each parameter that follows the block's, for one layer."""
        block = self._definition
        if block is None or len(self.ids) != 1 or not self.params:
            return None
        return block.settings.bindings.get(self.ids[0], {})

    def promote(self, param: Param, on: bool) -> str:
        """Makes a parameter one of the block's, or takes that back; returns why not, or an empty text."""
        (value,) = self.values(param)
        if on:
            return self._try(lambda block, node: promote(block, node, param.name, value))
        return self._try(lambda block, node: release(block, node, param.name))

    def bind(self, param: Param, text: str) -> str:
        """Lets a parameter follow an expression; returns why not, or an empty text."""
        return self._try(lambda block, node: bind(block, node, param.name, text))

    def _try(self, make: Callable[[Block, NodeId], Edit]) -> str:
        block = self._definition
        assert block is not None
        try:
            self._document.do(make(block, self.ids[0]))
        except PromotionError as error:
            return str(error)
        return ""

    @property
    def _definition(self) -> Block | None:
        place = self._document.place
        return self._document.project.blocks[place.graph] if place.is_definition else None

    def inner_layers(self) -> tuple[InnerLayer, ...]:
        """The layers with weights inside the one block that is selected."""
        if len(self.ids) != 1 or not self.reports[0].inner or self._document.place.read_only:
            return ()
        return tuple(_inner_layers(self.reports[0], "", ""))

    def set_inner_trainable(self, path: str, trainable: bool) -> None:
        """Freezes or thaws a layer inside the one block, in this instance alone, as one step."""
        (node,) = self.nodes
        values = {**node.overrides.get(path, {}), "trainable": trainable}
        overrides = {**node.overrides, path: values}
        label = f"{'Thaw' if trainable else 'Freeze'} {path.partition('/')[2]} in {node.name}"
        self._document.edit(edits.Update((replace(node, overrides=overrides),), label))

    def rename_problem(self, name: str) -> str | None:
        """Why the one node cannot be called so, or None."""
        if not name:
            return "Expected a name. Received: nothing"
        if "/" in name:
            return f"Expected a name without '/' (Keras forbids it). Received: {name!r}"
        if set(self._document.graph.named(name)) - set(self.ids):
            return f"Expected a name that no other layer has. Received: {name!r}"
        return None

    def rename(self, name: str) -> None:
        """Calls the one node something else, as one step."""
        (node,) = self.nodes
        if node.name != name:
            self._document.edit(edits.rename(self._document.graph, node.id, name))

    def set_trainable(self, trainable: bool) -> None:
        """Freezes or thaws every node, as one step."""
        changed = [node.id for node in self.nodes if node.trainable != trainable]
        if changed:
            self._document.edit(edits.set_trainable(self._document.graph, changed, trainable))


def _inner_layers(report: LayerReport, path: str, name: str) -> Iterable[InnerLayer]:
    """The layers with weights in what a block expanded into; names are as Keras will have them."""
    for number, repetition in enumerate(report.inner):
        prefix = f"{name}{number}." if len(report.inner) > 1 else name
        for site in repetition.plan.sites:
            inner = repetition.reports.get(site.node.id, UNKNOWN)
            where, called = f"{path}{number}/{site.node.id}", f"{prefix}{site.node.name}"
            if inner.inner:
                yield from _inner_layers(inner, f"{where}/", f"{called}.")
            elif inner.weights:
                yield InnerLayer(where, called, inner.params, site.node.trainable)


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: True is not 1, and a tuple from a default is a list."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    return bool(one == other)
