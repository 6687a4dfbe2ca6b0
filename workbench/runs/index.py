"""The list of all runs, quick for thousands: what has not changed on disk is not read again.

What was read is kept in the store itself (`.index.json`), so that the next program starts with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from workbench.project import ProjectFileError, loads
from workbench.project.costs import Costs, project_costs
from workbench.runs import files
from workbench.runs.entry import DAMAGED, RunEntry
from workbench.runs.errors import RunStoreError, cannot
from workbench.runs.labels import read_labels, read_note
from workbench.runs.record import RunStatus
from workbench.runs.run import Run

INDEX = ".index.json"
_FORMAT = 3
_WATCHED = (files.RECORD, files.LABELS, files.NOTE, files.PROJECT)
"""A change to one of these is a change of the entry; weights come and go with the record."""
_NOTE_KEPT = 4000
Stamp = tuple[int, ...]


class _Kept(msgspec.Struct):
    stamp: Stamp
    entry: RunEntry


class _IndexFile(msgspec.Struct):
    format: int
    root: str
    kept: dict[str, _Kept]
    costs: dict[str, Costs | None]


class RunIndex:
    """Not for several threads at once. Any number of processes may have one: the file is only a cache."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()
        self._kept: dict[str, _Kept] = {}
        self._costs: dict[str, Costs | None] = {}
        self._loaded = False

    def entries(self) -> list[RunEntry]:
        """Every run, the newest first, damaged ones last. Raises RunStoreError where the store cannot be read."""
        if not self._loaded:
            self._load()
            self._loaded = True
        names = self._names()
        changed = self._kept.keys() != set(names)
        kept: dict[str, _Kept] = {}
        for name in names:
            stamp = _stamp(self.root / name)
            known = self._kept.get(name)
            if known is None or known.stamp != stamp or known.entry.status == RunStatus.RUNNING:
                fresh = _Kept(stamp, self._read(name))
                changed |= known != fresh
                known = fresh
            kept[name] = known
        self._kept = kept
        if changed:
            self._save()
        return sorted((item.entry for item in kept.values()), key=_order)

    def _read(self, name: str) -> RunEntry:
        folder = self.root / name
        size = _size(folder)
        try:
            run = Run.open(folder)
        except RunStoreError as error:
            return RunEntry(root=str(self.root), name=name, status=DAMAGED, problem=str(error), size=size)
        record, labels = run.record, read_labels(folder)
        title, costs = self._snapshot(run.project_file)
        return RunEntry(
            root=str(self.root),
            name=name,
            status=run.status.value,
            problem=record.problem,
            title=labels.title,
            starred=labels.starred,
            tags=labels.tags,
            sweep=labels.sweep,
            trial=labels.trial,
            values=labels.values,
            note=_note(folder),
            project=title,
            dataset=record.dataset,
            created=record.created,
            age=_age(record.created),
            epochs=record.epochs,
            planned=record.epochs_planned,
            best=record.best,
            monitor=record.monitor,
            best_epoch=record.best_epoch,
            last=record.last,
            seconds=record.seconds,
            device=record.device,
            seed=record.seed,
            settings=record.settings,
            rate_changes=record.rate_changes,
            params=costs.params if costs else None,
            macs=costs.macs if costs else None,
            size=size,
            has_weights=_has_weights(run),
            kept_epochs=tuple(run.kept_epochs()),
        )

    def _snapshot(self, path: Path) -> tuple[str, Costs | None]:
        """Title and costs of a run's project; the trials of a sweep share a network, which is analysed once."""
        try:
            content = path.read_bytes()
            document = json.loads(content)
            drawn = json.dumps([document.get("graphs"), document.get("blocks")], sort_keys=True)
            title = str(document.get("title", ""))
        except (OSError, ValueError, AttributeError):
            return "", None
        digest = hashlib.sha256(drawn.encode()).hexdigest()
        if digest not in self._costs:
            try:
                self._costs[digest] = project_costs(loads(content, path).project)
            except ProjectFileError:
                self._costs[digest] = None
        return title, self._costs[digest]

    def _names(self) -> list[str]:
        if not self.root.exists():
            return []
        try:
            with os.scandir(self.root) as found:
                return [item.name for item in found if not item.name.startswith(".") and item.is_dir()]
        except OSError as error:
            raise cannot("read the run store", self.root, error) from error

    def _load(self) -> None:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            read = msgspec.json.decode((self.root / INDEX).read_bytes(), type=_IndexFile)
            if (read.format, read.root) == (_FORMAT, str(self.root)):
                self._kept, self._costs = read.kept, read.costs

    def _save(self) -> None:
        """A store that cannot be written, as a mounted archive, is read anew each time."""
        with contextlib.suppress(OSError):
            kept = _IndexFile(_FORMAT, str(self.root), self._kept, self._costs)
            files.write_whole(self.root / INDEX, msgspec.json.encode(kept))


def _stamp(folder: Path) -> Stamp:
    return tuple(_stamps(folder))


def _stamps(folder: Path) -> Iterator[int]:
    for name in _WATCHED:
        try:
            found = (folder / name).stat()
        except OSError:
            yield -1
        else:
            yield found.st_mtime_ns
            yield found.st_size


def _size(folder: Path) -> int:
    """Bytes of all files."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(place, name).lstat().st_size
    return total


def _has_weights(run: Run) -> bool:
    try:
        return run.weights_file().is_file()
    except RunStoreError:
        return False


def _note(folder: Path) -> str:
    try:
        return read_note(folder)[:_NOTE_KEPT]
    except RunStoreError:
        return ""


def _age(created: str) -> float:
    try:
        return datetime.fromisoformat(created).timestamp()
    except ValueError:
        return 0.0


def _order(entry: RunEntry) -> tuple[Any, ...]:
    return entry.status == DAMAGED, -entry.age, _Reversed(entry.name) if entry.status != DAMAGED else entry.name


class _Reversed(str):
    """Runs of one second: the one with the later name is the newer."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)
