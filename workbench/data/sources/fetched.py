"""MNIST, Fashion-MNIST, CIFAR-10 and CIFAR-100, fetched on first use; Keras's files where those are no pickles."""

from __future__ import annotations

import tarfile
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np

from workbench.data.facts import BUILT_IN
from workbench.data.fetch import RemoteFile, cache_folder, fetched
from workbench.data.mapping import array_in
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError
from workbench.data.sources.arrays import ArraySource
from workbench.data.sources.idx import idx_names, read_idx_folder
from workbench.data.sources.npz import read_npz

_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_TORONTO = "https://www.cs.toronto.edu/~kriz/"
_SYSTEM_FASHION = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's dataset-fashion-mnist puts it."""

MNIST = RemoteFile(
    f"{_KERAS}mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1", "mnist.npz"
)
FASHION = tuple(
    RemoteFile(_KERAS + name, digest, f"fashion-mnist/{name}")
    for name, digest in {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    }.items()
)


@dataclass(frozen=True, slots=True)
class Cifar:
    """An archive of records: one or two label bytes, the last of which counts, then 3 x 32 x 32 pixels."""

    archive: RemoteFile
    training: tuple[str, ...]
    test: str
    label_bytes: int
    records: int = 60_000
    test_records: int = 10_000


CIFAR = {
    "cifar10": Cifar(
        RemoteFile(f"{_TORONTO}cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", "cifar-10-binary.tar.gz"),
        tuple(f"cifar-10-batches-bin/data_batch_{number}.bin" for number in range(1, 6)),
        "cifar-10-batches-bin/test_batch.bin",
        1,
    ),
    "cifar100": Cifar(
        RemoteFile(f"{_TORONTO}cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8", "cifar-100-binary.tar.gz"),
        ("cifar-100-binary/train.bin",),
        "cifar-100-binary/test.bin",
        2,
    ),
}
_SIZE = 32


def read_mnist(progress: Progress | None, cancel: Event | None) -> ArraySource:
    """70,000 digits. Raises DatasetError, and Cancelled."""
    return _named("mnist", read_npz(fetched(MNIST, progress, cancel), progress, cancel))


def read_fashion_mnist(progress: Progress | None, cancel: Event | None) -> ArraySource:
    """70,000 pieces of clothing: the system's where they are installed. Raises DatasetError, and Cancelled."""
    names = [file.name for file in FASHION]
    folder = _SYSTEM_FASHION
    if not all((folder / name).is_file() for name in names):
        folder = {fetched(file, progress, cancel).parent for file in FASHION}.pop()
    return _named("fashion_mnist", read_idx_folder(folder, idx_names(names), progress, cancel))


def read_cifar(spec: str, progress: Progress | None, cancel: Event | None) -> ArraySource:
    """60,000 colour images of 32 x 32. Raises DatasetError, and Cancelled."""
    cifar = CIFAR[spec]
    record = cifar.label_bytes + 3 * _SIZE * _SIZE
    path = cache_folder() / f"{spec}-records.bin"
    try:
        if not path.is_file() or path.stat().st_size != cifar.records * record:
            _unpack(cifar, path, progress, cancel)
        records = array_in(path, np.uint8, 0, (cifar.records, record))
    except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
        raise DatasetError(f"{path}: the images cannot be unpacked ({error})") from None
    images = records[:, cifar.label_bytes :].reshape(-1, 3, _SIZE, _SIZE).transpose(0, 2, 3, 1)
    labels = records[:, cifar.label_bytes - 1].astype(np.int64)
    parts = ("train",) * (cifar.records - cifar.test_records) + ("test",) * cifar.test_records
    return ArraySource(spec, images, labels, BUILT_IN[spec].class_names, parts, file=path)


def _unpack(cifar: Cifar, path: Path, progress: Progress | None, cancel: Event | None) -> None:
    """Training records, then those of the test, in one file that can be mapped. Only members that are known by name
    are read."""
    archive = fetched(cifar.archive, progress, cancel)
    names = (*cifar.training, cifar.test)
    steps = Steps(f"Unpacking {archive.name}", len(names), progress, cancel)
    new = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        with tarfile.open(archive) as content:
            pieces = dict(_members(content, names, steps))
        if missing := [name for name in names if name not in pieces]:
            raise DatasetError(f"{archive}: Expected the file {missing[0]} in the archive. Received: none of this name")
        new.write_bytes(b"".join(pieces[name] for name in names))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _members(content: tarfile.TarFile, names: tuple[str, ...], steps: Steps) -> Iterator[tuple[str, bytes]]:
    for member in content:
        stream = content.extractfile(member) if member.name in names and member.isfile() else None
        if stream is not None:
            yield member.name, stream.read()
            steps.more()


def _named(spec: str, source: ArraySource) -> ArraySource:
    """The source under its own name, with its classes' names. Raises DatasetError where they are not as many."""
    facts = BUILT_IN[spec]
    if len(source.class_names) != len(facts.class_names) or source.images.shape[1:] != facts.shape:
        raise DatasetError(
            f"{source.file}: Expected {len(facts.class_names)} classes of images {facts.shape}. "
            f"Received: {len(source.class_names)} of {source.images.shape[1:]}"
        )
    return ArraySource(spec, source.images, source.labels, facts.class_names, source.parts, file=source.file)
