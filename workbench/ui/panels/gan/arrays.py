"""What the engine answered, read in a thread, and points written for it. numpy is imported where it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Made:
    """Images with their points: count x height x width x channels, count x size, count."""

    images: NDArray[np.uint8]
    latents: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True)
class Point:
    """One point with its image, and what to call it. `label` is -1 where there are no classes."""

    latent: NDArray[np.float32]
    label: int
    image: NDArray[np.uint8]
    title: str


def read_made(path: Path, *, keep: bool = False) -> Made:
    """Raises PredictionsError."""
    arrays = read(path, keep=keep)
    return Made(arrays["images"], arrays["latents"], arrays["labels"])


def read(path: Path, *, keep: bool = False) -> dict[str, Any]:
    """Every array of a file, which goes. Raises PredictionsError."""
    from workbench.evaluation.predictions import read_arrays

    arrays = read_arrays(path)
    if not keep:
        path.unlink(missing_ok=True)
    return arrays


def write_points(path: Path, points: list[Point]) -> Path:
    """Points with their images, as `Sample`, `Walk` and `FindNearest` take them."""
    import numpy as np

    np.savez(
        path,
        latents=np.stack([point.latent for point in points]),
        labels=np.array([point.label for point in points], np.int64),
        images=np.stack([point.image for point in points]),
    )
    return path
