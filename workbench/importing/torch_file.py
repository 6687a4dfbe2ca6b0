"""Tensors of a PyTorch file without PyTorch: its pickle is read by an unpickler that can build nothing but tensors.

Both forms are read: the zip of PyTorch 1.6 and later, and the older run of pickles. A pickle can name any function and
have it called; here two names are known, `torch._utils._rebuild_tensor_v2` and `collections.OrderedDict`, and the
types of storages. Anything else ends the reading before it is looked up.
"""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_ZIP_MAGIC = b"PK\x03\x04"
_LARGEST = 8 << 30
"""Bytes of all tensors together; no network that fits here comes near."""
_LARGEST_PICKLE = 64 << 20
_STORAGES: Mapping[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("i1"),
    "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}


class TorchFileError(Exception):
    """A file that holds something else than tensors, or is damaged. The message is one line with the file."""


@dataclass(frozen=True)
class _StorageType:
    """What a pickle names as a class of storages."""

    dtype: np.dtype[Any]


@dataclass
class _Storage:
    """Numbers in a row; `values` are read after the pickle in the older form."""

    dtype: np.dtype[Any]
    count: int
    values: NDArray[Any] | None = None


@dataclass(frozen=True)
class _Tensor:
    """A view into a storage."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> NDArray[Any]:
        """A copy of its own, in C order. Raises ValueError where it reaches beyond its storage."""
        values = self.storage.values
        if values is None or min((self.offset, *self.shape, *self.strides), default=0) < 0:
            raise ValueError("a tensor without values")
        reach = self.offset + sum((size - 1) * step for size, step in zip(self.shape, self.strides, strict=True))
        if prod(self.shape) and reach >= len(values):
            raise ValueError(f"a tensor of {reach + 1} values in a storage of {len(values)}")
        width = values.dtype.itemsize
        strides = tuple(step * width for step in self.strides)
        view = np.lib.stride_tricks.as_strided(values[self.offset :], self.shape, strides, writeable=False)
        return np.array(view, order="C")


def _rebuild_tensor(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> _Tensor:
    """Stands for `torch._utils._rebuild_tensor_v2`."""
    sound = isinstance(storage, _Storage) and len(shape) == len(strides) and len(shape) <= 16
    if not sound or not all(isinstance(number, int) for number in (offset, *shape, *strides)):
        raise pickle.UnpicklingError("a tensor that is not described as one")
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


class _TensorsOnly(pickle.Unpickler):
    """Knows two functions and the names of storages."""

    def __init__(self, stream: BinaryIO, storage: Callable[[np.dtype[Any], str, int], _Storage]) -> None:
        super().__init__(stream, encoding="utf-8")
        self._storage = storage

    def find_class(self, module: str, name: str) -> Any:
        """What the pickle may call. Raises UnpicklingError for anything else, without importing it."""
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and name in _STORAGES:
            return _StorageType(_STORAGES[name])
        raise pickle.UnpicklingError(f"it names {module}.{name}, which is no part of a tensor")

    def persistent_load(self, reference: Any) -> _Storage:
        """A storage: ("storage", type, key, place, count, view)."""
        match reference:
            case ("storage", _StorageType(dtype=dtype), str(key), str(), int(count), *_) if count >= 0:
                return self._storage(dtype, key, count)
        raise pickle.UnpicklingError("a reference to something else than a storage")


def read_torch_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors of a file that `torch.save` made of a state dictionary, by name. Raises TorchFileError."""
    try:
        with path.open("rb") as stream:
            zipped = stream.read(4) == _ZIP_MAGIC
            stream.seek(0)
            state = _read_zip(stream) if zipped else _read_legacy(stream)
        if not isinstance(state, Mapping) or not state:
            raise pickle.UnpicklingError("there is no table of tensors in it")
        found = {str(name): value.array() for name, value in state.items() if isinstance(value, _Tensor)}
    except OSError as error:
        raise TorchFileError(f"{path}: cannot be read: {error.strerror or error}") from None
    except Exception as error:  # a pickle that was tampered with raises anything
        raise TorchFileError(f"{path}: Expected tensors that PyTorch saved. Received: {_words(error)}") from None
    return found


def _words(error: Exception) -> str:
    told = isinstance(error, pickle.UnpicklingError | zipfile.BadZipFile | ValueError) and str(error)
    return str(error).splitlines()[0] if told else f"something else ({type(error).__name__})"


def _read_legacy(stream: BinaryIO) -> Any:
    """Magic number, protocol, sizes of C types, the state, the storages' keys, then each storage's count and values."""
    storages: dict[str, _Storage] = {}

    def storage(dtype: np.dtype[Any], key: str, count: int) -> _Storage:
        return storages.setdefault(key, _Storage(dtype, count))

    def load() -> Any:
        return _TensorsOnly(stream, storage).load()

    if load() != _LEGACY_MAGIC:
        raise pickle.UnpicklingError("another magic number than PyTorch's")
    load()
    if load().get("little_endian") is not True:
        raise pickle.UnpicklingError("numbers in big-endian order")
    state, keys = load(), load()
    if sum(each.count * each.dtype.itemsize for each in storages.values()) > _LARGEST:
        raise pickle.UnpicklingError(f"more than {_LARGEST >> 30} GiB of numbers")
    for key in keys:
        (count,) = struct.unpack("<q", stream.read(8))
        if count != storages[key].count:
            raise pickle.UnpicklingError(f"a storage of {count} values where {storages[key].count} were told")
        storages[key].values = _numbers(stream.read(count * storages[key].dtype.itemsize), storages[key])
    return state


def _read_zip(stream: BinaryIO) -> Any:
    """`NAME/data.pkl` and a file for each storage, `NAME/data/KEY`."""
    with zipfile.ZipFile(stream) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        (pickled,) = (name for name in sizes if name.endswith("/data.pkl"))
        root = pickled.removesuffix("data.pkl")
        if sum(sizes.values()) > _LARGEST or sizes[pickled] > _LARGEST_PICKLE:
            raise pickle.UnpicklingError(f"more than {_LARGEST >> 30} GiB of numbers")
        order = f"{root}byteorder"
        if order in sizes and archive.read(order) != b"little":
            raise pickle.UnpicklingError("numbers in big-endian order")
        storages: dict[str, _Storage] = {}

        def storage(dtype: np.dtype[Any], key: str, count: int) -> _Storage:
            if key not in storages:
                made = storages[key] = _Storage(dtype, count)
                made.values = _numbers(archive.read(f"{root}data/{key}"), made)
            return storages[key]

        return _TensorsOnly(io.BytesIO(archive.read(pickled)), storage).load()


def _numbers(content: bytes, storage: _Storage) -> NDArray[Any]:
    if len(content) < storage.count * storage.dtype.itemsize:
        raise pickle.UnpicklingError("it ends in the middle of the numbers")
    return np.frombuffer(content, storage.dtype, storage.count)
