"""Crops as a network takes them: sizes known, or as the image is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from workbench.evaluation import crops


def enlarged_shape(shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """Height, width and channels that an image is framed in before windows of `shape` are cut out."""
    height, width, channels = shape
    return height and crops.enlarged(height), width and crops.enlarged(width), channels


def shown_views(images: NDArray[Any], shape: tuple[int | None, ...], count: int) -> Iterator[NDArray[Any]]:
    """The images `count` times, each time another window of them; once as they are where `count` is 1.

    Where the network takes any size, a window leaves 1/8 of the height and width out.
    """
    if count == 1:
        yield images
        return
    height, width = images.shape[1:3]
    rows, columns = (
        given or max(1, round(size * 7 / 8)) for given, size in zip(shape[:2], (height, width), strict=True)
    )
    if not len(images):  # nothing could be read: there is nothing to cut
        yield from (images for _ in range(count))
        return
    for view in crops.views(height, width, rows, columns, count):
        yield crops.seen(images, view)
