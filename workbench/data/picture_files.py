"""Writing pictures and films: PNG and GIF with Pillow, MP4 with OpenCV. A file is written whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from workbench.data.opencv import cv2
from workbench.data.progress import Progress, Steps

Picture = NDArray[np.uint8]
FILMS = (".gif", ".mp4")
SUFFIXES = (".png", *FILMS)
FRAMES_PER_SECOND = 20
_CODEC = "mp4v"
"""MPEG-4 part 2, which the FFmpeg inside opencv-python encodes; H.264 it leaves out for its licence."""


class CannotWrite(Exception):
    """A picture or film that cannot be written. The message is one line: which file, and why."""


def write_png(path: Path, picture: Picture, about: str = "") -> None:
    """Height x width x 1 or 3. `about` is kept in the file as its comment. Raises CannotWrite."""
    facts = PngInfo()
    if about:
        facts.add_text("Comment", about)
    with _Replaced(path) as temporary:
        _image(picture).save(temporary, "PNG", pnginfo=facts)


def write_film(
    path: Path,
    frames: Sequence[Picture],
    rate: float = FRAMES_PER_SECOND,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> None:
    """Frames of one size, height x width x 1 or 3, so many a second, as the file's suffix says; a GIF goes round.

    Raises CannotWrite, and Cancelled.
    """
    write = {".gif": _write_gif, ".mp4": _write_mp4}.get(path.suffix.lower())
    if write is None:
        raise CannotWrite(f"{path}: expected a name that ends in {' or '.join(FILMS)}")
    if not len(frames):
        raise CannotWrite(f"{path}: there are no frames to write")
    if not 0.1 <= rate <= 100:
        raise CannotWrite(f"{path}: expected 0.1 to 100 frames a second. Received: {rate:g}")
    steps = Steps("Writing frames", len(frames), progress, cancel)
    with _Replaced(path) as temporary:
        write(temporary, _counted(frames, steps), rate)


def _counted(frames: Sequence[Picture], steps: Steps) -> Iterator[Picture]:
    for frame in frames:
        yield frame
        steps.more()


def _write_gif(path: Path, frames: Iterator[Picture], rate: float) -> None:
    images = (_image(frame) for frame in frames)
    first = next(images)
    first.save(path, "GIF", save_all=True, append_images=images, duration=round(1000 / rate), loop=0)


def _write_mp4(path: Path, frames: Iterator[Picture], rate: float) -> None:
    writer: Any = None
    try:
        for frame in frames:
            even = _even(frame)
            if writer is None:
                size = even.shape[1], even.shape[0]
                writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*_CODEC), rate, size)
                if not writer.isOpened():
                    raise OSError(
                        f"this OpenCV has no encoder for {_CODEC} video; save a GIF instead, or install opencv-python "
                        "again, whose packages have one"
                    )
            writer.write(np.ascontiguousarray(even[..., ::-1] if even.shape[2] == 3 else even.repeat(3, axis=2)))
    finally:
        if writer is not None:
            writer.release()
    if not path.exists() or not path.stat().st_size:
        raise OSError("the encoder wrote nothing")


def _even(frame: Picture) -> Picture:
    """Video has even sizes: an odd edge is doubled."""
    return np.pad(frame, ((0, frame.shape[0] % 2), (0, frame.shape[1] % 2), (0, 0)), mode="edge")


def _image(picture: Picture) -> Image.Image:
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)


class _Replaced:
    """Gives a temporary sibling of the same suffix, which takes the file's place where all went well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")

    def __enter__(self) -> Path:
        if not self._path.parent.is_dir():
            raise CannotWrite(f"{self._path}: there is no such folder to write to")
        return self._temporary

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self._temporary.replace(self._path)
        except OSError as failed:
            error = failed
        finally:
            self._temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotWrite(f"{self._path}: cannot be written: {error.strerror or error}") from error
