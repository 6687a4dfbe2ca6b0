"""Holding images out: seeded, stratified by class, and the same on every machine and for every storage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from workbench.data.keys import Ids, drawn, sample_ids
from workbench.data.source import Indices, Labels


@dataclass(frozen=True)
class Split:
    """Indices into a source, ascending."""

    training: Indices
    validation: Indices
    test: Indices

    def without(self, indices: Indices) -> Split:
        """The split without some samples, such as those that cannot be read."""
        training, validation, test = (
            np.setdiff1d(part, indices, assume_unique=True) for part in (self.training, self.validation, self.test)
        )
        return replace(self, training=training, validation=validation, test=test)


def split_samples(
    ids: Ids,
    labels: Labels,
    parts: tuple[str, ...],
    validation_share: float,
    test_share: float,
    seed: int,
    groups: tuple[str, ...] = (),
) -> Split:
    """The source's own parts where it has them; what is missing is held out of the rest, stratified by class.

    The number held out is the share of what there is, rounded up; the classes with the largest remainders give one
    more. A class with one image keeps it for training. A group is held out as a whole or not at all, and the number is
    then as near as groups allow.
    """
    given = np.array(parts, dtype=np.str_)
    test, validation = np.flatnonzero(given == "test"), np.flatnonzero(given == "validation")
    training = np.flatnonzero((given != "test") & (given != "validation"))
    held_out = _held_out_groups if any(groups) else _held_out
    names = np.array(groups or ("",) * len(parts), dtype=np.str_)
    if not len(test) and test_share:
        training, test = held_out(training, ids, labels, names, test_share, "test", seed)
    if not len(validation) and validation_share:
        training, validation = held_out(training, ids, labels, names, validation_share, "validation", seed)
    return Split(training, validation, test)


def _held_out(
    members: Indices, ids: Ids, labels: Labels, groups: NDArray[np.str_], share: float, purpose: str, seed: int
) -> tuple[Indices, Indices]:
    """What stays and what is held out, both ascending: of each class those whose draws are the smallest."""
    chance = drawn(ids[members], purpose, seed)
    by_class = [np.flatnonzero(labels[members] == label) for label in np.unique(labels[members])]
    counts = _apportion([len(positions) for positions in by_class], share)
    out = np.zeros(len(members), np.bool_)
    for positions, count in zip(by_class, counts, strict=True):
        out[positions[np.argsort(chance[positions], kind="stable")[:count]]] = True
    return members[~out], members[out]


def _held_out_groups(
    members: Indices, ids: Ids, labels: Labels, groups: NDArray[np.str_], share: float, purpose: str, seed: int
) -> tuple[Indices, Indices]:
    """As `_held_out` with whole groups: in the order of their draws, each is taken that brings the classes nearer to
    their shares and leaves every class an image to train on.
    """
    if not len(members):
        return members, members
    unit, unit_ids = _units(members, ids, groups)
    classes, label = np.unique(labels[members], return_inverse=True)
    content = np.zeros((len(unit_ids), len(classes)), np.int64)
    np.add.at(content, (unit, label), 1)
    sizes = content.sum(axis=0)
    missing = np.array(_apportion(sizes.tolist(), share), np.float64)
    left, taken = sizes.copy(), np.zeros(len(unit_ids), np.bool_)
    for index in np.argsort(drawn(unit_ids, purpose, seed), kind="stable"):
        after = missing - content[index]
        nearer = np.abs(after).sum() < np.abs(missing).sum()
        if nearer and not ((left - content[index] == 0) & (content[index] > 0)).any():
            missing, taken[index] = after, True
            left -= content[index]
    out = taken[unit]
    return members[~out], members[out]


def _units(members: Indices, ids: Ids, groups: NDArray[np.str_]) -> tuple[NDArray[np.intp], Ids]:
    """For each member the number of its group, and each group's id; what belongs to no group is one by itself."""
    own = groups[members] == ""
    unit_id = ids[members].copy()
    names, number = np.unique(groups[members][~own], return_inverse=True)
    if len(names):
        unit_id[~own] = sample_ids(f"group/{name}" for name in names)[number]
    unique, unit = np.unique(unit_id, return_inverse=True)
    return unit, unique


def told(split: Split, labels: Labels, class_names: tuple[str, ...]) -> tuple[str, ...]:
    """What a person should know of how a dataset was divided, one line each; nothing where all is as expected."""
    counts = {
        name: np.bincount(labels[part], minlength=len(class_names))
        for name, part in (("training", split.training), ("validation", split.validation), ("test", split.test))
    }
    lines = []
    if not len(split.training):
        lines.append("There are no images to train on; all belong to what is held out")
    if not len(split.validation):
        lines.append("No images are held out for validation: overfitting will not be seen")
    for name in ("validation", "test"):
        held = counts[name]
        if unseen := [class_names[i] for i in np.flatnonzero((held > 0) & (counts["training"] == 0))]:
            lines.append(f"Classes in {name} that have no image to train on: {_few(unseen)}")
        if held.sum() and (absent := [class_names[i] for i in np.flatnonzero((held == 0) & (counts["training"] > 0))]):
            lines.append(f"Classes without an image in {name}: {_few(absent)}")
    return tuple(lines)


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _apportion(sizes: list[int], share: float) -> list[int]:
    """Whole numbers that sum to the share of the total, rounded up (largest remainder), each below its class's size."""
    exact = [size * share for size in sizes]
    counts = [min(int(value), size - 1) for value, size in zip(exact, sizes, strict=True)]
    missing = ceil(sum(sizes) * share) - sum(counts)
    for index in sorted(range(len(sizes)), key=lambda i: counts[i] - exact[i])[: max(missing, 0)]:
        if counts[index] < sizes[index] - 1:
            counts[index] += 1
    return counts
