"""What is wrong with a dataset, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.data.health.statistics import PARTS, Statistics
from workbench.data.source import Indices, SampleProblem, Source

Kind = Literal[
    "left_out",
    "unreadable",
    "animated",
    "leaked",
    "nearly_leaked",
    "contradicting",
    "duplicate",
    "nearly_duplicate",
    "one_class",
    "empty_class",
    "small_class",
    "imbalanced",
    "divided_group",
    "empty_masks",
    "void_pixels",
    "nearly_black",
]
Severity = Literal["error", "warning", "note"]
PixelCounts = Mapping[int, NDArray[np.int64]]
"""By sample, the pixels of each class and of none."""
_FEW = 10
"""Images of a class with fewer than which nothing can be learned that holds elsewhere."""
_SCARCE = 0.01
"""Share of the pixels below which a class hardly counts in a loss over all pixels."""
_DARK = 0.125
"""Of white: where no pixel is brighter, the numbers are of another scale."""
_RATIO = 3.0
"""Of the largest class to the smallest, from which weights are worth while."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `groups`: the samples that it is about, those together that belong together."""

    kind: Kind
    severity: Severity
    message: str
    advice: str
    groups: tuple[tuple[int, ...], ...] = ()
    problems: tuple[SampleProblem, ...] = ()
    """Where it was found, for what has no place in the source or cannot be read."""


def about_files(source: Source, unreadable: tuple[SampleProblem, ...], animated: Iterable[int]) -> Iterable[Finding]:
    """Samples that were left out, cannot be read, or are read in part."""
    if source.problems:
        told = _number(len(source.problems), "entry was left out", "entries were left out")
        yield Finding(
            "left_out", "warning", f"{told} when the dataset was opened",
            "Correct or delete them; what stands in no list is not trained on", problems=source.problems,
        )  # fmt: skip
    if unreadable:
        told = _number(len(unreadable), "image cannot be read", "images cannot be read")
        yield Finding(
            "unreadable", "error", told, "Replace or delete the files; training passes them over",
            tuple((problem.index,) for problem in unreadable if problem.index is not None), unreadable,
        )  # fmt: skip
    if moving := tuple((index,) for index in animated):
        told = _number(len(moving), "image is animated", "images are animated")
        yield Finding(
            "animated", "note", f"{told}; the first frame is used", "Export the frame that you mean, if it is another",
            moving,
        )  # fmt: skip


def about_brightness(source: Source, brightest: float) -> Iterable[Finding]:
    """`brightest` is the largest value of all images, of 255."""
    if 0 < brightest < _DARK * 255:
        white = source.value_max
        yield Finding(
            "nearly_black", "warning",
            f"The images are nearly black: white is taken to be {white:g}, and the largest value is "
            f"{brightest / 255 * white:.4g}",
            "Save them so that white is 1 in floats, 255 in bytes or 65535 in 16 bits",
        )  # fmt: skip


def about_classes(source: Source, statistics: Statistics) -> Iterable[Finding]:
    """What the numbers of images say."""
    names, training, all_parts = source.class_names, statistics.counts[:, 0], statistics.counts.sum(axis=1)
    if source.masked or source.paired:
        return
    if len(names) == 1:
        yield Finding(
            "one_class", "error", f"There is one class, {names[0]!r}",
            "Add images of another class: with one there is nothing to tell apart",
        )  # fmt: skip
    if empty := [name for name, count in zip(names, all_parts, strict=True) if not count]:
        yield Finding(
            "empty_class", "warning", f"Classes without a readable image: {listed(empty)}",
            "Add images or delete the class; the network gets an output for it",
        )  # fmt: skip
    few = [f"{names[i]} ({training[i]})" for i in np.flatnonzero((training < _FEW) & (all_parts > 0))]
    if few:
        yield Finding(
            "small_class", "warning", f"Classes with fewer than {_FEW} images to train on: {listed(few)}",
            "Add images, or augmentation; a class with one image is never held out",
        )  # fmt: skip
    present = training[training > 0]
    if len(present) > 1 and present.max() >= _RATIO * present.min():
        yield Finding(
            "imbalanced", "note",
            f"The largest class has {present.max() / present.min():.1f} times the images of the smallest",
            "Train with balanced class weights, and judge by each class's recall or by F1, not by accuracy",
        )  # fmt: skip


