"""Freezing and thawing layers, those in blocks too, as one edit; and what that saves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.analysis import GraphAnalysis, LayerReport, Primitive, primitives
from workbench.analysis.depth import WeightedLayer, weighted_layers
from workbench.analysis.gradients import learns, step_cost
from workbench.analysis.memory import memory_model
from workbench.analysis.report import UNKNOWN
from workbench.graph import Graph, Node, NodeId, edits
from workbench.project.blocks import PREFIX
from workbench.project.edits import InGraph
from workbench.project.training import TrainingSettings

SMALL_BATCH = 16
"""Below this many images the statistics of a batch are poor (Wu and He, 2018, Group Normalization)."""


@dataclass(frozen=True)
class Freezing:
    """A graph's layers with weights in depth order, and everything that is computed."""

    graph: Graph
    layers: tuple[WeightedLayer, ...]
    primitives: tuple[Primitive, ...]
    analysis: GraphAnalysis

    @classmethod
    def of(cls, analysis: GraphAnalysis) -> Freezing:
        """As the graph is now."""
        found = primitives(analysis)
        return cls(analysis.graph, tuple(weighted_layers(found)), tuple(found), analysis)

    @property
    def frozen_first(self) -> int:
        """How many layers are frozen from the input on without a gap."""
        return next((index for index, layer in enumerate(self.layers) if layer.trainable), len(self.layers))

    def first(self, count: int) -> frozenset[str]:
        """Paths of the first layers by depth."""
        return frozenset(layer.path for layer in self.layers[:count])

    def imagining(self, wanted: Mapping[str, bool]) -> Freezing:
        """As it would be with some layers frozen or not, by path."""
        layers = tuple(layer._replace(trainable=wanted.get(layer.path, layer.trainable)) for layer in self.layers)
        found = tuple(each._replace(trainable=wanted.get(each.path, each.trainable)) for each in self.primitives)
        return replace(self, layers=layers, primitives=found)

    def setting(self, paths: Collection[str], trainable: bool) -> InGraph | None:
        """The edit that freezes or thaws some layers and leaves the others; None where it would change nothing."""
        wanted = {layer.path: layer.trainable for layer in self.layers} | dict.fromkeys(paths, trainable)
        return self.becoming(wanted, f"{'Thaw' if trainable else 'Freeze'} {_counted(paths, self.layers)}")

    def freezing_first(self, count: int) -> InGraph | None:
        """The edit after which the first so many layers are frozen and the others are not."""
        frozen = self.first(count)
        wanted = {layer.path: layer.path not in frozen for layer in self.layers}
        return self.becoming(wanted, f"Freeze the first {count} of {len(self.layers)} layers")

    def training_only(self, names: Collection[str], label: str) -> InGraph | None:
        """The edit after which the layers of these names train and the others do not."""
        return self.becoming({layer.path: layer.name in names for layer in self.layers}, label)

    def becoming(self, wanted: Mapping[str, bool], label: str) -> InGraph | None:
        """The edit after which each layer is as wanted; None where all are."""
        now = {layer.path: layer.trainable for layer in self.layers}
        changed = {path.partition("/")[0] for path, trainable in wanted.items() if now.get(path) != trainable}
        nodes = tuple(self._node(NodeId(node), wanted) for node in sorted(changed))
        return InGraph(self.graph.name, edits.Update(nodes, label)) if nodes else None

    def _node(self, node_id: NodeId, wanted: Mapping[str, bool]) -> Node:
        node = self.graph.node(node_id)
        inside = {
            path.partition("/")[2]: trainable for path, trainable in wanted.items() if path.startswith(f"{node_id}/")
        }
        if not inside:
            return replace(node, trainable=wanted[node_id])
        report = self.analysis.report(node_id)
        return _block(node, report, inside)


