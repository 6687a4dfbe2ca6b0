"""Layers with weights in depth order: what is frozen from the input on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

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
    spatial: bool
    """Whether what comes out still has places: height and width, or time."""

    @property
    def node(self) -> str:
        """Id of the node that is drawn."""
        return self.path.partition("/")[0]

    @property
    def normalises(self) -> bool:
        """Whether it keeps statistics of batches, which frozen it uses and no longer changes."""
        return self.type == "BatchNormalization"


def weighted_layers(primitives: Iterable[Primitive]) -> list[WeightedLayer]:
    """Those of a network by depth; equal ones in the order in which they are computed."""
    depths: dict[str, int] = {}
    found: list[WeightedLayer] = []
    for layer in primitives:
        before = [depths.get(ref.path, 0) for refs in layer.inputs.values() for ref in refs]
        depth = depths[layer.path] = max(before, default=-1) + 1
        if layer.report.weights:
            found.append(_weighted(layer, depth))
    return sorted(found, key=lambda layer: layer.depth)


def _weighted(layer: Primitive, depth: int) -> WeightedLayer:
    trainable = sum(weight.size for weight in layer.report.weights if weight.trainable)
    output = next(iter(layer.report.outputs.values()), None)
    return WeightedLayer(
        layer.path,
        layer.name,
        layer.kind.label,
        depth,
        sum(weight.size for weight in layer.report.weights),
        trainable,
        layer.trainable,
        output is not None and len(output.shape) > 1,
    )


def head_of(layers: list[WeightedLayer]) -> list[WeightedLayer]:
    """The layers that decide, in depth order: those after the last one whose output has places; at least the last.

    In a network that has no such layer, or ends with one, as for segmentation, that is the last layer alone.
    """
    last_spatial = max((index for index, layer in enumerate(layers) if layer.spatial), default=-1)
    head = layers[last_spatial + 1 :]
    return head if head and len(head) < len(layers) else layers[-1:]
