"""Does what the steps drew to one image: pure, from any thread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.areas import done
from workbench.data.augmentation.effects import Effect, Frame, Warp
from workbench.data.augmentation.fusing import Stage, fused
from workbench.data.augmentation.matrices import IDENTITY
from workbench.data.augmentation.values import passed
from workbench.data.augmentation.warping import fitted, moved, moved_mask
from workbench.data.source import Image


def rendered(image: Image, frame: Frame, effects: Sequence[Effect]) -> Image:
    """The image, stretched to the frame, after the effects.

    Height x width x channels, uint8 or float32 from 0 to 255; the same type comes back. Without effects that is the
    fitted image itself, perhaps the very array.
    """
    stages = fused(effects, image.shape[-1])
    for stage in stages:
        image = _staged(image, frame, stage)
    return image


def rendered_mask(
    mask: NDArray[np.uint8], frame: Frame, effects: Sequence[Effect], outside: int = 0
) -> NDArray[np.uint8]:
    """The labels of pixels that belong to `rendered` of the same effects: moved alike, and nothing else. `outside` is
    the label of what comes in from beyond the picture where that is one value.
    """
    warps = [stage.warp for stage in fused(effects, 1) if stage.warp is not None]
    if not warps and mask.shape == frame:
        return mask
    for warp in warps or [Warp(IDENTITY)]:
        mask = moved_mask(mask, frame, warp, outside)
    return mask


def _staged(image: Image, frame: Frame, stage: Stage) -> Image:
    image = fitted(image, frame) if stage.warp is None else moved(image, frame, stage.warp)
    for function in stage.passes:
        image = passed(image, function)
    return image if stage.area is None else done(image, stage.area)
