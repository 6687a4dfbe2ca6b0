"""Masks of images that somebody dropped: the listing, the pictures, and what can be taken away. For threads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.evaluation.masks import MaskedImage, MaskListing, read_classes, read_listing
from workbench.evaluation.palette import Colour
from workbench.ui import quantities
from workbench.ui.images.pictures import picture
from workbench.ui.images.thumbnails import Thumbnail
from workbench.ui.panels.evaluation.mask_viewer import MaskSubject, ReadSubject, read

_TOLD = 3
"""Classes that a caption's tip names."""
_THUMBNAIL = 256


@dataclass(frozen=True)
class PredictedMasks:
    """A listing and where it lies."""

    folder: Path
    listing: MaskListing

    @property
    def names(self) -> tuple[str, ...]:
        """The classes."""
        return self.listing.class_names

    @property
    def colours(self) -> tuple[Colour, ...]:
        """Of the classes."""
        return self.listing.palette

    def __len__(self) -> int:
        return len(self.listing.images)

    @property
    def thumbnails(self) -> list[Thumbnail]:
        """A picture a file, with its largest classes."""
        return [
            Thumbnail(index, Path(image.file).name, f"{image.file}\n{_told(image)}")
            for index, image in enumerate(self.listing.images)
        ]

    def subject(self, index: int) -> ReadSubject:
        """An image under its mask. Raises DatasetError or PredictionsError."""
        from workbench.data.image_file import read_image

        image = self.listing.images[index]
        pixels = read_image(Path(image.file))
        title = f"{image.file}: {image.width:,} x {image.height:,}, {_how(image)}"
        return read(MaskSubject(title, picture(pixels), read_classes(self.folder / image.mask)))

    def thumbnail(self, index: int) -> Any:
        """A small image under its mask. Raises DatasetError or PredictionsError."""
        import numpy as np

        from workbench.data.fit import with_channels
        from workbench.data.image_file import read_image
        from workbench.evaluation.palette import marked

        image = self.listing.images[index]
        pixels, mask = read_image(Path(image.file)), read_classes(self.folder / image.mask)
        step = max(1, max(mask.shape) // _THUMBNAIL)
        small, classes = with_channels(pixels[::step, ::step], 3), mask[::step, ::step]
        shown = np.zeros(256, np.float32)
        shown[: len(self.names)] = np.array(marked(self.names)) * 0.5
        strength = shown[classes][..., np.newaxis]
        table = np.zeros((256, 3), np.float32)
        table[: len(self.colours)] = self.colours
        return (small * (1 - strength) + table[classes] * strength).astype(np.uint8)

    def write(self, folder: Path) -> int:
        """Copies masks and listing to a folder that has no file of these names; how many. Raises OSError."""
        import shutil

        names = [image.mask for image in self.listing.images] + ["predictions.json"]
        taken = next((name for name in names if (folder / name).exists()), None)
        if taken is not None:
            raise FileExistsError(17, "there is a file of this name already", str(folder / taken))
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(self.folder / name, folder / name)
        return len(self)


def read_predicted(path: Path) -> PredictedMasks:
    """Raises PredictionsError."""
    return PredictedMasks(path.parent, read_listing(path))


def _told(image: MaskedImage) -> str:
    largest = sorted(image.shares, key=lambda name: -image.shares[name])[:_TOLD]
    return ", ".join(f"{name} {quantities.share(image.shares[name])}" for name in largest if image.shares[name])


def _how(image: MaskedImage) -> str:
    size = "at its own size" if image.own_size else "as in training"
    return f"predicted {size}, {quantities.counted(image.tiles, 'tile')}"
