"""How a SPEC becomes a source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from types import MappingProxyType

from workbench.data.facts import BUILT_IN
from workbench.data.progress import Progress
from workbench.data.source import DatasetError, Source
from workbench.data.sources.digits import read_digits
from workbench.data.sources.fetched import read_cifar, read_fashion_mnist, read_mnist
from workbench.data.sources.folder import read_folder
from workbench.data.sources.idx import idx_names, read_idx_folder
from workbench.data.sources.listing import file_names
from workbench.data.sources.masks import read_masked
from workbench.data.sources.npz import read_npz
from workbench.data.sources.pairs import read_paired
from workbench.data.sources.table import read_table

Reader = Callable[[Progress | None, Event | None], Source]

_BUILT_IN: Mapping[str, Reader] = MappingProxyType(
    {
        "digits": lambda progress, cancel: read_digits(),
        "mnist": read_mnist,
        "fashion_mnist": read_fashion_mnist,
        "cifar10": lambda progress, cancel: read_cifar("cifar10", progress, cancel),
        "cifar100": lambda progress, cancel: read_cifar("cifar100", progress, cancel),
    }
)


def open_source(
    spec: str,
    group: str = "",
    progress: Progress | None = None,
    cancel: Event | None = None,
    *,
    pictures: bool = False,
) -> Source:
    """The dataset that a SPEC of the command line names; `group` is the column of a CSV whose values stay together.

    `IMAGES::MASKS` is opened as `IMAGES::PICTURES` where `pictures` asks for it. Raises DatasetError, and Cancelled.
    """
    if spec.lower().endswith(".csv") and "::" not in spec:
        return read_table(_existing(spec), group, progress, cancel)
    source = _opened(spec, progress, cancel, pictures)
    if group and not source.groups:
        raise DatasetError(f"{spec}: Expected a CSV with a column {group!r} for the groups. Received: {spec}")
    return source


def _opened(spec: str, progress: Progress | None, cancel: Event | None, pictures: bool) -> Source:
    if spec in _BUILT_IN:
        return _BUILT_IN[spec](progress, cancel)
    images, separator, masks = spec.rpartition("::")
    if separator:
        read = read_paired if pictures else read_masked
        return read(_folder(images), _folder(masks), progress, cancel)
    path = _existing(spec)
    if path.is_dir():
        names = idx_names(file_names(path))
        return (
            read_idx_folder(path, file_names(path), progress, cancel) if names else read_folder(path, progress, cancel)
        )
    if path.suffix.lower() == ".npz":
        return read_npz(path, progress, cancel)
    raise DatasetError(f"{path}: Expected a folder, a .csv or an .npz. Received: a file of another kind")


def _existing(spec: str) -> Path:
    path = Path(spec).expanduser()
    try:
        if spec.strip() and path.exists():
            return path
    except (OSError, ValueError):
        pass  # a name that no file can have
    came = repr(spec) if spec else "none, the project names no data"
    raise DatasetError(
        f"Expected a dataset: {', '.join(BUILT_IN)}, or a folder, .csv or .npz that is there. Received: {came}"
    )


def _folder(text: str) -> Path:
    path = _existing(text)
    if not path.is_dir():
        raise DatasetError(f"{path}: Expected a folder of images, as in IMAGES::MASKS. Received: a file")
    return path