def about_masks(source: Source, pixels: PixelCounts) -> Iterable[Finding]:
    """What the numbers of pixels say; `pixels` are those of every readable mask by class, void ones last."""
    if not source.masked or not pixels:
        return
    names, counts = source.class_names, np.array(list(pixels.values()), np.int64)
    of_class, void = counts[:, :-1].sum(axis=0), int(counts[:, -1].sum())
    empty = [index for index, row in pixels.items() if np.count_nonzero(row[1:-1]) == 0]
    if empty:
        all_of_them = len(empty) == len(pixels)
        told = "No mask holds" if all_of_them else _number(len(empty), "mask does not hold", "masks do not hold")
        yield Finding(
            "empty_masks", "error" if all_of_them else "note", f"{told} anything but {names[0]}",
            "Check that these are the masks of these images: there is nothing to learn" if all_of_them
            else "Some are useful; with many of them choose a loss with Dice, or leave some out",
            tuple((index,) for index in empty),
        )  # fmt: skip
    if absent := [name for name, count in zip(names, of_class, strict=True) if not count and len(empty) < len(pixels)]:
        yield Finding(
            "empty_class", "warning", f"Classes without a pixel: {listed(absent)}",
            "Correct the masks or the list of classes; the network gets an output for it",
        )  # fmt: skip
    shares = of_class / max(1, of_class.sum())
    scarce = [f"{names[i]} ({shares[i]:.2%})" for i in np.flatnonzero((shares < _SCARCE) & (of_class > 0))]
    if scarce:
        yield Finding(
            "imbalanced", "note", f"Classes with fewer than {_SCARCE:.0%} of the pixels: {listed(scarce)}",
            "Train with Dice, focal loss or balanced class weights, and judge by IoU, not by accuracy",
        )  # fmt: skip
    if void:
        yield Finding(
            "void_pixels", "note", f"{void / max(1, counts.sum()):.2%} of the pixels are void, of no class",
            "They count neither in the loss nor in measures; where they should, name them in a classes.csv",
        )  # fmt: skip


def about_repeats(
    source: Source, parts: NDArray[np.int8], same: list[Indices], alike: list[Indices]
) -> Iterable[Finding]:
    """Images that are there more than once: across parts the evaluation is too good; within one they count twice."""
    yield from _repeats(
        "leaked", "error", same, lambda group: _crosses(parts, group),
        "images stand in training and in what is held out",
        "Delete them from one side; until then measures on the held-out images are too good",
    )  # fmt: skip
    yield from _repeats(
        "nearly_leaked", "warning", alike, lambda group: _crosses(parts, group),
        "images stand nearly the same in training and in what is held out",
        "Look at them; shots of one thing belong on one side (a group column of a CSV keeps them together)",
    )  # fmt: skip
    if not source.masked:
        yield from _repeats(
            "contradicting", "error", same, lambda group: len(np.unique(source.labels[group])) > 1,
            "images are there with the same pixels and different labels",
            "Decide for one label; as it is the network cannot get them right",
        )  # fmt: skip
    yield from _repeats(
        "duplicate", "warning", same, lambda group: not _crosses(parts, group),
        "images are there more than once in one part", "Delete all but one, unless they should count more",
    )  # fmt: skip
    yield from _repeats(
        "nearly_duplicate", "note", alike, lambda group: not _crosses(parts, group),
        "images of one part are nearly the same", "Look at them; many of a kind make the network sure of little",
    )  # fmt: skip


def about_groups(source: Source, parts: NDArray[np.int8]) -> Iterable[Finding]:
    """Groups that the dataset's own parts divide."""
    members: dict[str, list[int]] = {}
    for index, group in enumerate(source.groups):
        if group:
            members.setdefault(group, []).append(index)
    divided = tuple(tuple(found) for found in members.values() if _crosses(parts, np.array(found)))
    if divided:
        told = _number(len(divided), "group is", "groups are")
        yield Finding(
            "divided_group", "warning", f"{told} divided between training and what is held out by the dataset itself",
            "Correct the column of parts; until then measures on the held-out images are too good", divided,
        )  # fmt: skip


def listed(names: list[str]) -> str:
    """The first five names."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")


def _repeats(
    kind: Kind, severity: Severity, groups: list[Indices], counts: Callable[[Indices], bool], told: str, advice: str
) -> Iterable[Finding]:
    found = tuple(tuple(group.tolist()) for group in groups if counts(group))
    if found:
        number = sum(map(len, found))
        together = _number(len(found), "group", "groups")
        yield Finding(kind, severity, f"{number:,} {told} ({together})", advice, found)


def _crosses(parts: NDArray[np.int8], group: Indices) -> bool:
    """Whether some are trained on and others held out."""
    held_out = parts[group] != PARTS.index("training")
    return bool(held_out.any() and not held_out.all())


def _number(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
