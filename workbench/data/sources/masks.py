"""`IMAGES_DIR::MASKS_DIR`: an image and a mask of the same relative name, for segmentation."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from posixpath import splitext
from threading import Event

import numpy as np

from workbench.data.image_file import read_mask
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Mask, SampleProblem
from workbench.data.sources.files import FileSource, keys_of
from workbench.data.sources.folder import PARTS
from workbench.data.sources.listing import images_below, listed

_LOOKED_AT = 200
_WHITE = 255


@dataclass(frozen=True)
class MaskedSource(FileSource):
    """Images with masks. Class names are numbers: of the palette, or of the grey values; black and white masks have
    the classes background and object.
    """

    masks: tuple[Path, ...] = ()
    white_is_one: bool = False
    masked: bool = True

    def read_mask(self, index: int) -> Mask:
        """Class indices of the image's pixels. Raises DatasetError."""
        path = self.masks[index]
        mask = read_mask(path)
        classes = mask // _WHITE if self.white_is_one and set(np.unique(mask)) <= {0, _WHITE} else mask
        if classes.max() >= len(self.class_names):
            raise DatasetError(
                f"{path}: Expected classes from 0 to {len(self.class_names) - 1}, as in the {_LOOKED_AT} masks that "
                f"were looked at. Received: {mask.max()}"
            )
        return classes


def read_masked(
    images: Path, masks: Path, progress: Progress | None = None, cancel: Event | None = None
) -> MaskedSource:
    """The images that have a mask; parts are train, validation and test folders on top. Classes are those of 200 masks
    from all over the dataset, which are read. Raises DatasetError, and Cancelled.
    """
    problems: list[SampleProblem] = []
    steps = Steps("Listing images", None, progress, cancel)
    files = list(images_below(images, images, steps, problems))
    of_name = {splitext(file)[0]: file for file in images_below(masks, masks, steps, problems)}
    if not files or not of_name:
        empty = masks if files else images
        raise DatasetError(f"{empty}: Expected a folder with images. Received: none")
    pairs = [(file, mask) for file in files if (mask := _mask_of(file, of_name))]
    problems += [
        SampleProblem(str(images / file), f"has no mask of this name in {masks}")
        for file in files
        if not _mask_of(file, of_name)
    ]
    if not pairs:
        raise DatasetError(
            f"{images}::{masks}: Expected a mask for each image, named as the image. Received: none of {len(files):,}; "
            f"{files[0]} would be {splitext(files[0])[0]}.png"
        )
    parts = _parts(images, [file for file, _ in pairs])
    rests = [file.partition("/")[2] if part else file for (file, _), part in zip(pairs, parts, strict=True)]
    source = MaskedSource(
        images.resolve().name,
        images,
        tuple(file for file, _ in pairs),
        keys_of(rests, [f"{part}/" if part else "" for part in parts]),
        np.zeros(len(pairs), np.int64),
        tuple(map(str, range(256))),
        parts,
        problems=tuple(problems),
        masks=tuple(masks / mask for _, mask in pairs),
    )
    return _with_classes(source, progress, cancel)


def _mask_of(file: str, of_name: dict[str, str]) -> str | None:
    """`cat_mask` is a mask of `cat` as well."""
    name = splitext(file)[0]
    return next((of_name[known] for known in (name, f"{name}_mask") if known in of_name), None)


def _parts(folder: Path, files: list[str]) -> tuple[str, ...]:
    tops = listed(folder, folder)
    if tops.images or not all(name.lower() in PARTS for name in tops.folders):
        return ("",) * len(files)
    return tuple(PARTS[file.partition("/")[0].lower()] for file in files)


def _with_classes(source: MaskedSource, progress: Progress | None, cancel: Event | None) -> MaskedSource:
    chosen = np.unique(np.linspace(0, len(source) - 1, min(len(source), _LOOKED_AT)).astype(int))
    steps = Steps("Looking at masks", len(chosen), progress, cancel)
    values: set[int] = set()
    for index in chosen:
        with suppress(DatasetError):  # told when the mask is read
            values |= set(np.unique(read_mask(source.masks[index])).tolist())
        steps.more()
    if not values:
        raise DatasetError(f"{source.masks[0].parent}: Expected masks. Received: none that can be read")
    if values <= {0, _WHITE}:
        return replace(source, class_names=("background", "object"), white_is_one=True)
    return replace(source, class_names=tuple(map(str, range(max(values) + 1))))