def _block(node: Node, report: LayerReport, wanted: Mapping[str, bool]) -> Node:
    """An instance whose layers, by inner path, are as wanted: frozen as a whole where all of them are."""
    overrides = {path: dict(values) for path, values in node.overrides.items()}
    for path in list(overrides):
        overrides[path].pop("trainable", None)
    if not any(wanted.values()):
        return replace(node, trainable=False, overrides=_filled(overrides))
    # A user's definition may freeze layers itself, which an instance then has to thaw; a built-in block never does.
    thaws = node.type.startswith(PREFIX)
    for path, trainable in wanted.items():
        if not trainable:
            overrides.setdefault(path, {})["trainable"] = False
        elif thaws:
            for frozen in _frozen_on_the_way(report, path):
                overrides.setdefault(frozen, {})["trainable"] = True
    return replace(node, trainable=True, overrides=_filled(overrides))


def _filled(overrides: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {path: values for path, values in overrides.items() if values}


def _frozen_on_the_way(report: LayerReport, path: str, done: str = "") -> Iterator[str]:
    """Inner paths of the layer and of the blocks that it is in, of those that are frozen by themselves."""
    number, inner, *rest = path.split("/", 2)
    repetition = report.inner[int(number)]
    site = next(site for site in repetition.plan.sites if site.node.id == inner)
    here = f"{done}{number}/{inner}"
    if not site.node.trainable:
        yield here
    if rest:
        yield from _frozen_on_the_way(repetition.reports.get(site.node.id, UNKNOWN), rest[0], f"{here}/")


def _counted(paths: Collection[str], layers: Sequence[WeightedLayer]) -> str:
    if len(paths) == 1:
        return next((layer.name for layer in layers if layer.path in paths), "a layer")
    return f"{len(paths)} layers"


@dataclass(frozen=True)
class Totals:
    """Values that train and that do not, and what freezing saves beside training everything."""

    trainable: int
    frozen: int
    memory: int
    memory_saved: int
    """Bytes of training at the project's batch size."""
    work_saved: float
    """Share of a step's multiplications, forwards and backwards."""
    work_saved_cached: float
    """The same where what frozen layers give is kept, from the second epoch on."""


def totals(found: Freezing, training: TrainingSettings) -> Totals:
    """Of a graph as it is now. Multiplications stand for time: what else a step does is not counted."""
    layers = found.primitives
    free = tuple(layer._replace(trainable=True) for layer in layers)
    here, there = (memory_model(each, training.optimizer).at(training.batch_size).total for each in (layers, free))
    now, all_of_it = step_cost(layers), step_cost(free)
    params = sum(weight.size for layer in layers for weight in layer.report.weights)
    trainable = sum(w.size for layer in layers if learns(layer) for w in layer.report.weights if w.trainable)
    whole = all_of_it.total or 1
    return Totals(
        trainable,
        params - trainable,
        here,
        max(there - here, 0),
        1 - now.total / whole,
        1 - (now.total - _below_the_cut(layers)) / whole,
    )


def _below_the_cut(layers: Sequence[Primitive]) -> int:
    """Forward multiplications of what comes before anything that learns or is random."""
    kept: set[str] = set()
    saved = 0
    for layer in layers:
        sources = [ref.path for refs in layer.inputs.values() for ref in refs]
        random = "Dropout" in layer.kind.label or layer.kind.label.startswith(("Random", "Gaussian"))
        if not learns(layer) and not random and all(source in kept for source in sources):
            kept.add(layer.path)
            saved += layer.report.macs or 0
    return saved


def normalisation_note(found: Freezing, batch_size: int) -> str:
    """What becomes of BatchNormalization; empty where there is none that is frozen or at risk."""
    frozen = sum(layer.normalises and not layer.trainable for layer in found.layers)
    told = []
    if frozen:
        layers = "1 frozen BatchNormalization layer" if frozen == 1 else f"{frozen} frozen BatchNormalization layers"
        told.append(f"{layers} in inference mode: moving statistics are used and stay as they are.")
    behind = [layer.name for layer in found.layers[found.frozen_first :] if layer.normalises and layer.trainable]
    if found.frozen_first and behind and batch_size < SMALL_BATCH:
        others = f" and {len(behind) - 1} more" if len(behind) > 1 else ""
        told.append(
            f"{behind[0]}{others} behind frozen layers normalises by batches of {batch_size}, which is few: "
            f"freeze it, or choose at least {SMALL_BATCH}."
        )
    return " ".join(told)
