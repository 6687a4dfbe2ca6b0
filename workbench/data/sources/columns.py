"""What the columns of a table are called, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.data.source import DatasetError

IMAGE = ("image", "image_path", "img", "img_path", "file", "filename", "file_name", "filepath", "file_path", "path")
LABEL = ("label", "labels", "class", "class_name", "classname", "target", "category", "emotion", "y")
SPLIT = ("split", "usage", "part", "partition", "subset", "set")
PIXELS = ("pixels",)
GROUP = ("group", "group_id")
"""Headings, in small letters, that name a column."""
PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "publictest"), "validation"),
    **dict.fromkeys(("test", "testing", "privatetest"), "test"),
    "": "",
}
"""Values of a split column in small letters; FER-2013's public test serves as validation."""
EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""FER-2013's classes, by number."""


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


@dataclass(frozen=True)
class Columns:
    """Positions of the columns; None where there is none."""

    image: int | None
    pixels: int | None
    label: int
    split: int | None
    group: int | None
    emotions: bool
    """Whether labels are the numbers of emotions, as FER-2013's heading says."""

    @property
    def needed(self) -> int:
        """Fewest fields of a row in which every column is."""
        images = self.pixels if self.image is None else self.image
        return 1 + max(at for at in (images, self.label, self.split, self.group) if at is not None)


def columns_of(path: Path, heading: list[str], group: str) -> Columns:
    """The columns that a heading names; `group` is the one whose values stay together. Raises DatasetError."""
    small = [name.lower() for name in heading]

    def position(names: Iterable[str]) -> int | None:
        return next((small.index(name) for name in names if name in small), None)

    image, pixels, label = position(IMAGE), position(PIXELS), position(LABEL)
    shown = ", ".join(heading[:12])
    if label is None or (image is None and pixels is None):
        raise DatasetError(
            f"{path}: Expected a heading with the columns image and label, or emotion and pixels. Received: {shown}"
        )
    if group and group.lower() not in small:
        raise DatasetError(f"{path}: Expected a column {group!r} for the groups. Received: {shown}")
    grouped = small.index(group.lower()) if group else position(GROUP)
    return Columns(image, pixels, label, position(SPLIT), grouped, small[label] == "emotion")


def sorted_names(texts: Iterable[str]) -> tuple[str, ...]:
    """The different labels; numbers in their own order."""
    names = set(texts)
    if all(_NUMBER.fullmatch(name) for name in names):
        return tuple(sorted(names, key=lambda name: (float(name), name)))
    return tuple(sorted(names))


def classes_of(texts: Iterable[str], columns: Columns) -> dict[str, tuple[int, str]]:
    """Class index and name of each label. Raises DatasetError for decimal numbers."""
    emotions = {str(number): (number, name) for number, name in enumerate(EMOTIONS)}
    names = sorted_names(texts)
    if all(map(_NUMBER.fullmatch, names)) and any(not float(name).is_integer() for name in names):
        raise DatasetError(
            f"Expected a class for each image. Received: decimal numbers, such as {names[0]}; these look like values "
            "to predict, which an .npz holds as x_<input> and y_<output>"
        )
    if columns.emotions and set(names) <= set(emotions):
        return emotions
    return {name: (index, name) for index, name in enumerate(names)}
