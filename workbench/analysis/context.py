"""What analysis needs to know of the training around a graph; `project` fills it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AnalysisContext:
    """Facts beside the graph. None means: not known, do not check."""

    classes: int | None = None
    """Number of classes of an image. Where pixels have classes or images are to come out, there are none."""
    target: Literal["classes", "masks", "image"] | None = None
    """What the network is to give."""
    pixel_classes: int | None = None
    """Number of classes of a pixel, where masks are to come out."""
    batch_size: int = 32
    inputs: int | None = None
    """Number of tensors that a sample of the dataset has."""
    outputs: int | None = None
    """Number of targets that the training compares outputs with."""
    dtype_policy: str = "float32"
    """The precision of the training, as Keras's dtype policy."""
    loaded: bool = False
    """Whether training starts from weights that were learnt before."""
    steps: int | None = None
    """Batches that the whole training will have."""
    training_memory: int | None = None
    """Bytes that training is estimated to take at this batch size."""
    memory_limit: int | None = None
    """Bytes that are free on the device."""
    largest_batch: int | None = None
    """The largest batch that is estimated to fit into them; 0: not even a single sample does."""
