"""Images that are in memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.source import Image, Labels


@dataclass(frozen=True)
class ArraySource:
    """Images of one size. `images`: count x height x width x channels, uint8, or another type with its `value_max`,
    which becomes 255.
    """

    name: str
    images: NDArray[Any]
    labels: Labels
    class_names: tuple[str, ...]
    parts: tuple[str, ...]
    value_max: float = 255

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Named as an export would name the files."""
        return tuple(
            "/".join(filter(None, (part, self.class_names[label], f"{index:06d}")))
            for index, (part, label) in enumerate(zip(self.parts, self.labels, strict=True))
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of shape, pixels and labels."""
        digest = sha256(repr((self.images.shape, self.images.dtype.str)).encode())
        digest.update(np.ascontiguousarray(self.images).data)
        digest.update(np.ascontiguousarray(self.labels).data)
        return digest.hexdigest()

    def read(self, index: int) -> Image:
        """A view where nothing has to be scaled."""
        image: Image = self.images[index]
        if image.dtype == np.uint8 and self.value_max == 255:
            return image
        return np.multiply(image, 255 / self.value_max, dtype=np.float32)
