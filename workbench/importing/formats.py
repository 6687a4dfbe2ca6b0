"""Files that are no Keras models, by the name of their format, with what a person can do about each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

START = 512
"""Bytes from a file's beginning that tell its format."""
_SAVED_MODEL = ("saved_model.pb", "saved_model.pbtxt")
_FROM_KERAS = "Where the model can be opened in Keras, save it there with model.save('model.keras')"
_FROM_TORCH = (
    "Weights of PyTorch are not read; draw the network, or begin from a template or an application:NAME of Keras"
)
_FROM_TENSORFLOW = "It holds operations of TensorFlow rather than layers. " + _FROM_KERAS
_UNPACK = "Unpack it and import the .keras or .h5 file in it"


class Format(NamedTuple):
    """What a file is, with its article, and what to do."""

    name: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.name}. {self.advice}" if self.advice else self.name


class _Sign(NamedTuple):
    """How a format is known, by the file's first bytes and its suffix in lower case."""

    seen: Callable[[bytes, str], bool]
    format: Format


def _begins(*starts: bytes) -> Callable[[bytes, str], bool]:
    return lambda start, _: start.startswith(starts)


def _named(*suffixes: str) -> Callable[[bytes, str], bool]:
    return lambda _, suffix: suffix in suffixes


def _is_onnx(start: bytes, suffix: str) -> bool:
    """Its version, then the name of what wrote it, as ONNX numbers its fields."""
    return suffix == ".onnx" or (len(start) > 3 and start[0] == 0x08 and start[1] < 0x20 and start[2] == 0x12)


def _is_safetensors(start: bytes, suffix: str) -> bool:
    """The length of a JSON object, then the object."""
    return suffix == ".safetensors" or (len(start) > 9 and start[8:9] == b"{" and start[5:8] == b"\0\0\0")


def _holds(*words: bytes) -> Callable[[bytes, str], bool]:
    return lambda start, _: start.lstrip()[:1] == b"{" and any(word in start for word in words)


_SIGNS = (
    _Sign(_begins(b"version https://git-lfs"), Format("a Git LFS pointer", "Fetch the file itself with git lfs pull")),
    _Sign(lambda start, _: start[4:8] == b"TFL3", Format("a LiteRT (TensorFlow Lite) model", _FROM_TENSORFLOW)),
    _Sign(_begins(b"GGUF"), Format("a GGUF file", "Networks of this format are no image networks")),
    _Sign(_begins(b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"Rar!", b"7z\xbc\xaf"), Format("a compressed archive", _UNPACK)),
    _Sign(_begins(b"MATLAB"), Format("a MATLAB file")),
    _Sign(_begins(b"\x93NUMPY"), Format("a NumPy array")),
    _Sign(_begins(b"<"), Format("a web page or XML text", "The download may have failed; fetch the file again")),
    _Sign(_holds(b"modelTopology", b'"layers-model"', b'"graph-model"'), Format("a TensorFlow.js model", _FROM_KERAS)),
    _Sign(_holds(b'"class_name"'), Format("a model's configuration without its weights", _FROM_KERAS)),
    _Sign(_named(".workbench"), Format("a project of this workbench", "Open it as it is")),
    _Sign(_is_safetensors, Format("a safetensors file", _FROM_TORCH)),
    _Sign(_named(".pb", ".pbtxt"), Format("a graph of TensorFlow", _FROM_TENSORFLOW)),
    _Sign(_named(".index", ".meta", ".ckpt"), Format("a checkpoint of TensorFlow", _FROM_KERAS)),
    _Sign(_begins(*(bytes((0x80, version)) for version in range(1, 6))), Format(
        "a pickle of Python, as older PyTorch checkpoints are", _FROM_TORCH
    )),
    _Sign(_is_onnx, Format("an ONNX model", _FROM_KERAS)),
    _Sign(_named(".caffemodel", ".prototxt"), Format("a Caffe model")),
    _Sign(_named(".mlmodel"), Format("a Core ML model")),
    _Sign(_named(".weights", ".cfg"), Format("a Darknet file")),
    _Sign(_named(".pt", ".pth"), Format("a PyTorch checkpoint", _FROM_TORCH)),
)  # fmt: skip
"""The first that is seen counts."""
_UNKNOWN = Format("a file of another kind", _FROM_KERAS)


def format_of(path: Path, start: bytes) -> Format:
    """The format of a file that begins with these bytes and is no HDF5 or zip file."""
    if not start:
        return Format("an empty file")
    suffix = path.suffix.lower()
    return next((sign.format for sign in _SIGNS if sign.seen(start, suffix)), _UNKNOWN)


def format_of_folder(path: Path) -> Format:
    """What a folder is: TensorFlow's SavedModel is one."""
    if is_saved_model(path):
        return Format("a SavedModel folder", _FROM_TENSORFLOW)
    if path.suffix == ".mlpackage":
        return Format("a Core ML model")
    return Format("a folder", "Name the .keras or .h5 file in it")


def is_saved_model(path: Path) -> bool:
    """Whether a folder holds a model as TensorFlow exports it."""
    return any((path / name).is_file() for name in _SAVED_MODEL)


def format_of_archive(names: Iterable[str]) -> Format:
    """What a zip file is that is no .keras archive, by the names of its members."""
    members = list(names)
    last = {name.rpartition("/")[2] for name in members}
    if "constants.pkl" in last:
        return Format("a TorchScript model", _FROM_TORCH)
    if "data.pkl" in last:
        return Format("a PyTorch checkpoint", _FROM_TORCH)
    if members and all(name.endswith(".npy") for name in members):
        return Format("a NumPy archive of arrays (.npz)")
    if last & set(_SAVED_MODEL):
        return Format("a SavedModel folder in a zip archive", _FROM_TENSORFLOW)
    return Format("a zip archive of other files", _UNPACK)
