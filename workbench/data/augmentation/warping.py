"""Moves pictures: all movements, and fitting to the network's input, in one pass."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.effects import Edge, Frame, Warp
from workbench.data.augmentation.matrices import Matrix, inverse
from workbench.data.opencv import cv2
from workbench.data.source import Image

_BORDERS = {
    "constant": cv2.BORDER_CONSTANT,
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
}
_INTERPOLATIONS = {"nearest": cv2.INTER_NEAREST, "linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}
_COARSEST = 2.0
"""Stored pixels for one of the network's; with more, some would be left out, so the picture is shrunk first."""


def moved(image: Image, frame: Frame, warp: Warp) -> Image:
    """The image, which fills the frame whatever its size, moved within it."""
    signs = _mirroring(warp.matrix)
    if signs is not None:
        return _mirrored(fitted(image, frame), *signs)
    edge = warp.edge or Edge()
    back = inverse(warp.matrix)
    image = _shrunk(image, frame, back)
    height, width = image.shape[:2]
    out = _sampled(image, frame, _sampling(back, frame, height, width), edge)
    if out.dtype == np.float32 and edge.interpolation == "cubic":
        np.clip(out, 0, 255, out=out)
    return out


def moved_mask(mask: NDArray[np.uint8], frame: Frame, warp: Warp, outside: int = 0) -> NDArray[np.uint8]:
    """Labels of pixels, height x width, moved as the image is: the nearest label, and `outside` where there is none."""
    edge = (warp.edge or Edge())._replace(interpolation="nearest", fill=float(outside))
    matrix = _sampling(inverse(warp.matrix), frame, *mask.shape)
    return _sampled(mask[..., np.newaxis], frame, matrix, edge)[..., 0]


def fitted(image: Image, frame: Frame) -> Image:
    """The image stretched to the frame: averaged where it shrinks, bilinear where it grows."""
    return image if image.shape[:2] == frame else resized_to(image, frame.height, frame.width)


def resized_to(image: Image, height: int, width: int) -> Image:
    """Averages where an axis shrinks, else bilinear."""
    shrinks = height < image.shape[0] or width < image.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(image, (width, height), interpolation=interpolation).reshape(height, width, -1)


def _mirroring(matrix: Matrix) -> tuple[float, float] | None:
    """Signs of x and y where a matrix does nothing but mirror, or nothing at all."""
    a, b, c, d, e, f, g, h, i = matrix
    if b == c == d == f == g == h == 0 and i == 1 and abs(a) == abs(e) == 1:
        return a, e
    return None


def _mirrored(image: Image, x: float, y: float) -> Image:
    if x > 0 and y > 0:
        return image
    code = 1 if y > 0 else 0 if x > 0 else -1
    return cv2.flip(image, code).reshape(image.shape)


def _shrunk(image: Image, frame: Frame, back: Matrix) -> Image:
    height, width = image.shape[:2]
    stored = height / frame.height * width / frame.width
    coarse = sqrt(abs(back[0] * back[4] - back[1] * back[3]) * stored)
    if coarse <= _COARSEST:
        return image
    # Never below two pixels: there is nothing between fewer.
    return resized_to(image, min(height, max(2, round(height / coarse))), min(width, max(2, round(width / coarse))))


def _sampling(back: Matrix, frame: Frame, height: int, width: int) -> Matrix:
    """From a pixel of the frame to the pixel of the image that stands there; pixels are at their middles."""
    a, b, c, d, e, f, g, h, i = back
    x, y = frame.width / 2, frame.height / 2
    across, down = width / frame.width, height / frame.height
    # From corner to middle before; from middle to corner, to the image's pixels and to their middles after.
    c, f, i = c + a * (0.5 - x) + b * (0.5 - y), f + d * (0.5 - x) + e * (0.5 - y), i + g * (0.5 - x) + h * (0.5 - y)
    left, top = across * x - 0.5, down * y - 0.5
    return (
        across * a + left * g,
        across * b + left * h,
        across * c + left * i,
        down * d + top * g,
        down * e + top * h,
        down * f + top * i,
        g,
        h,
        i,
    )


def _sampled(image: Image, frame: Frame, matrix: Matrix, edge: Edge) -> Image:
    sampling = np.array(matrix).reshape(3, 3)
    # OpenCV samples four bytes a pixel in about two thirds of the time that it takes for three, to the same values.
    of_four = image.shape[2] == 3 and image.dtype == np.uint8 and edge.interpolation == "linear"
    if of_four:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2RGBA)
    flags = _INTERPOLATIONS[edge.interpolation] | cv2.WARP_INVERSE_MAP
    how = (frame.width, frame.height), None, flags, _BORDERS[edge.border], (edge.fill,) * 4
    if matrix[6] == matrix[7] == 0:
        out = cv2.warpAffine(image, sampling[:2] / sampling[2, 2], *how)
    else:
        out = cv2.warpPerspective(image, sampling, *how)
    if of_four:
        out = cv2.cvtColor(out, cv2.COLOR_RGBA2RGB)
    return out.reshape(frame.height, frame.width, -1)
