"""From an image as a source gives it to a picture that Qt paints. Imports numpy and OpenCV: for threads."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from workbench.data.fit import resized
from workbench.data.source import Image

_FORMATS = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888}


def reduced(image: Image, side: int) -> Image:
    """The image no larger than a square of this side; itself where it is small enough."""
    largest = max(image.shape[:2])
    if largest <= side:
        return image
    height, width = (max(1, round(size * side / largest)) for size in image.shape[:2])
    return resized(image, height, width, "stretch")


def as_picture(image: Image) -> QImage:
    """A picture that owns its pixels, in the format that paints fastest. Values from 0 to 255 are rounded to bytes."""
    pixels = image if image.dtype == np.uint8 else np.clip(np.rint(image), 0, 255).astype(np.uint8)
    pixels = np.ascontiguousarray(pixels)
    height, width, channels = pixels.shape
    view = QImage(pixels.data, width, height, width * channels, _FORMATS[channels])
    return view.convertToFormat(QImage.Format.Format_RGB32)
