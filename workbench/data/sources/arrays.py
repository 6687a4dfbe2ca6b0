"""Images that are in memory, or in one file that is mapped into it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.image_file import on_white, scaled
from workbench.data.source import Image, Labels, Unmasked

_AT_ONCE = 4096


@dataclass(frozen=True)
class ArraySource(Unmasked):
    """Images of one size. `images`: count x height x width x channels, uint8, or another type with its `value_max`,
    which becomes 255.
    """

    name: str
    images: NDArray[Any]
    labels: Labels
    class_names: tuple[str, ...]
    parts: tuple[str, ...]
    value_max: float = 255
    groups: tuple[str, ...] = ()
    file: Path | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Named as an export would name the files."""
        return tuple(
            "/".join(filter(None, (part, self.class_names[label], f"{index:06d}")))
            for index, (part, label) in enumerate(zip(self.parts, self.labels.tolist(), strict=True))
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of shape, pixels and labels."""
        digest = sha256(repr((self.images.shape, self.images.dtype.str)).encode())
        for start in range(0, len(self.images), _AT_ONCE):
            digest.update(np.ascontiguousarray(self.images[start : start + _AT_ONCE]).data)
        digest.update(np.ascontiguousarray(self.labels).data)
        return digest.hexdigest()

    def read(self, index: int) -> Image:
        """A view where nothing has to be scaled."""
        return scaled(on_white(self.images[index], self.value_max), self.value_max)

    def origin(self, index: int) -> Path | None:
        """The file of the arrays."""
        return self.file
