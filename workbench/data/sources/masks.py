"""`IMAGES_DIR::MASKS_DIR`: an image and a mask of the same relative name, for segmentation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import numpy as np

from workbench.data.image_file import image_size
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Image, Mask
from workbench.data.sources.mask_file import read_mask_file
from workbench.data.sources.pairs import PairedSource, find_pairs
from workbench.data.sources.palette import Palette, Seen, found_palette
from workbench.data.sources.palette_file import FILES, read_palette

_LOOKED_AT = 2000
_AT_ONCE = 64
_THREADS = 4


@dataclass(frozen=True)
class MaskedSource(PairedSource):
    """Images with masks. `palette` says which stored value or colour is which class."""

    palette: Palette = field(default_factory=Palette)
    masked: bool = True
    paired: bool = False

    @property
    def _how_read(self) -> str:
        return repr((self.palette.numbers, self.palette.void, self.palette.coloured))

    def check(self, index: int) -> None:
        """Looks at both files' headers and ends, and whether both are of one size."""
        super().check(index)
        mask, image = image_size(self.others[index]), image_size(self.folder / self.files[index])
        if mask != image:
            raise DatasetError(
                f"{self.others[index]}: Expected a mask of the image's size, {image[0]} x {image[1]}. "
                f"Received: {mask[0]} x {mask[1]}"
            )

    def read_mask(self, index: int) -> Mask:
        """Class indices of the image's pixels. Raises DatasetError."""
        path = self.others[index]
        return self.palette.classes_of(read_mask_file(path), path)

    def read_target(self, index: int) -> Image:
        """The image itself: masks are no pictures."""
        return self.read(index)


def read_masked(
    images: Path, masks: Path, progress: Progress | None = None, cancel: Event | None = None
) -> MaskedSource:
    """The images that have a mask; parts are train, validation and test folders on top. Classes are those that a
    palette file beside the masks names, else those of up to 2,000 masks from all over the dataset, which are read.

    Raises DatasetError, and Cancelled.
    """
    lists = [masks / name for name in FILES]
    found = find_pairs(images, masks, "mask", lists, progress, cancel)
    seen = _looked_at(found.others, progress, cancel)
    named = next((path for path in lists if path.is_file()), None)
    palette = found_palette(seen) if named is None else read_palette(named, seen)
    return MaskedSource(
        images.resolve().name,
        images,
        found.files,
        found.keys,
        np.zeros(len(found.files), np.int64),
        palette.class_names,
        found.parts,
        problems=found.problems,
        others=found.others,
        palette=palette,
    )


def _looked_at(masks: tuple[Path, ...], progress: Progress | None, cancel: Event | None) -> list[Seen]:
    """What masks from all over the dataset hold; those that cannot be read are told when they are read again."""
    chosen = np.unique(np.linspace(0, len(masks) - 1, min(len(masks), _LOOKED_AT)).astype(int)).tolist()
    steps = Steps("Looking at masks", len(chosen), progress, cancel)
    found: list[Seen | None] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(chosen), _AT_ONCE):
            some = chosen[start : start + _AT_ONCE]
            found += pool.map(lambda index: _seen(masks[index]), some)
            steps.more(len(some))
    seen = [each for each in found if each is not None]
    if not seen:
        raise DatasetError(f"{masks[0].parent}: Expected masks. Received: none that can be read")
    return seen


def _seen(path: Path) -> Seen | None:
    try:
        return Seen.of(path, read_mask_file(path))
    except DatasetError:
        return None
