"""Two tensors become one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.effects import Mix, MixUp


def blend(image: NDArray[np.float32], partner: NDArray[np.float32], mix: Mix) -> float:
    """Mixes the partner into the image, in place; height x width x channels both. The image's share of the target.

    For a box that is the share of whole pixels, not the one that was drawn: a box may be cut off at the frame.
    """
    if isinstance(mix, MixUp):
        weight = np.float32(mix.weight)
        np.multiply(image, weight, out=image)
        np.add(image, partner * (np.float32(1) - weight), out=image)
        return float(weight)
    box = mix.box
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    image[inside] = partner[inside]
    return 1 - box.area / float(image.shape[0] * image.shape[1])
