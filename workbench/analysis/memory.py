"""How much memory training takes, before it is tried.

weights + gradients + optimiser slots + activations that the backward pass reads again + workspace. What it leaves out
(convolution workspaces, fragmentation, the input pipeline) is told in docs/memory.md beside measured peaks.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from workbench.analysis.gradients import learns, reached_paths
from workbench.analysis.kept import Kept, kept_of, kept_of_function
from workbench.analysis.primitives import Primitive, TensorRef
from workbench.layers import DTYPE_BYTES, Category

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

UPDATE_COPIES = 2
"""Tensors of a weight's size while it is updated: the step and what it is divided by."""
BYTES_A_LAYER = 2**20
"""Keras's objects, the traced operations of a layer and of its gradient, and what runs them; see docs/memory.md."""
BACKWARD_COPIES: Mapping[Category, int] = {Category.NORMALISATION: 6}
"""Tensors of a layer's output's size alive at once in its backward pass. A normalisation's gradient comes by its
input, its mean and its variance: three tensors, their sum, what came in and the centred input."""
OTHER_COPIES = 2  # the gradient that came in and the one that goes out


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Bytes of each part at one batch size."""

    weights: int
    gradients: int
    slots: int
    activations: int
    workspace: int

    @property
    def total(self) -> int:
        """All parts together."""
        return self.weights + self.gradients + self.slots + self.activations + self.workspace


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """What training takes for any batch size: a part that is fixed and a part for each sample."""

    weights: int
    trainable: int
    slots: int
    activations_per_sample: int
    workspace: int
    workspace_per_sample: int

    def at(self, batch_size: int) -> TrainingMemory:
        """Memory at a batch size."""
        return TrainingMemory(
            self.weights,
            self.trainable,
            self.trainable * self.slots,
            self.activations_per_sample * batch_size,
            self.workspace + self.workspace_per_sample * batch_size,
        )

    def largest_batch(self, available: int) -> int:
        """The largest batch that fits in `available` bytes; 0 when not even one sample does."""
        left, each = available - self.at(0).total, self.activations_per_sample + self.workspace_per_sample
        return left // each if left > 0 and each else 0


def memory_model(primitives: Iterable[Primitive], optimizer: str) -> MemoryModel:
    """The memory model of a network. Layers whose shapes are not known are left out."""
    layers = list(primitives)
    learning: list[int] = []
    weights = 0
    reached = reached_paths(layers)
    for layer in layers:
        for weight in layer.report.weights:
            size = weight.size * DTYPE_BYTES[weight.dtype]
            weights += size
            if weight.trainable and learns(layer):
                learning.append(size)
    return MemoryModel(
        weights=weights,
        trainable=sum(learning),
        slots=OPTIMIZER_SLOTS.get(optimizer, 2),
        activations_per_sample=_kept_bytes(layers, reached),
        workspace=UPDATE_COPIES * max(learning, default=0) + BYTES_A_LAYER * len(layers),
        workspace_per_sample=max((_alive_bytes(layer, layer.path in reached) for layer in layers), default=0),
    )


def _kept_bytes(layers: Iterable[Primitive], reached: Container[str]) -> int:
    """Of every tensor that a backward pass reads again, each counted once, and of what layers made on the way."""
    sizes: dict[TensorRef, int] = {}
    read_again: set[TensorRef] = set()
    made = 0.0
    for layer in layers:
        size = layer.report.activation_bytes or 0
        outputs = [TensorRef(layer.path, port.name) for port in layer.kind.outputs]
        sizes |= dict.fromkeys(outputs, size // max(len(outputs), 1))
        if layer.path not in reached:
            continue
        itself, function = _kept(layer)
        if itself.input:
            read_again.update(ref for refs in layer.inputs.values() for ref in refs)
        if itself.output or function.output:
            read_again.update(outputs)
        made += (itself.made + function.made + function.input) * size
    return round(made) + sum(sizes.get(ref, 0) for ref in read_again)


def _kept(layer: Primitive) -> tuple[Kept, Kept]:
    """What the layer keeps, and what its activation function does beside it: the function's input is made within."""
    itself = kept_of(layer.kind.label, layer.kind.category)
    function = kept_of_function(layer.kind.full_params(layer.node.params).get("activation"))
    if layer.kind.category is Category.ACTIVATION and "activation" in layer.kind.by_name:
        return function, Kept()
    return itself, function


def _alive_bytes(layer: Primitive, reached: bool) -> int:
    """At once while the layer is passed: backwards or, where no gradient goes, forwards."""
    backward = BACKWARD_COPIES.get(layer.kind.category, OTHER_COPIES) if reached else OTHER_COPIES
    copies = backward if layer.kind.inputs else 0
    return copies * (layer.report.activation_bytes or 0)
