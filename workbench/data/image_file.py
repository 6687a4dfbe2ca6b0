"""Image files: decoded, or only looked at. What a file holds decides, not its suffix."""

from __future__ import annotations

import struct
import uuid
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from workbench.data.opencv import cv2
from workbench.data.source import DatasetError, Image

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".pcx", ".tga", ".jp2", ".avif"),
)
"""Of files that are taken for images in a folder."""
MOST_PIXELS = 100_000_000
"""A file of a few kilobytes may claim more; decoding it would take the memory."""

Pillow.init()
_FORMATS = tuple(
    {"PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "WEBP", "TIFF", "PPM", "PCX", "TGA", "JPEG2000", "AVIF"}
    & set(Pillow.OPEN)
)
"""Those with pixels of their own: no scripts (EPS), no containers of foreign data."""
_ENDINGS = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
"""What stands near the end of a whole file."""
_TAIL = 4096
_PNG_START, _PNG_END = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0\0\0\0IEND\xaeB`\x82"
_PNG_HEAD = 33
_PLAIN = (bytes((8, 0, 0, 0, 0)), bytes((8, 2, 0, 0, 0)))
"""Bits, kind of colour (grey, RGB), compression, filter and interlacing."""
_ORIENTATION, _SIDEWAYS = 0x0112, (5, 6, 7, 8)
"""EXIF's tag, and its values for images that are stored on their side."""
_SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N")
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    EOFError,
    MemoryError,
    TypeError,
    OverflowError,
    KeyError,
)
"""What Pillow raises for damaged files."""

# Pixels are counted here, before decoding, and what is damaged becomes a DatasetError.
warnings.filterwarnings("ignore", category=Pillow.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


def read_image(path: Path) -> Image:
    """Height x width x 1 or 3, upright as EXIF says; uint8, or float32 from 0 to 255 where 16 bits are stored.

    Alpha is laid on white, palettes and CMYK become RGB, of an animation the first frame is read. Raises DatasetError.
    """
    stored = read_stored(path)
    return scaled(stored, float(np.iinfo(str(stored.dtype)).max))


def read_stored(path: Path) -> NDArray[Any]:
    """As `read_image`, but the numbers as they stand in the file: uint8 or uint16."""
    try:
        with path.open("rb") as stream:
            plain = _plain_png(stream)
        if plain is not None:
            return plain
        with path.open("rb") as stream, _opened(path, stream) as picture:
            _check_end(path, stream, picture.format or "")
            if _has_16_bit_colours(picture):
                return _sixteen_bit_colours(path)
            picture.load()
            return _pixels(path, picture)
    except _UNREADABLE as error:
        raise DatasetError(f"{path}: {_reason(path, error)}") from None


def read_mask(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Height x width: the values of a grey image, or the indices of a palette, which is 256 x 3 then; with a third axis
    for R, G and B where there are colours. Transparency is left out. Raises DatasetError.
    """
    try:
        with path.open("rb") as stream, _opened(path, stream) as picture:
            _check_end(path, stream, picture.format or "")
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            if upright.mode == "P":
                table = np.zeros((256, 3), np.uint8)
                colours = np.array(upright.getpalette("RGB") or (), np.uint8).reshape(-1, 3)[:256]
                table[: len(colours)] = colours
                return np.array(upright), table
            if upright.mode == "1":
                upright = upright.convert("L")  # black and white, as other masks of the folder may be
            numbers = ("L", "I", "F", *_SIXTEEN_BITS)
            values = np.asarray(upright if upright.mode in numbers else upright.convert("RGB"))
    except _UNREADABLE as error:
        raise DatasetError(f"{path}: {_reason(path, error)}") from None
    if values.ndim == 3 and (values == values[..., :1]).all():
        values = values[..., 0]
    if values.max() > 255:
        raise DatasetError(f"{path}: Expected a mask of values up to 255. Received: {values.max()}")
    return values.astype(np.uint8), None


def image_size(path: Path) -> tuple[int, int]:
    """Height and width as `read_image` gives them, from the header. Raises DatasetError."""
    try:
        with path.open("rb") as stream, _opened(path, stream) as picture:
            width, height = picture.size
            turned = picture.getexif().get(_ORIENTATION, 1) in _SIDEWAYS
    except _UNREADABLE as error:
        raise DatasetError(f"{path}: {_reason(path, error)}") from None
    return (width, height) if turned else (height, width)


def check_image(path: Path) -> None:
    """Raises DatasetError for a file that `read_image` would refuse for its header, its size or a missing end."""
    try:
        with path.open("rb") as stream, _opened(path, stream) as picture:
            _check_end(path, stream, picture.format or "")
    except _UNREADABLE as error:
        raise DatasetError(f"{path}: {_reason(path, error)}") from None


def frames(path: Path) -> int:
    """Frames of an animation or pages, 1 for other images. Raises DatasetError."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_TAIL)
        if head.startswith(b"\xff\xd8") or (head.startswith(_PNG_START) and b"acTL" not in head):
            return 1
        with path.open("rb") as stream, _opened(path, stream) as picture:
            return int(getattr(picture, "n_frames", 1))
    except _UNREADABLE as error:
        raise DatasetError(f"{path}: {_reason(path, error)}") from None


def write_png(path: Path, image: NDArray[np.uint8]) -> None:
    """Height x width x 1 or 3 channels as a file, whole or not at all. Raises OSError."""
    _, content = cv2.imencode(".png", image[..., ::-1] if image.shape[-1] == 3 else image)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        temporary.write_bytes(content.tobytes())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def scaled(stored: Image, value_max: float) -> Image:
    """Stored numbers as an image: uint8 as they are where 255 is the largest, float32 cut off to 0 to 255 otherwise."""
    if stored.dtype == np.uint8 and value_max == 255:
        return stored
    image: Image = np.multiply(stored, np.float32(255 / value_max), dtype=np.float32)
    return np.clip(image, 0, 255, out=image)


def on_white(image: NDArray[Any], white: float) -> NDArray[Any]:
    """Images with 2 or 4 channels without their alpha, in their own type; others as they are."""
    if image.shape[-1] not in (2, 4):
        return image
    alpha = image[..., -1:].astype(np.float32) / np.float32(white)
    laid = image[..., :-1] * alpha + np.float32(white) * (1 - alpha)
    whole: NDArray[Any] = (np.rint(laid) if image.dtype.kind in "ui" else laid).astype(image.dtype)
    return whole


def _plain_png(stream: BinaryIO) -> NDArray[np.uint8] | None:
    """Grey or RGB of 8 bits without transparency, decoded by OpenCV in a fifth of Pillow's time, as small images in
    great numbers are stored; None for every other file, and for a damaged one.
    """
    head = stream.read(_PNG_HEAD)
    if head[:16] != _PNG_START or head[24:29] not in _PLAIN:
        return None
    width, height = struct.unpack(">II", head[16:24])
    if not 0 < width * height <= MOST_PIXELS:
        return None
    content = head + stream.read()
    before = content[: content.find(b"IDAT")]
    if content[-12:] != _PNG_END or b"tRNS" in before or b"eXIf" in before or b"acTL" in before:
        return None
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint8 or pixels.shape[:2] != (height, width):
        return None
    colours = pixels[..., np.newaxis] if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
    return np.asarray(colours, np.uint8)


def _opened(path: Path, stream: BinaryIO) -> Pillow.Image:
    """The image with its header read, once its size is known to be sound."""
    try:
        picture = Pillow.open(stream, formats=_FORMATS)
    except Pillow.DecompressionBombError:
        raise DatasetError(f"{path}: more than {MOST_PIXELS:,} pixels, which is refused before decoding") from None
    width, height = picture.size
    if not width or not height:
        raise DatasetError(f"{path}: an image without pixels ({width} x {height})")
    if width * height > MOST_PIXELS:
        size = f"{width:,} x {height:,} pixels"
        raise DatasetError(f"{path}: {size}. Expected at most {MOST_PIXELS:,} pixels; this is refused before decoding")
    return picture


def _check_end(path: Path, stream: BinaryIO, kind: str) -> None:
    """Raises DatasetError for a file without the end of its format; more may follow it, as a phone's film does."""
    ending = _ENDINGS.get(kind)
    here = stream.tell()
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - _TAIL))
    whole = ending is None or ending in stream.read()
    if ending is not None and not whole:
        stream.seek(0)
        whole = ending in stream.read()
    if not whole:
        raise DatasetError(f"{path}: the image is cut off before its end")
    stream.seek(here)


def _pixels(path: Path, picture: Pillow.Image) -> NDArray[Any]:
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in _SIXTEEN_BITS:
        return np.asarray(upright).astype(np.uint16)[..., np.newaxis]
    if upright.mode in ("I", "F"):
        raise DatasetError(
            f"{path}: Expected 8 or 16 bits a channel. Received: 32 bits, where it is not known which value is white"
        )
    if upright.mode in ("L", "1"):
        return np.asarray(upright.convert("L"))[..., np.newaxis]
    if upright.mode == "LA":
        return on_white(np.asarray(upright), 255)
    if upright.mode in ("RGBA", "PA", "La", "RGBa") or "transparency" in upright.info:
        return on_white(np.asarray(upright.convert("RGBA")), 255)
    return np.asarray(upright.convert("RGB"))


def _has_16_bit_colours(picture: Pillow.Image) -> bool:
    """Whether Pillow, which keeps 16 bits of grey only, would halve what is stored."""
    if picture.format == "PNG" and picture.mode in ("RGB", "RGBA", "LA"):
        return any("16B" in str(tile[3]) for tile in getattr(picture, "tile", ()))
    if picture.format == "TIFF" and picture.mode in ("RGB", "RGBA"):
        return any("16" in str(tile[3]) for tile in getattr(picture, "tile", ()))
    return False


def _sixteen_bit_colours(path: Path) -> NDArray[Any]:
    stored = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if stored is None:
        raise DatasetError(f"{path}: the image is damaged")
    order = [2, 1, 0, 3][: stored.shape[2]] if stored.ndim == 3 else [0]
    colours = stored.reshape(*stored.shape[:2], -1)[..., order]
    return np.ascontiguousarray(on_white(colours, float(np.iinfo(str(colours.dtype)).max)))


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return _unidentified(path)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    if isinstance(error, MemoryError):
        return "there is not enough memory to decode the image"
    if "truncated" in str(error).lower():
        return "the image is cut off before its end"
    return f"the image is damaged ({error})" if str(error) else "the image is damaged"


def _unidentified(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(64)
    if not start:
        return "the file is empty"
    if all(byte in b"\t\n\r\f" or byte >= 32 for byte in start):
        return "Expected an image. Received: a text file"
    return "Expected an image. Received: something else, or one whose beginning is damaged"
