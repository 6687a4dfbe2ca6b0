"""How much memory training takes, before it is tried.

weights + gradients + optimiser slots + activations that the backward pass still has to read + workspace, at the moment
of the backward pass when there is most. What it leaves out (convolution workspaces, fragmentation, the input pipeline)
is told in docs/memory.md beside measured peaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.analysis.gradients import learns
from workbench.analysis.kept import Kept, kept_of, kept_of_function
from workbench.analysis.primitives import Primitive, TensorRef
from workbench.layers import DTYPE_BYTES, FLOATS, Category

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
_MIB = 2**20
BYTES_A_LAYER = _MIB // 5
BYTES_A_LEARNED_WEIGHT = 7 * _MIB // 4
TRACED_BYTES: Mapping[Category, int] = {Category.NORMALISATION: 2 * _MIB}
"""Keras's objects, the traced operations of a layer, of its gradient and of the update of each weight that learns, and
what runs them, at any batch. A normalisation is traced as dozens of operations. Measured: see docs/memory.md."""
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
    tally = MemoryTally(optimizer)
    for layer in primitives:
        tally.add(layer)
    return tally.model()


class MemoryTally:
    """A memory model that is put together layer by layer, in topological order."""

    def __init__(self, optimizer: str) -> None:
        self._slots = OPTIMIZER_SLOTS.get(optimizer, 2)
        self._weights = self._trainable = self._largest = self._traced = 0
        self._keeping = KeptTensors()
        self._learning: set[str] = set()
        self._reached: set[str] = set()
        """Paths of the layers so far that learn, and that the backward pass comes to: it ends at the lowest of them."""
        self._kept = 0
        self._fullest = (0, 0)
        """Bytes for a sample that are kept, and that a layer works with, when the backward pass holds most. It goes
        from the last layer to the first, and lets go of what no layer before has to read."""

    def add(self, layer: Primitive) -> None:
        """The next layer."""
        computed_in = _compute_bytes(layer)
        for weight in layer.report.weights:
            size = weight.size * DTYPE_BYTES[weight.dtype]
            self._weights += size + (weight.size * computed_in if computed_in < DTYPE_BYTES[weight.dtype] else 0)
            if weight.trainable and learns(layer):
                self._trainable += size
                self._largest = max(self._largest, size)
                self._traced += BYTES_A_LEARNED_WEIGHT
        self._traced += BYTES_A_LAYER + TRACED_BYTES.get(layer.kind.category, 0)
        reached = self._comes_to(layer)
        self._kept += self._keeping.add(layer, reached)
        self._fullest = max(self._fullest, (self._kept, _alive_bytes(layer, reached)), key=sum)

    def _comes_to(self, layer: Primitive) -> bool:
        if learns(layer):
            self._learning.add(layer.path)
        behind = any(ref.path in self._reached for refs in layer.inputs.values() for ref in refs)
        if behind or layer.owner in self._learning:
            self._reached.add(layer.path)
            return True
        return False

    def model(self) -> MemoryModel:
        """The model of the layers so far."""
        return MemoryModel(
            weights=self._weights,
            trainable=self._trainable,
            slots=self._slots,
            activations_per_sample=self._fullest[0],
            workspace=UPDATE_COPIES * self._largest + self._traced,
            workspace_per_sample=self._fullest[1],
        )


class KeptTensors:
    """What is kept from the forward pass for the backward pass, each tensor counted once."""

    def __init__(self) -> None:
        self._sizes: dict[TensorRef, int] = {}
        self._seen: set[TensorRef] = set()

    def add(self, layer: Primitive, reached: bool = True) -> int:
        """Bytes for a sample that are let go of after the backward pass of this layer, the next in topological order:
        what it is the first to read of what is read again, and what it made on the way. Nothing where the backward
        pass does not come to it."""
        size = layer.report.activation_bytes or 0
        outputs = [TensorRef(layer.path, port.name) for port in layer.kind.outputs]
        self._sizes |= dict.fromkeys(outputs, size // max(len(outputs), 1))
        if not reached:
            return 0
        itself, function = _kept(layer)
        reads = {ref for refs in layer.inputs.values() for ref in refs} if itself.input else set()
        if itself.output or function.output:
            reads.update(outputs)
        fresh = reads - self._seen
        self._seen |= fresh
        made = round((itself.made + function.made + function.input) * size)
        return made + sum([self._sizes.get(ref, 0) for ref in fresh])


def _kept(layer: Primitive) -> tuple[Kept, Kept]:
    """What the layer keeps, and what its activation function does beside it: the function's input is made within."""
    itself = kept_of(layer.kind.label, layer.kind.category)
    function = kept_of_function(layer.kind.full_params(layer.node.params).get("activation"))
    if layer.kind.category is Category.ACTIVATION and "activation" in layer.kind.by_name:
        return function, Kept()
    return itself, function


def _compute_bytes(layer: Primitive) -> int:
    """Bytes of a value that the layer computes with. Under mixed precision, fewer than those of its weights: it casts
    them, and the backward pass reads the copy."""
    output = next(iter(layer.report.outputs.values()), None)
    return DTYPE_BYTES[output.dtype] if output is not None and output.dtype in FLOATS else DTYPE_BYTES["float32"]


def _alive_bytes(layer: Primitive, reached: bool) -> int:
    """At once while the layer is passed: backwards or, where no gradient goes, forwards."""
    backward = BACKWARD_COPIES.get(layer.kind.category, OTHER_COPIES) if reached else OTHER_COPIES
    copies = backward if layer.kind.inputs else 0
    return copies * (layer.report.activation_bytes or 0)
