"""From arrays to Qt images. numpy is imported where it is used: the window starts without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}
"""By the number of channels."""


def picture(array: NDArray[Any]) -> QImage:
    """An image that owns its pixels, from height x width (x 1, 3 or 4) values from 0 to 255. Any thread may ask."""
    import numpy as np

    if array.ndim == 2:
        array = array[..., np.newaxis]
    if array.dtype != np.uint8:
        array = np.clip(np.rint(np.nan_to_num(array)), 0, 255).astype(np.uint8)
    height, width, channels = array.shape
    data = np.ascontiguousarray(array).tobytes()
    # copy(): Qt only borrows the bytes, and wants nothing of numpy's lifetime.
    return QImage(data, width, height, width * channels, _FORMATS[channels]).copy()


def fitted(image: QImage, side: int) -> QImage:
    """The image inside a square. Small ones grow in whole pixels, so that what is seen is what there is."""
    size = image.size().scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    grows = size.width() > image.width()
    mode = Qt.TransformationMode.FastTransformation if grows else Qt.TransformationMode.SmoothTransformation
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
