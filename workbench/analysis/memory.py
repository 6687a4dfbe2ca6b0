"""How much memory training takes, before it is tried.

weights + gradients + optimiser slots + activations kept for the backward pass. What it leaves out (the framework
itself, convolution workspaces, fragmentation, the input pipeline) is told in docs/memory.md beside measured peaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.analysis.primitives import Primitive
from workbench.layers import DTYPE_BYTES

OPTIMIZER_SLOTS: Mapping[str, int] = {
    "SGD": 1,  # velocity; Keras makes it with momentum only, which is the usual case
    "RMSprop": 1,
    "Adam": 2,
    "AdamW": 2,
    "Nadam": 2,
    "Adamax": 2,
    "Adagrad": 1,
    "Adadelta": 2,
    "Ftrl": 2,
    "Lion": 1,
}
"""Values of the size of a weight that an optimiser keeps for it."""


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Bytes of each part at one batch size."""

    weights: int
    gradients: int
    slots: int
    activations: int

    @property
    def total(self) -> int:
        """All parts together."""
        return self.weights + self.gradients + self.slots + self.activations


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """What training takes for any batch size: a part that is fixed and a part for each sample."""

    weights: int
    trainable: int
    slots: int
    activations_per_sample: int

    def at(self, batch_size: int) -> TrainingMemory:
        """Memory at a batch size."""
        return TrainingMemory(
            self.weights, self.trainable, self.trainable * self.slots, self.activations_per_sample * batch_size
        )

    def largest_batch(self, available: int) -> int:
        """The largest batch that fits in `available` bytes; 0 when not even one sample does."""
        left = available - self.at(0).total
        if left <= 0 or not self.activations_per_sample:
            return 0
        return left // self.activations_per_sample


def memory_model(primitives: Iterable[Primitive], optimizer: str) -> MemoryModel:
    """The memory model of a network. Layers whose shapes are not known are left out."""
    weights = trainable = activations = 0
    for primitive in primitives:
        report = primitive.report
        for weight in report.weights:
            size = weight.size * DTYPE_BYTES[weight.dtype]
            weights += size
            trainable += size if weight.trainable and primitive.trainable else 0
        activations += report.activation_bytes or 0
    return MemoryModel(weights, trainable, OPTIMIZER_SLOTS.get(optimizer, 2), activations)
