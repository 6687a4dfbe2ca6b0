"""Masks as transparent colours over images. numpy is imported where it is used: the window starts without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QColor, QImage, qRgba

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.data.source import Source

Colour = tuple[int, int, int]
_VALUES = 256
_OPAQUE = 255
CLEAR, AGREEMENT, MISSED, FALSE, CONFUSED = range(5)
"""What an error map says of a pixel: nothing, both say so, only the truth, only the prediction, both say otherwise."""
ERROR_COLOURS: tuple[Colour, ...] = ((0, 0, 0), (0, 158, 115), (26, 133, 255), (230, 97, 0), (240, 228, 66))
"""Of these, told apart by colour-blind people, too."""


def source_colours(source: Source) -> tuple[Colour, ...]:
    """A colour for each class of pixels: the masks' own where colours tell their classes apart."""
    from workbench.evaluation.palette import class_colours

    palette = getattr(source, "palette", None)
    if palette is None or not palette.coloured:
        return class_colours(len(source.class_names))
    return tuple((code >> 16 & 255, code >> 8 & 255, code & 255) for code in palette.numbers)


def indexed(mask: NDArray[Any]) -> QImage:
    """A mask, height x width of bytes, as an image of indices that `coloured` gives colours. Any thread may ask."""
    import numpy as np

    height, width = mask.shape
    across = -(-width // 4) * 4  # Qt wants lines of whole words
    padded = np.zeros((height, across), np.uint8)
    padded[:, :width] = mask
    image = QImage(padded.tobytes(), width, height, across, QImage.Format.Format_Indexed8).copy()
    image.setColorTable([0] * _VALUES)
    return image


def coloured(mask: QImage, colours: Sequence[Colour], shown: Sequence[bool]) -> QImage:
    """An indexed mask in colours; what is not shown, or no class, is clear."""
    table = [qRgba(*colour, _OPAQUE) if is_shown else 0 for colour, is_shown in zip(colours, shown, strict=True)]
    image = mask.copy()
    image.setColorTable(table + [0] * (_VALUES - len(table)))
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def errors(truth: NDArray[Any], guess: NDArray[Any], classes: int, label: int | None = None) -> NDArray[Any]:
    """An error map of bytes: of one class, or of all, where class 0 counts as nothing. Pixels whose truth is no class
    (`classes` or more) are left out.
    """
    import numpy as np

    true, guessed = (truth > 0, guess > 0) if label is None else (truth == label, guess == label)
    found = np.full(truth.shape, CLEAR, np.uint8)
    found[true & guessed] = AGREEMENT
    found[true & ~guessed] = MISSED
    found[~true & guessed] = FALSE
    if label is None:
        found[true & guessed & (truth != guess)] = CONFUSED
    found[truth >= classes] = CLEAR
    return found


def colour(of: Colour) -> QColor:
    """As Qt has it."""
    return QColor(*of)
