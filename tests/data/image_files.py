"""Image files for tests, written with Pillow and OpenCV."""

import io

import numpy as np
from PIL import Image

from workbench.data.opencv import cv2

RNG = np.random.default_rng(0)
SMOOTH = cv2.GaussianBlur(RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8), (0, 0), 4)
"""Height x width x RGB."""


def encoded(picture, kind, **options):
    """A picture as the bytes of a file."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def png(pixels):
    """Height x width (x 3, RGB) pixels as a PNG file; 16 bits stay 16 bits."""
    return cv2.imencode(".png", pixels[..., ::-1] if pixels.ndim == 3 else pixels)[1].tobytes()


def picture():
    """The smooth picture in Pillow's form."""
    return Image.fromarray(SMOOTH)


def write(folder, files):
    """Writes files by their relative paths."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def grey(value, size=(4, 5)):
    """A PNG of one grey."""
    return png(np.full(size, value, np.uint8))


def stored(source):
    """All images of a source whose images have one size."""
    return np.stack([source.read(index) for index in range(len(source))])
