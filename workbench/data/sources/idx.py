"""Raw IDX files, the form of MNIST, EMNIST and Fashion-MNIST: a folder with two or four of them, packed or not."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from math import prod
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.mapping import array_in
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Labels
from workbench.data.sources.arrays import ArraySource

_NAME = re.compile(
    r"(?P<set>.*?)(?P<part>train|t10k|test)[-_.](?P<kind>images|labels)[-_.]idx[1-4][-_.]ubyte(\.gz)?", re.IGNORECASE
)
_PARTS = {"train": "train", "t10k": "test", "test": "test"}
_UBYTE = 8
_PIECE = 1 << 18
_GZIP = 31
"""Largest window, with gzip's header and checksum."""
_MOST_BYTES = 1 << 36


class _Pair(NamedTuple):
    """The two files of a part."""

    part: str
    images: Path
    labels: Path


def idx_names(names: list[str]) -> list[str]:
    """Those that are named as IDX files are."""
    return sorted(name for name in names if _NAME.fullmatch(name))


def read_idx_folder(
    folder: Path, names: list[str], progress: Progress | None = None, cancel: Event | None = None
) -> ArraySource:
    """The images of a folder's IDX files. EMNIST's are stored turned and are set upright. Raises DatasetError."""
    read = [
        (pair.part, _read(pair.images, (3, 4), progress, cancel), _read(pair.labels, (1,), progress, cancel), pair)
        for pair in _pairs(folder, names)
    ]
    for _, images, stored, pair in read:
        if len(images) != len(stored):
            raise DatasetError(
                f"{pair.labels}: Expected {len(images):,} labels, as {pair.images.name} has images. "
                f"Received: {len(stored):,}"
            )
        if images.shape[1:] != read[0][1].shape[1:]:
            sizes = " and ".join("x".join(map(str, shape)) for shape in (read[0][1].shape[1:], images.shape[1:]))
            raise DatasetError(f"{pair.images}: Expected images of one size in both parts. Received: {sizes}")
    values = np.concatenate([stored for _, _, stored, _ in read]).astype(np.int64)
    labels, class_names = _classes(folder, names, values)
    pixels = read[0][1] if len(read) == 1 else np.concatenate([images for _, images, _, _ in read])
    parts = tuple(part for part, images, _, _ in read for _ in range(len(images)))
    return ArraySource(folder.name, _upright(pixels, names), labels, class_names, parts, file=read[0][3].images)


def _pairs(folder: Path, names: list[str]) -> list[_Pair]:
    found: dict[tuple[str, str], Path] = {}
    sets = set()
    for name in names:
        if match := _NAME.fullmatch(name):
            sets.add(match["set"])
            key = _PARTS[match["part"].lower()], match["kind"].lower()
            if key not in found or found[key].suffix == ".gz":
                found[key] = folder / name
    if len(sets) > 1:
        shown = ", ".join(sorted(sets))
        raise DatasetError(
            f"{folder}: Expected the IDX files of one dataset. Received: {shown}; give each its own folder"
        )
    for part, kind in found:
        other = "labels" if kind == "images" else "images"
        if (part, other) not in found:
            raise DatasetError(f"{folder}: Expected an IDX file of {other} beside {found[part, kind].name}")
    return [
        _Pair(part, found[part, "images"], found[part, "labels"])
        for part in ("train", "test")
        if (part, "images") in found
    ]


def _read(path: Path, axes: tuple[int, ...], progress: Progress | None, cancel: Event | None) -> NDArray[np.uint8]:
    """The numbers of a file."""
    try:
        if path.suffix != ".gz":
            with path.open("rb") as stream:
                shape, start = _header(path, stream, axes)
            if path.stat().st_size != start + prod(shape):
                raise _other_length(path, shape, path.stat().st_size - start)
            return array_in(path, np.uint8, start, shape)
        return _unpacked(path, axes, progress, cancel)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DatasetError(f"{path}: the IDX file cannot be read ({reason})") from None


def _header(path: Path, stream: Any, axes: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Shape, and where the numbers begin."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise DatasetError(f"{path}: Expected an IDX file, which begins with two zero bytes. Received: {magic.hex()}")
    if magic[2] != _UBYTE or magic[3] not in axes:
        expected = " or ".join(map(str, axes))
        raise DatasetError(
            f"{path}: Expected IDX type 8 (unsigned bytes) with {expected} axes. "
            f"Received: type {magic[2]} with {magic[3]} axes"
        )
    sizes = stream.read(4 * magic[3])
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4", len(sizes) // 4))
    if len(shape) != magic[3] or prod(shape) > _MOST_BYTES:
        raise DatasetError(f"{path}: Expected the sizes of {magic[3]} axes. Received: {sizes.hex() or 'nothing'}")
    return shape, 4 + len(sizes)


def _unpacked(path: Path, axes: tuple[int, ...], progress: Progress | None, cancel: Event | None) -> NDArray[np.uint8]:
    """Grown as it comes: a damaged header may promise any size."""
    pieces = _inflated(path)
    content = bytearray(next(pieces, b""))
    shape, start = _header(path, BytesIO(content[:64]), axes)
    whole = start + prod(shape)
    steps = Steps(f"Reading {path.name}", whole, progress, cancel)
    for piece in pieces:
        content += piece
        if len(content) > whole:
            break
        steps.to(len(content))
    if len(content) != whole:
        raise _other_length(path, shape, len(content) - start)
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _inflated(path: Path) -> Iterator[bytes]:
    """The content of a gzip file, sooner than the gzip module has it. Raises EOFError and zlib.error."""
    unpack = zlib.decompressobj(wbits=_GZIP)
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield unpack.decompress(piece)
    if not unpack.eof:
        raise EOFError("the file is cut off before its end")


def _other_length(path: Path, shape: tuple[int, ...], came: int) -> DatasetError:
    sizes = " x ".join(map(str, shape))
    return DatasetError(f"{path}: Expected {prod(shape):,} bytes of data, which is {sizes}. Received: {came:,}")


def _upright(images: NDArray[np.uint8], names: list[str]) -> NDArray[np.uint8]:
    with_channels = images if images.ndim == 4 else images[..., np.newaxis]
    return with_channels.swapaxes(1, 2) if any(name.lower().startswith("emnist") for name in names) else with_channels


def _classes(folder: Path, names: list[str], values: Labels) -> tuple[Labels, tuple[str, ...]]:
    """Labels from 0 and the classes' names: EMNIST's mapping where it is there, else the stored numbers."""
    smallest, largest = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    mapping = next((name for name in names if name.lower().endswith("mapping.txt")), None)
    if mapping is not None:
        known = _mapping(folder / mapping)
        if unknown := sorted(set(np.unique(values).tolist()) - set(known)):
            raise DatasetError(f"{folder / mapping}: Expected a line for each label. Received: none for {unknown[0]}")
        order = np.array(sorted(known))
        return np.searchsorted(order, values).astype(np.int64), tuple(known[value] for value in order.tolist())
    first = 1 if smallest == 1 else 0  # EMNIST's letters count from 1
    return values - first, tuple(str(value) for value in range(first, largest + 1))


def _mapping(path: Path) -> dict[int, str]:
    """Names by label: lines of a label and the character codes of the letters that it stands for."""
    try:
        lines = path.read_text(encoding="ascii").split("\n")
        rows = [[int(number) for number in line.split()] for line in lines if line.strip()]
        return {row[0]: "".join(chr(code) for code in row[1:3]) for row in rows}
    except (OSError, ValueError, IndexError) as error:
        raise DatasetError(f"{path}: Expected lines of a label and character codes ({error})") from None
