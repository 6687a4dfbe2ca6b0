"""Layers with weights in depth order: what is frozen from the input on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from workbench.analysis.head import head_paths
from workbench.analysis.primitives import Primitive


class WeightedLayer(NamedTuple):
    """A layer with weights of its own. `depth` counts the layers on the longest way from an input to it."""

    path: str
    name: str
    type: str
    depth: int
    params: int
    trainable_params: int
    """Values that training changes while the layer is not frozen."""
    trainable: bool
    head: bool
    """Whether it is of what turns the last features into predictions (`analysis.head`)."""

    @property
    def node(self) -> str:
        """Id of the node that is drawn."""
        return self.path.partition("/")[0]

    @property
    def normalises(self) -> bool:
        """Whether it keeps statistics of batches, which frozen it uses and no longer changes."""
        return self.type == "BatchNormalization"


def weighted_layers(primitives: Sequence[Primitive]) -> list[WeightedLayer]:
    """Those of a network by depth; equal ones in the order in which they are computed."""
    depths: dict[str, int] = {}
    found: list[WeightedLayer] = []
    head = head_paths(primitives)
    for layer in primitives:
        before = [depths.get(ref.path, 0) for refs in layer.inputs.values() for ref in refs]
        depth = depths[layer.path] = max(before, default=-1) + 1
        if layer.report.weights:
            found.append(_weighted(layer, depth, layer.path in head))
    return sorted(found, key=lambda layer: layer.depth)


def _weighted(layer: Primitive, depth: int, head: bool) -> WeightedLayer:
    trainable = sum(weight.size for weight in layer.report.weights if weight.trainable)
    return WeightedLayer(
        layer.path,
        layer.name,
        layer.kind.label,
        depth,
        sum(weight.size for weight in layer.report.weights),
        trainable,
        layer.trainable,
        head,
    )


def head_of(layers: list[WeightedLayer]) -> list[WeightedLayer]:
    """The layers that decide, in depth order; where no head with weights can be told, the last layer alone."""
    return [layer for layer in layers if layer.head] or layers[-1:]
