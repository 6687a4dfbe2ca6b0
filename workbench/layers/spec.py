"""What flows on a wire and what a layer learns."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import NamedTuple, cast

Shape = tuple[int | None, ...]
"""A tensor's shape without the batch axis; None is a size that is not known."""

DTYPE_BYTES = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "float16": 2,
    "bfloat16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
}
FLOATS = ("float16", "bfloat16", "float32", "float64")


class TensorSpec(NamedTuple):
    """Shape (without the batch axis) and dtype of a tensor. A tuple: analysis compares and looks up a great many."""

    shape: Shape
    dtype: str = "float32"

    def __str__(self) -> str:
        if not self.shape:
            return "scalar"
        return "x".join("?" if size is None else str(size) for size in self.shape)

    @property
    def elements(self) -> int | None:
        """Number of values for one sample; None when a size is not known."""
        return product(self.shape)

    @property
    def bytes(self) -> int | None:
        """Bytes for one sample; None when a size or the dtype is not known."""
        elements, width = self.elements, DTYPE_BYTES.get(self.dtype)
        return None if elements is None or width is None else elements * width


@dataclass(frozen=True, slots=True)
class WeightSpec:
    """One variable of a layer, under the name that Keras gives it."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    dtype: str = "float32"

    @property
    def size(self) -> int:
        """Number of values."""
        return prod(self.shape)


def product(sizes: Shape) -> int | None:
    """Product of sizes; None when one of them is not known."""
    return None if None in sizes else prod(cast("tuple[int, ...]", sizes))
