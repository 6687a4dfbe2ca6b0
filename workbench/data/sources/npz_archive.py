"""The arrays of a NumPy archive: never pickles, and mapped from the file where it is not packed."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from threading import Event
from typing import Any

from numpy.lib import format as npy
from numpy.typing import NDArray

from workbench.data.mapping import array_in
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError

_ZIP_HEADER = 30
_DAMAGE = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError)


def archive_names(path: Path) -> list[str]:
    """Names of the arrays. Raises DatasetError."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    except _DAMAGE as error:
        raise _unreadable(path, error) from None


def read_archive(path: Path, progress: Progress | None, cancel: Event | None) -> dict[str, NDArray[Any]]:
    """Every array by name. Raises DatasetError, and Cancelled."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
            steps = Steps(f"Reading {path.name}", len(members), progress, cancel)
            arrays = {}
            for member in members:
                arrays[member.filename.removesuffix(".npy")] = _array(path, archive, member)
                steps.more()
            return arrays
    except MemoryError:
        raise DatasetError(f"{path}: the arrays do not fit in memory; save them with numpy.savez, unpacked") from None
    except _DAMAGE as error:
        raise _unreadable(path, error) from None


def _array(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """One array: where the archive is not packed, straight from the file."""
    with archive.open(member) as stream:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read_header(stream)
        header = stream.tell()
        if dtype.hasobject:
            raise DatasetError(
                f"{path}: Expected numbers in {member.filename}. Received: pickled objects, which are refused: "
                "reading them runs code"
            )
    if member.compress_type == zipfile.ZIP_STORED:
        return array_in(path, dtype, _start(path, member) + header, shape, fortran)
    with archive.open(member) as stream:
        array: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
        return array


def _start(path: Path, member: zipfile.ZipInfo) -> int:
    """Where a member's content begins: its own header may be longer than the directory says."""
    with path.open("rb") as stream:
        stream.seek(member.header_offset)
        header = stream.read(_ZIP_HEADER)
    name, extra = struct.unpack("<HH", header[26:30])
    return int(member.header_offset) + _ZIP_HEADER + int(name) + int(extra)


def _unreadable(path: Path, error: Exception) -> DatasetError:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return DatasetError(f"{path}: Expected a NumPy archive (.npz). It cannot be read: {reason}")
