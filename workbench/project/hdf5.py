"""Reading HDF5 files of strangers: arrays that lie in the file itself, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import h5py

MAX_ARRAY_BYTES = 16 << 30
"""Largest sum of the arrays of a file once decompressed; more is an attack or a mistake."""
_SMALL, _MOST_RATIO = 64 << 20, 200
"""Arrays that take more than this are read only where the file stores a reasonable part of them: HDF5 fills up what was
never written, so a few bytes can declare any size."""


class UnsafeFile(ValueError):
    """A file whose content points elsewhere or expands beyond reason; the message names the place."""


def datasets(group: h5py.Group, prefix: str = "") -> Iterator[tuple[str, h5py.Dataset]]:
    """Path and dataset of every array below a group, in the file's order. Raises UnsafeFile.

    A soft or external link, an external or virtual dataset could point at any other file.
    """
    for name in group:
        place = f"{prefix}{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise UnsafeFile(f"{place} is a link")
        item: Any = group[name]
        if isinstance(item, h5py.Group):
            yield from datasets(item, f"{place}/")
        elif isinstance(item, h5py.Dataset):
            if item.external or item.is_virtual:
                raise UnsafeFile(f"{place} lies in another file")
            yield place, item


def check_size(group: h5py.Group) -> None:
    """Raises UnsafeFile where the arrays would not fit in memory of any reasonable machine, or `datasets` would.

    By the library's own calls, which make no Python object of each group: a deep network has thousands.
    """
    names: list[bytes] = []
    links: list[bytes] = []

    def note(name: bytes, info: Any) -> None:  # raising in here would not get through the library
        (names if info.type == h5py.h5l.TYPE_HARD else links).append(name)

    group.id.links.visit(note, info=True)
    if links:
        raise UnsafeFile(f"{links[0].decode('utf-8', 'replace')} is a link")
    sizes = [_sizes(group, name) for name in names]
    total, stored = sum(size for size, _ in sizes), sum(size for _, size in sizes)
    if total > MAX_ARRAY_BYTES:
        raise UnsafeFile(f"its arrays take {total:,} bytes; at most {MAX_ARRAY_BYTES:,} are read")
    if total > max(_SMALL, _MOST_RATIO * stored):
        raise UnsafeFile(f"its arrays take {total:,} bytes, of which the file stores {stored:,}")


def _sizes(group: h5py.Group, name: bytes) -> tuple[int, int]:
    """Bytes that an array takes, and those that the file stores of it; 0 and 0 for a group."""
    item = h5py.h5o.open(group.id, name)
    if not isinstance(item, h5py.h5d.DatasetID):
        return 0, 0
    creation = item.get_create_plist()
    if creation.get_external_count() or creation.get_layout() == h5py.h5d.VIRTUAL:
        raise UnsafeFile(f"{name.decode('utf-8', 'replace')} lies in another file")
    declared = int(item.get_space().get_simple_extent_npoints()) * int(item.get_type().get_size())
    return declared, int(item.get_storage_size())
