"""Where gradients go in a network some of whose layers are frozen, and what training then costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from workbench.analysis.primitives import Primitive


def learns(layer: Primitive) -> bool:
    """Whether training changes weights that are the layer's own."""
    return layer.trainable and any(weight.trainable for weight in layer.report.weights)


def learning_paths(layers: Iterable[Primitive]) -> frozenset[str]:
    """Paths of the layers whose weights training changes, those that share another's weights among them."""
    listed = list(layers)
    owners = {layer.path for layer in listed if learns(layer)}
    return frozenset(layer.path for layer in listed if layer.owner in owners)


def reached_paths(layers: Iterable[Primitive]) -> frozenset[str]:
    """Paths of the layers that a backward pass comes to: those that learn and all behind them.

    `layers` are in topological order. A backward pass ends at the lowest layer that learns.
    """
    listed = list(layers)
    learning = learning_paths(listed)
    reached: set[str] = set()
    for layer in listed:
        if layer.path in learning or any(ref.path in reached for refs in layer.inputs.values() for ref in refs):
            reached.add(layer.path)
    return frozenset(reached)


class StepCost(NamedTuple):
    """Multiplications of one training step for one sample; layers whose costs are not known are left out."""

    forward: int
    backward: int

    @property
    def total(self) -> int:
        """Both passes."""
        return self.forward + self.backward


def step_cost(layers: Sequence[Primitive]) -> StepCost:
    """Forward once; backward once for the weights of a layer that learns, once more where gradients go on below."""
    learning, reached = learning_paths(layers), reached_paths(layers)
    forward = backward = 0
    for layer in layers:
        macs = layer.report.macs or 0
        goes_on = any(ref.path in reached for refs in layer.inputs.values() for ref in refs)
        forward += macs
        backward += macs * ((layer.path in learning) + goes_on)
    return StepCost(forward, backward)
