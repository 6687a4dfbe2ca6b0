"""The two file formats of Keras, each as a configuration and a tree of arrays."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from workbench.importing.errors import ModelFileError
from workbench.importing.formats import START, format_of, format_of_archive, format_of_folder
from workbench.project.hdf5 import UnsafeFile, check_size
from workbench.project.strict_json import JsonError, parse

MAX_CONFIG = 256 << 20
MAX_MEMBER = 16 << 30
MAX_RATIO = 200
"""How much larger a member of an archive may be than its compressed form."""
_CONFIG, _WEIGHTS, _METADATA = "config.json", "model.weights.h5", "metadata.json"
_WEIGHTS_ONLY = (
    "weights only. A project of the network takes them over: workbench weights FILE --from this file, or Take weights "
    "over in the window"
)
_EXPECTED = "Expected a Keras model (.keras or .h5)"
_ZIP, _HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class ModelFile:
    """A model's configuration as Keras serialised it, and its open weights. `legacy`: HDF5 of Keras 2's layout."""

    path: Path
    config: Mapping[str, Any]
    weights: h5py.Group
    legacy: bool
    keras_version: str = ""


@contextmanager
def open_model_file(path: Path) -> Iterator[ModelFile]:
    """Opens a `.keras` archive or an `.h5` model; its first bytes tell which. Raises ModelFileError."""
    if path.is_dir():
        raise ModelFileError(path, f"{_EXPECTED}. Received: {format_of_folder(path)}")
    try:
        with path.open("rb") as stream:
            start = stream.read(START)
        opened = _archive(path) if start.startswith(_ZIP) else _hdf5(path) if start.startswith(_HDF5) else None
    except OSError as error:
        raise ModelFileError(path, f"Cannot be read: {error.strerror or error}") from None
    if opened is None:
        raise ModelFileError(path, f"{_EXPECTED}. Received: {format_of(path, start)}")
    with opened as file:
        try:
            yield file
        except UnsafeFile as error:
            raise ModelFileError(path, f"Expected arrays in the file itself. Received: {error}") from None


@contextmanager
def _archive(path: Path) -> Iterator[ModelFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
            config = _json(path, archive, _CONFIG)
            metadata = _json(path, archive, _METADATA) if _METADATA in archive.namelist() else {}
            content = io.BytesIO(archive.read(_WEIGHTS))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelFileError(path, f"Expected a whole .keras archive. Received: a damaged one ({error})") from None
    with _opened(path, content, _WEIGHTS) as weights:
        yield ModelFile(path, config, weights, legacy=False, keras_version=str(metadata.get("keras_version", "")))


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    """Names and sizes, before anything is decompressed. Nothing is ever extracted to disk."""
    infos = {info.filename: info for info in archive.infolist()}
    for wanted in (_CONFIG, _WEIGHTS):
        if wanted not in infos:
            raise ModelFileError(path, f"{_EXPECTED}. Received: {_without(wanted, infos)}")
    for name, limit in ((_CONFIG, MAX_CONFIG), (_METADATA, MAX_CONFIG), (_WEIGHTS, MAX_MEMBER)):
        info = infos.get(name)
        if info is None:
            continue
        if info.file_size > limit or info.file_size > MAX_RATIO * max(info.compress_size, 4096):
            raise ModelFileError(
                path,
                f"Expected at most {limit:,} bytes, compressed {MAX_RATIO} times at most. "
                f"Received: {info.file_size:,} bytes from {info.compress_size:,}",
                name,
            )


def _without(wanted: str, names: Collection[str]) -> str:
    """What an archive is that lacks a part of a model."""
    if {_CONFIG, _WEIGHTS, _METADATA} & set(names):
        return f"a .keras archive without {wanted}. Save the model again with Keras"
    return str(format_of_archive(names))


def _json(path: Path, archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    return _parsed(path, archive.read(name), name)


def _parsed(path: Path, content: bytes | str, place: str) -> dict[str, Any]:
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        document = parse(text)
    except UnicodeDecodeError:
        raise ModelFileError(path, "Expected text in UTF-8", place) from None
    except JsonError as error:
        raise ModelFileError(path, error.message, f"{place}: {error.place}") from None
    if not isinstance(document, dict):
        raise ModelFileError(path, f"Expected an object. Received: {json.dumps(document)[:40]}", place)
    return document


@contextmanager
def _hdf5(path: Path) -> Iterator[ModelFile]:
    with _opened(path, path, "") as file:
        if "model_config" not in file.attrs:
            what = _WEIGHTS_ONLY if "layer_names" in file.attrs or "layers" in file else "other HDF5 data"
            raise ModelFileError(
                path, f"Expected a model with its configuration (the attribute model_config). Received: {what}"
            )
        text = file.attrs["model_config"]
        config = _parsed(path, text, "model_config")
        weights = file.get("model_weights")
        if not isinstance(weights, h5py.Group):
            raise ModelFileError(path, "Expected the group model_weights. Received: none")
        yield ModelFile(path, config, weights, legacy=True, keras_version=_text(file.attrs.get("keras_version", "")))


@contextmanager
def _opened(path: Path, file: Any, place: str) -> Iterator[h5py.File]:
    try:
        opened = h5py.File(file, "r")
    except OSError as error:
        raise ModelFileError(path, f"Expected whole HDF5 data. Received: a damaged file ({error})", place) from None
    with opened:
        try:
            check_size(opened)
        except UnsafeFile as error:
            raise ModelFileError(path, f"Expected arrays in the file itself. Received: {error}", place) from None
        except (RuntimeError, KeyError, OSError) as error:
            raise ModelFileError(path, f"Expected whole HDF5 data. Received: a damaged file ({error})", place) from None
        yield opened


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
